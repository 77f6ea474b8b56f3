"""Routes for programs."""
