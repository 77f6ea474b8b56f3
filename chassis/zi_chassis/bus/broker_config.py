"""nats.conf from the topology and the keys: one account per service, and between accounts only what the topology names.

A sender's stream lives inside its own account. Others reach it through service imports, so that the server sends every
answer back into the account of the one who asked: a reply subject can't put bytes onto another's lane. No key, the
provisioner's included, may update, delete or restore a stream. The provisioner's alone may remove the beginning of a sender's
stream; the stream with the copies of its erasures takes no such request from anybody.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from zi_chassis.bus.grants import BusGrants, consumer_of, member_of
from zi_chassis.bus.topology import (
    PROVISIONER,
    ServiceAccess,
    Topology,
    account_of,
    api_prefix,
    erasure_stream_of,
    stream_of,
    subjects_of,
)

JS_API = "$JS.API"
ROUTE_USER = "route"
NONE_OPENED = BusGrants()


@dataclass(frozen=True)
class Cluster:
    """The servers that keep the streams together, by the addresses ("host:port") at which they reach each other; nobody else knows `secret`."""

    routes: Sequence[str]
    secret: str

    def render(self) -> list[str]:
        """Return the lines that are the same for all of them; each has its name from its environment."""
        port = self.routes[0].rpartition(":")[2]
        routes = [f"nats://{ROUTE_USER}:{self.secret}@{route}" for route in self.routes]
        return [
            "server_name: $ZI_NATS_NAME",
            "cluster {",
            '  name: "zona"',
            f"  listen: {json.dumps(f'0.0.0.0:{port}')}",
            "  no_advertise: true",
            f"  authorization {{ user: {ROUTE_USER}, password: {json.dumps(self.secret)}, timeout: 2 }}",
            f"  routes: {json.dumps(routes)}",
            "}",
        ]


@dataclass(frozen=True)
class Server:
    """The addresses ("host:port") of the server and the folder of its streams; `cluster` if it is one of several."""

    listen: str
    monitor: str
    store: Path
    max_payload: int = 1024 * 1024
    cluster: Cluster | None = None


@dataclass(frozen=True)
class Grant:
    """A subject of account `owner` that account `user` may send requests to, under the name `alias`."""

    owner: str
    user: str
    subject: str
    alias: str
    is_stream: bool = False

    @property
    def export(self) -> str:
        kind = ", response_type: stream" if self.is_stream else ""
        return f"{{ service: {json.dumps(self.subject)}{kind}, accounts: [{self.user}] }}"

    @property
    def import_(self) -> str:
        source = f"{{ account: {self.owner}, subject: {json.dumps(self.subject)} }}"
        to = "" if self.alias == self.subject else f", to: {json.dumps(self.alias)}"
        return f"{{ service: {source}{to} }}"


@dataclass(frozen=True)
class Rights:
    """The subjects that a user may publish and subscribe to inside its own account."""

    publish: list[str]
    subscribe: list[str]
    responds: bool = False


@dataclass
class _Account:
    user: str
    rights: Rights
    has_stream: bool
    exports: list[str] = field(default_factory=list)
    imports: list[str] = field(default_factory=list)

    def render(self, name: str) -> str:
        lines = ["    jetstream: enabled"] if self.has_stream else []
        lines += [f"    users: [{_user(self.user, self.rights)}]"]
        for key, items in (("exports", self.exports), ("imports", self.imports)):
            if items:
                lines += [f"    {key}: [", *(f"      {item}" for item in items), "    ]"]
        return "\n".join([f"  {name} {{", *lines, "  }"])


def grants(topology: Topology, opened: BusGrants) -> list[Grant]:
    """Return everything that one account may ask of another."""
    found = [grant for sender in topology.senders for grant in _provisioning(sender, topology.root[sender])]
    for name, member in topology.root.items():
        for sender, durable in member.hears.items():
            found += _receiving(name, sender, durable)
        for subject in member.requests:
            server = account_of(topology.server_of(subject))
            found.append(Grant(server, account_of(name), subject, subject))
    for party, grant in opened.root.items():
        for sender in grant.senders:
            found += _consuming(member_of(party), sender, consumer_of(party, grant))
    return found


def rights(name: str, member: ServiceAccess, imports: list[Grant]) -> Rights:
    """Return the rights of the key of service `name` inside its account, which has these imports."""
    publish = [grant.alias for grant in imports]
    if member.publishes:
        publish += [subjects_of(name), *_reading(stream_of(name))]
    if member.erasure_type:
        publish += _reading(erasure_stream_of(name))
    return Rights(publish, [f"_INBOX.{name}.>", *member.serves], responds=bool(member.serves))


def render(
    topology: Topology, public_keys: Mapping[str, str], server: Server, opened: BusGrants = NONE_OPENED
) -> str:
    """Return the whole configuration file; `public_keys` holds the nkey of every service and of the provisioner."""
    accounts = _accounts(topology, public_keys, opened)
    return "\n".join(
        [
            "# Written by `python -m zi_chassis.provision keys`; changes made here are lost.",
            f"listen: {json.dumps(server.listen)}",
            f"http: {json.dumps(server.monitor)}",
            f"max_payload: {server.max_payload}",
            f"jetstream {{ store_dir: {json.dumps(str(server.store))}, sync_interval: always }}",
            *(server.cluster.render() if server.cluster else ()),
            "accounts {",
            *(account.render(name) for name, account in accounts.items()),
            "}",
            "",
        ]
    )


def _accounts(topology: Topology, public_keys: Mapping[str, str], opened: BusGrants) -> dict[str, _Account]:
    everything = grants(topology, opened)
    accounts: dict[str, _Account] = {}
    for name, member in [*topology.root.items(), (PROVISIONER, ServiceAccess())]:
        account = account_of(name)
        imports = [grant for grant in everything if grant.user == account]
        accounts[account] = _Account(
            public_keys[name],
            rights(name, member, imports),
            member.publishes,
            [grant.export for grant in everything if grant.owner == account],
            [grant.import_ for grant in imports],
        )
    for party, opening in opened.root.items():
        account = account_of(member_of(party))
        imports = [grant for grant in everything if grant.user == account]
        # Nobody else is in this account, so its inboxes need no name of their own.
        allowed = Rights([grant.alias for grant in imports], ["_INBOX.>"])
        accounts[account] = _Account(opening.key, allowed, False, [], [grant.import_ for grant in imports])
    return accounts


def _provisioning(sender: str, member: ServiceAccess) -> list[Grant]:
    stream = stream_of(sender)
    calls = [
        f"STREAM.CREATE.{stream}",
        f"STREAM.INFO.{stream}",
        f"STREAM.PURGE.{stream}",
        f"CONSUMER.CREATE.{stream}.>",
        f"CONSUMER.INFO.{stream}.*",
        f"CONSUMER.LIST.{stream}",
    ]
    if member.erasure_type:
        calls += [f"STREAM.{verb}.{erasure_stream_of(sender)}" for verb in ("CREATE", "INFO")]
    return [_api(sender, PROVISIONER, call) for call in calls]


def _receiving(name: str, sender: str, durable: str) -> list[Grant]:
    return [_api(sender, name, f"STREAM.MSG.GET.{stream_of(sender)}"), *_consuming(name, sender, durable)]


def _consuming(name: str, sender: str, durable: str) -> list[Grant]:
    """Return the grants of one durable consumer, through which only what its filter lets through can be read."""
    stream = stream_of(sender)
    acknowledge = f"$JS.ACK.{stream}.{durable}.>"
    return [
        _api(sender, name, f"CONSUMER.INFO.{stream}.{durable}"),
        _api(sender, name, f"CONSUMER.MSG.NEXT.{stream}.{durable}", is_stream=True),
        Grant(account_of(sender), account_of(name), acknowledge, acknowledge),
    ]


def _api(owner: str, user: str, call: str, *, is_stream: bool = False) -> Grant:
    subject, alias = f"{JS_API}.{call}", f"{api_prefix(owner)}.{call}"
    return Grant(account_of(owner), account_of(user), subject, alias, is_stream)


def _reading(stream: str) -> list[str]:
    return [f"{JS_API}.STREAM.INFO.{stream}", f"{JS_API}.STREAM.MSG.GET.{stream}"]


def _user(public_key: str, rights: Rights) -> str:
    responses = ', allow_responses: { max: 1, expires: "30s" }' if rights.responds else ""
    return (
        f"{{ nkey: {public_key}, permissions: {{ "
        f"publish: {{ allow: {json.dumps(rights.publish)} }}, "
        f"subscribe: {{ allow: {json.dumps(rights.subscribe)} }}{responses} }} }}"
    )
