"""The letters of mentoring as sealed files: what they state, how they are numbered, and the work until each has its file."""
