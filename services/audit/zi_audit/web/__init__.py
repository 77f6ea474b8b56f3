"""Pages and HTTP interface for auditors, operators and the public."""
