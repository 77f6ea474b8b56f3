"""Anomalies that the log records of itself: entries of audit about other entries, and the entries that may be set aside.

A record can remove an entry from the check, but never repair one: an entry that is set aside counts for no sender, and the chain of the
sender that the entry names must be whole without it. A gap, an altered or a repeated message stays a finding, whatever is recorded of it. An entry is set aside only for one
of two records: that it came by another's lane or by nobody's or is no message (`chain_break_found`), or that it was forged in its sender's
own stream (`sender_continued`). Which lane an entry came by can't be seen from outside: it is the office's word, and printed as such."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from zi_verify.verdict import CheckFinding, Sentence, plain

FOUND, ACKNOWLEDGED, CONTINUED = (
    "zi.audit.chain_break_found",
    "zi.audit.anomaly_acknowledged",
    "zi.audit.sender_continued",
)
RECORDING = frozenset({FOUND, ACKNOWLEDGED, CONTINUED})
WRONG_TYPE = "wrong_type"
_FORGED, _ACKNOWLEDGED = "forged", "acknowledged"
_BY_ANOTHERS_LANE = frozenset({"wrong_lane", "unknown_sender"})
_SETTING_ASIDE = _BY_ANOTHERS_LANE | {"unreadable", _FORGED}
_PRINTED = 50


class Record(NamedTuple):
    """Entry `by` says of entry `entry` that it is an anomaly of this kind and came by the lane of `sender`; `position` and `previous` are
    what that entry claims, where the record gives them. `kind` may also be forged or acknowledged."""

    entry: int
    by: int
    kind: str
    sender: str
    source: str
    actor: str
    role: str
    position: int | None = None
    previous: str | None = None
    reason: str = ""

    @property
    def sets_aside(self) -> bool:
        """Tell if a record of this kind may take an entry out of the chains."""
        return self.kind in _SETTING_ASIDE

    def fits(self, source: str, position: int, previous: str) -> bool:
        """Tell if the message at `entry` can be the one that the record means."""
        office = self.source.rpartition("/")[0]
        is_by_own_lane = source == f"{office}/{self.sender}"
        is_same = self.position in (None, position) and self.previous in (None, previous)
        if self.kind in _BY_ANOTHERS_LANE:
            return is_same and not is_by_own_lane
        return is_same and is_by_own_lane and self.kind in (_FORGED, WRONG_TYPE)


# By entry, the records that may excuse it, those that set it aside first.
Excuses = Mapping[int, Sequence[Record]]


def records_in(by: int, source: str, type_: str, attributes: Mapping[str, Any]) -> list[Record]:
    """Read the records about earlier entries in the message of audit at entry `by`; none, if it does not name an entry."""
    payload = attributes.get("data")
    data = payload if isinstance(payload, dict) else {}
    sender, reason = _text(data.get("sender")), _text(data.get("reason"))
    recorder = source, _text(attributes.get("actor")), _text(attributes.get("actorrole"))
    if type_ == CONTINUED:
        forged = data.get("forged")
        indexes = _earlier(by, forged if isinstance(forged, list) else [])
        return [Record(index, by, _FORGED, sender, *recorder, reason=reason) for index in indexes]
    indexes = _earlier(by, [data.get("index")])
    if type_ == ACKNOWLEDGED:
        return [Record(index, by, _ACKNOWLEDGED, sender, *recorder, reason=reason) for index in indexes]
    position, previous = data.get("position"), data.get("found")
    place = position if type(position) is int else None, previous if type(previous) is str else None
    return [Record(index, by, _text(data.get("kind")), sender, *recorder, *place) for index in indexes]


def standing_records(records: Iterable[Record], office: str) -> list[Record]:
    """The valid records: of this office's audit, in entries that no later record sets aside. A record names earlier entries only, so the
    last one decides, and the result does not depend on the order in which they are given."""
    aside: set[int] = set()
    counting: list[Record] = []
    for record in sorted(records, key=lambda record: record.by, reverse=True):
        if record.source == f"{office}/audit" and record.by not in aside:
            counting.append(record)
            if record.sets_aside:
                aside.add(record.entry)
    return counting[::-1]


def excuses(records: Iterable[Record]) -> Excuses:
    """The records that set an entry aside or tell that its type is another sender's."""
    by_entry: dict[int, list[Record]] = {}
    for record in records:
        if record.sets_aside or record.kind == WRONG_TYPE:
            by_entry.setdefault(record.entry, []).append(record)
    return {
        entry: sorted(found, key=lambda record: not record.sets_aside) for entry, found in by_entry.items()
    }


def remarks(records: Sequence[Record], aside: Container[int]) -> Iterator[Sentence]:
    """One sentence for each anomaly that the log records, the first fifty of them; `aside` are the entries that were left out of the
    chains."""
    by_entry: dict[int, list[Record]] = {}
    for record in records:
        by_entry.setdefault(record.entry, []).append(record)
    for index in sorted(by_entry)[:_PRINTED]:
        yield _remark(index, by_entry[index], is_aside=index in aside)
    if len(by_entry) > _PRINTED:
        more = len(by_entry) - _PRINTED
        yield Sentence(f"And {more} recorded anomalies more.", f"Dan {more} anomali tercatat lagi.")


def annotated(finding: CheckFinding, records: Mapping[int, Record]) -> CheckFinding:
    """A finding at an entry of which the log records something that excuses nothing says so."""
    record = None if finding.index is None else records.get(finding.index)
    if record is None:
        return finding
    more = Sentence(
        f"{finding.why.en} (entry {record.by} records it; that mends nothing)",
        f"{finding.why.id} (dicatat oleh entri {record.by}; itu tidak memperbaikinya)",
    )
    return CheckFinding(finding.file, more, finding.index)


def _remark(index: int, records: list[Record], *, is_aside: bool) -> Sentence:
    found = [_kind(record) for record in records if record.kind != _ACKNOWLEDGED]
    acknowledgements = [
        _acknowledgement(record) for record in records if record.kind in (_ACKNOWLEDGED, _FORGED)
    ]
    en = [
        "; ".join(each.en for each in found),
        "set aside" if is_aside else "",
        "; ".join(each.en for each in acknowledgements),
    ]
    id = [
        "; ".join(each.id for each in found),
        "dikesampingkan" if is_aside else "",
        "; ".join(each.id for each in acknowledgements),
    ]
    return Sentence(
        f"Recorded anomaly: entry {index}: {'; '.join(filter(None, en))}{'' if acknowledgements else '; not acknowledged'}.",
        f"Anomali tercatat: entri {index}: {'; '.join(filter(None, id))}{'' if acknowledgements else '; belum diakui'}.",
    )


def _kind(record: Record) -> Sentence:
    sender, by = plain(record.sender), record.by
    match record.kind:
        case "wrong_lane":
            en, id = (
                f"came by the lane of {sender} in another's name",
                f"datang lewat jalur {sender} atas nama lain",
            )
        case "unknown_sender":
            en, id = (
                f"came by the lane of {sender} in nobody's name",
                f"datang lewat jalur {sender} tanpa pengirim yang dikenal",
            )
        case "unreadable":
            en, id = (
                f"came by the lane of {sender} and is no message",
                f"datang lewat jalur {sender} dan bukan pesan",
            )
        case "forged":
            en, id = (
                f"stands in the stream of {sender}, who did not write it",
                f"ada dalam aliran {sender}, yang tidak menulisnya",
            )
        case kind:
            en, id = f"{plain(kind)}, of {sender}", f"{plain(kind)}, dari {sender}"
    return Sentence(f"{en} (entry {by} records it)", f"{id} (dicatat entri {by})")


def _acknowledgement(record: Record) -> Sentence:
    who, why = f"{plain(record.actor)}, {plain(record.role)}", plain(record.reason)
    return Sentence(
        f'acknowledged by {who} (entry {record.by}): "{why}"',
        f'diakui oleh {who} (entri {record.by}): "{why}"',
    )


def _earlier(by: int, indexes: Iterable[Any]) -> list[int]:
    return [index for index in indexes if type(index) is int and 0 <= index < by]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
