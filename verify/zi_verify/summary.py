"""The effect of a run of entries on the chains, if nothing in the run is out of the ordinary: checked column by column, several times as
fast as entry by entry (docs/performance.md). Any other run has no summary: `Chains.take` follows it and finds the faults."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha1, sha256
from itertools import accumulate, repeat
from operator import contains, itemgetter
from typing import Any

import orjson

from zi_tlog.tree import continued
from zi_verify.birth import TOLERANCE, Births
from zi_verify.standing import is_noted

_FIELDS = ("id", "source", "type", "aggregate", "previous", "position", "version", "time")
_AT_ONCE = 64  # messages: as many stay in the processor's cache
_UUID, _DASHES, _KEY = 36, (8, 13, 18, 23), 16
_SHA1, _SHA1_BYTES, _SHA256 = sha1(usedforsecurity=False), 20, sha256()
# Bytes 6 and 8 of a UUID carry version and variant beside the digest (RFC 9562 section 5.5).
_MARKED = {
    6: bytes(digit & 0x0F | 0x50 for digit in range(256)),
    8: bytes(digit & 0x3F | 0x80 for digit in range(256)),
}


@dataclass(frozen=True)
class SenderRun:
    """The messages of one sender in a run: first and last position, and the earliest and latest time."""

    first: int
    previous: str
    last: int
    digest: str
    earliest: datetime | None
    latest: datetime | None


@dataclass(frozen=True)
class Summary:
    """The links of the senders, and the first and the last version of each aggregate (by the 16 bytes of its UUID)."""

    links: dict[str, SenderRun]
    begun: dict[bytes, int]
    reached: dict[bytes, int]


class _ExtraordinaryError(ValueError):
    # The run has no summary.
    pass


def summarised(first: int, entries: Sequence[bytes], births: Births | None) -> Summary | None:
    """The summary of the entries from index `first` on; None where an entry is no message, does not continue the one of its sender or its
    aggregate in this run, is dated before or after its era, or is one that the log's own records are made of."""
    try:
        return _summarised(first, entries, births)
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, OverflowError):
        return None


def _summarised(first: int, entries: Sequence[bytes], births: Births | None) -> Summary:
    ids, sources, types, aggregates, previous, positions, versions, times = _columns(entries)
    if {*map(type, positions), *map(type, versions)} != {int}:
        raise _ExtraordinaryError
    _check_types(set(zip(sources, types, strict=True)))
    keys = _keys(ids, aggregates, versions)
    moments = [] if births is None else _moments(first, times, births)
    digests = list(map(bytes.hex, continued(_SHA256, entries)))
    by_sender: dict[str, list[int]] = {}
    for place, source in enumerate(sources):
        by_sender.setdefault(source, []).append(place)
    links = {
        source: _link(places, positions, previous, digests, moments) for source, places in by_sender.items()
    }
    return Summary(links, *_followed(keys, versions))


def _columns(entries: Sequence[bytes]) -> list[list[Any]]:
    columns: list[list[Any]] = [[] for _ in _FIELDS]
    fields = itemgetter(*_FIELDS)
    for at in range(0, len(entries), _AT_ONCE):
        messages = list(map(orjson.loads, entries[at : at + _AT_ONCE]))
        if any(map(contains, messages, repeat("recordedtime"))):
            raise _ExtraordinaryError
        for column, part in zip(columns, zip(*map(fields, messages), strict=True), strict=True):
            column += part
    return columns


def _check_types(named: Iterable[tuple[str, str]]) -> None:
    for source, type_ in named:
        if is_noted(type_) or not type_.startswith(f"zi.{source.rpartition('/')[2]}."):
            raise _ExtraordinaryError


def _keys(ids: Sequence[str], aggregates: Sequence[str], versions: Sequence[int]) -> list[bytes]:
    # Every id is uuid5(aggregate, version); the ids are compared with what is made byte by byte, but all of them at once.
    stated, packed = _packed(ids), _packed(aggregates)
    keys = [packed[at : at + _KEY] for at in range(0, len(packed), _KEY)]
    named = [key + b"%d" % version for key, version in zip(keys, versions, strict=True)]
    made = b"".join(continued(_SHA1, named))
    for at in range(_KEY):
        row = made[at::_SHA1_BYTES]
        if stated[at::_KEY] != (row.translate(_MARKED[at]) if at in _MARKED else row):
            raise _ExtraordinaryError
    return keys


def _packed(uuids: Sequence[str]) -> bytes:
    # The bytes of UUIDs that are all written in the one form: lower case, with dashes.
    joined, dashes = "".join(uuids), "-" * len(uuids)
    digits = joined.replace("-", "")
    packed = bytes.fromhex(digits)
    is_dashed = all(joined[at::_UUID] == dashes for at in _DASHES) and set(map(len, uuids)) == {_UUID}
    if not is_dashed or packed.hex() != digits or len(packed) != _KEY * len(uuids):
        raise _ExtraordinaryError
    return packed


def _moments(first: int, times: Sequence[str], births: Births) -> list[datetime]:
    # A time without an offset from UTC can't be compared with an era, which raises TypeError.
    moments = list(map(datetime.fromisoformat, times))
    done = 0
    for count, era in births.eras(first, first + len(moments)):
        piece = moments[done : done + count]
        if min(piece) < era.earliest or max(piece) > era.latest:
            raise _ExtraordinaryError
        done += count
    return moments


def _link(
    places: Sequence[int],
    positions: Sequence[int],
    previous: Sequence[str],
    digests: Sequence[str],
    moments: Sequence[datetime],
) -> SenderRun:
    pick = itemgetter(*places, places[-1])  # at least two, so that it gives a tuple
    run, before, after = pick(positions), pick(previous), pick(digests)
    first, last = run[0], run[-1]
    if run[:-1] != tuple(range(first, last + 1)) or before[1:-1] != after[:-2]:
        raise _ExtraordinaryError
    dated = pick(moments) if moments else ()
    if any(_steps_back(dated)):
        raise _ExtraordinaryError
    return SenderRun(first, before[0], last, after[-1], min(dated, default=None), max(dated, default=None))


def _steps_back(dated: tuple[datetime, ...]) -> Iterator[bool]:
    if tuple(sorted(dated)) == dated:
        return iter(())
    return (top - at > TOLERANCE for top, at in zip(accumulate(dated, max), dated, strict=True))


def _followed(keys: Sequence[bytes], versions: Sequence[int]) -> tuple[dict[bytes, int], dict[bytes, int]]:
    begun: dict[bytes, int] = {}
    reached: dict[bytes, int] = {}
    for key, version in zip(keys, versions, strict=True):
        before = reached.get(key)
        if before is None:
            begun[key] = version
        elif before + 1 != version:
            raise _ExtraordinaryError
        reached[key] = version
    return begun, reached
