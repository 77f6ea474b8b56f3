"""Whose events the ledger keeps; a message from anybody else is kept too and noted."""

SENDERS = ("intake", "notify", "audit")
OWN = "audit"
