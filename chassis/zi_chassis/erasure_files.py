"""The files in a service's folder by which an operator says, after a restore, what is known of erasures."""

BROUGHT = "erasures"  # those of the ledger, one message a line
UNSETTLED = "erasures-unsettled"  # there until somebody has settled who was erased since the backup
