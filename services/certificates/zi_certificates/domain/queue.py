"""The queue of complete applications: an evaluator takes the oldest that they may evaluate, and the passed ones are recorded. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from zi_certificates.domain.impartiality import Interest
from zi_chassis.domain import DomainError
from zi_contracts.certificates import Overtaken, OvertakingReason


class NothingWaitsError(DomainError):
    """The queue is empty."""

    def __init__(self) -> None:
        super().__init__("No application waits for an evaluator now.")


class NothingForYouError(DomainError):
    """Raised where all that waits must be evaluated by somebody else."""

    def __init__(self, count: int) -> None:
        super().__init__(
            "{count} applications wait, and you may evaluate none of them: leave them to another evaluator.",
            count=count,
        )


class InHandError(DomainError):
    """Raised for a second application in hand: a holder of many would choose which goes first."""

    def __init__(self, ticket: str) -> None:
        super().__init__(
            "You have {ticket} in hand: decide about it, or give it back, before you take the next.",
            ticket=ticket,
        )


class Waiting(Protocol):
    """`evaluators` found the present revision good already; `excused` may act although they are hindered; `recused` gave it back for a
    conflict of interest."""

    @property
    def application(self) -> UUID: ...
    @property
    def ticket(self) -> str: ...
    @property
    def businesses(self) -> Collection[str]: ...
    @property
    def evaluators(self) -> Collection[str]: ...
    @property
    def excused(self) -> Collection[str]: ...
    @property
    def recused(self) -> Collection[str]: ...


@dataclass(frozen=True)
class Chosen:
    application: UUID
    overtaken: tuple[Overtaken, ...]


def next_for(official: str, queue: Iterable[Waiting], interests: Collection[Interest]) -> Chosen:
    """`queue` in the order in which the applications became complete; it is read no further than needed."""
    overtaken: list[Overtaken] = []
    for each in queue:
        reason = why_not(official, each, interests)
        if reason is None:
            return Chosen(each.application, tuple(overtaken))
        overtaken.append(Overtaken(ticket=each.ticket, reason=reason))
    if not overtaken:
        raise NothingWaitsError
    raise NothingForYouError(len(overtaken))


def why_not(official: str, each: Waiting, interests: Collection[Interest]) -> OvertakingReason | None:
    """Return the reason for which this official passes the application over; None if they may take it."""
    if official in each.evaluators:
        return "already_evaluated"
    if official in each.excused:
        return None
    if official in each.recused:
        return "conflict"
    kinds = {interest.kind for interest in interests if interest.business_ref in each.businesses}
    if not kinds:
        return None
    return "conflict" if "conflict" in kinds else "mentorship"
