"""Messages between services over NATS: rights, streams, the outbox, and lanes without a gap."""
