"""nats.conf from the topology and the keys: each service gets exactly the rights that its part needs.

No key, the provisioner's included, may update, purge, delete or restore a stream.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from zi_chassis.topology import PROVISIONER, Member, Topology, stream_of, subjects_of


@dataclass(frozen=True)
class Server:
    """Where the server listens ("host:port") and where it keeps its streams."""

    listen: str
    monitor: str
    store: Path
    max_payload: int = 1024 * 1024


@dataclass(frozen=True)
class Rights:
    publish: list[str]
    subscribe: list[str]
    responds: bool = False


def rights(service: str, member: Member) -> Rights:
    publish = list(member.requests)
    if member.publishes:
        publish += [subjects_of(service), *_reading(stream_of(service))]
    for sender, durable in member.hears.items():
        publish += _hearing(stream_of(sender), durable)
    return Rights(publish, [f"_INBOX.{service}.>", *member.serves], responds=bool(member.serves))


def provisioner_rights() -> Rights:
    api = ("STREAM.CREATE.*", "STREAM.INFO.*", "CONSUMER.CREATE.>", "CONSUMER.INFO.*.*")
    return Rights([f"$JS.API.{call}" for call in api], [f"_INBOX.{PROVISIONER}.>"])


def render(topology: Topology, public_keys: Mapping[str, str], server: Server) -> str:
    """The whole configuration file; `public_keys` holds the nkey of every service and of the provisioner."""
    users = [_user(public_keys[name], rights(name, member)) for name, member in topology.root.items()]
    users.append(_user(public_keys[PROVISIONER], provisioner_rights()))
    return "\n".join(
        [
            "# Written by `python -m zi_chassis.provision keys`; changes made here are lost.",
            f"listen: {json.dumps(server.listen)}",
            f"http: {json.dumps(server.monitor)}",
            f"max_payload: {server.max_payload}",
            f"jetstream {{ store_dir: {json.dumps(str(server.store))}, sync_interval: always }}",
            "authorization { users: [",
            *users,
            "] }",
            "",
        ]
    )


def _reading(stream: str) -> list[str]:
    return [f"$JS.API.STREAM.INFO.{stream}", f"$JS.API.STREAM.MSG.GET.{stream}"]


def _hearing(stream: str, durable: str) -> list[str]:
    return [
        f"$JS.API.STREAM.MSG.GET.{stream}",
        f"$JS.API.CONSUMER.INFO.{stream}.{durable}",
        f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{durable}",
        f"$JS.ACK.{stream}.{durable}.>",
    ]


def _user(public_key: str, given: Rights) -> str:
    responses = ', allow_responses: { max: 1, expires: "30s" }' if given.responds else ""
    return (
        f"  {{ nkey: {public_key}, permissions: {{ "
        f"publish: {{ allow: {json.dumps(given.publish)} }}, "
        f"subscribe: {{ allow: {json.dumps(given.subscribe)} }}{responses} }} }}"
    )
