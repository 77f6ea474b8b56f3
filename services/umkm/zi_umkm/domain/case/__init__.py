"""A mentored business, from its request to a registered product: its messages, its state and its decisions. Pure."""
