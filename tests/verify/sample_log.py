"""A log built with zi_tlog alone, in a folder: two senders whose messages chain, a policy, receipts and evidence over it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_DNS, UUID, uuid5

from zi_tlog.checkpoint import Checkpoint
from zi_tlog.evidence import PrivateItem, private_digest
from zi_tlog.evidence_v1 import Entry, Evidence
from zi_tlog.note import Signer
from zi_tlog.policy import Log, Policy
from zi_tlog.promise import Promise
from zi_tlog.proof import TlogProof
from zi_tlog.tile import TileHashes, bundle_files, tile_files
from zi_tlog.tree import Edge, inclusion_proof, leaf_hash

LOG_KEY = Signer("ledger.example/audit", bytes(range(32)))
INTAKE_KEY = Signer("ledger.example/intake", bytes(range(32, 64)))
POLICY = Policy((Log(LOG_KEY.key),))
CASE = uuid5(NAMESPACE_DNS, "case")
SALT = b"s" * 32


@dataclass
class Sender:
    """A service that says one message after the other, each naming the hash of the one before."""

    source: str
    position: int = 0
    previous: str = "0" * 64
    versions: dict[UUID, int] = field(default_factory=dict)
    time: str = "2025-11-24T01:02:03.000000Z"

    @property
    def service(self) -> str:
        return self.source.rpartition("/")[2]

    def say(self, type_: str = "", aggregate: UUID = CASE, **data: Any) -> bytes:
        self.position += 1
        version = self.versions[aggregate] = self.versions.get(aggregate, 0) + 1
        message = {
            "specversion": "1.0",
            "id": str(uuid5(aggregate, str(version))),
            "source": self.source,
            "type": type_ or f"zi.{self.service}.case_acknowledged",
            "subject": "7K3M9Q2XA",
            "time": self.time,
            "aggregate": str(aggregate),
            "version": version,
            "position": self.position,
            "previous": self.previous,
            "actor": f"system:{self.service}",
            "actorrole": f"system:{self.service}",
            "data": data,
        }
        rendered = json.dumps(message).encode()
        self.previous = sha256(rendered).hexdigest()
        return rendered

    def act(self, type_: str, actor: str, role: str, **data: Any) -> bytes:
        """Make a message of an official."""
        message = json.loads(self.say(type_, **data)) | {"actor": actor, "actorrole": role}
        rendered = json.dumps(message).encode()
        self.previous = sha256(rendered).hexdigest()
        return rendered


def sample_messages(count: int) -> list[bytes]:
    """`count` messages of two senders, taking turns."""
    intake, notify = Sender("/zi/contoh/intake"), Sender("/zi/contoh/notify")
    delivery = uuid5(NAMESPACE_DNS, "delivery")
    return [
        notify.say("zi.notify.delivery_requested", delivery) if turn % 3 == 2 else intake.say()
        for turn in range(count)
    ]


class SampleLog:
    """Writes entries, tiles, bundles, checkpoint and policy into `folder` as the ledger's writer does."""

    def __init__(self, folder: Path, entries: Sequence[bytes] = (), signer: Signer = LOG_KEY) -> None:
        self.folder, self.signer = folder, signer
        self.edge = Edge()
        self.entries: list[bytes] = []
        self.write("witness-policy", POLICY.format())
        self.append(entries)

    def append(self, entries: Sequence[bytes]) -> None:
        growth = self.edge.append(map(leaf_hash, entries))
        files = [*tile_files(growth, self.read), *bundle_files(self.edge.size, entries, self.read)]
        for name, data in files:
            self.write(name, data)
        self.edge = growth.after
        self.entries += entries
        self.write("checkpoint", self.checkpoint)

    @property
    def checkpoint(self) -> bytes:
        return Checkpoint(self.signer.key.name, self.edge.size, self.edge.root).sign(self.signer)

    def read(self, name: str) -> bytes | None:
        path = self.folder / name
        return path.read_bytes() if path.is_file() else None

    def write(self, name: str, data: bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def flip(self, name: str, at: int) -> None:
        data = bytearray((self.folder / name).read_bytes())
        data[at] ^= 1
        self.write(name, bytes(data))

    def receipt(self, index: int) -> bytes:
        hashes = inclusion_proof(index, self.edge.size, TileHashes(self.edge.size, self.read))
        return TlogProof(index, tuple(hashes), self.checkpoint).format()

    def entry(self, index: int, *, is_promised: bool = True) -> Entry:
        message = self.entries[index]
        event_id = str(json.loads(message)["id"])
        return Entry(
            event_id, message, self.receipt(index), promise(event_id, message) if is_promised else None
        )


def promise(event_id: str, message: bytes, signer: Signer = INTAKE_KEY) -> bytes:
    time = datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC)
    return Promise(signer.key.name, event_id, leaf_hash(message), time).sign(signer)


@dataclass
class Complaint:
    """A filed complaint with two vault items, its acknowledgement, and everything a citizen would be given."""

    log: SampleLog
    texts: dict[str, bytes] = field(
        default_factory=lambda: {"text": b"Kue basi", "reporter.name": b"Warga Contoh"}
    )

    def items(self) -> list[dict[str, str]]:
        return [
            {"item": str(uuid5(NAMESPACE_DNS, name)), "field": name, "digest": private_digest(SALT, text)}
            for name, text in self.texts.items()
        ]

    def private(self, event_id: str) -> tuple[PrivateItem, ...]:
        return tuple(
            PrivateItem(
                item["item"],
                event_id,
                item["field"],
                item["digest"],
                SALT,
                self.texts[item["field"]],
                "text/plain",
            )
            for item in self.items()
        )


def filed(folder: Path) -> tuple[SampleLog, Evidence]:
    """A log of a few cases, with one complaint filed and acknowledged, and the evidence of it."""
    log = SampleLog(folder)
    complaint = Complaint(log)
    other, intake = Sender("/zi/contoh/notify"), Sender("/zi/contoh/intake")
    elsewhere = uuid5(NAMESPACE_DNS, "elsewhere")
    log.append(
        [
            other.say("zi.notify.delivery_requested", elsewhere),
            intake.say("zi.intake.complaint_filed", items=complaint.items(), kind="product"),
            other.say("zi.notify.delivery_handed_over", elsewhere),
            intake.say("zi.intake.case_acknowledged", state="acknowledged"),
        ]
    )
    entries = (log.entry(1), log.entry(3))
    private = complaint.private(entries[0].event_id)
    return log, Evidence(POLICY.format(), entries, private, INTAKE_KEY.key.vkey)


def erased(folder: Path, **fields: Any) -> tuple[SampleLog, Evidence]:
    """The same, after the reporter's data was destroyed, which one official asked for and another approved: no private items."""
    log, evidence = filed(folder)
    intake = Sender("/zi/contoh/intake", 2, sha256(log.entries[3]).hexdigest(), {CASE: 2})
    approved = {"asked_by": "officer-1"} | fields
    log.append(
        [
            intake.act("zi.intake.erasure_requested", "officer-1", "staff:officer"),
            intake.act("zi.intake.data_subject_erased", "supervisor-1", "staff:supervisor", **approved),
        ]
    )
    return log, replace(evidence, entries=tuple(map(log.entry, (1, 3, 4, 5))), private=())
