"""The decider: commands, events and the refusal of other roles. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Self, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, model_validator

from zi_chassis.domain_error import DomainError as DomainError
from zi_chassis.domain_error import snake as snake
from zi_contracts.text import VisibleText, first_unseen


class Value(BaseModel):
    """A frozen value that knows all of its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Act(Value):
    """The actor of a command or event, their role, the time and the cause; identity and clock come in with the command."""

    at: datetime
    actor: str
    role: str
    causation: str | None = None
    correlation: str | None = None


class UnseenSignError(DomainError):
    """A text that would be kept holds a sign that no reader sees, so that it is not what it looks like."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(
            "The field {field} holds a sign that nobody can see ({code}). Delete its text and type it again instead of pasting it.",
            field=field,
            code=code,
        )


def refuse_unseen(field: str, text: str, *, lines: bool = False) -> None:
    """Raises UnseenSignError for a text that is to be kept."""
    unseen = first_unseen(text, lines=lines)
    if unseen is not None:
        raise UnseenSignError(field, unseen.code)


class Command(Value):
    """Every text in it, however deep, is of one line, but for fields that are annotated with LINES."""

    by: Act

    @model_validator(mode="after")
    def _refuse_unseen_signs(self) -> Self:
        written = self.model_dump_json()
        if not written.isprintable() or "\\" in written:  # where JSON escapes something, it may be a control
            for place, text, lines in _texts(self, ""):
                refuse_unseen(place, text, lines=lines)
        return self


def _texts(value: Any, place: str, lines: bool = False) -> Iterator[tuple[str, str, bool]]:
    """Each text in a value with its place, and whether it may have several lines."""
    match value:
        case str():
            yield place, value, lines
        case BaseModel():
            fields = type(value).model_fields
            for name, inner in vars(value).items():
                several = any(isinstance(each, VisibleText) and each.lines for each in fields[name].metadata)
                yield from _texts(inner, f"{place}.{name}" if place else name, several)
        case Mapping():
            for name, inner in value.items():
                yield from _texts(name, place)
                yield from _texts(inner, f"{place}.{name}", lines)
        case tuple() | list() | frozenset():
            for inner in value:
                yield from _texts(inner, place, lines)


class Event(Value):
    by: Act


Roles: TypeAlias = frozenset[str]
Parties: TypeAlias = Mapping[type[Command], Roles]
CITIZENS: Roles = frozenset({"public", "applicant"})
# The role of the account of another system, which enters what people said and does nothing else.
ENTERING = "entry"


def officials(*roles: str) -> Roles:
    """Return the roles of the office's own people, as acts name them."""
    return frozenset(f"staff:{role}" for role in roles)


def services(*names: str) -> Roles:
    """Return the roles in which these services act by themselves."""
    return frozenset(f"system:{name}" for name in names)


class WrongRoleError(DomainError):
    """The command is not given in this role, whatever the state is."""

    def __init__(self) -> None:
        super().__init__("Your role does not allow this step: ask a colleague whose work it is.")


def refuse_other_roles(command: Command, parties: Parties) -> None:
    """Raise WrongRoleError unless the aggregate's table names the role for this command; what it does not name is nobody's."""
    if command.by.role not in parties.get(type(command), frozenset()):
        raise WrongRoleError


class MessageTooLargeError(DomainError):
    """The message of an event would pass the 32 KiB that the ledger and the bus carry."""


class ErasedError(DomainError):
    """The key of this data subject was destroyed: what it sealed can't be read, and nothing more can be sealed."""

    def __init__(self) -> None:
        super().__init__(
            "The personal data of this case was erased; it can't be read, and none can be added."
        )


class UnavailableError(Exception):
    """The machine could not keep what was asked; nothing was recorded and it can be tried again."""


@dataclass(frozen=True)
class Disclosure:
    """The published part of an event: `subject` is the case reference, `data` goes out as it is."""

    subject: str
    data: Mapping[str, Any] | BaseModel = field(default_factory=dict)


S = TypeVar("S")


@dataclass(frozen=True)
class Decider(Generic[S]):
    """One kind of aggregate. `publish` gets the event and the state after it."""

    name: str
    initial: S
    decide: Callable[[Any, S], Sequence[Event]]
    evolve: Callable[[S, Any], S]
    events: tuple[type[Event], ...]
    publish: Callable[[Any, S], Disclosure]


def message_type(service: str, event: type[Event]) -> str:
    return f"zi.{service}.{snake(event.__name__)}"
