"""The commands that an operator runs beside a house: backup, restore, check and drill. It reads every store at one moment and writes only what it is asked for."""
