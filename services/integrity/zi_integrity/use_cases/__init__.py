"""Use cases of citizens and officials: one command or question each, over the store."""
