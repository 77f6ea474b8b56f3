"""Reads back what a service published: every message of one type, to the end of its stream, with the rights of its outbox."""

from collections.abc import AsyncIterator

from nats.js.errors import NotFoundError

from zi_chassis.broker import Broker, heed_cancellation
from zi_chassis.outbox import NO_MESSAGE
from zi_chassis.topology import stream_of
from zi_contracts.message import Message


async def published(broker: Broker, type: str) -> AsyncIterator[Message]:
    """Waits for NATS; raises one of NATS_ERRORS when it goes away, and UnreadableMessageError."""
    js, sequence = await broker.jetstream(), 0
    while True:
        heed_cancellation()
        try:
            found = await js.get_msg(
                stream_of(broker.service), seq=sequence + 1, subject=f"{type}.*", next=True
            )
        except NotFoundError as error:
            if error.err_code != NO_MESSAGE:
                raise  # the stream itself is missing
            return
        sequence = found.seq or 0
        yield Message.parse(found.data or b"")
