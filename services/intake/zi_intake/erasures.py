"""Destroys the keys of those whose erasure is recorded; the vault stays locked until every recorded one was applied.

The event is on disk first. What a crash leaves undone is done by the follower, and after a restore all of it again:
the stream has the erasures that a store restored to before them has not, and where the stream was lost too an operator
brings them from the ledger.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from uuid import UUID

from zi_chassis.backoff import Backoff
from zi_chassis.broker import NATS_ERRORS, heed_cancellation
from zi_chassis.database import MACHINE
from zi_chassis.domain import UnavailableError
from zi_chassis.keystore import Destroyed
from zi_chassis.store import Store
from zi_chassis.vault import Vault
from zi_contracts.intake import DataSubjectErased
from zi_contracts.message import Message, UnreadableMessageError
from zi_intake.names import Names
from zi_intake.projections import Erasures
from zi_intake.roles import SUPERVISORS

logger = logging.getLogger(__name__)

TYPE = DataSubjectErased.type
POLL_SECONDS = 5.0
FAULTS = (UnavailableError, UnreadableMessageError, *MACHINE, *NATS_ERRORS)


async def recorded(stream: AsyncIterator[Message], from_ledger: Path, office: str) -> AsyncIterator[Message]:
    """Read the stream, and then what an operator put here with `zi-audit erasures`, one message a line. Only what this office's intake said
    after one official asked and a supervisor who is another one approved: an erasure destroys a key."""
    source = f"/zi/{office}/intake"
    async for message in stream:
        if is_approved(message, source):
            yield message
        else:
            logger.critical(
                "erasing: event %s in the stream is no approved erasure and is left out", message.id
            )
    for message in await asyncio.to_thread(_brought, from_ledger, source):
        yield message


def is_approved(message: Message, source: str) -> bool:
    """Return whether the message of this sender states an erasure on which two officials agreed."""
    asked_by = message.data.get("asked_by")
    by_two = bool(asked_by) and asked_by != message.actor and message.actorrole in SUPERVISORS
    return message.type == TYPE and message.source == source and by_two


def _brought(file: Path, source: str) -> list[Message]:
    messages = [Message.parse(line) for line in file.read_bytes().splitlines()] if file.exists() else []
    if not all(is_approved(message, source) for message in messages):
        raise UnreadableMessageError(f"{file} holds something else than approved erasures of this office")
    return messages


class ErasureRunner:
    """Run by every process that opens the vault; `published` gives the erasures of the own stream."""

    def __init__(self, store: Store, vault: Vault, names: Names) -> None:
        self._store = store
        self._vault = vault
        self._names = names
        self._backoff = Backoff(0.2, POLL_SECONDS)
        self.reason: str | None = "the recorded erasures are not applied yet"

    async def run(self, published: Callable[[], AsyncIterator[Message]]) -> None:
        """Run until cancelled."""
        while True:
            heed_cancellation()
            done = await (self.unlock(published()) if self._vault.locked else self.apply())
            await asyncio.sleep(POLL_SECONDS if done else self._backoff.next())

    async def unlock(self, published: AsyncIterator[Message]) -> bool:
        """Apply all erasures and unlock the vault. False where that failed: `reason` says why, and the vault stays locked."""
        return await self._done(self._unlock(published))

    async def apply(self) -> bool:
        """Apply the erasures that this store has recorded; false as above."""
        return await self._done(self._apply({}))

    async def _done(self, work: Awaitable[None]) -> bool:
        try:
            await work
        except FAULTS as fault:
            self.reason = f"erasures can't be applied: {type(fault).__name__}: {fault}"
            logger.warning("erasing: %s", self.reason)
            return False
        self._backoff.reset()
        return True

    async def _unlock(self, published: AsyncIterator[Message]) -> None:
        erasures = [message async for message in published]
        await self._apply(
            {
                self._names.data_subject(m.subject): Destroyed(m.time, m.id, m.data.get("person_ref"))
                for m in erasures
            }
        )
        await asyncio.to_thread(self._vault.unlock)
        self.reason = None

    async def _apply(self, further: Mapping[UUID, Destroyed]) -> None:
        recorded = await self._store.query(Erasures.recorded)
        await asyncio.to_thread(self._vault.apply, {**further, **recorded})
        if not self._vault.locked:
            self.reason = None
