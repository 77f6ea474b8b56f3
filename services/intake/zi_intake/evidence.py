"""What a citizen takes along: every message of the case, its receipt and promise, and their own words with the salts."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

from zi_chassis.ledger import Ledger
from zi_chassis.vault import Opened
from zi_contracts.message import Message
from zi_intake.case import AttachmentAdded, Case
from zi_intake.projections import Step
from zi_intake.promise import Promises
from zi_tlog.evidence import PrivateItem, private_digest
from zi_tlog.evidence_v1 import Entry, Evidence, pack_evidence

# Of files, in base64 and with all that stands beside them still less than zi_tlog.evidence.MAX_ZIP_BYTES, which no verifier goes beyond.
TAKEN_ALONG = 80_000_000


def files_left_out(state: Case) -> frozenset[UUID]:
    """The items of files for which there is no room, the earliest have it; what they are stands in the messages all the same."""
    room, left_out = TAKEN_ALONG, []
    for added in (each for each in state.kept if isinstance(each, AttachmentAdded)):
        if added.size <= room:
            room -= added.size
        else:
            left_out += [ref.item for ref in added.items]
    return frozenset(left_out)


async def evidence_zip(
    steps: Sequence[Step], own: Mapping[UUID, Opened], ledger: Ledger, promises: Promises, timeline: str
) -> bytes:
    """Raises LedgerAwayError; what isn't in the ledger yet has its promise only."""
    policy = await ledger.policy()
    receipts = await ledger.receipts(step.event_id for step in steps)
    messages = {step.event_id: Message.parse(step.message) for step in steps}
    evidence = Evidence(
        policy=policy,
        entries=tuple(_entry(step, messages[step.event_id], receipts, promises) for step in steps),
        private=tuple(item for message in messages.values() for item in _private(message, own)),
        promise_key=promises.vkey,
        timeline=timeline,
    )
    return await asyncio.to_thread(pack_evidence, evidence)


def _entry(step: Step, message: Message, receipts: Mapping[UUID, bytes], promises: Promises) -> Entry:
    promise = promises.over(step.event_id, step.message, message.time)
    return Entry(str(step.event_id), step.message, receipts.get(step.event_id), promise)


def _private(message: Message, own: Mapping[UUID, Opened]) -> list[PrivateItem]:
    """The items that the event itself recorded; who only opened some names them without a digest."""
    refs = [ref for ref in message.data.get("items", ()) if isinstance(ref, dict)]
    known = [(ref["item"], own[UUID(ref["item"])]) for ref in refs if UUID(ref["item"]) in own]
    return [
        PrivateItem(
            item_id=item,
            event_id=str(message.id),
            field=opened.field,
            digest=private_digest(opened.salt, opened.plaintext),
            salt=opened.salt,
            plaintext=opened.plaintext,
            media_type=opened.media_type or "text/plain",
        )
        for item, opened in known
    ]
