"""One lane: the messages of one sender, in order, each effect once.

A batch is acknowledged after its effects and the sender's position are committed together. A message that can't be
handled stands in the way of all that follow, loudly, until it can be handled or an operator skips it.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from prometheus_client import Gauge

from zi_chassis.backoff import Backoff
from zi_chassis.broker import NATS_ERRORS, Broker, heed_cancellation
from zi_chassis.database import Tx
from zi_chassis.domain import UnavailableError
from zi_chassis.lanes import Blocked, Heard, Reaction
from zi_chassis.recorded import digest
from zi_chassis.store import Store
from zi_chassis.stream_reader import Delivered, MissingMessageError, StreamReader
from zi_contracts.message import Message, UnreadableMessageError

logger = logging.getLogger(__name__)

React = Callable[[Tx, Message], Iterable[Reaction]]
POSITION = Gauge("zi_inbox_position", "Position of the last message heard", ["service", "sender"])
PENDING = Gauge("zi_inbox_pending", "Messages of the sender not fetched yet", ["service", "sender"])
BLOCKED = Gauge("zi_inbox_blocked", "1 while the lane stands still at a message", ["service", "sender"])


class MisplacedMessageError(ValueError):
    """A message stands elsewhere on the stream than it says."""


class Inbox:
    """The lane of one sender, run by the process that holds the lease; `react` is the service's policies."""

    def __init__(self, store: Store, broker: Broker, sender: str, react: React, durable: str = "") -> None:
        self.sender = sender
        self.reason: str | None = None
        self.blocked: Blocked | None = None
        self._store = store
        self._react = react
        self._reader = StreamReader(broker, sender, durable or store.service)
        self._backoff = Backoff(0.5, 15.0)
        self._retry = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            heed_cancellation()
            try:
                await self._step()
            except Blocked as blocked:
                self.blocked = blocked
                await self._stand(str(blocked), blocked=True)
            except MissingMessageError as missing:
                await self._stand(str(missing), blocked=True)
            except (UnavailableError, *NATS_ERRORS) as error:
                await self._stand(f"{error.__class__.__name__}: {error}", blocked=False)
            else:
                self._heard_on()

    def go_on(self) -> None:
        """What blocked the lane was skipped: looks at once instead of at the next try."""
        self.blocked = None
        self._backoff.reset()
        self._retry.set()

    async def _step(self) -> None:
        after = await asyncio.to_thread(self._store.heard, self.sender)
        delivered = await self._reader.read(after)
        PENDING.labels(self._store.service, self.sender).set(self._reader.pending)
        if delivered:
            await self._hear(delivered)
            await self._reader.done(delivered)

    async def _hear(self, delivered: Sequence[Delivered]) -> None:
        """All that can be read up to the first that can't; that one then blocks."""
        heard: list[Heard] = []
        unreadable: Blocked | None = None
        for one in delivered:
            try:
                heard.append(_heard(one))
            except (UnreadableMessageError, MisplacedMessageError) as error:
                hash = digest(one.raw)
                unreadable = Blocked(self.sender, one.sequence, f"sha256 {hash}", error, hash)
                break
        if heard:
            position = await self._store.hear(self.sender, heard, self._react)
            POSITION.labels(self._store.service, self.sender).set(position)
        if unreadable is not None:
            raise unreadable

    async def _stand(self, why: str, *, blocked: bool) -> None:
        reason = f"{self._reader.stream} is not heard: {why}"
        if reason != self.reason:
            logger.log(logging.CRITICAL if blocked else logging.WARNING, "inbox: %s", reason)
        self.reason = reason
        BLOCKED.labels(self._store.service, self.sender).set(blocked)
        self._retry.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._retry.wait(), self._backoff.next())

    def _heard_on(self) -> None:
        self.reason = self.blocked = None
        self._backoff.reset()
        BLOCKED.labels(self._store.service, self.sender).set(0)


def _heard(delivered: Delivered) -> Heard:
    message = Message.parse(delivered.raw)
    if message.position != delivered.sequence:
        raise MisplacedMessageError(f"it says that it is at position {message.position}")
    return Heard(message.position, delivered.raw, message)
