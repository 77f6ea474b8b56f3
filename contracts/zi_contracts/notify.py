"""Messages of notify: the states of each delivery; handed over means a mail server took it, not that anybody read it."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from zi_contracts.data import Data
from zi_contracts.intake import Language
from zi_contracts.message import Sha256Hex, Slug

DeferralReason = Literal["temporary", "technical"]
FailureReason = Literal[
    "permanent", "temporary", "technical", "uncertain", "no_address", "erased", "no_channel", "gone"
]
NoticeChannel = Literal["email", "sms", "whatsapp", "web_push", "messenger"]
SwitchedChannel = Literal["email", "sms", "whatsapp", "web_push", "messenger", "webhook"]
Attempt = Annotated[int, Field(ge=1)]


class DeliveryRequested(Data):
    """A status message is to be told to the citizen over one channel, in one version of one template; or with `to_official` officials
    are told something: then the message is of no case, and nobody is named."""

    type: ClassVar[str] = "zi.notify.delivery_requested"

    channel: NoticeChannel
    template: Slug
    template_version: Annotated[int, Field(ge=1)]
    template_digest: Sha256Hex | None = None
    language: Language
    cause: UUID
    to_official: bool = False


class DeliveryHandingOver(Data):
    """An attempt begins; said before the mail server or the gateway is spoken to. `provider` is the gateway's name."""

    type: ClassVar[str] = "zi.notify.delivery_handing_over"

    attempt: Attempt
    provider: Annotated[str, Field(max_length=31)] | None = None


class DeliveryHandedOver(Data):
    """The mail server or the gateway took the message; sent is not delivered."""

    type: ClassVar[str] = "zi.notify.delivery_handed_over"

    attempt: Attempt


class DeliveryUncertain(Data):
    """Nobody knows whether the mail server or the gateway took it; it is sent again there, under the same id."""

    type: ClassVar[str] = "zi.notify.delivery_uncertain"

    attempt: Attempt
    retry_at: AwareDatetime


class DeliveryDeferred(Data):
    """The attempt was not taken for a reason that may pass (temporary: the server's; technical: the way to it)."""

    type: ClassVar[str] = "zi.notify.delivery_deferred"

    attempt: Attempt
    reason_class: DeferralReason
    retry_at: AwareDatetime


class DeliveryFailed(Data):
    """The delivery was given up: the server's last word, the retries' end, or no address to send to. `gone`: the push service knows the browser
    no more, which ends the notices to it."""

    type: ClassVar[str] = "zi.notify.delivery_failed"

    reason_class: FailureReason


class DeliveryUnconfirmed(Data):
    """Nothing is sent: the address got one mail and is not confirmed from it. It is sent, if it is the case's newest, once it is."""

    type: ClassVar[str] = "zi.notify.delivery_unconfirmed"


class DeliveryPostponed(Data):
    """The office asked as many addresses for their confirmation today as it does in a day; this one is asked later."""

    type: ClassVar[str] = "zi.notify.delivery_postponed"

    retry_at: AwareDatetime


class DeliveryWithheld(Data):
    """Nothing is sent: the reader of the address stopped all mail, it got the day's greatest number of mails, it is an official's who may
    not be told of the case any more, or what it would say does not hold any more."""

    type: ClassVar[str] = "zi.notify.delivery_withheld"

    reason_class: Literal["stopped", "recipient_limit", "not_theirs", "outdated"]


class DeliveryDelivered(Data):
    """The gateway said that the message came to the telephone; whether somebody read it, nobody says."""

    type: ClassVar[str] = "zi.notify.delivery_delivered"

    attempt: Attempt


class DeliveryUndelivered(Data):
    """The gateway took the message and said later that it did not come to the telephone."""

    type: ClassVar[str] = "zi.notify.delivery_undelivered"

    attempt: Attempt


class ChannelSwitchedOff(Data):
    """An official turned a channel off: what falls due there waits."""

    type: ClassVar[str] = "zi.notify.channel_switched_off"

    channel: SwitchedChannel
    reason: Literal["fault", "abuse", "cost", "maintenance", "test"]


class ChannelSwitchedOn(Data):
    """An official turned a channel on again: what waited there is sent."""

    type: ClassVar[str] = "zi.notify.channel_switched_on"

    channel: SwitchedChannel


class RecipientAsked(Data):
    """The one mail that asks an address for its confirmation is about to be sent; of no case, and the address is told nowhere."""

    type: ClassVar[str] = "zi.notify.recipient_asked"


class RecipientConfirmed(Data):
    """The reader of an address wants mail."""

    type: ClassVar[str] = "zi.notify.recipient_confirmed"


class RecipientStopped(Data):
    """The reader of an address wants no more mail of the office."""

    type: ClassVar[str] = "zi.notify.recipient_stopped"


class RecipientFrequencyChosen(Data):
    """An official who reads at an address wants notices at once, or in the list of each morning alone."""

    type: ClassVar[str] = "zi.notify.recipient_frequency_chosen"

    frequency: Literal["at_once", "daily"]


class PrintedLetterQueued(Data):
    """A notice reached nobody over any channel, and the office has to print it and send it as a letter."""

    type: ClassVar[str] = "zi.notify.printed_letter_queued"

    template: Slug
    template_version: Annotated[int, Field(ge=1)]
    template_digest: Sha256Hex | None = None
    language: Language
    cause: UUID


class PrintedLetterSettled(Data):
    """An official sent the letter, or found that it can't be sent or that the person was reached otherwise; or the case's data was erased.
    A letter that was sent may come back, which is a further such message; then it waits to be sent again, and may come back again."""

    type: ClassVar[str] = "zi.notify.printed_letter_settled"

    settlement: Literal["posted", "no_postal_address", "reached_otherwise", "came_back", "erased"]


MODELS: tuple[type[Data], ...] = (
    DeliveryRequested,
    DeliveryHandingOver,
    DeliveryHandedOver,
    DeliveryUncertain,
    DeliveryDeferred,
    DeliveryFailed,
    DeliveryUnconfirmed,
    DeliveryPostponed,
    DeliveryWithheld,
    DeliveryDelivered,
    DeliveryUndelivered,
    ChannelSwitchedOff,
    ChannelSwitchedOn,
    RecipientAsked,
    RecipientConfirmed,
    RecipientStopped,
    RecipientFrequencyChosen,
    PrintedLetterQueued,
    PrintedLetterSettled,
)
