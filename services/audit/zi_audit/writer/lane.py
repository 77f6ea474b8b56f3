"""One sender's way into the log: its stream in order, whatever its own messages say, acknowledged only when they are published; what the
sender did not prove is passed over."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace

from nats.js import JetStreamContext
from prometheus_client import Gauge

from zi_audit.domain.arrival import Arrival
from zi_audit.domain.chain import Head
from zi_audit.files.halt import HaltError, Reason
from zi_audit.writer.ledger import Ledger
from zi_chassis.bus.broker import NATS_ERRORS, Broker
from zi_chassis.bus.foreign import PASSED_OVER
from zi_chassis.bus.sender_check import SenderCheck, UnprovenError
from zi_chassis.bus.stream_reader import MissingMessageError, StreamMessage, StreamReader
from zi_chassis.bus.topology import stream_of
from zi_chassis.process import tracing
from zi_chassis.process.backoff import Backoff
from zi_chassis.process.tracing import Attributes, SpanKind, TraceStep

logger = logging.getLogger(__name__)

DURABLE = "audit"
WRITER = "audit-writer"
PENDING = Gauge("zi_log_pending", "Messages of the sender that are not in the log yet", ["sender"])
LOST = Gauge("zi_log_lost", "Messages that the sender's stream should hold and does not", ["sender"])

Append = Callable[[Sequence[Arrival]], Awaitable[None]]


class Lost(StreamMessage):
    """A sequence number under which the stream holds nothing any more."""


class LaneReader(StreamReader):
    """A message that the stream lost can't stop the log: the sender's chain shows the gap. The more is waiting, the fewer commits it
    takes; the broker gives out no more than 2,000 at a time."""

    largest_batch = 1000

    async def _message(self, js: JetStreamContext, sequence: int) -> StreamMessage:
        try:
            return await super()._message(js, sequence)
        except MissingMessageError as missing:
            logger.critical("lane: %s", missing)
            return Lost(sequence, b"")


class Lane:
    """Runs until cancelled or until the broker shows that the database is older than what was acknowledged."""

    def __init__(self, broker: Broker, source: str, append: Append, ledger: Ledger) -> None:
        """`source`: /zi/<office>/<service>."""
        self.sender = sender = source.rpartition("/")[2]
        PASSED_OVER.labels(WRITER, sender)  # begins at 0, so that the first is an increase
        self.reason: str | None = f"the stream of {sender} was not read yet"
        self._broker = broker
        self._append = append
        self._ledger = ledger
        self._source = source
        self._check = SenderCheck(broker, source)
        self._reader = LaneReader(broker, sender, DURABLE)
        self._backoff = Backoff(0.25, 2.0)
        self._after: int | None = None

    @property
    def progress(self) -> int:
        """Return the number of the stream up to which every message is an entry or was passed over."""
        return self._after or 0

    async def run(self, committed: int) -> None:
        """`committed`: the last sequence number of this stream in the database."""
        while True:
            try:
                if self._after is None:
                    self._after = await self._start(committed)
                await self._step(self._after)
            except UnprovenError as unproven:
                self._stand(str(unproven))
                await asyncio.sleep(self._backoff.next())
            except NATS_ERRORS as error:
                self._stand(f"{type(error).__name__}: {error}")
                await asyncio.sleep(self._backoff.next())
            else:
                self.reason = None
                self._backoff.reset()

    async def _start(self, committed: int) -> int:
        """After which message to read: what was acknowledged, or what is committed of a stream that an earlier log had read further."""
        acknowledged = await self._acknowledged()
        floor = await asyncio.to_thread(self._ledger.floor, self.sender, acknowledged)
        if acknowledged > max(committed, floor or 0) and not await self._holds(committed, acknowledged):
            raise HaltError(
                Reason.REGRESSION,
                f"{stream_of(self.sender)} was acknowledged up to message {acknowledged}, the ledger database holds it"
                f" only up to {committed}: a backup was restored. Bring the newest ledger database back.",
            )
        return acknowledged if floor is None or acknowledged > floor else committed

    async def _holds(self, committed: int, acknowledged: int) -> bool:
        """Return whether the log holds all that was acknowledged: a log that was refilled from its files counts no messages that were passed
        over, so that its number is too low."""
        head, _ = await asyncio.to_thread(self._known)
        async for claim in self._check.backwards(acknowledged, max(committed, 1)):
            if claim.hash == head.digest:
                return True
            continues = (claim.position, claim.previous) == (head.position + 1, head.digest)
            if continues or (claim.position > head.position and self._check.is_signed(claim)):
                return False
        return head.position == 0

    async def _acknowledged(self) -> int:
        js = await self._broker.jetstream(self.sender)
        info = await js.consumer_info(stream_of(self.sender), DURABLE)
        return info.ack_floor.stream_seq if info.ack_floor else 0

    async def _step(self, after: int) -> None:
        delivered = await self._reader.read(after)
        PENDING.labels(self.sender).set(self._reader.pending)
        if not delivered:
            return
        here = [
            Arrival(self.sender, message.sequence, message.raw, message.proof)
            for message in delivered
            if not isinstance(message, Lost)
        ]
        with tracing.each_after(self._step_of(message) for message in delivered):
            until = await self._append_proven(here) if here else delivered[-1].sequence
        through = [message for message in delivered if message.sequence <= until]
        LOST.labels(self.sender).inc(sum(isinstance(message, Lost) for message in through))
        self._after = through[-1].sequence
        await self._reader.done(through)

    def _step_of(self, message: StreamMessage) -> TraceStep:
        """Return the way of a message from its delivery into the published log."""
        place: Attributes = {"zi.sender": self.sender, "zi.sequence": message.sequence}
        return TraceStep(message.trace, "ledger append", SpanKind.CONSUMER, place)

    async def _append_proven(self, arrivals: Sequence[Arrival]) -> int:
        """Append up to the last that is proven, all but what was never the sender's; return its number. What from before proofs may be
        the sender's, where a message of its chain is missing, is appended too."""
        head, key = await asyncio.to_thread(self._known)
        judged = await self._check.judge([arrival.claim for arrival in arrivals], head.position)
        here = [arrival for arrival in arrivals if arrival.sequence <= judged.until]
        foreign = judged.foreign
        if key == self._check.verifier.public:
            foreign = frozenset(arrival.sequence for arrival in here) - judged.proven
        await self._append([self._marked(arrival, foreign, judged.until) for arrival in here])
        if foreign:
            PASSED_OVER.labels(WRITER, self.sender).inc(len(foreign))
            logger.critical("lane: %d messages on %s are passed over", len(foreign), self._reader.stream)
        return judged.until

    def _known(self) -> tuple[Head, str | None]:
        """Read where the log has the chain of the sender, and the key of the newest proof that it has of it."""
        return self._ledger.progress(self.sender).head, self._ledger.proof_key(self._source)

    def _marked(self, arrival: Arrival, foreign: Collection[int], until: int) -> Arrival:
        """Read what was never the sender's, or the last message that is proven, with the key of its proof."""
        if arrival.sequence in foreign:
            return replace(arrival, is_foreign=True)
        if arrival.sequence == until and self._check.is_signed(arrival.claim):
            return replace(arrival, public_key=self._check.verifier.public)
        return arrival

    def _stand(self, why: str) -> None:
        reason = f"{stream_of(self.sender)} is not heard: {why}"
        if reason != self.reason:
            logger.warning("lane: %s", reason)
        self.reason = reason
