"""In and out of the bus: published messages, policies, timers, and what other services sent."""
