"""Who publishes, hears, serves and asks on NATS: the one description from which keys, rights and streams follow."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from pydantic import Field, RootModel, model_validator

from zi_chassis.domain import Value

PROVISIONER = "provisioner"


class Member(Value):
    """What one service may do; `hears` maps a sender to the name of the durable consumer."""

    publishes: bool = False
    hears: Mapping[str, str] = Field(default_factory=dict)
    serves: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()


class Topology(RootModel[dict[str, Member]]):
    @classmethod
    def read(cls, path: Path) -> Self:
        return cls.model_validate(tomllib.loads(path.read_text()))

    @model_validator(mode="after")
    def _every_sender_publishes(self) -> Self:
        unknown = {sender for member in self.root.values() for sender in member.hears} - set(self.senders)
        if unknown:
            raise ValueError(f"These publish no stream, so nobody can hear them: {sorted(unknown)}.")
        return self

    @property
    def senders(self) -> list[str]:
        return [service for service, member in self.root.items() if member.publishes]

    def durables(self, sender: str) -> list[str]:
        """The durable consumers that listen to `sender`."""
        return sorted({m.hears[sender] for m in self.root.values() if sender in m.hears})


def stream_of(service: str) -> str:
    return f"ZI_{service.upper().replace('-', '_')}"


def subjects_of(service: str) -> str:
    return f"zi.{service}.>"
