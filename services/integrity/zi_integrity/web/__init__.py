"""HTTP: the API, the pages, and the shapes that go in and out. Nothing below imports it."""
