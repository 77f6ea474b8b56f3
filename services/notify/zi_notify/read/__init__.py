"""Tables, their projections and queries."""
