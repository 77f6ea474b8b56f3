"""One attempt of each channel to hand a message over, and its honest outcome."""
