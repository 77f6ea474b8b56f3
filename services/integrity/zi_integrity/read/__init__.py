"""Read models: tables, their projections and queries."""
