"""Messages of a sender's stream by their number, without a consumer: one, some, or how many there are."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from nats.js import JetStreamContext
from nats.js.api import RawStreamMsg
from nats.js.errors import NotFoundError

from zi_chassis.bus.topology import stream_of, subjects_of

NO_MESSAGE = 10037  # JetStream: the stream is there, and empty
AT_ONCE = 200


async def stored_message(js: JetStreamContext, sender: str, sequence: int) -> RawStreamMsg | None:
    """Return the message, or None where the stream holds none under this number."""
    try:
        return await js.get_msg(stream_of(sender), seq=sequence)
    except NotFoundError:
        return None


async def stored_messages(
    js: JetStreamContext, sender: str, sequences: Sequence[int]
) -> AsyncIterator[RawStreamMsg]:
    """Read those that the stream holds, in the order of the numbers; 200 are asked for at once."""
    for begin in range(0, len(sequences), AT_ONCE):
        some = sequences[begin : begin + AT_ONCE]
        found = await asyncio.gather(*(stored_message(js, sender, sequence) for sequence in some))
        for message in found:
            if message is not None:
                yield message


async def first_message(js: JetStreamContext, sender: str) -> RawStreamMsg | None:
    """Return the first message that is left; None where the stream is there and holds none."""
    try:
        return await js.get_msg(stream_of(sender), seq=1, subject=subjects_of(sender), next=True)
    except NotFoundError as error:
        if error.err_code == NO_MESSAGE:
            return None
        raise


async def last_sequence(js: JetStreamContext, sender: str) -> int:
    """Return the number of the last message, 0 where there is none. One request: the answers to two could come from before and after a loss."""
    try:
        return (await js.get_last_msg(stream_of(sender), subjects_of(sender))).seq or 0
    except NotFoundError as error:
        if error.err_code == NO_MESSAGE:
            return 0
        raise
