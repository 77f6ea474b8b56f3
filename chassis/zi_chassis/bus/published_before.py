"""Compare a store with what was published in its name, before its first command.

A store that was restored from a backup lacks what the service has published since. The next event would take a position that is in use:
every holder of a receipt would see two histories, and whoever got the new receipt would hold a worthless one. So a process records
nothing until its stream and the ledger were asked, and nothing at all while one of them holds more than the store.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, TypeAdapter

from zi_chassis.bus import foreign
from zi_chassis.bus.broker import NATS_ERRORS, Broker, MissingKeyError, heed_cancellation
from zi_chassis.bus.foreign import ContinuationLookup, ask_ledger
from zi_chassis.bus.own_tail import OwnStream
from zi_chassis.bus.stored_messages import last_sequence
from zi_chassis.domain import UnavailableError
from zi_chassis.process.waiting import NOT_COMPARED
from zi_chassis.service import Runner
from zi_chassis.storage.database import MACHINE
from zi_chassis.storage.other_server import server_of
from zi_chassis.storage.recorded import NO_PREVIOUS
from zi_chassis.storage.store import Store
from zi_chassis.vault.erasure_files import brought_up_to

LOOK_SECONDS = 1.0
logger = logging.getLogger(__name__)


class LedgerHead(BaseModel):
    """The last message of `source` that the ledger holds with its sender's proof."""

    source: str
    position: int
    hash: str


HeadLookup = Callable[[], Awaitable[Sequence[LedgerHead]]]
_HEADS = TypeAdapter(tuple[LedgerHead, ...])


def heads_by(audit_url: str) -> HeadLookup:
    """Return the lookup of the last message of each sender in the published log, over the ledger's API."""

    async def heads() -> Sequence[LedgerHead]:
        return await ask_ledger(f"{audit_url}/audit/api/senders", _HEADS)

    return heads


class PublishedBefore:
    """Pause the commands of `store` until it is seen to have all that was published; `reason` says why it records nothing."""

    def __init__(
        self,
        store: Store,
        broker: Broker,
        heads: HeadLookup,
        declared: ContinuationLookup,
        look: float = LOOK_SECONDS,
    ) -> None:
        self._store = store
        self._broker = broker
        self._heads = heads
        self._declared = declared
        self._look = look
        self.reason: str | None = NOT_COMPARED
        self._is_whole, self._in_doubt = asyncio.Event(), asyncio.Event()

    def pause(self) -> None:
        self._store.writer.paused = self.reason

    def begin_anew(self) -> None:
        """Pause until it is compared again: the server of the store was away, and may come back with an older copy of it."""
        self.reason = NOT_COMPARED
        self._is_whole.clear()
        self._in_doubt.set()
        self.pause()

    async def run(self) -> None:
        """Compare until nothing is missing, and after each `begin_anew`. Runs until cancelled."""
        while True:
            heed_cancellation()
            self._in_doubt.clear()
            await self._compare()
            if self._in_doubt.is_set():
                self.reason = NOT_COMPARED  # what was read is from before
            elif self.reason is None:
                self._store.writer.paused = None
                self._is_whole.set()
                await self._until_in_doubt()
            else:
                await asyncio.sleep(self._look)

    async def _until_in_doubt(self) -> None:
        """Return after `begin_anew`, which it calls itself when the store finds another server."""
        while not self._in_doubt.is_set():
            if self._store.writer.paused is not None:
                self.begin_anew()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._look):
                    await self._in_doubt.wait()

    async def passed(self) -> None:
        """Return when commands are taken."""
        await self._is_whole.wait()

    async def _compare(self) -> None:
        try:
            server = await self._store.query(server_of)
            missing = await self._missing_from_stream() or await self._missing_from_ledger()
        except (UnavailableError, MissingKeyError, *NATS_ERRORS, *MACHINE) as error:
            self.reason = (
                f"the store can't be compared with what is published: {error or error.__class__.__name__}"
            )
            return
        if missing is not None and missing != self.reason:
            logger.critical("nothing is recorded: %s", missing)
        self.reason, self._store.compared = missing, server

    async def _missing_from_stream(self) -> str | None:
        service = self._store.service
        known = await asyncio.to_thread(self._store.foreign, service)
        not_ours = await foreign.present(self._broker, self._store.source, known)
        verifier = self._broker.verifier(self._store.source)
        tail = await OwnStream(await self._broker.jetstream(), self._store, verifier, not_ours).tail()
        if not tail.contradictions:
            return None
        return (
            f"the stream of {service} holds what the store does not, after position {tail.position}."
            " Was the store restored from a backup? docs/operations.md, Restore"
        )

    async def _missing_from_ledger(self) -> str | None:
        store = self._store
        head = next((each for each in await self._heads() if each.source == store.source), None)
        if head is None or await asyncio.to_thread(_hash_at, store, head.position) == head.hash:
            return None
        for continuation in await self._declared(store.service):
            is_ours = (
                await asyncio.to_thread(_hash_at, store, continuation.after_position) == continuation.head
            )
            if is_ours and head.hash in {message.hash for message in continuation.messages}:
                return None
        last = await asyncio.to_thread(store.last)
        return (
            f"the ledger holds position {head.position} of {store.service}, which the store does not have: it goes to position"
            f" {last[0]}. Was it restored from a backup? docs/operations.md, Restore"
        )


async def refuse_lost(store: Store, broker: Broker, heads: HeadLookup, brought: Path) -> None:
    """Raises UnavailableError where the ledger holds what neither the store nor its stream does, nor the file of erasures that an operator
    has brought: store and stream were lost or set back, so that nothing that this service reads knows of the events since."""
    head = next((each for each in await heads() if each.source == store.source), None)
    known = max((await asyncio.to_thread(store.last))[0], await asyncio.to_thread(brought_up_to, brought))
    if head is None or head.position <= known:
        return
    if head.position > await last_sequence(await broker.jetstream(), store.service):
        raise UnavailableError(
            f"the ledger holds position {head.position}, which neither the store nor the stream has, so who was erased since is not known:"
            " run zona erasures"
        )


def _hash_at(store: Store, position: int) -> str | None:
    """Return the SHA-256 of the store's message there, of nothing at position 0, or None where it has none."""
    if position == 0:
        return NO_PREVIOUS
    rows = store.messages(position - 1, 1)
    return rows[0].hash if rows else None


class AfterComparison:
    """A runner that begins when its store takes commands."""

    def __init__(self, before: PublishedBefore, runner: Runner) -> None:
        self._before = before
        self._runner = runner

    @property
    def reason(self) -> str | None:
        return self._before.reason or self._runner.reason

    async def run(self) -> None:
        await self._before.passed()
        await self._runner.run()
