"""The letters of this service: what an SKI or SKE states, who signs it, and how zi_letters gets its number and records its file."""
