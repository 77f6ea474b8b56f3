"""Files as strangers send them: their limits, and the process that opens and cleans them."""
