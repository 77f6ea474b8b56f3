"""The API, one file an area."""
