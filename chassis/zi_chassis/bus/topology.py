"""The rights to publish, hear, serve and ask on NATS: the one description from which keys, rights and streams follow."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from pydantic import Field, RootModel, model_validator

from zi_chassis.domain import Value

PROVISIONER = "provisioner"


class ServiceAccess(Value):
    """The rights of one service; `hears` maps a sender to the name of the durable consumer. Messages of its `erasure_type` are
    copied to a stream that nobody shortens."""

    publishes: bool = False
    erasure_type: str = ""
    hears: Mapping[str, str] = Field(default_factory=dict)
    serves: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()


class Topology(RootModel[dict[str, ServiceAccess]]):
    @classmethod
    def read(cls, path: Path) -> Self:
        return cls.model_validate(tomllib.loads(path.read_text()))

    @model_validator(mode="after")
    def _every_sender_publishes(self) -> Self:
        unknown = {sender for member in self.root.values() for sender in member.hears} - set(self.senders)
        if unknown:
            raise ValueError(f"These publish no stream, so nobody can hear them: {sorted(unknown)}.")
        return self

    @model_validator(mode="after")
    def _every_request_is_served(self) -> Self:
        for member in self.root.values():
            for subject in member.requests:
                self.server_of(subject)
        return self

    def server_of(self, subject: str) -> str:
        """Return the one service that answers requests on `subject`; raises ValueError if it isn't exactly one."""
        servers = [
            name for name, member in self.root.items() if any(_covers(p, subject) for p in member.serves)
        ]
        if len(servers) != 1:
            raise ValueError(f"{subject} must be served by exactly one service, not by {servers}.")
        return servers[0]

    @property
    def senders(self) -> list[str]:
        return [service for service, member in self.root.items() if member.publishes]

    def durables(self, sender: str) -> list[str]:
        """The durable consumers that listen to `sender`."""
        return sorted({m.hears[sender] for m in self.root.values() if sender in m.hears})


def account_of(service: str) -> str:
    """Return the name of the service's account on NATS."""
    return service.upper().replace("-", "_")


def api_prefix(sender: str) -> str:
    """Return the prefix under which other accounts reach the JetStream API of the sender's account."""
    return f"js.{sender}"


def stream_of(service: str) -> str:
    return f"ZI_{account_of(service)}"


def erasure_stream_of(service: str) -> str:
    """Return the stream with the copies of a service's erasures, which stay for ever."""
    return f"{stream_of(service)}_ERASURES"


def subjects_of(service: str) -> str:
    return f"zi.{service}.>"


def _covers(pattern: str, subject: str) -> bool:
    prefix = pattern.removesuffix(">")
    return subject.startswith(prefix) if prefix != pattern else subject == pattern
