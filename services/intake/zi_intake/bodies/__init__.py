"""Bodies that people and systems send, field by field; such a body is the command of a use case."""
