"""The number of examples that a test takes: enough to find what there is, and more in the long run."""

import os


def sample(count: int) -> int:
    """Return the count, or a multiple of it where a longer run asks for more."""
    return count * int(os.environ.get("ZONA_SAMPLE", "1"))
