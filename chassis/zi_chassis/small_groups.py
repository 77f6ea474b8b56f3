"""Groups that are too small to be told of by themselves: in public, each number is of at least five. Pure.

Whoever knows how this is done, and every total that is told, still can't say how large a small group is.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

LEAST = 5
Group = TypeVar("Group", bound=Hashable)


def counted_together(sizes: Mapping[Group, int], least: int = LEAST) -> frozenset[Group]:
    """Return the groups that are told as one: all small ones, and of the others the smallest until they are enough.

    Where all groups together are too small it is all of them, and nothing is told.
    """
    rising = sorted(sizes, key=lambda group: sizes[group])
    small = [group for group in rising if sizes[group] < least]
    together = list(small)
    for group in rising[len(small) :]:
        if not together or sum(sizes[each] for each in together) >= least:
            break
        together.append(group)
    return frozenset(together)


def hidden(counts: Sequence[int]) -> frozenset[int]:
    """Return the places of the counts that are not told beside their total: the small ones, nought among them, or all of them where the
    total less the others would give a small one away."""
    small = frozenset(place for place, count in enumerate(counts) if count < LEAST)
    left = sum(counts[place] for place in small)
    is_given_away = len(small) == 1 or (small and left == (LEAST - 1) * len(small))
    return frozenset(range(len(counts))) if is_given_away else small
