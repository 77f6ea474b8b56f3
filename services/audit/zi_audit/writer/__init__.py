"""The process that appends, signs and publishes; it imports nothing of the web process."""
