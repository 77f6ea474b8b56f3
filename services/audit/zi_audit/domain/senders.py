"""The services whose events the ledger keeps; a message from anybody else is kept too and noted."""

SENDERS = ("intake", "umkm", "certificates", "integrity", "notify", "audit")
AUDIT = "audit"
QUOTER = "log"  # whose the first entry is, when it is the last checkpoint of the log that this one continues
