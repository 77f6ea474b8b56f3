"""What applicants, officials and the gateway can ask for, one command or question each, over the store."""
