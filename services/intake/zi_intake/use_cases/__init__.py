"""One command or question each, over the store and the vault."""
