"""Published messages, reactions to those of other services, and what falls due."""
