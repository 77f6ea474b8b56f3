"""Write the evidence of a case (zi_tlog.evidence): all acts that the ledger proves, as it packed them; the acts that it does not have
yet; the promises of intake; and the texts of the citizen with their salts. A few messages and one file are in memory at a time."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import partial
from hashlib import sha256
from typing import BinaryIO, cast
from uuid import UUID

from zi_chassis.domain import ErasedError
from zi_chassis.ledger import LedgerAwayError
from zi_chassis.vault.vault import OpenedItem
from zi_contracts.message import Message
from zi_intake.container import Office
from zi_intake.domain.case.answer_files import ANSWER_FILE
from zi_intake.domain.case.messages import AttachmentAdded
from zi_intake.domain.case.state import Case
from zi_intake.read.projections import CaseStep, steps
from zi_intake.read.tracking import BROWSER, DRAFT, INTERNAL
from zi_tlog.error import LogError
from zi_tlog.evidence import (
    BUNDLE_ENTRIES,
    CHECKPOINT,
    MANIFEST,
    POLICY,
    EvidenceError,
    Manifest,
    PrivateItem,
    parse_manifest,
    private_digest,
)
from zi_tlog.evidence_zip import EvidenceArchive, EvidenceWriter
from zi_tlog.tile import decode_bundle

TAKEN_ALONG = 80_000_000  # bytes of files; what they are stands in the messages all the same
AT_ONCE = 200  # messages, or items without files

Digested = tuple[UUID, str]  # an item and its event


def files_left_out(state: Case) -> frozenset[UUID]:
    """Return the items of the files that are too large together, the latest ones; the messages name them all the same."""
    room, left_out = TAKEN_ALONG, []
    for added in (each for each in state.vault_entries if isinstance(each, AttachmentAdded)):
        if added.items[0].item in state.handling.withheld:
            continue
        if added.size <= room:
            room -= added.size
        else:
            left_out += [ref.item for ref in added.items]
    return frozenset(left_out)


async def write_evidence(file: BinaryIO, office: Office, ticket: str) -> None:
    """Write the zip. Raises LedgerAwayError, and what the vault raises while it is locked."""
    with EvidenceWriter(file) as writer:
        _, aggregate, version, state = await office.access.known(ticket)
        manifest, known = await _copy_proof(writer, office, ticket)
        items = [item async for item in _write_own(writer, office, aggregate, version, known)]
        without = files_left_out(state)
        taken = [item for item in items if item[0] not in without]
        await _write_private(writer, office, ticket, taken, state)
        last = max(version, manifest.aggregates.get(str(aggregate), 0))
        aggregates = {**manifest.aggregates, str(aggregate): last}
        await asyncio.to_thread(_seal, writer, office, manifest, aggregates)


def _seal(writer: EvidenceWriter, office: Office, proof: Manifest, aggregates: Mapping[str, int]) -> None:
    writer.seal(
        office.promises.signer,
        promise_key=office.promises.vkey,
        case=proof.case,
        origin=proof.origin,
        size=proof.size,
        services=proof.services,
        purpose=proof.purpose,
        indexes=proof.indexes,
        left_out=proof.left_out,
        aggregates=aggregates,
    )


async def _copy_proof(writer: EvidenceWriter, office: Office, ticket: str) -> tuple[Manifest, set[bytes]]:
    """Copy the evidence of the ledger into the zip; return its manifest, and the hashes of the messages of intake in it."""
    proof = cast(BinaryIO, await asyncio.to_thread(tempfile.TemporaryFile, dir=office.settings.folder))
    with proof:
        await office.ledger.evidence(ticket, office.tokens.issue(ticket), proof)
        try:
            return await asyncio.to_thread(_copied, writer, proof, ticket)
        except LogError as error:
            raise LedgerAwayError from error


def _copied(writer: EvidenceWriter, proof: BinaryIO, ticket: str) -> tuple[Manifest, set[bytes]]:
    archive = EvidenceArchive(proof)
    manifest = parse_manifest(archive.require(MANIFEST))
    if manifest.case != ticket:
        raise EvidenceError("manifest.json: the ledger gave the evidence of another case.")
    known: set[bytes] = set()
    for name in archive.names:
        if name in (POLICY, CHECKPOINT) or name.startswith("tile/"):
            writer.add(name, archive.require(name))
    for size in manifest.checkpoints:
        writer.older(size, archive.require(f"checkpoints/{size}"))
    for number, name in enumerate(manifest.bundles):
        data = archive.require(name)
        writer.add(name, data)
        width = min(BUNDLE_ENTRIES, len(manifest.indexes) - number * BUNDLE_ENTRIES)
        known.update(map(_digest, decode_bundle(data, width)))
    return manifest, known


async def _write_own(
    writer: EvidenceWriter, office: Office, aggregate: UUID, version: int, known: set[bytes]
) -> AsyncIterator[Digested]:
    """Write the messages that the ledger does not have yet, and the promise of every act of intake; yield the items of all acts."""
    for first in range(1, version + 1, AT_ONCE):
        last = min(version, first + AT_ONCE - 1)
        some = await office.store.query(partial(steps, aggregate=aggregate, last=last, first=first))
        await asyncio.to_thread(_write_steps, writer, office, some, known)
        for step in some:
            for item in _items(step):
                yield item


def _write_steps(writer: EvidenceWriter, office: Office, some: Sequence[CaseStep], known: set[bytes]) -> None:
    for step in some:
        if _digest(step.message) not in known:
            writer.pending(str(step.event_id), step.message)
        at = Message.parse(step.message).time
        writer.promise(str(step.event_id), office.promises.over(step.event_id, step.message, at))


async def _write_private(
    writer: EvidenceWriter, office: Office, ticket: str, items: Sequence[Digested], state: Case
) -> None:
    """Write the texts and files with their salts; none once the case is erased."""
    files = {
        ref.item for added in state.vault_entries if isinstance(added, AttachmentAdded) for ref in added.items
    }
    events = dict(items)
    texts = [item for item, _ in items if item not in files]
    chunks = [texts[first : first + AT_ONCE] for first in range(0, len(texts), AT_ONCE)]
    for chunk in (*chunks, *([item] for item, _ in items if item in files)):
        try:
            opened = await office.actions.own_items(ticket, items=frozenset(chunk))
        except ErasedError:
            return
        await asyncio.to_thread(_write_items, writer, opened, events)


def _write_items(
    writer: EvidenceWriter, opened: Mapping[UUID, OpenedItem], events: Mapping[UUID, str]
) -> None:
    for item, content in opened.items():
        writer.private(
            PrivateItem(
                item_id=str(item),
                event_id=events[item],
                field=content.field,
                digest=private_digest(content.salt, content.plaintext),
                salt=content.salt,
                plaintext=content.plaintext,
                media_type=content.media_type or "text/plain",
            )
        )


def _items(step: CaseStep) -> list[Digested]:
    """Return the items that the event recorded, without what officers wrote for one another, the address of a browser for notices, and drafts
    and files for an answer, which the answer names again; an event about opened data names items without a digest."""
    message = Message.parse(step.message)
    refs = [ref for ref in message.data.get("items", ()) if isinstance(ref, dict) and message.event != DRAFT]
    internal = INTERNAL | {BROWSER} | ({ANSWER_FILE} if message.event == "attachment_added" else set())
    return [(UUID(ref["item"]), str(step.event_id)) for ref in refs if ref["field"] not in internal]


def _digest(message: bytes) -> bytes:
    return sha256(message).digest()
