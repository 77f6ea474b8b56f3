"""Personal data: sealed items, keys that can be destroyed, and requests of other services."""
