"""One case in a log of several, and its evidence zip: deterministic, so that every reader of the format is tried on equal bytes.

python -m tests.tlog.sample_evidence evidence.zip 300
"""

import io
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_DNS, UUID, uuid5

from zi_tlog.checkpoint import Checkpoint
from zi_tlog.cosignature import Cosigner
from zi_tlog.evidence import PrivateItem, private_digest
from zi_tlog.evidence_zip import EvidenceWriter
from zi_tlog.note import Signer, parse_note
from zi_tlog.policy import Log, Policy, Witness
from zi_tlog.promise import Promise
from zi_tlog.sparse import tiles_of
from zi_tlog.tile import bundle_files, read_tile, tile_files
from zi_tlog.tree import Edge, leaf_hash

ORIGIN = "ledger.example/office"
LOG_KEY = Signer(ORIGIN, bytes(range(32)))
INTAKE_KEY = Signer(f"{ORIGIN}/intake", bytes(range(32, 64)))
AUDIT_KEY = Signer(f"{ORIGIN}/audit", bytes(range(64, 96)))
WITNESS = Cosigner("witness.example/campus", bytes(range(96, 128)))
POLICY = Policy((Log(LOG_KEY.key),), (Witness("campus", WITNESS.key),), (), "campus")
TICKET, OTHER_TICKET = "7K3M9Q2XA", "0EXAMP1E0"
SUBJECT = "data-subject-example-1"
BEGIN = datetime(2025, 11, 24, 1, 0, tzinfo=UTC)
SALT = b"s" * 32
CASE = uuid5(NAMESPACE_DNS, "the case")
Read = Callable[[str], bytes | None]


@dataclass
class SampleSender:
    """A service whose messages chain; each is a second after the one before, of whatever sender."""

    service: str
    position: int = 0
    previous: str = "0" * 64
    versions: dict[UUID, int] = field(default_factory=dict)

    def message(
        self,
        at: datetime,
        event: str,
        data: Mapping[str, Any] | None = None,
        aggregate: UUID = CASE,
        **changes: Any,
    ) -> bytes:
        self.position += 1
        version = self.versions[aggregate] = self.versions.get(aggregate, 0) + 1
        message = {
            "specversion": "1.0",
            "id": str(uuid5(aggregate, str(version))),
            "source": f"/zi/contoh/{self.service}",
            "type": f"zi.{self.service}.{event}",
            "subject": TICKET,
            "time": f"{at:%Y-%m-%dT%H:%M:%S.%fZ}",
            "datacontenttype": "application/json",
            "aggregate": str(aggregate),
            "version": version,
            "position": self.position,
            "previous": self.previous,
            "actor": "officer-example-1",
            "actorrole": "staff:officer",
            "commitment": "0" * 64,
            "data": data or {},
        }
        rendered = json.dumps(message | changes, separators=(",", ":")).encode()
        self.previous = sha256(rendered).hexdigest()
        return rendered


class MemoryLog:
    """A log in memory; every growth is signed, and cosigned `lag` seconds after its newest entry."""

    def __init__(self, policy: Policy = POLICY, lag: float = 5) -> None:
        self.files: dict[str, bytes] = {}
        self.policy = policy
        self.edge = Edge()
        self.entries: list[bytes] = []
        self.cosigned: dict[int, bytes] = {}
        self._lag = timedelta(seconds=lag)

    @property
    def size(self) -> int:
        return self.edge.size

    def append(self, entries: Sequence[bytes], at: datetime) -> None:
        """`at` is the time of the newest of them."""
        growth = self.edge.append(map(leaf_hash, entries))
        files = [*tile_files(growth, self.files.get), *bundle_files(self.edge.size, entries, self.files.get)]
        self.files |= dict(files)
        self.edge = growth.after
        self.entries += entries
        note = parse_note(Checkpoint(ORIGIN, self.size, self.edge.root).sign(LOG_KEY))
        when = int((at + self._lag).timestamp())
        self.cosigned[self.size] = note.signed(WITNESS.cosign(note.text, when)).format()


def about(entries: Iterable[bytes], ticket: str = TICKET) -> list[int]:
    return [index for index, entry in enumerate(entries) if json.loads(entry)["subject"] == ticket]


def items(texts: Mapping[str, bytes], event: str) -> list[PrivateItem]:
    """One private item a field, of the event of this id."""
    return [
        PrivateItem(
            str(uuid5(UUID(event), name)), event, name, private_digest(SALT, text), SALT, text, "text/plain"
        )
        for name, text in texts.items()
    ]


@dataclass
class SampleCase:
    """A complaint with `steps` further acts among entries of another case; the last act is not in the ledger yet."""

    steps: int = 6
    log: MemoryLog = field(default_factory=MemoryLog)
    checkpoint_every: int = 7
    private: list[PrivateItem] = field(default_factory=list)
    pending: list[bytes] = field(default_factory=list)
    at: datetime = BEGIN

    def __post_init__(self) -> None:
        self.intake, self.notify = SampleSender("intake"), SampleSender("notify")
        waiting: list[bytes] = []
        for turn in range(self.steps + 1):
            waiting += self._turn(turn)
            if len(waiting) >= self.checkpoint_every:
                self.log.append(waiting, self.at)
                waiting = []
        if waiting:
            self.log.append(waiting, self.at)
        self.pending = [
            self.intake.message(self._later(), "case_closed", {"state": "closed", "reason": "resolved"})
        ]

    def _later(self) -> datetime:
        self.at += timedelta(seconds=20)
        return self.at

    def _turn(self, turn: int) -> list[bytes]:
        elsewhere, delivery = (
            uuid5(NAMESPACE_DNS, "another case"),
            uuid5(NAMESPACE_DNS, f"delivery {turn // 3}"),
        )
        stranger = self.intake.message(
            self._later(), "case_acknowledged", {"state": "acknowledged"}, elsewhere, subject=OTHER_TICKET
        )
        if turn == 0:
            return [stranger, self._filed()]
        if turn % 3 == 2:
            step = "delivery_requested" if delivery not in self.notify.versions else "delivery_handed_over"
            return [stranger, self.notify.message(self._later(), step, {"channel": "email"}, delivery)]
        return [stranger, self._question(turn)]

    def _filed(self) -> bytes:
        event = str(uuid5(CASE, "1"))
        stored_items = items({"text": b"Kue basi", "reporter.name": b"Warga Contoh"}, event)
        self.private += stored_items
        data = {"state": "filed", "kind": "product", "items": [_ref(item) for item in stored_items]}
        return self.intake.message(self._later(), "complaint_filed", data, actor=SUBJECT, actorrole="public")

    def _question(self, turn: int) -> bytes:
        event = str(uuid5(CASE, str(self.intake.versions[CASE] + 1)))
        stored_items = items({"question": f"Pertanyaan {turn}".encode()}, event)
        self.private += stored_items
        return self.intake.message(
            self._later(), "clarification_asked", {"items": [_ref(item) for item in stored_items]}
        )


def _ref(item: PrivateItem) -> dict[str, str]:
    return {"item": item.item_id, "field": item.field, "digest": item.digest}


def pack(
    log: MemoryLog,
    private: Iterable[PrivateItem] = (),
    pending: Sequence[bytes] = (),
    signer: Signer = INTAKE_KEY,
    *,
    indexes: Sequence[int] | None = None,
    older: Sequence[int] | None = None,
    by: datetime | None = None,
    **changes: Any,
) -> bytes:
    """The zip as a house packs it, with promises for this date; `changes` replace what the manifest says."""
    indexes = about(log.entries) if indexes is None else indexes
    older = sorted(log.cosigned)[:-1] if older is None else older
    file = io.BytesIO()
    writer = EvidenceWriter(file)
    tiles = ((tile.path, read_tile(tile, log.files.get)) for tile in tiles_of(log.size, indexes, older))
    writer.log(log.policy.format(), log.cosigned[log.size], tiles)
    for size in older:
        writer.older(size, log.cosigned[size])
    writer.entries(log.entries[index] for index in indexes)
    for message in pending:
        writer.pending(json.loads(message)["id"], message)
        writer.promise(json.loads(message)["id"], promise(message, by=by))
    for item in private:
        writer.private(item)
    messages = [json.loads(entry) for entry in (*(log.entries[index] for index in indexes), *pending)]
    aggregates: dict[str, int] = {}
    for message in (each for each in messages if "aggregate" in each):
        aggregates[message["aggregate"]] = max(message["version"], aggregates.get(message["aggregate"], 0))
    claims = {
        "promise_key": INTAKE_KEY.key.vkey if pending else None,
        "case": TICKET,
        "origin": ORIGIN,
        "size": log.size,
        "services": ("intake", "notify"),
        "purpose": "own",
        "indexes": indexes,
        "left_out": (),
        "aggregates": aggregates,
    }
    writer.seal(signer, **(claims | changes))
    return file.getvalue()


def promise(message: bytes, signer: Signer = INTAKE_KEY, by: datetime | None = None) -> bytes:
    fields = json.loads(message)
    at = datetime.fromisoformat(fields["time"])
    return Promise(signer.key.name, fields["id"], leaf_hash(message), at, by).sign(signer)


def sample_zip(steps: int = 6) -> bytes:
    """A whole evidence zip of a case with `steps` acts after its filing, one of them pending."""
    case = SampleCase(steps)
    return pack(case.log, case.private, case.pending)


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(sample_zip(int(sys.argv[2]) if len(sys.argv) > 2 else 6))
