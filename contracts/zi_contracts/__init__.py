"""The contracts between services: the message, its data by type, and the vault's requests; nothing else."""
