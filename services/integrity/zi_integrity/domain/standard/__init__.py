"""A service standard as a decree: drafted, consulted on, adopted by the head, reviewed every year, and withdrawn. Pure."""
