"""`make bench`: how fast the house is on this machine, beside the limit of the same machine in the same run."""
