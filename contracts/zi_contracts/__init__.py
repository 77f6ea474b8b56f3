"""What services say to each other: the message, its data by type, and the vault's requests; nothing else."""
