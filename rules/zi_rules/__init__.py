"""The law as pure functions over data: no clock and no I/O except reading the shipped or an office's own data files."""
