"""Use cases of applicants, officials and the payment gateway: one command or question each, over the store."""
