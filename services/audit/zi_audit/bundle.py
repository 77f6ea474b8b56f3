"""The evidence of a case for an auditor or a court: every entry that the ledger has of it under one checkpoint, and what the vault
lets this auditor read, in the layout of the citizen's evidence; the reading is recorded before anything is disclosed."""

import asyncio
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import ValidationError

from zi_audit.chain import OUTSIDE
from zi_audit.index import Index
from zi_audit.narrative import Narrative, Private
from zi_audit.published_log import PublishedLog
from zi_audit.timeline import Step
from zi_chassis.broker import Broker
from zi_chassis.domain import DomainError, ErasedError, UnavailableError
from zi_chassis.vault_requests import (
    UnknownTicketError,
    VaultClient,
    VaultRefusedError,
    VaultUnavailableError,
)
from zi_chassis.web.language import Catalogue, msgid
from zi_chassis.web.problem import ForbiddenError, NotFoundError
from zi_contracts.message import Message, UnreadableMessageError
from zi_contracts.vault import DisclosedItem, ItemRef
from zi_tlog.checkpoint import Checkpoint
from zi_tlog.error import LogError
from zi_tlog.evidence import PrivateItem, private_digest
from zi_tlog.evidence_v1 import Entry, Evidence, pack_evidence

MOST_ENTRIES = 1500  # a zip holds 4096 files: two an entry, one an item
FILES = ("attachment", "letter.file")  # counted, and not opened here
ERASED = "zi.intake.data_subject_erased"


class TooManyEntriesError(DomainError):
    """The case has more entries than one zip of evidence may hold."""

    def __init__(self) -> None:
        super().__init__(
            msgid(
                "This case has more entries than one file of evidence may hold. Export its entries instead."
            )
        )


@dataclass(frozen=True)
class Proven:
    """The case as the log has it. `entries` are those that the checkpoint covers, with their receipts; `left_out` the indexes of those
    that are no message, repeat one, or are too new for the checkpoint."""

    policy: bytes
    checkpoint: Checkpoint
    steps: Sequence[Step]
    entries: Sequence[Entry]
    messages: Mapping[str, Message]
    left_out: Sequence[int]

    @property
    def refs(self) -> list[tuple[str, ItemRef]]:
        """(event, item) of everything personal that the case refers to."""
        return [
            (event, ref)
            for event, message in self.messages.items()
            if message.service == "intake"
            for ref in _refs(message)
        ]

    @property
    def erased_at(self) -> int | None:
        own = (step.entry for step in self.steps if step.entry.anomaly not in OUTSIDE)
        return next((entry.index for entry in own if entry.type == ERASED), None)


class Bundles:
    """Packs one bundle at a time, because each stands in memory whole."""

    def __init__(self, log: PublishedLog, index: Index, broker: Broker, catalogue: Catalogue) -> None:
        self._log = log
        self._index = index
        self._broker = broker
        self._catalogue = catalogue
        self._packing = asyncio.Semaphore(1)

    async def of(self, ticket: str, purpose: str, token: str | None) -> bytes:
        """With a token also what the vault tells its holder; without one nothing personal is opened."""
        async with self._packing:
            proven = await asyncio.to_thread(self._proven, ticket)
            private, items = await self._private(proven, ticket, purpose, token)
            narrative = Narrative(ticket, purpose, proven.checkpoint, proven.steps, proven.left_out, private)
            evidence = Evidence(
                policy=proven.policy,
                entries=tuple(proven.entries),
                private=tuple(items),
                timeline=narrative.text(self._catalogue),
            )
            return await asyncio.to_thread(pack_evidence, evidence)

    def _proven(self, ticket: str) -> Proven:
        steps = self._steps(ticket)
        policy, signed = self._signed()
        entries: list[Entry] = []
        messages: dict[str, Message] = {}
        left_out: list[int] = []
        for step in steps:
            read = self._read(step, signed[1].size)
            event = str(read[1].id) if read else ""
            if read is None or event in messages:
                left_out.append(step.entry.index)
            else:
                entries.append(Entry(event, read[0], self._receipt(signed, step)))
                messages[event] = read[1]
        return Proven(policy, signed[1], steps, entries, messages, left_out)

    def _steps(self, ticket: str) -> list[Step]:
        found = self._index.timeline(ticket)
        steps = list(found.steps)
        while found.next is not None:
            if len(steps) > MOST_ENTRIES:
                raise TooManyEntriesError
            found = self._index.timeline(ticket, found.next)
            steps += found.steps
        if not steps:
            raise NotFoundError("The ledger has no entry of this case. Check the ticket.")
        if len(steps) > MOST_ENTRIES:
            raise TooManyEntriesError
        return steps

    def _signed(self) -> tuple[bytes, tuple[bytes, Checkpoint]]:
        try:
            policy, signed = self._log.policy(), self._log.witnessed()
        except LogError as damage:
            raise UnavailableError(f"The published files of the log are damaged: {damage}") from damage
        if policy is None or signed is None:
            raise UnavailableError("The ledger has no checkpoint that its policy accepts.")
        return policy.format(), signed

    def _read(self, step: Step, size: int) -> tuple[bytes, Message] | None:
        if step.entry.anomaly in OUTSIDE:
            return None
        index, leaf = step.entry.index, bytes.fromhex(step.entry.leaf_hash)
        content = self._log.entry(index, leaf) if index < size else None
        try:
            return None if content is None else (content, Message.parse(content))
        except UnreadableMessageError:
            return None

    def _receipt(self, signed: tuple[bytes, Checkpoint], step: Step) -> bytes:
        leaf = bytes.fromhex(step.entry.leaf_hash)
        return self._log.receipt_under(signed, step.entry.index, leaf).format()

    async def _private(
        self, proven: Proven, ticket: str, purpose: str, token: str | None
    ) -> tuple[Private, list[PrivateItem]]:
        """What became of what is personal, and the items that were disclosed."""
        refs = proven.refs
        wanted = [ref for _, ref in refs if ref.field not in FILES]
        files = len(refs) - len(wanted)
        if token is None or not wanted:
            return Private(closed=len(wanted), files=files), []
        try:
            told = await self._disclosed(ticket, wanted, purpose, token)
        except ErasedError:
            return Private(erased=True, erased_at=proven.erased_at, files=files), []
        except UnknownTicketError:
            return Private(unknown=True, files=files), []
        items = [_item(event, told[ref.item]) for event, ref in refs if ref.item in told]
        return Private(shown=len(items), closed=len(wanted) - len(items), files=files), items

    async def _disclosed(
        self, ticket: str, wanted: Sequence[ItemRef], purpose: str, token: str
    ) -> Mapping[UUID, DisclosedItem]:
        if self._broker.reason is not None:
            raise UnavailableError(f"The vault can't be asked: {self._broker.reason}")
        try:
            vault = VaultClient(await self._broker.client(), "audit")
            return await vault.disclosed(ticket, wanted, purpose, token)
        except VaultUnavailableError as error:
            raise UnavailableError(f"The vault did not answer: {error}") from error
        except VaultRefusedError as error:
            raise ForbiddenError(
                "The vault does not open this case for you. Sign in again and ask once more."
            ) from error


def _refs(message: Message) -> list[ItemRef]:
    """The items that the event itself recorded; who only opened some names them without a digest."""
    items = message.data.get("items")
    return [ref for each in items if (ref := _ref(each))] if isinstance(items, list) else []


def _ref(said: object) -> ItemRef | None:
    try:
        return ItemRef.model_validate(said)
    except ValidationError:
        return None


def _item(event: str, told: DisclosedItem) -> PrivateItem:
    salt, plaintext = b64decode(told.salt), told.text.encode()
    return PrivateItem(
        item_id=str(told.item),
        event_id=event,
        field=told.field,
        digest=private_digest(salt, plaintext),
        salt=salt,
        plaintext=plaintext,
        media_type="text/plain",
    )
