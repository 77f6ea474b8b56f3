"""The configurations that a service decides by: a version keeps its content for ever, and what is used and no longer used is an event.

They come from the files that the service starts with, or another service announced them in a message, which is the cause of the event: a
start takes out of use what its files no longer hold, and leaves alone what was announced. One aggregate of each service, so that the history
of what it decided by is in one gapless sequence of versions.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal, NamedTuple, TypeAlias, assert_never
from uuid import UUID, uuid5

from pydantic import Field

from zi_chassis.domain import Act, Command, Decider, Disclosure, DomainError, Event, Value, WrongRoleError
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


class AnnouncedConfigurationChangedError(DomainError):
    """A message names a version that is known with another content."""

    def __init__(self, key: ConfigurationKey, digest: str, adopted: str) -> None:
        super().__init__(
            "{key} was announced with the digest {digest} and was adopted before with {adopted}: one version has one content.",
            key=key,
            digest=digest,
            adopted=adopted,
        )


class TakeUp(Command):
    """All that the files of the service hold from now on. `is_first` if nothing was ever decided before."""

    offered: tuple[Offered, ...]
    is_first: bool


class TakeUpAnnounced(Command):
    """Decide by this version too: a message announced it, and `by` names the message as its cause."""

    offered: Offered
    number: str | None = None


class TakeOutAnnounced(Command):
    """Begin nothing under this version any more: a message took back what one before it had announced."""

    kind: str
    id: str
    version: int
    digest: str

    @property
    def key(self) -> ConfigurationKey:
        return ConfigurationKey(self.kind, self.id, self.version)


class ConfigurationAdopted(Event):
    kind: str
    id: str
    version: int
    digest: str
    since: Since
    source_status: str | None = None
    effective_from: date | None = None
    number: str | None = None


class ConfigurationWithdrawn(Event):
    kind: str
    id: str
    version: int
    digest: str


Commands: TypeAlias = TakeUp | TakeUpAnnounced | TakeOutAnnounced
Events: TypeAlias = ConfigurationAdopted | ConfigurationWithdrawn


class Announcement(Value):
    """A configuration that a message brought; `ended_at` is when another took it back."""

    adopted: ConfigurationAdopted
    ended_at: datetime | None = None


class Configurations(Value):
    """Every version that was ever adopted, as it was at first; `in_use` are those that new cases may be judged by, and `announced` those
    that a message brought, in the order in which they came."""

    adopted: dict[ConfigurationKey, ConfigurationAdopted] = Field(default_factory=dict)
    in_use: frozenset[ConfigurationKey] = frozenset()
    announced: dict[ConfigurationKey, Announcement] = Field(default_factory=dict)

    def announced_in_use(self) -> frozenset[ConfigurationKey]:
        return frozenset(key for key, each in self.announced.items() if each.ended_at is None)


def decide(command: Commands, state: Configurations) -> Sequence[Events]:
    """By the service itself; which one it is the configurations of any service can't know."""
    if not command.by.role.startswith("system:"):
        raise WrongRoleError
    match command:
        case TakeUp():
            return _take_up(command, state)
        case TakeUpAnnounced():
            return _take_up_announced(command, state)
        case TakeOutAnnounced():
            return _take_out_announced(command, state)
        case _:
            assert_never(command)


def evolve(state: Configurations, event: Events) -> Configurations:
    key = ConfigurationKey(event.kind, event.id, event.version)
    is_announced = event.by.causation is not None
    announced = state.announced
    match event:
        case ConfigurationAdopted():
            adopted = state.adopted if key in state.adopted else {**state.adopted, key: event}
            if is_announced:
                announced = {**announced, key: Announcement(adopted=event)}
            return Configurations(adopted=adopted, in_use=state.in_use | {key}, announced=announced)
        case ConfigurationWithdrawn():
            if is_announced:
                ended = Announcement(adopted=announced[key].adopted, ended_at=event.by.at)
                announced = {**announced, key: ended}
            return Configurations(adopted=state.adopted, in_use=state.in_use - {key}, announced=announced)
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


def _take_up(command: TakeUp, state: Configurations) -> Sequence[Events]:
    for each in command.offered:
        _refuse_changed(each, state)
    announced = state.announced_in_use()
    taken_back = set(state.announced) - announced  # for good: a file does not bring it into use again
    fresh = [each for each in command.offered if each.key not in state.in_use | taken_back]
    gone = sorted(state.in_use - announced - {each.key for each in command.offered})
    return [
        *(_adopted(command.by, each, _since(command, each, state)) for each in fresh),
        *(
            ConfigurationWithdrawn(by=command.by, **key._asdict(), digest=state.adopted[key].digest)
            for key in gone
        ),
    ]


def _take_up_announced(command: TakeUpAnnounced, state: Configurations) -> Sequence[Events]:
    """Nothing for a repetition, also of one that was taken back since."""
    key = command.offered.key
    _refuse_other_content(key, command.offered.digest, state)
    if key in state.announced:
        return []
    return [_adopted(command.by, command.offered, "now", command.number)]


def _take_out_announced(command: TakeOutAnnounced, state: Configurations) -> Sequence[Events]:
    """Nothing for a repetition, and for what was never announced here."""
    key = command.key
    _refuse_other_content(key, command.digest, state)
    if key not in state.announced_in_use():
        return []
    return [ConfigurationWithdrawn(by=command.by, **key._asdict(), digest=command.digest)]


def _refuse_other_content(key: ConfigurationKey, digest: str, state: Configurations) -> None:
    known = state.adopted.get(key)
    if known is not None and known.digest != digest:
        raise AnnouncedConfigurationChangedError(key, digest, known.digest)


def _refuse_changed(offered: Offered, state: Configurations) -> None:
    known = state.adopted.get(offered.key)
    if known is not None and known.digest != offered.digest:
        versions = [key.version for key in state.adopted if key[:2] == offered.key[:2]]
        raise ConfigurationChangedError(offered, known.by.at, max(versions) + 1)


def _adopted(by: Act, offered: Offered, since: Since, number: str | None = None) -> ConfigurationAdopted:
    fields = offered.model_dump(exclude={"origin"})
    return ConfigurationAdopted(by=by, since=since, number=number, **fields)


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
