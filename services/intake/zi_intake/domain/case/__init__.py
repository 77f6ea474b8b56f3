"""A case, from filing to closing or passed on to another desk: its messages, its state and its decisions. Pure."""
