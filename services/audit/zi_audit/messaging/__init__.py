"""Audit's own events on their way to the bus, and the timers and followers that cause them."""
