"""Remember how far a log has come, so that a later run can go on from there.

Types of entries that add more to this than a step of their chains are listed here.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zi_verify.anomaly import RECORDING, Record
from zi_verify.configuration import CONFIGURING, AdoptedConfigurations

_KEY_BYTES = 16
_RECORD_BYTES = _KEY_BYTES + 8
_PARTS = 7
_ROTATED, _POLICY_ADOPTED = "zi.audit.log_key_rotated", "zi.audit.witness_policy_adopted"
_NOTED = RECORDING | {_ROTATED, _POLICY_ADOPTED}


def is_noted(type_: str) -> bool:
    """Return whether an entry of this type says something that a standing keeps, so that it must be read by itself."""
    return type_ in _NOTED or type_.endswith(CONFIGURING)


@dataclass(frozen=True)
class KeyRotation:
    """A change of the log's key, as entry `index` records it."""

    index: int
    old: str
    new: str


@dataclass(frozen=True)
class Adoption:
    """The policy that counts for the log `origin` from entry `index` on, as that entry records it: the text of a tlog-policy."""

    index: int
    origin: str
    policy: str


@dataclass
class Lateness:
    """Entries that are dated before the tree that does not have them yet: how many, and the one that is late by most."""

    count: int = 0
    seconds: int = 0
    index: int = 0

    def add(self, index: int, seconds: int) -> None:
        self.count += 1
        if seconds > self.seconds:
            self.seconds, self.index = seconds, index


@dataclass
class ChainState:
    """The last message of each sender (position, digest, time), the version of each aggregate, and what the log records of itself: all that
    going on needs. About 110 bytes an aggregate, however long the log; an aggregate is known by the 16 bytes of its
    UUID."""

    senders: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    versions: dict[bytes, int] = field(default_factory=dict)
    rotations: list[KeyRotation] = field(default_factory=list)
    office: str = ""
    records: list[Record] = field(default_factory=list)
    late: Lateness = field(default_factory=Lateness)
    adoptions: list[Adoption] = field(default_factory=list)
    configurations: AdoptedConfigurations = field(default_factory=AdoptedConfigurations)

    def note(self, index: int, source: str, type_: str, data: object) -> None:
        """Keep what entry `index` says about the log or about what its sender decides by."""
        fields = data if isinstance(data, dict) else {}
        if type_.endswith(CONFIGURING):
            self.configurations.take(source, type_, fields)
        elif source == f"{self.office}/audit":  # no other sender speaks for the log
            self.rotations += _rotation(index, fields) if type_ == _ROTATED else ()
            self.adoptions += _adoption(index, fields) if type_ == _POLICY_ADOPTED else ()

    def pack(self) -> tuple[str, bytes]:
        """Versions as records of 24 bytes, all else as JSON; unpack gives the same standing back."""
        records = [key + version.to_bytes(8, "big") for key, version in self.versions.items()]
        rotations = [(rotation.index, rotation.old, rotation.new) for rotation in self.rotations]
        late = self.late.count, self.late.seconds, self.late.index
        adoptions = [(adoption.index, adoption.origin, adoption.policy) for adoption in self.adoptions]
        configurations = self.configurations.pack()
        rest = [self.senders, rotations, self.office, self.records, late, adoptions, configurations]
        return json.dumps(rest), b"".join(records)

    def continued(self) -> "ChainState":
        """The same for the log that continues this one, in which entries are counted anew."""
        return ChainState(
            dict(self.senders),
            dict(self.versions),
            list(self.rotations),
            self.office,
            configurations=self.configurations.copied(),
        )

    @classmethod
    def unpack(cls, text: str, records: bytes) -> "ChainState | None":
        """None for what an earlier version packed; raises ValueError or TypeError for anything else."""
        packed = json.loads(text)
        if isinstance(packed, list) and len(packed) < _PARTS:
            return None
        senders, rotations, office, recorded, late, adoptions, configurations = packed
        versions = {
            records[at : at + _KEY_BYTES]: int.from_bytes(
                records[at + _KEY_BYTES : at + _RECORD_BYTES], "big"
            )
            for at in range(0, len(records), _RECORD_BYTES)
        }
        heads = {source: (position, digest, dated) for source, (position, digest, dated) in senders.items()}
        return cls(
            heads,
            versions,
            [KeyRotation(*row) for row in rotations],
            office,
            [Record(*row) for row in recorded],
            Lateness(*late),
            [Adoption(*row) for row in adoptions],
            AdoptedConfigurations.unpack(configurations),
        )


def _rotation(index: int, data: Mapping[str, Any]) -> list[KeyRotation]:
    old, new = data.get("old_vkey"), data.get("new_vkey")
    return [KeyRotation(index, old, new)] if isinstance(old, str) and isinstance(new, str) else []


def _adoption(index: int, data: Mapping[str, Any]) -> list[Adoption]:
    origin, policy = data.get("origin"), data.get("policy")
    return [Adoption(index, origin, policy)] if isinstance(origin, str) and isinstance(policy, str) else []
