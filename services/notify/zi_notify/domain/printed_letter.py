"""A notice that reached nobody over any channel and has to be printed and sent by an officer, where the office's routing says so. Pure."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Literal, TypeAlias, assert_never
from uuid import UUID, uuid5

from zi_chassis.domain import Command, DomainError, Event, Parties, Value, refuse_other_roles
from zi_notify.roles import LETTER_SENDERS, OWN_PROGRAM

Settlement: TypeAlias = Literal["posted", "no_postal_address", "reached_otherwise", "came_back"]
Outcome: TypeAlias = Settlement | Literal["erased"]


class UnknownPrintedLetterError(DomainError):
    """Nothing was queued under this id."""


class PrintedLetterSettledError(DomainError):
    """The letter has left the queue in another way."""


class LetterNotPostedError(DomainError):
    """Nothing comes back that was not sent."""


class QueueLetter(Command):
    """The fields of the notice, as in a delivery. `delivery` is the one that failed, where there was one."""

    ticket: str
    template: str
    template_version: int
    template_digest: str | None = None
    language: Literal["id", "en"]
    cause: UUID
    until: datetime | None = None
    delivery: UUID | None = None


class SettleLetter(Command):
    """Given by the officer who printed and sent the letter, or found that it can't or need not be sent, or has one that came back, which then
    waits again."""

    settlement: Settlement


class DropLetter(Command):
    """The personal data of the case is erased: there is nobody to write to."""


Commands: TypeAlias = QueueLetter | SettleLetter | DropLetter
PARTIES: Parties = {QueueLetter: OWN_PROGRAM, SettleLetter: LETTER_SENDERS, DropLetter: OWN_PROGRAM}


class PrintedLetterQueued(Event):
    ticket: str
    template: str
    template_version: int
    template_digest: str | None = None
    language: Literal["id", "en"]
    cause: UUID
    until: datetime | None = None
    delivery: UUID | None = None


class PrintedLetterSettled(Event):
    settlement: Outcome


Events: TypeAlias = PrintedLetterQueued | PrintedLetterSettled


class PrintedLetterStatus(StrEnum):
    WAITING = "waiting"
    SETTLED = "settled"


class PrintedLetter(Value):
    request: PrintedLetterQueued | None = None
    settlement: Outcome | None = None

    @property
    def is_waiting(self) -> bool:
        return self.request is not None and waits(self.settlement)

    def may_be(self, settlement: Settlement) -> bool:
        """Return whether this may become of it next."""
        return self.settlement == "posted" if settlement == "came_back" else self.is_waiting


initial = PrintedLetter()


def letter_id(occasion: UUID) -> UUID:
    """The id of the one letter for an occasion."""
    return uuid5(occasion, "letter")


def waits(settlement: Outcome | None) -> bool:
    """Return whether the letter is to be sent after this: nobody has settled it, or it came back."""
    return settlement in (None, "came_back")


def decide(command: Commands, state: PrintedLetter) -> Sequence[Event]:
    refuse_other_roles(command, PARTIES)
    match command:
        case QueueLetter():
            return [] if state.request else [PrintedLetterQueued(**dict(command))]
        case SettleLetter():
            return _settle(command, state)
        case DropLetter():
            return [PrintedLetterSettled(by=command.by, settlement="erased")] if state.is_waiting else []
        case _:
            assert_never(command)


def evolve(state: PrintedLetter, event: Events) -> PrintedLetter:
    match event:
        case PrintedLetterQueued():
            return PrintedLetter(request=event)
        case PrintedLetterSettled():
            return state.model_copy(update={"settlement": event.settlement})
        case _:
            assert_never(event)


def _settle(command: SettleLetter, state: PrintedLetter) -> Sequence[Event]:
    if state.request is None:
        raise UnknownPrintedLetterError("There is no such letter. Go back to the list and choose one.")
    if state.settlement == command.settlement:
        return []
    if command.settlement == "came_back" and state.settlement is None:
        raise LetterNotPostedError("Only a letter that was sent comes back. Say first that it was sent.")
    if not state.may_be(command.settlement):
        raise PrintedLetterSettledError("Somebody has settled this letter already. Go back to the list.")
    return [PrintedLetterSettled(**dict(command))]
