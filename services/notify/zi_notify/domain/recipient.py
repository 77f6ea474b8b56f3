"""One e-mail address, known only by its keyed digest. It gets one mail until its reader confirms it from that mail, and none after its
reader stopped it. Pure.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Literal, TypeAlias, assert_never
from uuid import UUID

from zi_chassis.domain import Command, Event, Parties, Value, refuse_other_roles
from zi_notify.roles import MAIL_READERS, OWN_PROGRAM


class AskRecipient(Command):
    """The mail of `delivery` asks for the confirmation, in place of that of another delivery which no mail server took."""

    delivery: UUID
    instead_of: UUID | None = None


class ConfirmRecipient(Command):
    """Given by the reader of a mail to the address."""


class StopRecipient(Command):
    """Given by the reader of a mail to the address."""


class ChooseFrequency(Command):
    """Given by an official who reads at the address: notices at once, or in the morning list alone."""

    frequency: Literal["at_once", "daily"]


Commands: TypeAlias = AskRecipient | ConfirmRecipient | StopRecipient | ChooseFrequency
PARTIES: Parties = {
    AskRecipient: OWN_PROGRAM,
    ConfirmRecipient: MAIL_READERS,
    StopRecipient: MAIL_READERS,
    ChooseFrequency: MAIL_READERS,
}


class RecipientAsked(Event):
    delivery: UUID


class RecipientConfirmed(Event):
    pass


class RecipientStopped(Event):
    pass


class RecipientFrequencyChosen(Event):
    frequency: Literal["at_once", "daily"]


Events: TypeAlias = RecipientAsked | RecipientConfirmed | RecipientStopped | RecipientFrequencyChosen


class Frequency(StrEnum):
    AT_ONCE = "at_once"
    DAILY = "daily"


class Consent(StrEnum):
    UNKNOWN = "unknown"
    CONFIRMED = "confirmed"
    STOPPED = "stopped"


class Permission(StrEnum):
    """The permission to send a delivery: as any mail, as the first mail that asks for confirmation, not before the confirmation, or never."""

    WRITE = "write"
    ASK = "ask"
    UNCONFIRMED = "unconfirmed"
    STOPPED = "stopped"


class Recipient(Value):
    """`asked_by` is the delivery whose mail asks for the confirmation."""

    consent: Consent = Consent.UNKNOWN
    asked_by: UUID | None = None
    frequency: Frequency = Frequency.AT_ONCE

    def permission(self, delivery: UUID, is_earlier_case: bool) -> Permission:
        """The permission for one delivery; the address of a case from before addresses were confirmed counts as confirmed."""
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
        case ChooseFrequency():
            is_so = state.frequency == command.frequency and state.consent is not Consent.STOPPED
            return [] if is_so else [RecipientFrequencyChosen(**dict(command))]
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
        case RecipientFrequencyChosen():
            chosen = {"consent": Consent.CONFIRMED, "frequency": Frequency(event.frequency)}
            return state.model_copy(update=chosen)
        case _:
            assert_never(event)


def _ask(command: AskRecipient, state: Recipient) -> Sequence[Event]:
    """No event if another delivery asks already: only one mail asks."""
    is_free = state.asked_by is None or state.asked_by == command.instead_of
    if state.consent is not Consent.UNKNOWN or not is_free:
        return []
    return [RecipientAsked(by=command.by, delivery=command.delivery)]
