"""Fixtures that every suite may use."""

from tests.databases import place, postgres, postgres_server

__all__ = ["place", "postgres", "postgres_server"]
