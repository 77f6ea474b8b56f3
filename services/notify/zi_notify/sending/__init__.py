"""The choice of the attempt that begins now: admission, the contact of the moment, one lane for each channel."""
