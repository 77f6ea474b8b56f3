"""Rules and events of the ledger; pure: no clock, no chance, no input, no output."""
