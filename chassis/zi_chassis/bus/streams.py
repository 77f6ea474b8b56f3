"""Creates what the topology asks for and verifies what is there; never changes or deletes a stream or a consumer.

A stream made by a version before streams could be shortened stays as it is: the server never lifts its refusal.
"""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import replace

from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
    StreamSource,
)
from nats.js.errors import NotFoundError

from zi_chassis.bus.broker_config import NONE_OPENED
from zi_chassis.bus.grants import BusGrants
from zi_chassis.bus.topology import Topology, api_prefix, erasure_stream_of, stream_of, subjects_of

DUPLICATE_WINDOW = 120.0
ACK_WAIT = 30.0
MAX_ACK_PENDING = 2000


class OtherSettingsError(Exception):
    """A stream or consumer exists with other settings; only an operator may decide what that means."""


async def provision(
    client: Client, topology: Topology, replicas: int, opened: BusGrants = NONE_OPENED
) -> list[str]:
    """Create each sender's stream and consumers in its account; returns the names of what was created."""
    created = []
    for sender in topology.senders:
        js = client.jetstream(prefix=api_prefix(sender))
        created += await _stream(js, stream_config(sender, replicas))
        if type_ := topology.root[sender].erasure_type:
            created += await _stream(js, erasure_stream_config(sender, type_, replicas))
        for durable in topology.durables(sender):
            created += await _consumer(js, stream_of(sender), consumer_config(durable))
        for durable, types in opened.of_sender(sender).items():
            created += await _consumer(js, stream_of(sender), consumer_config(durable, types))
    return created


def stream_config(service: str, replicas: int) -> StreamConfig:
    return StreamConfig(
        name=stream_of(service),
        subjects=[subjects_of(service)],
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        discard=DiscardPolicy.NEW,
        max_msgs=-1,
        max_bytes=-1,
        max_age=0,
        max_msgs_per_subject=-1,
        max_msg_size=-1,
        num_replicas=replicas,
        duplicate_window=DUPLICATE_WINDOW,
        allow_atomic=True,
        allow_rollup_hdrs=False,
        deny_delete=True,
        deny_purge=False,
    )


def erasure_stream_config(service: str, type_: str, replicas: int) -> StreamConfig:
    """Return the settings of the stream to which the server itself copies each erasure: nobody can publish to it, nor remove
    anything from it."""
    return replace(
        stream_config(service, replicas),
        name=erasure_stream_of(service),
        subjects=None,
        sources=[StreamSource(name=stream_of(service), filter_subject=f"{type_}.*")],
        duplicate_window=0,
        allow_atomic=None,
        deny_purge=True,
    )


def consumer_config(durable: str, types: Sequence[str] = ()) -> ConsumerConfig:
    """Return the settings of a durable consumer: of every message, or of these types alone."""
    return ConsumerConfig(
        name=durable,
        durable_name=durable,
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=ACK_WAIT,
        max_deliver=-1,
        max_ack_pending=MAX_ACK_PENDING,
        filter_subjects=[f"{type_}.*" for type_ in types] or None,
    )


async def _stream(js: JetStreamContext, wanted: StreamConfig) -> list[str]:
    name = str(wanted.name)
    try:
        found = (await js.stream_info(name)).config
    except NotFoundError:
        await js.add_stream(wanted)
        return [name]
    _same(name, replace(wanted, deny_purge=wanted.deny_purge or found.deny_purge), found)
    return []


async def _consumer(js: JetStreamContext, stream: str, wanted: ConsumerConfig) -> list[str]:
    name = f"{stream}/{wanted.durable_name}"
    try:
        found = (await js.consumer_info(stream, str(wanted.durable_name))).config
    except NotFoundError:
        await js.add_consumer(stream, wanted)
        first = (await js.stream_info(stream)).state.first_seq
        return [f"{name}, which begins at message {first}: the stream was shortened" if first > 1 else name]
    _same(name, wanted, found)
    return []


def _same(name: str, wanted: StreamConfig | ConsumerConfig, found: StreamConfig | ConsumerConfig) -> None:
    differences = list(_differences(wanted, found))
    if differences:
        raise OtherSettingsError(
            f"{name} exists with other settings ({'; '.join(differences)}). It is left as it is: find out who "
            f"made it, then move its files away with the server stopped, so that it is made anew."
        )


def _differences(
    wanted: StreamConfig | ConsumerConfig, found: StreamConfig | ConsumerConfig
) -> Iterator[str]:
    for field in dataclasses.fields(wanted):
        want, have = getattr(wanted, field.name), getattr(found, field.name)
        if want is not None and (want or have) and want != have:  # what is off may come back as nothing
            yield f"{field.name} is {have!r}, not {want!r}"
