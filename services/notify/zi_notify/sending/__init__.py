"""Which attempt begins now: admission, the contact of the moment, one lane for each channel."""
