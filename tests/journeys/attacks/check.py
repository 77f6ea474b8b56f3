"""Everybody who can find an attack, asked for real: the tools of outsiders, of the office, its programs, a citizen, a witness."""

import asyncio
import io
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from tests.journeys.attacks.bus import restart
from tests.journeys.attacks.left import Left
from tests.journeys.tools import ALONE, here
from tests.taken_evidence import TakenEvidence, take
from tests.tlog.packed_v1 import pack_v1

from zi_audit.cli import main as zi_audit
from zi_audit.files.published_log import PublishedLog
from zi_audit.files.tile_folder import CHECKPOINT, POLICY, TileFolder
from zi_audit.read.bundle import ACTS
from zi_audit.read.case_log import CaseLog, WitnessedHead, write_case
from zi_audit.read.index import Index
from zi_chassis.domain import UnavailableError
from zi_chassis.storage.database import Database
from zi_chassis.vault.keystore import Keystore
from zi_chassis.vault.vault import Vault, VaultItemError
from zi_intake.promise import Promises
from zi_tlog.checkpoint import parse_checkpoint
from zi_tlog.cosignature import Cosigner
from zi_tlog.error import LogError
from zi_tlog.evidence import PrivateItem, private_digest
from zi_tlog.evidence_v1 import Entry, Evidence
from zi_tlog.evidence_zip import EvidenceWriter
from zi_tlog.note import parse_note
from zi_tlog.proof import TlogProof
from zi_tlog.tile import TileHashes, bundle_at, read_bundle
from zi_tlog.tree import consistency_proof, inclusion_proof
from zi_tlog.witness import AddCheckpoint
from zi_verify.main import main as zi_verify
from zi_verify.status import ExitStatus
from zi_witness.record import WitnessRecord, make_record
from zi_witness.refusal import CosigningRefusedError
from zi_witness.rule import read_offer


class Check(StrEnum):
    LOG = "L"
    OLDER = "C"
    RECEIPT = "R"
    FSCK = "F"
    RECONCILE = "A"
    OUTBOX = "O"
    WRITER = "H"
    PROMISE = "P"
    WITNESS = "W"
    LEDGER = "N"


def found(left: Left, *, restarted: bool) -> set[Check]:
    """Collect the checks that find something in what was left, before or after the programs went on with it: they may mend it."""
    by = set(_programs(left)) if restarted else set()
    by |= {*_log(left), *_evidence(left), *_office(left), *_ledger(left)}
    if witness_refuses(left):
        by.add(Check.WITNESS)
    return by if restarted else by | set(_programs(left))


def _programs(left: Left) -> Iterator[Check]:
    refused = asyncio.run(restart(left, last=True))
    if refused.outbox:
        yield Check.OUTBOX
    if refused.writer:
        yield Check.WRITER


def _log(left: Left) -> Iterator[Check]:
    """Check the log by itself, then against an older checkpoint if nothing is wrong in itself."""
    if _log_fails(left):
        yield Check.LOG
    elif _log_fails(left, "--from-checkpoint", str(left.older)):
        yield Check.OLDER


def _log_fails(left: Left, *options: str) -> bool:
    """Whether the verdict is against the log, which is another status than that it could not be read."""
    result = here(zi_verify, "log", str(left.published_log), *options)
    assert result.code in (ExitStatus.PASSED.code, ExitStatus.FAIL.code), result.text
    return result.code == ExitStatus.FAIL.code


def _office(left: Left) -> Iterator[Check]:
    if _audit_finds("fsck"):
        yield Check.FSCK
    if any(_audit_finds("reconcile", "--service", service) for service in ("intake", "notify")):
        yield Check.RECONCILE


def _audit_finds(*arguments: str) -> bool:
    """Whether the tool found something, which is another status than that it could not look."""
    result = here(zi_audit, *arguments)
    assert result.code in (0, 1), result.text
    return result.code == 1


def _ledger(left: Left) -> Iterator[Check]:
    with closing(sqlite3.connect(left.ledger)) as ledger:
        if ledger.execute("SELECT idx FROM entries WHERE anomaly IS NOT NULL").fetchall():
            yield Check.LEDGER


# -- the citizen


def _evidence(left: Left) -> Iterator[Check]:
    try:
        included = holds(left, fresh_evidence(left))
    except (VaultItemError, UnavailableError, LogError):
        included = False
    if not included:
        yield Check.RECEIPT
    if not holds(left, kept_promises(left)):
        yield Check.PROMISE


def holds(left: Left, evidence: bytes) -> bool:
    file = left.folder / "asked.zip"
    file.write_bytes(evidence)
    result = here(zi_verify, "receipt", str(file))
    # 0 where the log was pinned a moment ago.
    return result.code in (0, ALONE) and "included" in result.text.lower().splitlines()[-1]


def fresh_evidence(left: Left) -> bytes:
    """Build the evidence that the house gives its citizen now, with new promises; an error for what it can't prove or open."""
    seed = (left.data / "intake/secrets/promise").read_bytes()
    within = timedelta(hours=left.settings.promise_hours)
    promises = Promises(left.settings.log_origin, seed, within)
    with closing(sqlite3.connect(left.store)) as store:
        case = "SELECT message FROM messages WHERE subject = ? ORDER BY position"
        rows = [bytes(row[0]) for row in store.execute(case, [left.ticket])]
    messages = {orjson.loads(row)["id"]: row for row in rows}  # an event has one
    packed = io.BytesIO()
    with EvidenceWriter(packed) as writer:
        written = _logged(left, writer)
        entries = set(_case_entries(left, written))
        for message in messages.values():
            fields = orjson.loads(message)
            if message not in entries:
                writer.pending(fields["id"], message)
                known = written.aggregates.get(fields["aggregate"], 0)
                written.aggregates[fields["aggregate"]] = max(fields["version"], known)
            writer.promise(
                fields["id"], promises.over(fields["id"], message, datetime.fromisoformat(fields["time"]))
            )
            for item in _opened_items(left, fields):
                writer.private(item)
        writer.seal(
            promises.signer,
            promise_key=promises.vkey,
            case=left.ticket,
            origin=written.origin,
            size=written.size,
            services=ACTS,
            purpose="own",
            indexes=written.indexes,
            left_out=written.left_out,
            aggregates=written.aggregates,
        )
    return packed.getvalue()


def _logged(left: Left, writer: EvidenceWriter) -> CaseLog:
    """As the ledger's web part packs it, over an index made anew."""
    log = PublishedLog(TileFolder(left.published_log))
    policy, signed = log.policy(), log.signed()
    if policy is None or signed is None:
        raise UnavailableError("The ledger has not begun yet.")
    database = Database(left.folder / "asked.db")
    try:
        index = Index(database, left.settings.office)
        index.open(signed[1].origin)
        index.clear(signed[1].origin)
        index.add(0, log.entries(0, signed[1].size), log.lanes(0, signed[1].size))
        return write_case(writer, log, database, WitnessedHead(policy, *signed), left.ticket, ACTS)
    finally:
        database.close()


def _case_entries(left: Left, written: CaseLog) -> Iterator[bytes]:
    entries = read_bundle(bundle_at(0, written.size), TileFolder(left.published_log).read)
    yield from (entries[index] for index in written.indexes)


def kept_promises(left: Left) -> bytes:
    """Pack the citizen's earlier evidence with the receipts that the house gives now."""
    evidence = take(left.evidence.read_bytes())
    proofs = Proofs(left.published_log)
    entries = [_entry(evidence, proofs, message) for message in evidence.messages]
    promised = tuple(entry for entry in entries if entry.promise is not None)
    return pack_v1(Evidence(proofs.policy, promised, (), evidence.files["promise.vkey"].decode().strip()))


def _entry(evidence: TakenEvidence, proofs: "Proofs", message: bytes) -> Entry:
    event_id = orjson.loads(message)["id"]
    return Entry(event_id, message, proofs.of(event_id), evidence.files.get(f"promises/{event_id}"))


def _opened_items(left: Left, fields: Any) -> Iterator[PrivateItem]:
    """The contents as the vault opens them; VaultItemError for one that it can't, and then the house can give no evidence."""
    database, keys = Database(left.store), Keystore(Database(left.data / "intake" / "keys.db"))
    for ref in fields["data"].get("items", ()):
        if isinstance(ref, dict) and "digest" in ref:
            item = UUID(ref["item"])
            with database.reading() as tx:
                opened = Vault(keys).open(tx, [item])[item]
            digest = private_digest(opened.salt, opened.plaintext)
            kind = opened.media_type or "text/plain"
            yield PrivateItem(
                ref["item"], fields["id"], opened.field, digest, opened.salt, opened.plaintext, kind
            )
    database.close()
    keys.close()


class Proofs:
    """Receipts out of the published files as they are, right or wrong."""

    def __init__(self, log: Path) -> None:
        self._read = TileFolder(log).read
        self.policy = self._read(POLICY) or b""
        self._checkpoint = self._read(CHECKPOINT)
        self._places: dict[str, int] = {}
        try:
            self._size = parse_checkpoint(parse_note(self._checkpoint or b"").text).size
            for index, entry in enumerate(read_bundle(bundle_at(0, self._size), self._read)):
                self._places.setdefault(orjson.loads(entry)["id"], index)
        except LogError:
            self._places.clear()

    def of(self, event_id: str) -> bytes | None:
        try:
            index = self._places[event_id]
            hashes = inclusion_proof(index, self._size, TileHashes(self._size, self._read))
        except (KeyError, LogError):
            return None
        return TlogProof(index, tuple(hashes), self._checkpoint or b"").format()


# -- the witness


def witness_refuses(left: Left) -> bool:
    """It cosigned the older checkpoint, and is asked to cosign the newest one now."""
    folder = left.folder / "witness"
    folder.mkdir()
    make_record(folder)
    record = WitnessRecord(folder, Cosigner("ombudsman.example/witness", bytes(32)), lambda: int(time.time()))
    older = left.older.read_bytes()
    head = parse_checkpoint(parse_note(older).text)
    with closing(record):
        _offer(left, record, AddCheckpoint(0, (), older))
        try:
            _offer(left, record, _newest(left, head.size))
        except (CosigningRefusedError, LogError):
            return True
    return False


def _offer(left: Left, record: WitnessRecord, request: AddCheckpoint) -> None:
    verifier = left.signer.verifier
    record.cosign(
        read_offer(request.format(), lambda origin: [verifier] if origin == verifier.key.name else [])
    )


def _newest(left: Left, old: int) -> AddCheckpoint:
    """The request that the log's own writer would make."""
    read = TileFolder(left.published_log).read
    checkpoint = read(CHECKPOINT) or b""
    size = parse_checkpoint(parse_note(checkpoint).text).size
    return AddCheckpoint(old, tuple(consistency_proof(old, size, TileHashes(size, read))), checkpoint)
