"""Calls of other systems, signed and repeated until they are taken."""
