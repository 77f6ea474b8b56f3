"""The interval of an index: a bootstrap whose seed is the data, so that everybody who has the answers gets the same numbers (decision 38).

Resampling draws with SHA-256 of the seed and a counter: no library's generator is needed to repeat it.
"""

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import islice
from typing import NamedTuple

from zi_rules.survey.arithmetic import Row

METHOD = "bootstrap_percentile_95"
RESAMPLES = 1000
LOWEST, HIGHEST = 25, 974  # places of the 2.5 and 97.5 percentile among the sorted 1000, the first 0


class TotalInterval(NamedTuple):
    """The bounds of the sum of all values of all answers."""

    low: int
    high: int


def seed_of(rows: Sequence[Row]) -> bytes:
    """Return the seed: SHA-256 of the sorted answers as JSON without blanks, whatever order they came in."""
    return sha256(json.dumps(sorted(rows), separators=(",", ":")).encode()).digest()


def interval_of(rows: Sequence[Row]) -> TotalInterval:
    """Return the percentile bounds of the total over 1000 resamples of as many answers."""
    totals = sorted(sum(row) for row in rows)
    draws = _draws(seed_of(rows), len(totals))
    sums = sorted(sum(totals[draw] for draw in islice(draws, len(totals))) for _ in range(RESAMPLES))
    return TotalInterval(sums[LOWEST], sums[HIGHEST])


def _draws(seed: bytes, size: int) -> Iterator[int]:
    """Yield places below `size`: each four bytes of SHA-256(seed, counter as eight bytes), times size, without the lower 32 bits."""
    block = 0
    while True:
        drawn = sha256(seed + block.to_bytes(8, "big")).digest()
        for place in range(0, 32, 4):
            yield int.from_bytes(drawn[place : place + 4], "big") * size >> 32
        block += 1
