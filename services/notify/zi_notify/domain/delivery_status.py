"""The states of a delivery, and which of them are an end."""

from enum import StrEnum


class DeliveryStatus(StrEnum):
    """The status of a delivery. `handed_over` is sent, and sent is not delivered: that only a receipt says, and mail has none."""

    UNKNOWN = "unknown"
    REQUESTED = "requested"
    HANDING_OVER = "handing_over"
    HANDED_OVER = "handed_over"
    UNCERTAIN = "uncertain"
    DEFERRED = "deferred"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"
    POSTPONED = "postponed"
    WITHHELD = "withheld"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"


SENT = frozenset({DeliveryStatus.HANDING_OVER, DeliveryStatus.HANDED_OVER})
SETTLED = frozenset({DeliveryStatus.DELIVERED, DeliveryStatus.UNDELIVERED, DeliveryStatus.WITHHELD})
FINAL = SETTLED | {DeliveryStatus.HANDED_OVER, DeliveryStatus.FAILED}
