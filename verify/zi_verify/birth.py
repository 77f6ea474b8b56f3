"""When an entry can have been born: after the cosigned checkpoint that does not have it yet, and before the first one that has it. Times are
compared as text in one form, YYYY-MM-DDTHH:MM:SS.ffffffZ, which sorts as they follow each other."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from zi_verify.verdict import Sentence, plain

TOLERANCE = timedelta(minutes=5)
_LENGTH = len("2026-11-24T01:02:03.000000Z")
_LAST = datetime(9999, 12, 31, tzinfo=UTC)
_LAST_SECOND = int((_LAST - TOLERANCE).timestamp())


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
    earliest: str
    latest: str


@dataclass(frozen=True)
class Timing:
    """What is wrong with a message's time, the latest time of its sender so far, and by how many seconds it is late."""

    dated: str
    wrong: tuple[Sentence, ...] = ()
    late: int = 0


class Births:
    """The eras of a log, by the trees that are known of it; entries that none of them covers are younger than `now`."""

    def __init__(self, trees: Iterable[Covering], now: int) -> None:
        eras, start, earliest = [], 0, ""
        for tree in sorted(trees, key=lambda tree: tree.size):
            if tree.size > start:
                eras.append(Era(start, earliest, _text(tree.latest, TOLERANCE)))
            start, earliest = max(tree.size, start), _text(tree.earliest, -TOLERANCE)
        self._eras: Sequence[Era] = [*eras, Era(start, earliest, _text(now, TOLERANCE))]
        self._starts = [era.start for era in self._eras]

    @property
    def trees(self) -> int:
        """How many trees bound an era from above."""
        return len(self._eras) - 1

    def era(self, index: int) -> Era:
        return self._eras[bisect_right(self._starts, index) - 1]

    def judge(self, index: int, message: Mapping[str, Any], dated: str) -> Timing:
        """Of entry `index`, whose sender has dated a message `dated` before ("" for none). A message that says when it was recorded is
        judged by that; what it tells may have happened earlier."""
        happened = comparable(message.get("time"))
        at = comparable(message["recordedtime"]) if "recordedtime" in message else happened
        if happened is None or at is None:
            return Timing(dated, (_no_time(message),))
        era = self.era(index)
        if at > era.latest:
            return Timing(dated, (_not_yet(at, era.latest),))
        if happened > at and between(at, happened) > TOLERANCE:
            return Timing(dated, (_before_it_happened(happened, at),))
        if at < dated and between(at, dated) > TOLERANCE:
            return Timing(at, (_backdated(at, dated),))
        late = 0 if at >= era.earliest else int((between(at, era.earliest) + TOLERANCE).total_seconds())
        return Timing(max(at, dated), (), late)


def comparable(value: object) -> str | None:
    """The moment in the one form, or None where this is no moment with an offset from UTC."""
    try:
        moment = datetime.fromisoformat(value)  # type: ignore[arg-type]
        if len(value) == _LENGTH and value[7] + value[10] + value[-1] == "-TZ":  # type: ignore[arg-type, index]
            return value  # type: ignore[return-value]
        return None if moment.tzinfo is None else _form(moment.astimezone(UTC))
    except (TypeError, ValueError, OverflowError):
        return None


def between(earlier: str, later: str) -> timedelta:
    """From one moment in the one form to another."""
    return datetime.fromisoformat(later) - datetime.fromisoformat(earlier)


def _text(at: int, shift: timedelta) -> str:
    return _form(min(datetime.fromtimestamp(min(at, _LAST_SECOND), UTC) + shift, _LAST))


def _form(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")[: -len("+00:00")] + "Z"


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


def _not_yet(at: str, latest: str) -> Sentence:
    return Sentence(
        f"it is dated {at}, but the log had it by {latest} (tolerance included)",
        f"bertanggal {at}, padahal log sudah memuatnya pada {latest} (toleransi termasuk)",
    )


def _before_it_happened(happened: str, at: str) -> Sentence:
    return Sentence(
        f"it tells of {happened} and says that it was recorded before, at {at}",
        f"menceritakan {happened} dan mengaku dicatat sebelumnya, pada {at}",
    )


def _backdated(at: str, dated: str) -> Sentence:
    return Sentence(
        f"it is dated {at}, {between(at, dated)} before an earlier message of its sender ({dated}): more than the tolerance of {TOLERANCE}",
        f"bertanggal {at}, {between(at, dated)} sebelum pesan pengirimnya yang lebih awal ({dated}): lebih dari toleransi {TOLERANCE}",
    )
