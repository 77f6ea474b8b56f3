"""The compensation of one missed deadline: opened by the program, offered, accepted or waived, given with proof, closed with its cause. Pure.

Whoever had the case in their hands decides nothing here: not what is offered, not that it was waived or given, and not the cause.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import assert_never
from uuid import UUID

from zi_chassis.domain import (
    CITIZENS,
    Act,
    Command,
    Event,
    Parties,
    officials,
    refuse_other_roles,
    services,
)
from zi_contracts.configuration import Pin
from zi_contracts.intake import Channel, Items, Language
from zi_contracts.integrity.compensation import AnswerChannel, CompensationProof, CompensationStep
from zi_integrity.domain.compensation_errors import (
    AlreadyOfferedError,
    CauseKnownError,
    HadTheCaseError,
    LessThanOwedError,
    NoCompensationError,
    NothingToGiveError,
    NotOfferedError,
    NotYourCompensationError,
    WaitForAnswerError,
    WaiverByOffererError,
)
from zi_integrity.roles import COMPENSATING, SUPERIORS


class CompensationCommand(Command):
    """One that is sent twice under the same `request` is done once."""

    request: UUID | None = None


class OpenCompensation(CompensationCommand):
    """Open it for the message `missed`."""

    ticket: str
    service: str
    clock: str
    missed: UUID
    due: datetime
    owed: tuple[str, ...]
    is_decided: bool
    rules: Pin
    standard: Pin
    officials: tuple[str, ...]
    reported_late: bool
    offer_by: datetime
    find_cause_by: datetime
    language: Language
    reachable_by: tuple[Channel, ...]


class OfficialsCommand(CompensationCommand):
    """`involved` are all who are known to have had the case since, and who filed it."""

    involved: frozenset[str]


class OfferCompensation(OfficialsCommand):
    forms: tuple[str, ...]
    answer_by: datetime
    give_by: datetime
    items: Items = ()


class AnswerOffer(CompensationCommand):
    """The citizen's answer on the page of the case; `owner` is who the case knows as its citizen."""

    owner: str
    accepts: bool
    give_by: datetime


class RecordOfferAnswer(OfficialsCommand):
    """The citizen's answer, as they gave it to an official."""

    accepts: bool
    how: AnswerChannel
    give_by: datetime


class GiveCompensation(OfficialsCommand):
    proof: CompensationProof
    items: Items = ()


class RecordCause(OfficialsCommand):
    cause: str
    items: Items = ()


class RemindOfCompensation(CompensationCommand):
    """The timer of a step: its due time says which."""

    step: CompensationStep
    due: datetime


CompensationCommands = (
    OpenCompensation
    | OfferCompensation
    | AnswerOffer
    | RecordOfferAnswer
    | GiveCompensation
    | RecordCause
    | RemindOfCompensation
)
PARTIES: Parties = {
    OpenCompensation: services("integrity"),
    OfferCompensation: officials(*COMPENSATING),
    AnswerOffer: CITIZENS,
    RecordOfferAnswer: officials(*COMPENSATING),
    GiveCompensation: officials(*COMPENSATING),
    RecordCause: officials(*SUPERIORS),
    RemindOfCompensation: services("integrity"),
}


class CompensationEvent(Event):
    request: UUID | None = None


class CompensationOpened(CompensationEvent):
    ticket: str
    service: str
    clock: str
    missed: UUID
    due: datetime
    owed: tuple[str, ...]
    is_decided: bool
    rules: Pin
    standard: Pin
    officials: tuple[str, ...]
    reported_late: bool
    offer_by: datetime
    find_cause_by: datetime
    language: Language
    reachable_by: tuple[Channel, ...]


class CompensationOffered(CompensationEvent):
    forms: tuple[str, ...]
    answer_by: datetime
    give_by: datetime
    items: Items


class CompensationAccepted(CompensationEvent):
    how: AnswerChannel
    give_by: datetime


class CompensationWaived(CompensationEvent):
    """Until `open_until` the citizen may accept it all the same: an official recorded the waiver, not they."""

    how: AnswerChannel
    open_until: datetime | None = None


class CompensationGiven(CompensationEvent):
    proof: CompensationProof
    items: Items


class CompensationCauseFound(CompensationEvent):
    cause: str
    items: Items


class CompensationOverdue(CompensationEvent):
    step: CompensationStep
    due: datetime


class CompensationClosed(CompensationEvent):
    pass


CompensationEvents = (
    CompensationOpened
    | CompensationOffered
    | CompensationAccepted
    | CompensationWaived
    | CompensationGiven
    | CompensationCauseFound
    | CompensationOverdue
    | CompensationClosed
)


class CompensationStatus(StrEnum):
    UNKNOWN = "unknown"
    OPEN = "open"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    WAIVED = "waived"
    DELIVERED = "given"
    CLOSED = "closed"


SETTLED = (CompensationStatus.WAIVED, CompensationStatus.DELIVERED)
TO_GIVE = (CompensationStatus.OFFERED, CompensationStatus.ACCEPTED)


@dataclass(frozen=True)
class Compensation:
    """`reminded` are the steps and due times whose passing is recorded."""

    status: CompensationStatus = CompensationStatus.UNKNOWN
    opened: CompensationOpened | None = None
    offer: CompensationOffered | None = None
    waiver: CompensationWaived | None = None
    give_by: datetime | None = None
    delivery: CompensationGiven | None = None
    cause: CompensationCauseFound | None = None
    reminded: frozenset[tuple[CompensationStep, datetime]] = frozenset()
    requests: frozenset[UUID] = frozenset()

    def is_answerable(self, at: datetime) -> bool:
        """Say whether the citizen may answer the offer, or a waiver that others recorded."""
        if self.status is CompensationStatus.OFFERED:
            return True
        until = self.waiver.open_until if self.waiver is not None else None
        return until is not None and at <= until

    @property
    def steps_due(self) -> dict[CompensationStep, datetime]:
        """The steps of the office that wait now, and until when."""
        due: dict[CompensationStep, datetime] = {}
        if self.opened is not None and self.status is CompensationStatus.OPEN:
            due["offer"] = self.opened.offer_by
        if self.give_by is not None and self.status in TO_GIVE:
            due["give"] = self.give_by
        if self.opened is not None and self.cause is None:
            due["find_cause"] = self.opened.find_cause_by
        return due


initial = Compensation()


def decide(command: CompensationCommands, state: Compensation) -> list[CompensationEvents]:
    """Return the events that the command adds; none where it repeats an earlier one."""
    refuse_other_roles(command, PARTIES)
    if isinstance(command, OpenCompensation):
        return [] if state.opened is not None else [CompensationOpened(**dict(command))]
    if state.opened is None:
        raise NoCompensationError
    if isinstance(command, OfficialsCommand):
        _refuse_involved(command.by, command.involved, state.opened)
    if command.request is not None and command.request in state.requests:
        return []
    match command:
        case OfferCompensation():
            return _offer(command, state, state.opened)
        case AnswerOffer():
            return _answer(command, state)
        case RecordOfferAnswer():
            return _record_answer(command, state)
        case GiveCompensation():
            return _give(command, state)
        case RecordCause():
            return _record_cause(command, state)
        case RemindOfCompensation():
            return _remind(command, state)
        case _:
            assert_never(command)


def _refuse_involved(by: Act, involved: frozenset[str], opened: CompensationOpened) -> None:
    if by.actor in involved or by.actor in opened.officials:
        raise HadTheCaseError


def _offer(
    command: OfferCompensation, state: Compensation, opened: CompensationOpened
) -> list[CompensationEvents]:
    if state.status is not CompensationStatus.OPEN:
        raise AlreadyOfferedError
    if not set(opened.owed) <= set(command.forms):
        raise LessThanOwedError
    return [CompensationOffered(**_without_involved(command))]


def _answer(command: AnswerOffer, state: Compensation) -> list[CompensationEvents]:
    if command.by.actor != command.owner:
        raise NotYourCompensationError
    if not state.is_answerable(command.by.at):
        raise NotOfferedError
    if command.accepts:
        return [_accepted(command, "case_page")]
    return _waived(CompensationWaived(by=command.by, request=command.request, how="case_page"), state)


def _record_answer(command: RecordOfferAnswer, state: Compensation) -> list[CompensationEvents]:
    """Nobody offers a compensation and records that it was waived; whose waiver was recorded may still accept for some days."""
    if state.status is not CompensationStatus.OFFERED or state.offer is None:
        raise NotOfferedError
    if command.accepts:
        return [_accepted(command, command.how)]
    if command.by.actor == state.offer.by.actor:
        raise WaiverByOffererError
    until = max(command.give_by, state.offer.give_by)
    waived = CompensationWaived(by=command.by, request=command.request, how=command.how, open_until=until)
    return _waived(waived, state)


def _accepted(command: AnswerOffer | RecordOfferAnswer, how: AnswerChannel) -> CompensationAccepted:
    return CompensationAccepted(by=command.by, request=command.request, how=how, give_by=command.give_by)


def _waived(waived: CompensationWaived, state: Compensation) -> list[CompensationEvents]:
    return [waived, *_closing(waived.by, state.cause is not None)]


def _give(command: GiveCompensation, state: Compensation) -> list[CompensationEvents]:
    """An offer that nobody answered is given too, once the time to answer is over: silence waives nothing."""
    if state.status not in TO_GIVE or state.offer is None:
        raise NothingToGiveError
    if state.status is CompensationStatus.OFFERED and command.by.at <= state.offer.answer_by:
        raise WaitForAnswerError
    delivery = CompensationGiven(**_without_involved(command))
    return [delivery, *_closing(command.by, state.cause is not None)]


def _record_cause(command: RecordCause, state: Compensation) -> list[CompensationEvents]:
    if state.cause is not None:
        raise CauseKnownError
    found = CompensationCauseFound(**_without_involved(command))
    return [found, *_closing(command.by, state.status in SETTLED)]


def _closing(by: Act, is_over: bool) -> list[CompensationEvents]:
    return [CompensationClosed(by=by)] if is_over else []


def _remind(command: RemindOfCompensation, state: Compensation) -> list[CompensationEvents]:
    waits = state.steps_due.get(command.step) == command.due and command.due <= command.by.at
    if not waits or (command.step, command.due) in state.reminded:
        return []
    return [CompensationOverdue(**dict(command))]


def _without_involved(command: OfficialsCommand) -> dict[str, object]:
    return {name: value for name, value in dict(command).items() if name != "involved"}


def evolve(state: Compensation, event: CompensationEvents) -> Compensation:
    if event.request is not None:
        state = replace(state, requests=state.requests | {event.request})
    match event:
        case CompensationOpened():
            return replace(state, status=CompensationStatus.OPEN, opened=event)
        case CompensationOffered():
            return replace(state, status=CompensationStatus.OFFERED, offer=event, give_by=event.give_by)
        case CompensationAccepted():
            return replace(state, status=CompensationStatus.ACCEPTED, give_by=event.give_by, waiver=None)
        case CompensationWaived():
            return replace(state, status=CompensationStatus.WAIVED, waiver=event)
        case CompensationGiven():
            return replace(state, status=CompensationStatus.DELIVERED, delivery=event)
        case CompensationCauseFound():
            return replace(state, cause=event)
        case CompensationOverdue():
            return replace(state, reminded=state.reminded | {(event.step, event.due)})
        case CompensationClosed():
            return replace(state, status=CompensationStatus.CLOSED)
        case _:
            assert_never(event)
