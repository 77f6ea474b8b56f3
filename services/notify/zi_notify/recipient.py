"""One address, known by its keyed digest alone: it gets one mail until it is confirmed from that mail, and none once it was
stopped. Pure.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import TypeAlias, assert_never
from uuid import UUID

from zi_chassis.domain import Command, Event, Parties, Value, refuse_other_roles, services


class AskRecipient(Command):
    """The mail of `delivery` asks for the confirmation, in place of that of another delivery which no mail server took."""

    delivery: UUID
    instead_of: UUID | None = None


class ConfirmRecipient(Command):
    """By whoever read a mail that went to the address."""


class StopRecipient(Command):
    """By whoever read a mail that went to the address."""


Commands: TypeAlias = AskRecipient | ConfirmRecipient | StopRecipient
READER = frozenset({"public"})
PARTIES: Parties = {
    AskRecipient: services("notify"),
    ConfirmRecipient: READER,
    StopRecipient: READER,
}


class RecipientAsked(Event):
    delivery: UUID


class RecipientConfirmed(Event):
    pass


class RecipientStopped(Event):
    pass


Events: TypeAlias = RecipientAsked | RecipientConfirmed | RecipientStopped


class Consent(StrEnum):
    UNKNOWN = "unknown"
    CONFIRMED = "confirmed"
    STOPPED = "stopped"


class Permission(StrEnum):
    """Whether a delivery may be sent: as one of many, as the one mail that asks, not before a confirmation, or never."""

    WRITE = "write"
    ASK = "ask"
    UNCONFIRMED = "unconfirmed"
    STOPPED = "stopped"


class Recipient(Value):
    """`asked_by` is the delivery whose mail asks for the confirmation."""

    consent: Consent = Consent.UNKNOWN
    asked_by: UUID | None = None

    def permission(self, delivery: UUID, is_earlier_case: bool) -> Permission:
        """Of a case from before addresses were confirmed its address counts as confirmed."""
        if self.consent is Consent.STOPPED:
            return Permission.STOPPED
        if self.consent is Consent.CONFIRMED or is_earlier_case:
            return Permission.WRITE
        return Permission.ASK if self.asked_by == delivery else Permission.UNCONFIRMED


initial = Recipient()


def decide(command: Commands, state: Recipient) -> Sequence[Event]:
    refuse_other_roles(command, PARTIES)
    match command:
        case AskRecipient():
            return _ask(command, state)
        case ConfirmRecipient():
            is_confirmed = state.consent is Consent.CONFIRMED
            return [] if is_confirmed else [RecipientConfirmed(**dict(command))]
        case StopRecipient():
            is_stopped = state.consent is Consent.STOPPED
            return [] if is_stopped else [RecipientStopped(**dict(command))]
        case _:
            assert_never(command)


def evolve(state: Recipient, event: Events) -> Recipient:
    match event:
        case RecipientAsked():
            return state.model_copy(update={"asked_by": event.delivery})
        case RecipientConfirmed():
            return state.model_copy(update={"consent": Consent.CONFIRMED})
        case RecipientStopped():
            return state.model_copy(update={"consent": Consent.STOPPED})
        case _:
            assert_never(event)


def _ask(command: AskRecipient, state: Recipient) -> Sequence[Event]:
    """Nothing when another delivery asks already: its mail is the only one."""
    is_free = state.asked_by is None or state.asked_by == command.instead_of
    if state.consent is not Consent.UNKNOWN or not is_free:
        return []
    return [RecipientAsked(by=command.by, delivery=command.delivery)]
