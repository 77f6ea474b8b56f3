"""The choice of who gets which notice, over which channel and when, by the office's routing."""
