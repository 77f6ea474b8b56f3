"""Every sender's hash chain, every aggregate's versions and every message's time, followed through the whole log: what was left out, slipped
in, edited, repeated or dated wrongly before publication shows here, though the tree over it is sound."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from hashlib import sha1, sha256
from typing import Any

from zi_verify import anomaly
from zi_verify.anomaly import RECORDING, Excuses
from zi_verify.birth import TOLERANCE, Births, moment, text
from zi_verify.message import MessageError, Place, parse_place
from zi_verify.standing import ChainState, is_noted
from zi_verify.summary import Summary
from zi_verify.verdict import Sentence, plain, refused

_START = 0, "0" * 64, ""
_NOWHERE = -1, "", ""  # no summary goes on from here: a sender's first message is looked at by itself
_KEY_BYTES = 16
_LARGEST = 2**63 - 1
_EVENT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}  # RFC 9562 section 4.1


class Chains:
    """Takes the entries in the log's order; `quote` is an entry 0 that is no message. `is_open`: the log continues another one that is
    not at hand, so that a sender or an aggregate may begin anywhere. `excuses` are the records that an earlier pass found, by entry; `aside`
    are then the entries that were set aside. Without `births` nothing is said of times."""

    def __init__(
        self,
        standing: ChainState | None = None,
        quote: bytes | None = None,
        *,
        is_open: bool = False,
        excuses: Excuses | None = None,
        births: Births | None = None,
    ) -> None:
        self.standing = standing or ChainState()
        self.aside: set[int] = set()
        self._quote = quote
        self._is_open = is_open
        self._excuses = excuses or {}
        self._excused = sorted(self._excuses)
        self.births = births

    @property
    def senders(self) -> dict[str, int]:
        """Each sender and its last position."""
        return {source: position for source, (position, _, _) in sorted(self.standing.senders.items())}

    def take(self, index: int, entry: bytes) -> Sequence[Sentence]:
        """Check entry `index` in its sender's chain, its aggregate and its time; return the faults."""
        if index == 0 and entry == self._quote:
            return ()
        excuses = self._excuses.get(index, ())
        try:
            place, attributes = parse_place(entry)
            _check(place)
            key = _key(place[3])
        except MessageError as error:
            if not any(record.sets_aside for record in excuses):
                return (refused(error),)
            self.aside.add(index)
            return ()
        _, source, type_, _, previous, position, _ = place
        if type_ in RECORDING:
            self.standing.records += anomaly.records_in(index, source, type_, attributes)
        fitting = [record for record in excuses if record.fits(source, position, previous)]
        if any(record.sets_aside for record in fitting):
            self.aside.add(index)
            return ()
        wrong = self._follow(index, entry, place, attributes, key)
        if not fitting and not type_.startswith(f"zi.{source.rpartition('/')[2]}."):
            wrong.append(_other_type(source, type_))
        return wrong

    def join(self, first: int, end: int, summary: Summary) -> bool:
        """Follow the entries [first, end) by their summary; false, and nothing has changed, if they must be taken one by one."""
        senders, versions = self.standing.senders, self.standing.versions
        if bisect_left(self._excused, first) != bisect_left(self._excused, end):
            return False
        for source, link in summary.links.items():
            last, digest, dated = senders.get(source, _NOWHERE)
            before = moment(dated)
            if (last + 1, digest) != (link.first, link.previous):
                return False
            if before is not None and link.earliest is not None and before - link.earliest > TOLERANCE:
                return False
        if any(versions.get(key, 0) + 1 != version for key, version in summary.begun.items()):
            return False
        for source, link in summary.links.items():
            before = moment(senders[source][2])
            latest = max(filter(None, (before, link.latest)), default=None)
            senders[source] = link.last, link.digest, "" if latest is None else text(latest)
        versions.update(summary.reached)
        return True

    def _follow(
        self, index: int, entry: bytes, place: Place, attributes: dict[str, Any], key: bytes
    ) -> list[Sentence]:
        id_, source, type_, aggregate, previous, position, version = place
        senders, versions = self.standing.senders, self.standing.versions
        last, digest, dated = senders.get(source, _START)
        if position <= last:
            return [_again(source, position, last)]
        wrong = [] if source in senders else self._begin(source)
        if self.births is not None:
            timing = self.births.judge(index, attributes, dated)
            wrong += timing.wrong
            dated = timing.dated
            if timing.late:
                self.standing.late.add(index, timing.late)
        senders[source] = position, sha256(entry).hexdigest(), dated
        if is_noted(type_):
            self.standing.note(index, source, type_, attributes.get("data"))
        reached = versions.get(key, 0)
        versions[key] = max(reached, version)
        if id_ != _event_id(key, version):
            wrong.append(_misnamed(aggregate, version))
        if not (self._is_open and last == 0):
            wrong += _gap(source, position, last, is_chained=previous == digest)
        if version != reached + 1 and not (self._is_open and version > reached == 0):
            wrong.append(_jumped(aggregate, version, reached))
        return wrong

    def _begin(self, source: str) -> list[Sentence]:
        # The office of a log is that of its first message.
        office = source.rpartition("/")[0]
        self.standing.office = self.standing.office or office
        return [] if office == self.standing.office else [_stranger(source, self.standing.office)]


def _check(place: Place) -> None:
    # What the ledger itself takes for no message can't be one here, or a record of it would not fit.
    id_, _, _, _, previous, position, _ = place
    if not (_EVENT_ID.fullmatch(id_) and _DIGEST.fullmatch(previous) and 0 < position <= _LARGEST):
        raise MessageError("The entry is not a message: its id, previous or position is malformed.")


def _key(aggregate: str) -> bytes:
    try:
        key = bytes.fromhex(aggregate.replace("-", ""))
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise MessageError("The entry is not a message: its aggregate is no UUID.")
    return key


def _event_id(aggregate: bytes, version: int) -> str:
    # uuid5(aggregate, version) (RFC 9562 section 5.5), so that no event can pass under the id of another one.
    made = sha1(aggregate + b"%d" % version, usedforsecurity=False).hexdigest()
    return f"{made[:8]}-{made[8:12]}-5{made[13:16]}-{_VARIANT[made[16]]}{made[17:20]}-{made[20:32]}"


def _gap(who: str, at: int, last: int, *, is_chained: bool) -> list[Sentence]:
    if at > last + 1:
        return [
            Sentence(
                f"positions {last + 1} to {at - 1} of {who} are missing",
                f"posisi {last + 1} sampai {at - 1} dari {who} hilang",
            )
        ]
    if is_chained:
        return []
    return [
        Sentence(
            f"position {at} of {who} does not continue the message before it: the hash chain is broken",
            f"posisi {at} dari {who} tidak melanjutkan pesan sebelumnya: rantai hash terputus",
        )
    ]


def _jumped(aggregate: str, version: int, last: int) -> Sentence:
    return Sentence(
        f"version {version} of aggregate {aggregate} follows version {last}",
        f"versi {version} dari agregat {aggregate} menyusul versi {last}",
    )


def _misnamed(aggregate: str, version: int) -> Sentence:
    return Sentence(
        f"the event id is not that of version {version} of aggregate {aggregate}",
        f"id peristiwa bukan milik versi {version} dari agregat {aggregate}",
    )


def _other_type(source: str, type_: str) -> Sentence:
    return Sentence(
        f"{source} speaks in a type that is another sender's: {plain(type_)}",
        f"{source} memakai jenis milik pengirim lain: {plain(type_)}",
    )


def _stranger(source: str, office: str) -> Sentence:
    return Sentence(
        f"{source} is not of the office whose log this is: {office}",
        f"{source} bukan dari kantor pemilik log ini: {office}",
    )


def _again(who: str, at: int, last: int) -> Sentence:
    return Sentence(
        f"position {at} of {who} comes again after {last}",
        f"posisi {at} dari {who} muncul lagi setelah {last}",
    )
