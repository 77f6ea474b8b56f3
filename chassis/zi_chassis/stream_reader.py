"""Reads a sender's stream through a durable consumer, in the stream's own sequence and without a hole.

What a dead predecessor was given and never acknowledged, and what lies between a restored listener and its
consumer, is read from the stream itself, so nobody waits for a redelivery.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nats.aio.msg import Msg
from nats.js import JetStreamContext

from zi_chassis.broker import Broker
from zi_chassis.sender_proof import proof_in
from zi_chassis.stored_messages import stored_message
from zi_chassis.topology import stream_of

LARGEST_BATCH = 200
FETCH_SECONDS = 2.0


class MissingMessageError(Exception):
    """The stream does not hold a message that it must hold."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The bytes at `sequence` and the proof of their sender beside them, if any; `delivery` is what there is to acknowledge, none if read
    from the stream itself."""

    sequence: int
    raw: bytes
    proof: str = ""
    delivery: Msg | None = None


class StreamReader:
    """`durable` must exist; one process reads at a time."""

    largest_batch = LARGEST_BATCH

    def __init__(self, broker: Broker, sender: str, durable: str) -> None:
        self.stream = stream_of(sender)
        self._sender = sender
        self.pending = 0
        self._broker = broker
        self._durable = durable
        self._given = 0
        self._subscription: JetStreamContext.PullSubscription | None = None

    async def read(self, after: int) -> list[Delivered]:
        """The next messages, the first one at `after` + 1; none when nothing came for a while."""
        js = await self._broker.jetstream(self._sender)
        if self._subscription is None:
            await self._bind(js)
        if self._given > after:
            return await self._stored(js, after + 1, min(self._given, after + self.largest_batch))
        fetched = await self._fetch(js)
        await self.done(message for message in fetched if message.sequence <= after)
        return await self._whole(js, after, {message.sequence: message for message in fetched})

    async def done(self, delivered: Iterable[Delivered]) -> None:
        """Acknowledges; an acknowledgement that is lost is repeated when the message comes again."""
        for message in delivered:
            if message.delivery is not None:
                await message.delivery.ack()

    async def _bind(self, js: JetStreamContext) -> None:
        await self._look(js)
        self._subscription = await js.pull_subscribe_bind(
            self._durable, self.stream, inbox_prefix=f"_INBOX.{self._broker.service}.".encode()
        )

    async def _look(self, js: JetStreamContext) -> None:
        """Nothing is under way now, so whatever was given out and not heard went to somebody who is gone."""
        info = await js.consumer_info(self.stream, self._durable)
        self.pending = info.num_pending or 0
        self._given = info.delivered.stream_seq if info.delivered else 0

    async def _fetch(self, js: JetStreamContext) -> list[Delivered]:
        assert self._subscription is not None
        try:
            messages = await self._subscription.fetch(self.largest_batch, timeout=FETCH_SECONDS)
        except TimeoutError:
            await self._look(js)
            return []
        return [
            Delivered(one.metadata.sequence.stream, one.data, proof_in(one.headers), one) for one in messages
        ]

    async def _whole(
        self, js: JetStreamContext, after: int, fetched: dict[int, Delivered]
    ) -> list[Delivered]:
        last = min(max(fetched, default=after), after + self.largest_batch)
        absent = [n for n in range(after + 1, last + 1) if n not in fetched]
        found = {one.sequence: one for one in await self._read(js, absent)}
        self._given = max(fetched, default=0)
        return [(fetched | found)[n] for n in range(after + 1, last + 1)]

    async def _stored(self, js: JetStreamContext, first: int, last: int) -> list[Delivered]:
        return await self._read(js, range(first, last + 1))

    async def _read(self, js: JetStreamContext, sequences: Sequence[int]) -> list[Delivered]:
        return list(await asyncio.gather(*(self._message(js, sequence) for sequence in sequences)))

    async def _message(self, js: JetStreamContext, sequence: int) -> Delivered:
        stored = await stored_message(js, self._sender, sequence)
        if stored is None:
            self._given = 0  # what the consumer said may be of before a loss: it is asked again
            raise MissingMessageError(f"{self.stream} does not hold message {sequence}")
        return Delivered(sequence, stored.data or b"", proof_in(stored.headers))
