"""Read a sender's stream through a durable consumer, in the stream's sequence and without a gap.

Messages that the consumer delivered to a process that died, or that lie between a restored database and the consumer, are read from
the stream itself. So nothing waits for a redelivery.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from nats.aio.msg import Msg
from nats.js import JetStreamContext

from zi_chassis.bus.broker import NATS_ERRORS, Broker
from zi_chassis.bus.sender_proof import proof_in
from zi_chassis.bus.stored_messages import first_message, stored_message
from zi_chassis.bus.topology import stream_of
from zi_chassis.process import tracing

LARGEST_BATCH = 200
FETCH_SECONDS = 5.0


class MissingMessageError(Exception):
    """The stream does not hold a message that it must hold."""


@dataclass(frozen=True, slots=True)
class StreamMessage:
    """The bytes at `sequence`, and the sender's proof and the trace beside them, if any. `delivery` is to be acknowledged; it is None for a
    message that was read from the stream itself."""

    sequence: int
    raw: bytes
    proof: str = ""
    delivery: Msg | None = None
    trace: str | None = None

    @classmethod
    def of(cls, delivery: Msg) -> Self:
        sequence, headers = delivery.metadata.sequence.stream, delivery.headers
        return cls(sequence, delivery.data, proof_in(headers), delivery, tracing.parent_in(headers))


class Deliveries(Protocol):
    """The deliveries of a durable consumer: nats-py's own in the ledger's writer, FastStream's in every other lane."""

    async def start(self, js: JetStreamContext) -> None: ...

    async def next(self) -> list[StreamMessage]:
        """Return the next batch; the one before is finished with. Raises TimeoutError when none arrived for FETCH_SECONDS."""

    async def stop(self) -> None: ...


class Fetch:
    """Batches fetched with nats-py: one arrives as soon as there is a message."""

    def __init__(self, service: str, stream: str, durable: str, largest: int) -> None:
        self._service, self._stream, self._durable, self._largest = service, stream, durable, largest
        self._subscription: JetStreamContext.PullSubscription | None = None

    async def start(self, js: JetStreamContext) -> None:
        if self._subscription is None:
            self._subscription = await js.pull_subscribe_bind(
                self._durable, self._stream, inbox_prefix=f"_INBOX.{self._service}.".encode()
            )

    async def next(self) -> list[StreamMessage]:
        assert self._subscription is not None
        messages = await self._subscription.fetch(self._largest, timeout=FETCH_SECONDS)
        return [StreamMessage.of(message) for message in messages]

    async def stop(self) -> None:
        """Keep the subscription: nothing is fetched unless it is asked for."""


class StreamReader:
    """`durable` must exist; one process reads at a time."""

    largest_batch = LARGEST_BATCH

    def __init__(
        self, broker: Broker, sender: str, durable: str, deliveries: Deliveries | None = None
    ) -> None:
        self.stream = stream_of(sender)
        self._sender = sender
        self.pending = 0
        self._broker = broker
        self._durable = durable
        self._last_delivered = 0
        self._deliveries = deliveries or Fetch(broker.service, self.stream, durable, self.largest_batch)
        self._is_bound = False

    async def read(self, after: int) -> list[StreamMessage]:
        """Return the next messages, the first at `after` + 1; an empty list when none arrived for a while."""
        js = await self._broker.jetstream(self._sender)
        if not self._is_bound:
            await self._bind(js)
        if self._last_delivered > after:
            return await self._stored(js, after + 1, min(self._last_delivered, after + self.largest_batch))
        fetched = await self._fetch(js)
        if not fetched:
            return []
        await self.done(message for message in fetched if message.sequence <= after)
        return await self._whole(js, after, {message.sequence: message for message in fetched})

    async def done(self, delivered: Iterable[StreamMessage]) -> None:
        """Acknowledge these; a lost acknowledgement is repeated when the message is delivered again."""
        for message in delivered:
            if message.delivery is not None:
                await message.delivery.ack()

    async def stop(self) -> None:
        """Let nothing be delivered until the next read."""
        if self._is_bound:
            self._is_bound = False
            await self._deliveries.stop()

    async def _bind(self, js: JetStreamContext) -> None:
        await self._read_consumer(js)
        await self._deliveries.start(js)
        self._is_bound = True

    async def _read_consumer(self, js: JetStreamContext) -> None:
        """Read how far the consumer is. Nothing is in flight now, so a delivered message that was not handled went to a process that is gone."""
        info = await js.consumer_info(self.stream, self._durable)
        self.pending = info.num_pending or 0
        self._last_delivered = info.delivered.stream_seq if info.delivered else 0

    async def _fetch(self, js: JetStreamContext) -> list[StreamMessage]:
        try:
            return await self._deliveries.next()
        except TimeoutError:
            await self._check_consumer(js)
            return []

    async def _check_consumer(self, js: JetStreamContext) -> None:
        """Read the consumer where nothing arrives; while it can't be read, nothing is asked of it."""
        try:
            await self._read_consumer(js)
        except NATS_ERRORS:
            await self.stop()
            raise

    async def _whole(
        self, js: JetStreamContext, after: int, fetched: dict[int, StreamMessage]
    ) -> list[StreamMessage]:
        last = min(max(fetched), after + self.largest_batch)
        absent = [n for n in range(after + 1, last + 1) if n not in fetched]
        found = {message.sequence: message for message in await self._read(js, absent)}
        self._last_delivered = max(fetched)
        return [(fetched | found)[n] for n in range(after + 1, last + 1)]

    async def _stored(self, js: JetStreamContext, first: int, last: int) -> list[StreamMessage]:
        return await self._read(js, range(first, last + 1))

    async def _read(self, js: JetStreamContext, sequences: Sequence[int]) -> list[StreamMessage]:
        return list(await asyncio.gather(*(self._message(js, sequence) for sequence in sequences)))

    async def _message(self, js: JetStreamContext, sequence: int) -> StreamMessage:
        stored = await stored_message(js, self._sender, sequence)
        if stored is None:
            self._last_delivered = 0  # what the consumer said may be of before a loss: it is asked again
            raise MissingMessageError(await self._why_missing(js, sequence))
        headers = stored.headers
        return StreamMessage(
            sequence, stored.data or b"", proof_in(headers), trace=tracing.parent_in(headers)
        )

    async def _why_missing(self, js: JetStreamContext, sequence: int) -> str:
        first = await first_message(js, self._sender)
        if first is None or (first.seq or 0) < sequence:
            return f"{self.stream} does not hold message {sequence}"
        return (
            f"{self.stream} does not hold message {sequence}: it was shortened and begins at message {first.seq}."
            " docs/operations.md, Streams that grow"
        )
