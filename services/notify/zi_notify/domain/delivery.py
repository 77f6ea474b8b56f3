"""The delivery of one notice about a step of a case. An attempt is recorded before the provider is contacted, and the next attempt begins
only after the result of the last one, or the doubt about it, is recorded. What one provider may have is given to no other. A receipt
advances a delivery and never takes it back. Pure.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, TypeAlias, assert_never, get_args
from uuid import UUID, uuid5

from zi_chassis.domain import Command, Event, Parties, Value, refuse_other_roles
from zi_notify.domain.delivery_errors import (
    AttemptOpenError,
    DeliveryOverError,
    NotDueError,
    OtherProviderError,
    UnknownAttemptError,
    UnknownDeliveryError,
)
from zi_notify.domain.delivery_status import FINAL, SENT, SETTLED, DeliveryStatus
from zi_notify.roles import OWN_PROGRAM

Channel: TypeAlias = Literal["email", "sms", "whatsapp", "web_push", "messenger"]
NotTaken: TypeAlias = Literal["temporary", "technical", "uncertain", "permanent", "gone"]
NotReachable: TypeAlias = Literal["no_address", "erased", "no_channel"]
ReceiptOutcome: TypeAlias = Literal["delivered", "undelivered"]
Withholding: TypeAlias = Literal["stopped", "recipient_limit", "not_theirs", "outdated"]

RETRY_AFTER = tuple(timedelta(minutes=each) for each in (1, 5, 30, 120, 360))


class RequestDelivery(Command):
    """`until` is the date the notice names: when an answer is due, or until when to reply, react or pay; `amount` (in rupiah) and
    `number` (an issued letter's, a registered product's or a proposal's) stand in the notices that need them. `contributor` is the aggregate under which
    integrity's vault finds the address, where there is no case; `solicited`: the reader asked for this mail themself, just now.

    With `official` it goes to the official of that account, at the address that the office gave; a `binding` one whatever the official chose.
    With `team` it goes to the chat of that team, by the provider of that name alone. Nothing is sent before `send_after`. With
    `keeps_quiet_hours` no attempt begins in the office's quiet hours."""

    ticket: str
    channel: Channel
    template: str
    template_version: int
    template_digest: str | None = None
    language: Literal["id", "en"]
    cause: UUID
    until: datetime | None = None
    amount: int | None = None
    number: str | None = None
    contributor: UUID | None = None
    solicited: bool = False
    official: str | None = None
    team: str | None = None
    binding: bool = False
    send_after: datetime | None = None
    keeps_quiet_hours: bool = False


class BeginHandingOver(Command):
    """`recipient` is the keyed digest of the address, `provider` the name of a gateway and `reference` the id that it gets."""

    attempt: int
    recipient: UUID | None = None
    provider: str | None = None
    reference: UUID | None = None


class ReportHandedOver(Command):
    attempt: int


class ReportNotTaken(Command):
    """`waits` are those after each setback; with the last the delivery is given up. `not_before` is what the provider asked for. With
    `elsewhere` another provider is free now. With `once` a message that may have been taken is never sent again."""

    attempt: int
    reason_class: NotTaken
    waits: tuple[timedelta, ...] = RETRY_AFTER
    not_before: datetime | None = None
    elsewhere: bool = False
    once: bool = False


class ReportNotReachable(Command):
    reason_class: NotReachable


class HoldUnconfirmed(Command):
    """The address got its first mail and is not confirmed from it."""

    recipient: UUID


class Postpone(Command):
    """The office sends no more first mails on this day."""

    until: datetime


class Withhold(Command):
    reason_class: Withholding


class DoubtAttempt(Command):
    """Given after a crash: the attempt's result is unknown. With `once` the message is never sent again."""

    attempt: int
    once: bool = False


class ReceiveReceipt(Command):
    """The provider's word about what it took under this reference."""

    reference: UUID
    outcome: ReceiptOutcome


Commands: TypeAlias = (
    RequestDelivery
    | BeginHandingOver
    | ReportHandedOver
    | ReportNotTaken
    | ReportNotReachable
    | HoldUnconfirmed
    | Postpone
    | Withhold
    | DoubtAttempt
    | ReceiveReceipt
)
PARTIES: Parties = dict.fromkeys(get_args(Commands), OWN_PROGRAM)


class DeliveryRequested(Event):
    ticket: str
    channel: Channel
    template: str
    template_version: int
    template_digest: str | None = None
    language: Literal["id", "en"]
    cause: UUID
    until: datetime | None = None
    amount: int | None = None
    number: str | None = None
    contributor: UUID | None = None
    solicited: bool = False
    official: str | None = None
    team: str | None = None
    binding: bool = False
    send_after: datetime | None = None
    keeps_quiet_hours: bool = False

    @property
    def is_for_daytime(self) -> bool:
        """Return whether no attempt begins in quiet hours; a request from before says it only where it had to wait for their end."""
        return self.keeps_quiet_hours or self.send_after is not None

    @property
    def is_to_officials(self) -> bool:
        return self.official is not None or self.team is not None


class DeliveryHandingOver(Event):
    attempt: int
    recipient: UUID | None = None
    provider: str | None = None
    reference: UUID | None = None


class DeliveryHandedOver(Event):
    attempt: int


class DeliveryUncertain(Event):
    attempt: int
    retry_at: datetime


class DeliveryDeferred(Event):
    attempt: int
    reason_class: Literal["temporary", "technical"]
    retry_at: datetime


class DeliveryFailed(Event):
    reason_class: NotTaken | NotReachable


class DeliveryUnconfirmed(Event):
    recipient: UUID


class DeliveryPostponed(Event):
    retry_at: datetime


class DeliveryWithheld(Event):
    reason_class: Withholding


class DeliveryDelivered(Event):
    attempt: int


class DeliveryUndelivered(Event):
    attempt: int


Events: TypeAlias = (
    DeliveryRequested
    | DeliveryHandingOver
    | DeliveryHandedOver
    | DeliveryUncertain
    | DeliveryDeferred
    | DeliveryFailed
    | DeliveryUnconfirmed
    | DeliveryPostponed
    | DeliveryWithheld
    | DeliveryDelivered
    | DeliveryUndelivered
)


class MailDelivery(Value):
    """`is_doubted`: the last provider may have taken an attempt although its reply is missing. `references` are the ids of all attempts,
    `reference` that of the last."""

    status: DeliveryStatus = DeliveryStatus.UNKNOWN
    request: DeliveryRequested | None = None
    attempt: int = 0
    setbacks: int = 0
    is_doubted: bool = False
    due: datetime | None = None
    provider: str | None = None
    reference: UUID | None = None
    references: frozenset[UUID] = frozenset()

    def may_be_sent_by(self, provider: str | None) -> bool:
        """Return whether no other provider may have it, and the chat of its team is this provider's."""
        if self.is_doubted:
            return provider == self.provider
        return self.request is None or self.request.team in (None, provider)


initial = MailDelivery()


def delivery_id(occasion: UUID, channel: Channel) -> UUID:
    """The id of the one delivery for an occasion and channel."""
    return uuid5(occasion, channel)


def decide(command: Commands, state: MailDelivery) -> Sequence[Event]:
    refuse_other_roles(command, PARTIES)
    if isinstance(command, RequestDelivery):
        return [] if state.request else [DeliveryRequested(**dict(command))]
    if state.request is None:
        raise UnknownDeliveryError("Request the delivery before reporting on it.")
    match command:
        case BeginHandingOver():
            return _begin(command, state)
        case ReportHandedOver():
            unknown = _last_attempt(command.attempt, state) in {
                DeliveryStatus.HANDING_OVER,
                DeliveryStatus.UNCERTAIN,
            }
            return [DeliveryHandedOver(**dict(command))] if unknown else []
        case ReportNotTaken():
            is_open = _last_attempt(command.attempt, state) is DeliveryStatus.HANDING_OVER
            return [_set_back(command, state)] if is_open else []
        case ReportNotReachable():
            return [DeliveryFailed(**dict(command))] if _is_waiting(state) else []
        case HoldUnconfirmed():
            is_new = _is_waiting(state) and state.status is not DeliveryStatus.UNCONFIRMED
            return [DeliveryUnconfirmed(**dict(command))] if is_new else []
        case Postpone():
            postponed = (DeliveryStatus.POSTPONED, command.until)
            is_new = _is_waiting(state) and (state.status, state.due) != postponed
            return [DeliveryPostponed(by=command.by, retry_at=command.until)] if is_new else []
        case Withhold():
            return [DeliveryWithheld(**dict(command))] if _is_waiting(state) else []
        case DoubtAttempt():
            return _doubt(command, state)
        case ReceiveReceipt():
            return _receive(command, state)
        case _:
            assert_never(command)


def evolve(state: MailDelivery, event: Events) -> MailDelivery:
    match event:
        case DeliveryRequested():
            due = event.send_after or event.by.at
            return MailDelivery(status=DeliveryStatus.REQUESTED, request=event, due=due)
        case DeliveryHandingOver():
            return _begun(state, event)
        case DeliveryHandedOver():
            return _moved(state, DeliveryStatus.HANDED_OVER)
        case DeliveryUncertain():
            doubted = {"is_doubted": True, "due": event.retry_at}
            return _moved(state, DeliveryStatus.UNCERTAIN, setbacks=state.setbacks + 1, **doubted)
        case DeliveryDeferred():
            return _moved(state, DeliveryStatus.DEFERRED, setbacks=state.setbacks + 1, due=event.retry_at)
        case DeliveryFailed():
            is_doubted = state.is_doubted or event.reason_class == "uncertain"
            return _moved(state, DeliveryStatus.FAILED, is_doubted=is_doubted)
        case DeliveryUnconfirmed():
            return _moved(state, DeliveryStatus.UNCONFIRMED, due=event.by.at)
        case DeliveryPostponed():
            return _moved(state, DeliveryStatus.POSTPONED, due=event.retry_at)
        case DeliveryWithheld():
            return _moved(state, DeliveryStatus.WITHHELD)
        case DeliveryDelivered():
            return _moved(state, DeliveryStatus.DELIVERED)
        case DeliveryUndelivered():
            return _moved(state, DeliveryStatus.UNDELIVERED)
        case _:
            assert_never(event)


def _begun(state: MailDelivery, event: DeliveryHandingOver) -> MailDelivery:
    known = state.references if event.reference is None else state.references | {event.reference}
    by = {"provider": event.provider, "reference": event.reference, "references": known}
    return _moved(state, DeliveryStatus.HANDING_OVER, attempt=event.attempt, **by)


def _moved(state: MailDelivery, status: DeliveryStatus, **changes: object) -> MailDelivery:
    """Change the status; nothing is due any more, unless `changes` has `due`."""
    return state.model_copy(update={"status": status, "due": None, **changes})


def _begin(command: BeginHandingOver, state: MailDelivery) -> Sequence[Event]:
    """Begin an attempt. A repeat yields no event, and a caller that gets no event must not send: the attempt is another's."""
    if command.attempt <= state.attempt:
        return []
    _refuse_if_final(state)
    if state.due is None:
        raise AttemptOpenError("Report the result of attempt {attempt} first.", attempt=state.attempt)
    if command.attempt != state.attempt + 1:
        raise UnknownAttemptError("The next attempt is number {attempt}.", attempt=state.attempt + 1)
    if not state.may_be_sent_by(command.provider):
        raise OtherProviderError("Send it by the provider that may have it, or whose team it is for.")
    if command.by.at < state.due:
        raise NotDueError("The next attempt may begin at {due}.", due=state.due.isoformat())
    return [DeliveryHandingOver(**dict(command))]


def _last_attempt(attempt: int, state: MailDelivery) -> DeliveryStatus:
    """The status of the last attempt. Its first result counts, but a late "taken" still settles a doubt."""
    if attempt < 1 or attempt != state.attempt:
        raise UnknownAttemptError("The last attempt was number {attempt}.", attempt=state.attempt)
    return state.status


def _set_back(command: ReportNotTaken, state: MailDelivery) -> Event:
    reason, by = command.reason_class, command.by
    is_over = reason in ("permanent", "gone") or (reason == "uncertain" and command.once)
    if is_over or state.setbacks >= len(command.waits):
        return DeliveryFailed(by=by, reason_class=reason)
    retry_at = max(by.at + command.waits[state.setbacks], command.not_before or by.at)
    if reason == "uncertain":
        return DeliveryUncertain(by=by, attempt=command.attempt, retry_at=retry_at)
    if command.elsewhere and not state.is_doubted:
        retry_at = by.at
    return DeliveryDeferred(by=by, attempt=command.attempt, reason_class=reason, retry_at=retry_at)


def _receive(command: ReceiveReceipt, state: MailDelivery) -> Sequence[Event]:
    """Advance by the word of a provider that was asked; of one that was given up for another, only the good news counts."""
    if command.reference not in state.references or state.status is DeliveryStatus.DELIVERED:
        return []
    if command.outcome == "delivered":
        return [DeliveryDelivered(by=command.by, attempt=state.attempt)]
    may_have_it = state.status in SENT or (state.is_doubted and state.status not in SETTLED)
    is_last = command.reference == state.reference
    return [DeliveryUndelivered(by=command.by, attempt=state.attempt)] if may_have_it and is_last else []


def _is_waiting(state: MailDelivery) -> bool:
    """False when the delivery has ended. Raises AttemptOpenError during an attempt."""
    if state.status in FINAL:
        return False
    if state.due is None:
        raise AttemptOpenError("Report the result of attempt {attempt} first.", attempt=state.attempt)
    return True


def _doubt(command: DoubtAttempt, state: MailDelivery) -> Sequence[Event]:
    """Record the doubt after a crash; the next attempt is due at once."""
    if state.status is not DeliveryStatus.HANDING_OVER or command.attempt != state.attempt:
        return []
    if command.once:
        return [DeliveryFailed(by=command.by, reason_class="uncertain")]
    return [DeliveryUncertain(by=command.by, attempt=command.attempt, retry_at=command.by.at)]


def _refuse_if_final(state: MailDelivery) -> None:
    if state.status in FINAL:
        raise DeliveryOverError("This delivery has ended; nothing more is sent for it.")
