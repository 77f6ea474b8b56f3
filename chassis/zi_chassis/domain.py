"""The decider: what a command and an event are, and how a rule says no. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict

from zi_chassis.domain_error import DomainError as DomainError


class Value(BaseModel):
    """A frozen value that knows all of its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Act(Value):
    """Who does it, in which role, when, and because of what; identity and clock come in with the command."""

    at: datetime
    actor: str
    role: str
    causation: str | None = None
    correlation: str | None = None


class Command(Value):
    by: Act


class Event(Value):
    by: Act


Roles: TypeAlias = frozenset[str]
Parties: TypeAlias = Mapping[type[Command], Roles]
CITIZENS: Roles = frozenset({"public", "applicant"})


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
    """What the message of an event says to others: `subject` is the case reference, `data` goes out as it is."""

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


def snake(name: str) -> str:
    """ComplaintFiled -> complaint_filed."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def message_type(service: str, event: type[Event]) -> str:
    return f"zi.{service}.{snake(event.__name__)}"
