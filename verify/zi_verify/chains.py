"""Every sender's hash chain and every aggregate's versions, followed through the whole log: what was left out, slipped in, edited or
repeated before publication shows here, though the tree over it is sound."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha1, sha256

from zi_verify.message import MessageError, parse_place
from zi_verify.verdict import Sentence, refused

_START = 0, "0" * 64
_KEY_BYTES = 16
_RECORD_BYTES = _KEY_BYTES + 8
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}  # RFC 9562 section 4.1
ROTATED, OF_AUDIT = "zi.audit.log_key_rotated", "/audit"


@dataclass(frozen=True)
class Rotation:
    """A change of the log's key, as entry `index` records it."""

    index: int
    old: str
    new: str


@dataclass
class Standing:
    """How far each sender (position, digest of its last message) and each aggregate (version) has come: all that going on needs.
    About 110 bytes an aggregate, however long the log; an aggregate is known by the 16 bytes of its UUID."""

    senders: dict[str, tuple[int, str]] = field(default_factory=dict)
    versions: dict[bytes, int] = field(default_factory=dict)
    rotations: list[Rotation] = field(default_factory=list)

    def pack(self) -> tuple[str, bytes]:
        """Senders and rotations as JSON, versions as records of 24 bytes; unpack gives the same standing back."""
        records = [key + version.to_bytes(8, "big") for key, version in self.versions.items()]
        rotations = [(one.index, one.old, one.new) for one in self.rotations]
        return json.dumps([self.senders, rotations]), b"".join(records)

    @classmethod
    def unpack(cls, text: str, records: bytes) -> "Standing":
        senders, rotations = json.loads(text)
        versions = {
            records[at : at + _KEY_BYTES]: int.from_bytes(
                records[at + _KEY_BYTES : at + _RECORD_BYTES], "big"
            )
            for at in range(0, len(records), _RECORD_BYTES)
        }
        heads = {source: (position, digest) for source, (position, digest) in senders.items()}
        return cls(heads, versions, [Rotation(*one) for one in rotations])


class Chains:
    """Takes the entries in the log's order; `quote` is an entry 0 that is no message. `is_open`: the log continues another one that is
    not at hand, so that a sender or an aggregate may begin anywhere."""

    def __init__(
        self, standing: Standing | None = None, quote: bytes | None = None, *, is_open: bool = False
    ) -> None:
        self.standing = standing or Standing()
        self._quote = quote
        self._is_open = is_open

    @property
    def senders(self) -> dict[str, int]:
        """Each sender and its last position."""
        return {source: position for source, (position, _) in sorted(self.standing.senders.items())}

    def take(self, index: int, entry: bytes) -> Sequence[Sentence]:
        """What is wrong with entry `index` in its sender's chain and its aggregate; nothing, if all is well."""
        if index == 0 and entry == self._quote:
            return ()
        try:
            (id_, source, type_, aggregate, previous, position, version), said = parse_place(entry)
            key = _key(aggregate)
        except MessageError as error:
            return (refused(error),)
        senders, versions = self.standing.senders, self.standing.versions
        last, digest = senders.get(source, _START)
        if position <= last:
            return (_again(source, position, last),)
        senders[source] = position, sha256(entry).hexdigest()
        if type_ == ROTATED and source.endswith(OF_AUDIT):  # no other sender speaks for the log
            self.standing.rotations += _rotation(index, said.get("data"))
        reached = versions.get(key, 0)
        is_named = id_ == _event_id(key, version)
        if position == last + 1 and previous == digest and version == reached + 1 and is_named:
            versions[key] = version
            return ()
        versions[key] = max(reached, version)
        wrong = [] if is_named else [_misnamed(aggregate, version)]
        if not (self._is_open and last == 0):
            wrong += _gap(source, position, last, is_chained=previous == digest)
        if version != reached + 1 and not (self._is_open and version > reached == 0):
            wrong.append(_jumped(aggregate, version, reached))
        return wrong


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


def _again(who: str, at: int, last: int) -> Sentence:
    return Sentence(
        f"position {at} of {who} comes again after {last}",
        f"posisi {at} dari {who} muncul lagi setelah {last}",
    )


def _rotation(index: int, data: object) -> list[Rotation]:
    said = data if isinstance(data, dict) else {}
    old, new = said.get("old_vkey"), said.get("new_vkey")
    return [Rotation(index, old, new)] if isinstance(old, str) and isinstance(new, str) else []
