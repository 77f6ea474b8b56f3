"""The privacy border: the fields that each event discloses in its message. No event holds an address."""

from typing import assert_never

from zi_chassis.domain import Decider, Disclosure
from zi_contracts import notify as contract
from zi_contracts.data import Data
from zi_notify.domain import channel_switch, delivery, printed_letter, recipient
from zi_notify.domain.channel_switch import ChannelSwitch
from zi_notify.domain.delivery import Events, MailDelivery
from zi_notify.domain.printed_letter import PrintedLetter
from zi_notify.domain.recipient import Recipient

RECIPIENTS, CHANNELS, OFFICIALS = "recipients", "channels", "officials"


def publish(event: Events, state: MailDelivery) -> Disclosure:
    """Publish an event of a delivery under its case; one to officials is of no case and names no team, so that nobody sees who was told of which."""
    assert state.request is not None
    subject = OFFICIALS if state.request.is_to_officials else state.request.ticket
    if isinstance(event, delivery.DeliveryHandingOver) and state.request.team is not None:
        event = event.model_copy(update={"provider": None})
    return Disclosure(subject=subject, data=_data(event).model_dump(mode="json"))


def _data(event: Events) -> Data:
    match event:
        case delivery.DeliveryRequested():
            return contract.DeliveryRequested(
                channel=event.channel,
                template=event.template,
                template_version=event.template_version,
                template_digest=event.template_digest,
                language=event.language,
                cause=event.cause,
                to_official=event.is_to_officials,
            )
        case delivery.DeliveryHandingOver():
            return contract.DeliveryHandingOver(attempt=event.attempt, provider=event.provider)
        case delivery.DeliveryHandedOver():
            return contract.DeliveryHandedOver(attempt=event.attempt)
        case delivery.DeliveryUncertain():
            return contract.DeliveryUncertain(attempt=event.attempt, retry_at=event.retry_at)
        case delivery.DeliveryDeferred():
            return contract.DeliveryDeferred(
                attempt=event.attempt, reason_class=event.reason_class, retry_at=event.retry_at
            )
        case delivery.DeliveryFailed():
            return contract.DeliveryFailed(reason_class=event.reason_class)
        case delivery.DeliveryUnconfirmed():
            return contract.DeliveryUnconfirmed()
        case delivery.DeliveryPostponed():
            return contract.DeliveryPostponed(retry_at=event.retry_at)
        case delivery.DeliveryWithheld():
            return contract.DeliveryWithheld(reason_class=event.reason_class)
        case delivery.DeliveryDelivered():
            return contract.DeliveryDelivered(attempt=event.attempt)
        case delivery.DeliveryUndelivered():
            return contract.DeliveryUndelivered(attempt=event.attempt)
        case _:
            assert_never(event)


decider: Decider[MailDelivery] = Decider(
    name="delivery",
    initial=delivery.initial,
    decide=delivery.decide,
    evolve=delivery.evolve,
    events=(
        delivery.DeliveryRequested,
        delivery.DeliveryHandingOver,
        delivery.DeliveryHandedOver,
        delivery.DeliveryUncertain,
        delivery.DeliveryDeferred,
        delivery.DeliveryFailed,
        delivery.DeliveryUnconfirmed,
        delivery.DeliveryPostponed,
        delivery.DeliveryWithheld,
        delivery.DeliveryDelivered,
        delivery.DeliveryUndelivered,
    ),
    publish=publish,
)


def publish_recipient(event: recipient.Events, state: Recipient) -> Disclosure:
    """Publish an event of a recipient without a case: else the ledger would show which cases have the same address."""
    return Disclosure(subject=RECIPIENTS, data=_recipient_data(event).model_dump(mode="json"))


def _recipient_data(event: recipient.Events) -> Data:
    match event:
        case recipient.RecipientAsked():
            return contract.RecipientAsked()
        case recipient.RecipientConfirmed():
            return contract.RecipientConfirmed()
        case recipient.RecipientStopped():
            return contract.RecipientStopped()
        case recipient.RecipientFrequencyChosen():
            return contract.RecipientFrequencyChosen(frequency=event.frequency)
        case _:
            assert_never(event)


def publish_letter(event: printed_letter.Events, state: PrintedLetter) -> Disclosure:
    assert state.request is not None
    return Disclosure(subject=state.request.ticket, data=_letter_data(event).model_dump(mode="json"))


def _letter_data(event: printed_letter.Events) -> Data:
    match event:
        case printed_letter.PrintedLetterQueued():
            return contract.PrintedLetterQueued(
                template=event.template,
                template_version=event.template_version,
                template_digest=event.template_digest,
                language=event.language,
                cause=event.cause,
            )
        case printed_letter.PrintedLetterSettled():
            return contract.PrintedLetterSettled(settlement=event.settlement)
        case _:
            assert_never(event)


letters: Decider[PrintedLetter] = Decider(
    name="printed_letter",
    initial=printed_letter.initial,
    decide=printed_letter.decide,
    evolve=printed_letter.evolve,
    events=(printed_letter.PrintedLetterQueued, printed_letter.PrintedLetterSettled),
    publish=publish_letter,
)


recipients: Decider[Recipient] = Decider(
    name="recipient",
    initial=recipient.initial,
    decide=recipient.decide,
    evolve=recipient.evolve,
    events=(
        recipient.RecipientAsked,
        recipient.RecipientConfirmed,
        recipient.RecipientStopped,
        recipient.RecipientFrequencyChosen,
    ),
    publish=publish_recipient,
)


def publish_switch(event: channel_switch.Events, state: ChannelSwitch) -> Disclosure:
    return Disclosure(subject=CHANNELS, data=_switch_data(event).model_dump(mode="json"))


def _switch_data(event: channel_switch.Events) -> Data:
    match event:
        case channel_switch.ChannelSwitchedOff():
            return contract.ChannelSwitchedOff(channel=event.channel, reason=event.reason)
        case channel_switch.ChannelSwitchedOn():
            return contract.ChannelSwitchedOn(channel=event.channel)
        case _:
            assert_never(event)


switches: Decider[ChannelSwitch] = Decider(
    name="channel_switch",
    initial=channel_switch.initial,
    decide=channel_switch.decide,
    evolve=channel_switch.evolve,
    events=(channel_switch.ChannelSwitchedOff, channel_switch.ChannelSwitchedOn),
    publish=publish_switch,
)
