"""The published files of the log, which the writer makes and everybody reads."""
