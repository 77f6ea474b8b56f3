"""One sender's way into the log: its stream in order, whatever the bytes are, acknowledged only when they are published."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from nats.js import JetStreamContext
from prometheus_client import Gauge

from zi_audit.arrival import Arrival
from zi_audit.halt import HaltError, Reason
from zi_chassis.backoff import Backoff
from zi_chassis.broker import NATS_ERRORS, Broker
from zi_chassis.stream_reader import Delivered, MissingMessageError, StreamReader
from zi_chassis.topology import stream_of

logger = logging.getLogger(__name__)

DURABLE = "audit"
PENDING = Gauge("zi_log_pending", "Messages of the sender that are not in the log yet", ["sender"])
LOST = Gauge("zi_log_lost", "Messages that the sender's stream should hold and does not", ["sender"])

Append = Callable[[Sequence[Arrival]], Awaitable[None]]
Floor = Callable[[str, int], int | None]


class Lost(Delivered):
    """A sequence number under which the stream holds nothing any more."""


class LaneReader(StreamReader):
    """A message that the stream lost can't stop the log: the sender's chain shows the gap. The more is waiting, the fewer commits it
    takes; the broker gives out no more than 2,000 at a time."""

    largest_batch = 1000

    async def _message(self, js: JetStreamContext, sequence: int) -> Delivered:
        try:
            return await super()._message(js, sequence)
        except MissingMessageError as missing:
            logger.critical("lane: %s", missing)
            return Lost(sequence, b"")


class Lane:
    """Runs until cancelled or until the broker shows that the database is older than what was acknowledged."""

    def __init__(self, broker: Broker, sender: str, append: Append, floor: Floor) -> None:
        self.sender = sender
        self.reason: str | None = f"the stream of {sender} was not read yet"
        self._broker = broker
        self._append = append
        self._floor = floor
        self._reader = LaneReader(broker, sender, DURABLE)
        self._backoff = Backoff(0.25, 5.0)
        self._after: int | None = None

    async def run(self, committed: int) -> None:
        """`committed`: the last sequence number of this stream in the database."""
        while True:
            try:
                if self._after is None:
                    self._after = await self._start(committed)
                await self._step(self._after)
            except NATS_ERRORS as error:
                self._stand(f"{type(error).__name__}: {error}")
                await asyncio.sleep(self._backoff.next())
            else:
                self.reason = None
                self._backoff.reset()

    async def _start(self, committed: int) -> int:
        """After which message to read: what was acknowledged, or what is committed of a stream that an earlier log had read further."""
        acknowledged = await self._acknowledged()
        floor = await asyncio.to_thread(self._floor, self.sender, acknowledged)
        if acknowledged > max(committed, floor or 0):
            raise HaltError(
                Reason.REGRESSION,
                f"{stream_of(self.sender)} was acknowledged up to message {acknowledged}, the ledger database holds it"
                f" only up to {committed}: a backup was restored. Bring the newest ledger database back.",
            )
        return acknowledged if floor is None or acknowledged > floor else committed

    async def _acknowledged(self) -> int:
        js = await self._broker.jetstream(self.sender)
        info = await js.consumer_info(stream_of(self.sender), DURABLE)
        return info.ack_floor.stream_seq if info.ack_floor else 0

    async def _step(self, after: int) -> None:
        delivered = await self._reader.read(after)
        PENDING.labels(self.sender).set(self._reader.pending)
        if not delivered:
            return
        here = [Arrival(self.sender, one.sequence, one.raw) for one in delivered if not isinstance(one, Lost)]
        LOST.labels(self.sender).inc(len(delivered) - len(here))
        await self._append(here)
        self._after = delivered[-1].sequence
        await self._reader.done(delivered)

    def _stand(self, why: str) -> None:
        reason = f"{stream_of(self.sender)} is not heard: {why}"
        if reason != self.reason:
            logger.warning("lane: %s", reason)
        self.reason = reason
