"""The time in which an entry was born: after the last cosigned checkpoint without it, and before the first one with it."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from zi_verify.verdict import Sentence, plain

TOLERANCE = timedelta(minutes=5)
_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)
_LAST_SECOND = int((_LAST - 2 * TOLERANCE).timestamp())


@dataclass(frozen=True)
class Covering:
    """A tree of `size` entries that existed at POSIX second `latest` at the latest, and not before `earliest`: the witnesses who cosigned it
    differ by that much."""

    size: int
    earliest: int
    latest: int


@dataclass(frozen=True)
class Era:
    """The entries from `start` on that one tree covers first: dated at `latest` at the latest, and at `earliest` or after if nothing held
    them up. Both include the tolerance."""

    start: int
    earliest: datetime
    latest: datetime


@dataclass(frozen=True)
class Timing:
    """The faults of a message's time, the latest time of its sender so far, and by how many seconds the message is late."""

    dated: str
    wrong: tuple[Sentence, ...] = ()
    late: int = 0


class Births:
    """The eras of a log, by the trees that are known of it; entries that none of them covers are younger than `now`."""

    def __init__(self, trees: Iterable[Covering], now: int) -> None:
        eras, start, earliest, floor = list[Era](), 0, _FIRST, 0
        for tree in sorted(trees, key=lambda tree: tree.size):
            # Whoever signed a smaller tree had seen no larger one: a larger one with an earlier time was signed by a late clock.
            floor = max(floor, tree.earliest)
            if tree.size > start:
                eras.append(Era(start, earliest, _moment(max(tree.latest, floor)) + TOLERANCE))
            start, earliest = max(tree.size, start), _moment(tree.earliest) - TOLERANCE
        self._eras = [*eras, Era(start, earliest, _moment(now) + TOLERANCE)]
        self._starts = [era.start for era in self._eras]

    @property
    def trees(self) -> int:
        """The number of trees that bound an era from above."""
        return len(self._eras) - 1

    def era(self, index: int) -> Era:
        """The era of entry `index`."""
        return self._eras[bisect_right(self._starts, index) - 1]

    def eras(self, first: int, end: int) -> Iterator[tuple[int, Era]]:
        """Of the entries [first, end) how many lie in which era, in order."""
        while first < end:
            following = bisect_right(self._starts, first)
            stop = min([end, *self._starts[following : following + 1]])
            yield stop - first, self._eras[following - 1]
            first = stop

    def judge(self, index: int, message: Mapping[str, Any], dated: str) -> Timing:
        """Judge the time of entry `index`; `dated` is the latest time of its sender before ("" for none). If a message has the time at
        which it was recorded, that is judged; the act itself may have happened earlier."""
        happened = moment(message.get("time"))
        at = moment(message["recordedtime"]) if "recordedtime" in message else happened
        if happened is None or at is None:
            return Timing(dated, (_no_time(message),))
        era = self.era(index)
        if at > era.latest:
            return Timing(dated, (_not_yet(at, era.latest),))
        if happened - at > TOLERANCE:
            return Timing(dated, (_before_it_happened(happened, at),))
        before = moment(dated) or at
        if before - at > TOLERANCE:
            return Timing(text(at), (_backdated(at, before),))
        late = 0 if at >= era.earliest else int((era.earliest + TOLERANCE - at).total_seconds())
        return Timing(text(max(at, before)), (), late)


def moment(value: object) -> datetime | None:
    """The moment that a message gives, or None where this is none with an offset from UTC."""
    try:
        at = datetime.fromisoformat(value)  # type: ignore[arg-type]
        return None if at.tzinfo is None else at.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def text(at: datetime) -> str:
    """A moment as messages give it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(min(at, _LAST_SECOND), UTC)


def late_remark(count: int, seconds: int, index: int) -> Sentence:
    """Entries that are older than the tree before them, which is honest after an outage of the bus."""
    most = timedelta(seconds=seconds)
    return Sentence(
        f"Late: {count} entries are dated more than {TOLERANCE} before a cosigned tree that does not have them yet; entry {index}"
        f" the most, by {most}.",
        f"Terlambat: {count} entri bertanggal lebih dari {TOLERANCE} sebelum pohon bertanda tangan saksi yang belum memuatnya; yang"
        f" terlama entri {index}, sebesar {most}.",
    )


def _no_time(message: Mapping[str, Any]) -> Sentence:
    value = plain(str(message.get("recordedtime", message.get("time"))))
    return Sentence(f"its time is no moment: {value}", f"waktunya bukan suatu saat: {value}")


def _not_yet(at: datetime, latest: datetime) -> Sentence:
    return Sentence(
        f"it is dated {text(at)}, but the log had it by {text(latest)} (tolerance included): its sender's clock, or that of the"
        " witnesses who signed then, was wrong",
        f"bertanggal {text(at)}, padahal log sudah memuatnya pada {text(latest)} (toleransi termasuk): jam pengirimnya, atau jam saksi"
        " yang menandatangani saat itu, salah",
    )


def _before_it_happened(happened: datetime, at: datetime) -> Sentence:
    return Sentence(
        f"it tells of {text(happened)} and says that it was recorded before, at {text(at)}",
        f"menceritakan {text(happened)} dan mengaku dicatat sebelumnya, pada {text(at)}",
    )


def _backdated(at: datetime, before: datetime) -> Sentence:
    return Sentence(
        f"it is dated {text(at)}, {before - at} before an earlier message of its sender ({text(before)}): more than the tolerance of"
        f" {TOLERANCE}",
        f"bertanggal {text(at)}, {before - at} sebelum pesan pengirimnya yang lebih awal ({text(before)}): lebih dari toleransi"
        f" {TOLERANCE}",
    )
