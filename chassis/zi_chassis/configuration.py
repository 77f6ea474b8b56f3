"""The configurations that a service decides by: a version keeps its content for ever, and what is used and no longer used is an event.

One aggregate of each service, so that the history of what it decided by is in one gapless sequence of versions.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal, NamedTuple, TypeAlias, assert_never
from uuid import UUID, uuid5

from pydantic import Field

from zi_chassis.domain import Command, Decider, Disclosure, DomainError, Event, Value, WrongRoleError
from zi_contracts import configuration as contract

NAMESPACE = UUID("0a7c7f5e-5d5b-4f0e-9c37-6d6a6e3a1c55")
SUBJECT = "configuration"
Since: TypeAlias = Literal["start", "now", "unknown"]


class ConfigurationKey(NamedTuple):
    kind: str
    id: str
    version: int

    def __str__(self) -> str:
        return f"{self.kind} {self.id} version {self.version}"


class ConfigurationChangedError(DomainError):
    """A known version came with another content than it was adopted with."""

    def __init__(self, offered: "Offered", adopted: datetime, free: int) -> None:
        super().__init__(
            "{origin} can't be used: {key} has had another content since {day}, and cases are judged by it."
            " Put that content back, or give the new one the version {free}.",
            origin=offered.origin,
            key=offered.key,
            day=adopted.date(),
            free=free,
        )


class Offered(Value):
    """A configuration that the service is to decide by; `origin` names the file, for whoever has to mend it."""

    kind: str
    id: str
    version: int
    digest: str
    origin: str = ""
    source_status: str | None = None
    effective_from: date | None = None

    @property
    def key(self) -> ConfigurationKey:
        return ConfigurationKey(self.kind, self.id, self.version)


class TakeUp(Command):
    """All that the service decides by from now on. `is_first` if nothing was ever decided before."""

    offered: tuple[Offered, ...]
    is_first: bool


class ConfigurationAdopted(Event):
    kind: str
    id: str
    version: int
    digest: str
    since: Since
    source_status: str | None = None
    effective_from: date | None = None


class ConfigurationWithdrawn(Event):
    kind: str
    id: str
    version: int
    digest: str


Events: TypeAlias = ConfigurationAdopted | ConfigurationWithdrawn


class Configurations(Value):
    """Every version that was ever adopted, as it was at first; `in_use` are those that new cases may be judged by."""

    adopted: dict[ConfigurationKey, ConfigurationAdopted] = Field(default_factory=dict)
    in_use: frozenset[ConfigurationKey] = frozenset()


def decide(command: TakeUp, state: Configurations) -> Sequence[Events]:
    """By the service itself; which one it is the configurations of any service can't know."""
    if not command.by.role.startswith("system:"):
        raise WrongRoleError
    for each in command.offered:
        _refuse_changed(each, state)
    fresh = [each for each in command.offered if each.key not in state.in_use]
    gone = sorted(state.in_use - {each.key for each in command.offered})
    return [
        *(_adopted(command, each, state) for each in fresh),
        *(
            ConfigurationWithdrawn(by=command.by, **key._asdict(), digest=state.adopted[key].digest)
            for key in gone
        ),
    ]


def evolve(state: Configurations, event: Events) -> Configurations:
    key = ConfigurationKey(event.kind, event.id, event.version)
    match event:
        case ConfigurationAdopted():
            adopted = state.adopted if key in state.adopted else {**state.adopted, key: event}
            return Configurations(adopted=adopted, in_use=state.in_use | {key})
        case ConfigurationWithdrawn():
            return Configurations(adopted=state.adopted, in_use=state.in_use - {key})
        case _:
            assert_never(event)


def publish(event: Events, state: Configurations) -> Disclosure:
    fields = event.model_dump(exclude={"by"})
    match event:
        case ConfigurationAdopted():
            return Disclosure(SUBJECT, contract.ConfigurationAdopted(**fields))
        case ConfigurationWithdrawn():
            return Disclosure(SUBJECT, contract.ConfigurationWithdrawn(**fields))
        case _:
            assert_never(event)


def _refuse_changed(offered: Offered, state: Configurations) -> None:
    known = state.adopted.get(offered.key)
    if known is not None and known.digest != offered.digest:
        versions = [key.version for key in state.adopted if key[:2] == offered.key[:2]]
        raise ConfigurationChangedError(offered, known.by.at, max(versions) + 1)


def _adopted(command: TakeUp, offered: Offered, state: Configurations) -> ConfigurationAdopted:
    fields = offered.model_dump(exclude={"origin"})
    return ConfigurationAdopted(by=command.by, since=_since(command, offered, state), **fields)


def _since(command: TakeUp, offered: Offered, state: Configurations) -> Since:
    """Of a kind that was never recorded nobody knows what the service decided by before."""
    if command.is_first:
        return "start"
    return "now" if any(key.kind == offered.kind for key in state.adopted) else "unknown"


configurations: Decider[Configurations] = Decider(
    "configurations",
    Configurations(),
    decide,
    evolve,
    (ConfigurationAdopted, ConfigurationWithdrawn),
    publish,
)


def configurations_id(source: str) -> UUID:
    return uuid5(NAMESPACE, source)
