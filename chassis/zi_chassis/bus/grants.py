"""The types of messages that the office opens to third parties, each of which reads them in an account of its own on NATS.

They are data: `grants.toml` beside the senders' public keys; without that file nothing is opened.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, RootModel, StringConstraints, field_validator

from zi_chassis.domain import Value
from zi_contracts.message import MessageType

KIND = "bus_grant"
FILE = "grants.toml"
PublicKey = Annotated[str, Field(pattern=r"^U[A-Z2-7]{55}$")]
Party = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,30}$")]


class UnreadableGrantsError(Exception):
    """The file of the grants is not well formed, or opens what can't be opened."""


class BusGrant(Value):
    """The third party's public nkey and the types that it may read. A version never changes: another key or other types need the next."""

    key: PublicKey
    version: Annotated[int, Field(ge=1)]
    types: Annotated[tuple[MessageType, ...], Field(min_length=1)]

    def types_of(self, sender: str) -> list[str]:
        return [type_ for type_ in self.types if type_.startswith(f"zi.{sender}.")]

    @property
    def senders(self) -> list[str]:
        return sorted({type_.split(".")[1] for type_ in self.types})


class BusGrants(RootModel[Mapping[Party, BusGrant]]):
    """Grants by the name of the third party."""

    root: Mapping[Party, BusGrant] = {}

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read the grants in this folder; none without a file. Raises UnreadableGrantsError."""
        file = folder / FILE
        if not file.is_file():
            return cls()
        try:
            return cls.model_validate(tomllib.loads(file.read_text()))
        except ValueError as error:
            raise UnreadableGrantsError(f"{file} can't be read, correct it: {error}") from None

    @field_validator("root")
    @classmethod
    def _a_key_each(cls, root: Mapping[Party, BusGrant]) -> Mapping[Party, BusGrant]:
        if len({grant.key for grant in root.values()}) < len(root):
            raise ValueError("Two third parties have one key.")
        return root

    def of_sender(self, sender: str) -> dict[str, list[str]]:
        """Return the types of this sender that are opened, by the durable consumer through which they are read."""
        return {
            consumer_of(party, grant): grant.types_of(sender)
            for party, grant in self.root.items()
            if sender in grant.senders
        }


@dataclass(frozen=True)
class BusGrantConfiguration:
    """A grant as a configuration of each sender whose types it opens: an entry of the ledger, pinned by its digest."""

    id: str
    grant: BusGrant
    origin: str
    kind: str = KIND
    source_status: str | None = None
    effective_from: date | None = None

    @property
    def version(self) -> int:
        return self.grant.version

    @property
    def content(self) -> bytes:
        return json.dumps(self.grant.model_dump(mode="json"), sort_keys=True).encode()

    @property
    def digest(self) -> str:
        return sha256(self.content).hexdigest()


def member_of(party: str) -> str:
    """Return the name that its account on NATS follows from; no service has a name like it."""
    return f"grant-{party}"


def consumer_of(party: str, grant: BusGrant) -> str:
    """Return the name of the durable consumer: each version has one of its own, since a consumer is never changed."""
    return f"{member_of(party)}-{grant.version}"


def bus_grants(folder: Path, sender: str) -> tuple[BusGrantConfiguration, ...]:
    """Return the grants that open types of this sender."""
    return tuple(
        BusGrantConfiguration(party, grant, str(folder / FILE))
        for party, grant in BusGrants.read(folder).root.items()
        if sender in grant.senders
    )
