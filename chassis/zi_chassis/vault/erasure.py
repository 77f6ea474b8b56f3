"""Destroys the keys of those whose erasure is recorded; the vault stays locked until every recorded one was applied.

The event is on disk first. What a crash leaves undone is done by the runner, and after a restore all of it again:
the stream, and the copies of its erasures, have those that a store restored to before them has not, and where these were lost too
an operator brings them from the ledger. A house that `zona restore` made waits for that.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from pathlib import Path
from uuid import UUID

from zi_chassis.bus.broker import NATS_ERRORS, Broker, heed_cancellation
from zi_chassis.bus.foreign import declared_by
from zi_chassis.bus.own_stream import published
from zi_chassis.bus.published_before import heads_by, refuse_lost
from zi_chassis.bus.shortened_stream import refuse_unlearnt
from zi_chassis.domain import UnavailableError
from zi_chassis.process.backoff import Backoff
from zi_chassis.process.waiting import NOT_APPLIED
from zi_chassis.service import Service
from zi_chassis.storage.database import MACHINE, Tx
from zi_chassis.storage.store import Store
from zi_chassis.vault.erasure_files import BROUGHT, UNSETTLED, brought_lines
from zi_chassis.vault.keystore import Destroyed
from zi_chassis.vault.vault import Vault
from zi_contracts.message import Message, UnreadableMessageError

logger = logging.getLogger(__name__)

POLL_SECONDS = 5.0
LOCKED_SECONDS = 1.0  # people wait for what is locked
FAULTS = (UnavailableError, UnreadableMessageError, *MACHINE, *NATS_ERRORS)
IsApproved = Callable[[Message], bool]
Known = Callable[[], Awaitable[None]]  # raises UnavailableError where erasures may be missing


async def all_known() -> None:
    """Nothing says that an erasure is missing."""


class UnsettledError(UnavailableError):
    """The house was restored, and who was erased after the backup is not settled."""

    def __init__(self) -> None:
        super().__init__(
            "this house was restored from a backup, and nobody has settled who was erased since: run zona erasures"
        )


def approved_erasures(source: str, type: str, approvers: Collection[str]) -> IsApproved:
    """Return the test of a message: an erasure of this sender that one official asked for and another one, in one of these roles,
    approved."""

    def is_approved(message: Message) -> bool:
        requester = message.data.get("asked_by")
        is_by_two = bool(requester) and requester != message.actor and message.actorrole in approvers
        return (message.type, message.source) == (type, source) and is_by_two

    return is_approved


async def recorded(
    stream: AsyncIterator[Message], from_ledger: Path, is_approved: IsApproved
) -> AsyncIterator[Message]:
    """Read the stream, and then what an operator put into the file `from_ledger` with `zi-audit erasures`, one message a line. Only
    what is an approved erasure of this office: an erasure destroys a key."""
    async for message in stream:
        if is_approved(message):
            yield message
        else:
            logger.critical(
                "erasing: event %s in the stream is no approved erasure and is left out", message.id
            )
    for message in await asyncio.to_thread(_brought, from_ledger, is_approved):
        yield message


def _brought(file: Path, is_approved: IsApproved) -> list[Message]:
    messages = [Message.parse(line) for line in brought_lines(file)]
    if not all(map(is_approved, messages)):
        raise UnreadableMessageError(f"{file} holds something else than approved erasures of this office")
    return messages


class ErasureRunner:
    """Run by every process that opens the vault. `stored` reads the erasures of the own store by data subject, `published` gives those
    of the own stream, and `tombstone` finds the data subject of such a message."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        stored: Callable[[Tx], Mapping[UUID, Destroyed]],
        tombstone: Callable[[Message], tuple[UUID, Destroyed]],
    ) -> None:
        self._store = store
        self._vault = vault
        self._stored = stored
        self._tombstone = tombstone
        self._backoff = Backoff(0.2, LOCKED_SECONDS)
        self.reason: str | None = NOT_APPLIED

    def follow(self, service: Service, broker: Broker, type: str, is_approved: IsApproved) -> None:
        """Run with the service, which is not ready before all is applied: the own stream's messages of `type`, then the file `erasures`
        in the service's folder. The stream must have what the ledger has beyond the store and the position of that file."""
        settings, store = service.settings, self._store

        async def erasures() -> AsyncIterator[Message]:
            stream = published(broker, type, store, declared_by(settings.audit_url), with_copies=True)
            learnt = set[UUID]()
            async for message in recorded(stream, settings.folder / BROUGHT, is_approved):
                learnt.add(message.id)
                yield message
            await refuse_unlearnt(store, broker, settings.audit_url, learnt, settings.folder / BROUGHT)

        async def known() -> None:
            if await asyncio.to_thread((settings.folder / UNSETTLED).exists):
                raise UnsettledError
            await refuse_lost(store, broker, heads_by(settings.audit_url), settings.folder / BROUGHT)

        service.watch("erasing", lambda: self.run(erasures, known))
        service.ready_check("erasures", lambda: self.reason)
        service.after_leading(self.lock)

    async def run(self, published: Callable[[], AsyncIterator[Message]], known: Known = all_known) -> None:
        """Run until cancelled."""
        while True:
            heed_cancellation()
            done = await (self.unlock(published(), known) if self._vault.locked else self.apply())
            await asyncio.sleep(POLL_SECONDS if done else self._backoff.next())

    def lock(self) -> None:
        """Open nothing until all erasures are applied again: the databases were away, and older copies of them hold keys that were destroyed."""
        self.reason = NOT_APPLIED
        self._vault.lock()

    async def unlock(self, published: AsyncIterator[Message], known: Known = all_known) -> bool:
        """Apply all erasures and unlock the vault. False where that failed, or not all of them are known: `reason` says why, and the vault
        stays locked."""
        return await self._done(self._unlock(published, known))

    async def apply(self) -> bool:
        """Apply the erasures that this store has recorded; false as above."""
        return await self._done(self._apply({}))

    async def _done(self, work: Awaitable[None]) -> bool:
        try:
            await work
        except FAULTS as fault:
            known, self.reason = (
                self.reason,
                f"erasures can't be applied: {type(fault).__name__}: {fault}",
            )
            if self.reason != known:  # it is tried again soon
                logger.warning("erasing: %s", self.reason)
            return False
        self._backoff.reset()
        return True

    async def _unlock(self, published: AsyncIterator[Message], known: Known) -> None:
        locks = self._vault.locks
        await self._apply({})
        await known()
        await self._apply(dict([self._tombstone(message) async for message in published]))
        is_open = await asyncio.to_thread(self._vault.unlock, locks)
        if not is_open or locks != self._vault.locks:
            raise UnavailableError("The databases went away meanwhile.")
        self.reason = None

    async def _apply(self, further: Mapping[UUID, Destroyed]) -> None:
        stored = await self._store.query(self._stored)
        await asyncio.to_thread(self._vault.apply, {**further, **stored})
        if not self._vault.locked:
            self.reason = None
