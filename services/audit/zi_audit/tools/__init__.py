"""Commands that an operator or an auditor runs beside the two processes."""
