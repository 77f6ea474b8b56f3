"""The end of the time for which the data of an application are kept: an official puts them up for erasure, and a hold keeps them on. Pure.

Whether anything is erased is decided at the front door, by another official; here it is decided only that nothing speaks for keeping.
"""

from datetime import datetime
from typing import ClassVar, Literal, assert_never
from uuid import UUID

from zi_certificates.roles import HOLDING, OVERRIDING
from zi_chassis.domain import Command, DomainError, Event, Parties, Value, officials, refuse_other_roles
from zi_contracts.certificates import HoldReason
from zi_contracts.configuration import Pin

# Why the data are needed still.
Needed = Literal["running", "not_decided", "not_over", "account", "amended", "money_owed"]


class RetentionError(DomainError):
    """Base of the errors that the state of a retention raises."""

    sentence: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(self.sentence)


class StillRunningError(RetentionError):
    sentence = "The application or a letter of it is not over yet: its data are kept."


class NotDecidedError(RetentionError):
    sentence = "The office has not decided how long data of such letters are kept: they are kept."


class NotOverError(RetentionError):
    sentence = "The time for which the office keeps these data is not over."


class AccountStandsError(RetentionError):
    sentence = "The account of the company or its master data stand on these data: they are kept as long as it is used."


class AmendmentStandsError(RetentionError):
    sentence = "An amendment of a letter stands on these data: they are kept until those of the amendment are erased."


class MoneyOwedError(RetentionError):
    sentence = "Money is still owed to the applicant: it is paid back first."


class DataHeldError(RetentionError):
    sentence = "The data are held, because something about them is not decided yet: the hold is lifted first."


class OtherHoldError(RetentionError):
    sentence = "The data are held already, for another reason: that hold is lifted first."


class OwnHoldError(RetentionError):
    sentence = "You placed this hold yourself: somebody else lifts it."


class OwnRecordsError(RetentionError):
    sentence = "You decided in this application, or have an interest in it: somebody else puts its data up for erasure."


class OwnHeldRecordsError(RetentionError):
    sentence = "You decided in this application, or have an interest in it: somebody else lifts the hold on its data."


class NobodyElseLiftsError(RetentionError):
    sentence = "Nobody else could lift this hold: let somebody else place it."


class DataErasedError(RetentionError):
    sentence = "The data of this application were erased."


ERRORS: dict[Needed, type[RetentionError]] = {
    "running": StillRunningError,
    "not_decided": NotDecidedError,
    "not_over": NotOverError,
    "account": AccountStandsError,
    "amended": AmendmentStandsError,
    "money_owed": MoneyOwedError,
}


class Lifters(Value):
    """The officials who lift a hold: nobody who decided in the application as long as another is left. `listed` are those in whose role it is by the office's
    list; where that names nobody, nobody knows whether another is left."""

    listed: frozenset[str]
    decided: frozenset[str]
    interested: frozenset[str]

    def refusal(self, official: str, placed_by: str) -> type[RetentionError] | None:
        if official == placed_by:
            return OwnHoldError
        is_hindered = official in self.decided and self._leave_another(placed_by)
        return OwnHeldRecordsError if is_hindered or official in self.interested else None

    def _leave_another(self, placed_by: str) -> bool:
        return not self.listed or bool(self.listed - self.decided - self.interested - {placed_by})

    def are_only(self, official: str) -> bool:
        return self.listed - self.interested == {official}


class RetentionCommand(Command):
    """`ticket` is that of the application; `request` the id of one act of one person."""

    ticket: str
    request: UUID | None = None
    is_erased: bool = False


class HoldData(RetentionCommand):
    reason: HoldReason
    lifters: Lifters


class LiftHold(RetentionCommand):
    lifters: Lifters


class EndRetention(RetentionCommand):
    """`needed` is what speaks for keeping by what is known under the write lock; `decided_by` are the officials who decided in it or
    have an interest in it."""

    needed: Needed | None
    ended: datetime | None
    rules: Pin
    decided_by: frozenset[str]


class RetentionEvent(Event):
    ticket: str
    request: UUID | None = None


class RetentionHeld(RetentionEvent):
    reason: HoldReason


class RetentionResumed(RetentionEvent):
    reason: HoldReason


class RetentionEnded(RetentionEvent):
    """By the rules that were in force, `rules`; the application or its last letter ended at `ended`."""

    ended: datetime
    rules: Pin


RetentionCommands = HoldData | LiftHold | EndRetention
RetentionEvents = RetentionHeld | RetentionResumed | RetentionEnded
PARTIES: Parties = {
    HoldData: officials(*HOLDING),
    LiftHold: officials(*OVERRIDING),
    EndRetention: officials(*HOLDING),
}


class Retention(Value):
    hold: RetentionHeld | None = None
    requests: frozenset[UUID] = frozenset()


initial = Retention()


def decide(command: RetentionCommands, state: Retention) -> list[RetentionEvents]:
    refuse_other_roles(command, PARTIES)
    if command.request in state.requests:
        return []
    if command.is_erased:
        raise DataErasedError
    match command:
        case HoldData():
            return _hold(command, state)
        case LiftHold():
            return _lift(command, state)
        case EndRetention():
            return _end(command, state)
        case _:
            assert_never(command)


def _hold(command: HoldData, state: Retention) -> list[RetentionEvents]:
    if state.hold is not None:
        if state.hold.reason != command.reason:
            raise OtherHoldError
        return []
    if command.lifters.are_only(command.by.actor):
        raise NobodyElseLiftsError
    return [RetentionHeld(by=command.by, **_of(command), reason=command.reason)]


def _lift(command: LiftHold, state: Retention) -> list[RetentionEvents]:
    if state.hold is None:
        return []
    refusal = command.lifters.refusal(command.by.actor, state.hold.by.actor)
    if refusal is not None:
        raise refusal
    return [RetentionResumed(by=command.by, **_of(command), reason=state.hold.reason)]


def _end(command: EndRetention, state: Retention) -> list[RetentionEvents]:
    if state.hold is not None:
        raise DataHeldError
    if command.needed is not None:
        raise ERRORS[command.needed]()
    if command.ended is None:
        raise StillRunningError
    if command.by.actor in command.decided_by:
        raise OwnRecordsError
    return [RetentionEnded(by=command.by, **_of(command), ended=command.ended, rules=command.rules)]


def _of(command: RetentionCommand) -> dict[str, object]:
    return {"ticket": command.ticket, "request": command.request}


def evolve(state: Retention, event: RetentionEvents) -> Retention:
    if event.request is not None:
        state = state.model_copy(update={"requests": state.requests | {event.request}})
    match event:
        case RetentionHeld():
            return state.model_copy(update={"hold": event})
        case RetentionResumed():
            return state.model_copy(update={"hold": None})
        case RetentionEnded():
            return state
        case _:
            assert_never(event)
