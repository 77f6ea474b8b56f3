"""The evidence of a case (zi_tlog.evidence): for an auditor or a court all that the ledger has of it and what the vault lets this auditor
read, recorded before anything is disclosed; for the citizen of the case, through intake, the acts without the auditors' own."""

import asyncio
from base64 import b64decode
from collections.abc import Container, Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

from zi_audit.domain.senders import AUDIT, SENDERS
from zi_audit.files.published_log import PublishedLog
from zi_audit.read.case_log import CaseLog, TooManyEntries, WitnessedHead, write_case
from zi_audit.read.index import Index
from zi_chassis.bus.broker import Broker
from zi_chassis.domain import DomainError, ErasedError, UnavailableError
from zi_chassis.vault.requests import (
    AT_ONCE,
    UnknownTicketError,
    VaultClient,
    VaultRefusedError,
    VaultUnavailableError,
)
from zi_chassis.web.language import msgid
from zi_chassis.web.packing import PackingQueue
from zi_chassis.web.problem import ForbiddenError, NotFoundError
from zi_contracts.vault import DisclosedItem, ItemRef
from zi_tlog.error import LogError
from zi_tlog.evidence import EvidenceError, PrivateItem, private_digest
from zi_tlog.evidence_zip import EvidenceWriter
from zi_tlog.note import Signer

FILES = ("attachment", "letter.file")  # not opened for auditors
FOR_THE_CASE = "own"  # the purpose of evidence for whoever has the code of the case
INDEX_SECONDS = 10.0
POLL_SECONDS = 0.05
ACTS = frozenset(SENDERS) - {AUDIT}


class TooManyEntriesError(DomainError):
    """The case has more entries than one zip of evidence may hold."""

    def __init__(self) -> None:
        super().__init__(
            msgid(
                "This case has more entries than one file of evidence may hold. Export its entries instead."
            )
        )


class Bundles:
    """Makes one for an auditor and one for a case at a time, in files without a name in `folder`."""

    def __init__(self, log: PublishedLog, index: Index, broker: Broker, signer: Signer, folder: Path) -> None:
        self._log = log
        self._index = index
        self._broker = broker
        self._signer = signer
        self.vkey = signer.key.vkey
        self._auditors = PackingQueue(folder)
        self._cases = PackingQueue(folder)

    async def of(self, ticket: str, purpose: str, auditor: str, token: str | None) -> BinaryIO:
        """With a token also what the vault tells its holder; without one nothing personal is opened. The caller closes the file."""
        if not await asyncio.to_thread(self._index.knows_case, ticket):
            raise NotFoundError("The ledger has no entry of this case. Check the ticket.")

        async def work(file: BinaryIO) -> None:
            head = await self._head()
            if head.checkpoint is None:
                raise UnavailableError("The ledger has no checkpoint that its policy accepts.")
            with EvidenceWriter(file) as writer:
                written = await asyncio.to_thread(self._write, writer, head, ticket, SENDERS)
                if token is not None:
                    await self._write_private(writer, written, ticket, purpose, token)
                await asyncio.to_thread(self._seal, writer, written, ticket, purpose, SENDERS)

        return await self._auditors.pack(auditor, work)

    async def of_case(self, ticket: str) -> BinaryIO:
        """Nothing personal, and none of what auditors did: only who has the code of the case or a token of it gets this."""

        async def work(file: BinaryIO) -> None:
            head = await self._head()
            with EvidenceWriter(file) as writer:
                written = await asyncio.to_thread(self._write, writer, head, ticket, ACTS)
                await asyncio.to_thread(self._seal, writer, written, ticket, FOR_THE_CASE, ACTS)

        return await self._cases.pack(ticket, work)

    async def _head(self) -> WitnessedHead:
        """Once all of its entries are indexed: what the index lacks would be claimed not to exist."""
        try:
            policy = await asyncio.to_thread(self._log.policy)
            signed = await asyncio.to_thread(self._log.witnessed)
        except LogError as damage:
            raise _damaged(damage) from damage
        if policy is None:
            raise UnavailableError("The ledger has not begun yet.")
        if signed is None:
            return WitnessedHead(policy)
        for _ in range(round(INDEX_SECONDS / POLL_SECONDS)):
            if await asyncio.to_thread(self._index.size) >= signed[1].size:
                return WitnessedHead(policy, *signed)
            await asyncio.sleep(POLL_SECONDS)
        raise UnavailableError("The index of the ledger is catching up. Please try again in a minute.")

    def _write(
        self, writer: EvidenceWriter, head: WitnessedHead, ticket: str, services: Container[str]
    ) -> CaseLog:
        try:
            return write_case(writer, self._log, self._index.database, head, ticket, services)
        except (TooManyEntries, EvidenceError) as error:
            raise TooManyEntriesError from error
        except LogError as damage:
            raise _damaged(damage) from damage

    def _seal(
        self, writer: EvidenceWriter, written: CaseLog, ticket: str, purpose: str, services: Iterable[str]
    ) -> None:
        writer.seal(
            self._signer,
            case=ticket,
            origin=written.origin,
            size=written.size,
            services=services,
            purpose=purpose,
            indexes=written.indexes,
            left_out=written.left_out,
            aggregates=written.aggregates,
        )

    async def _write_private(
        self, writer: EvidenceWriter, written: CaseLog, ticket: str, purpose: str, token: str
    ) -> None:
        """A few items at a time, as the vault gives them. Of an erased case there are none: the entries say so."""
        wanted = [(event, ref) for event, ref in written.items if ref.field not in FILES]
        try:
            for first in range(0, len(wanted), AT_ONCE):
                some = wanted[first : first + AT_ONCE]
                events = {ref.item: event for event, ref in some}
                for item in await self._disclosed(ticket, [ref for _, ref in some], purpose, token):
                    await asyncio.to_thread(writer.private, _item(events[item.item], item))
        except ErasedError:
            return

    async def _disclosed(
        self, ticket: str, wanted: Sequence[ItemRef], purpose: str, token: str
    ) -> list[DisclosedItem]:
        if self._broker.reason is not None:
            raise UnavailableError(f"The vault can't be asked: {self._broker.reason}")
        try:
            vault = VaultClient(await self._broker.client(), "audit")
            found = await vault.disclosed(ticket, wanted, purpose, token)
        except VaultUnavailableError as error:
            raise UnavailableError(f"The vault did not answer: {error}") from error
        except UnknownTicketError as error:
            raise NotFoundError(
                "The office's vault does not know this case. Take the evidence without the texts."
            ) from error
        except VaultRefusedError as error:
            raise ForbiddenError(
                "The vault does not open this case for you. Sign in again and ask once more."
            ) from error
        return [found[ref.item] for ref in wanted if ref.item in found]


def _item(event: str, disclosed: DisclosedItem) -> PrivateItem:
    salt, plaintext = b64decode(disclosed.salt), disclosed.text.encode()
    return PrivateItem(
        item_id=str(disclosed.item),
        event_id=event,
        field=disclosed.field,
        digest=private_digest(salt, plaintext),
        salt=salt,
        plaintext=plaintext,
        media_type="text/plain",
    )


def _damaged(why: LogError) -> UnavailableError:
    return UnavailableError(f"The published files of the log are damaged: {why}")


def auditors_key(origin: str, seed: bytes) -> Signer:
    """The key that signs what audit claims to be complete; its seed is a secret of audit's web part, which has not the log's."""
    return Signer(f"{origin}/audit", seed)
