"""Counts of few people, which the public page does not show: whoever knows the office would know whom they count. Pure."""

from collections.abc import Mapping

LEAST = 5


def shown_counts(counts: Mapping[str, int]) -> Mapping[str, int | None]:
    """Return None for a count from 1 to 4; no total goes beside them, from which one could be reckoned."""
    return {name: None if 0 < count < LEAST else count for name, count in counts.items()}
