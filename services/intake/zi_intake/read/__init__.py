"""Tables, their projections and queries, and the sentences in which they are read."""
