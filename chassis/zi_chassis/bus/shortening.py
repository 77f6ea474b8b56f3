"""Removes the beginning of a sender's stream, with the provisioner's rights. Whether that may be is decided elsewhere; here a stream is never
emptied, because its last message tells where its sender continues."""

from collections.abc import Mapping
from dataclasses import dataclass

from nats.js import JetStreamContext
from nats.js.api import ConsumerInfo

from zi_chassis.bus.topology import stream_of

CONSUMERS_AT_ONCE = 256


class ShorteningError(Exception):
    """The stream is not as it should be after its beginning was removed, or would be emptied."""


@dataclass(frozen=True)
class StreamExtent:
    """The numbers of the first and the last message, how many there are and their bytes on the disk; up to which number each durable
    consumer has acknowledged all that it is to get."""

    first: int
    last: int
    messages: int
    bytes: int
    passed: Mapping[str, int]
    refuses: bool = False


async def read_extent(js: JetStreamContext, sender: str) -> StreamExtent:
    """Raises TimeoutError where not every consumer is listed."""
    stream = stream_of(sender)
    found = await js.stream_info(stream)  # before the consumers: what comes meanwhile is beyond it
    state, consumers = found.state, list[ConsumerInfo]()
    while len(consumers) % CONSUMERS_AT_ONCE == 0:
        some = await js.consumers_info(stream, offset=len(consumers))
        consumers += some
        if not some:
            break
    if len(consumers) < state.consumer_count:  # a cluster leaves out those whose server does not answer
        raise TimeoutError(f"{len(consumers)} of the {state.consumer_count} consumers of {stream} answered")
    passed = {each.name: passed_by(each, state.last_seq) for each in consumers}
    return StreamExtent(
        state.first_seq, state.last_seq, state.messages, state.bytes, passed, bool(found.config.deny_purge)
    )


def passed_by(consumer: ConsumerInfo, last: int) -> int:
    """Return up to which message, at most `last`, nothing is left to deliver or to acknowledge. A consumer of some types acknowledges none of
    the others."""
    if not consumer.num_pending and not consumer.num_ack_pending:
        return last
    return consumer.ack_floor.stream_seq if consumer.ack_floor else 0


async def shorten(js: JetStreamContext, sender: str, begin: int) -> None:
    """Remove every message before number `begin`, which stays. Raises ShorteningError."""
    stream = stream_of(sender)
    last = (await js.stream_info(stream)).state.last_seq
    if not 1 < begin <= last:
        raise ShorteningError(f"{stream} ends at message {last}: it can't begin at {begin}")
    await js.purge_stream(stream, seq=begin)
    state = (await js.stream_info(stream)).state
    if state.first_seq != begin or state.last_seq < last:
        raise ShorteningError(f"{stream} now goes from message {state.first_seq} to {state.last_seq}")
