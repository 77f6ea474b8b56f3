"""The event store of a service and what its tables hold, on SQLite and PostgreSQL."""
