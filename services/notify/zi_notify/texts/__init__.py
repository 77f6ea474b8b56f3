"""Templates in all their versions, and the messages that are written from them."""
