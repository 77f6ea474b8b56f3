"""Routes and pages, and the shapes that go in and out; nothing below imports it."""
