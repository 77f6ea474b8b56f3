"""What intake does about what it hears: notify's messages become the delivery states that a case shows."""

from collections.abc import Iterable

from zi_chassis.database import Tx
from zi_chassis.lanes import Reaction
from zi_chassis.recorded import rfc3339
from zi_contracts import notify
from zi_contracts.message import Message
from zi_contracts.registry import data_of

HEARS = ("notify",)


def react(tx: Tx, message: Message) -> Iterable[Reaction]:
    """Types that are not deliveries, or not known yet, change nothing here."""
    data = data_of(message)
    if isinstance(data, notify.DeliveryRequested):
        _requested(tx, message, data)
    elif data is not None and message.event.startswith("delivery_"):
        _moved_on(tx, message, getattr(data, "reason_class", None))
    return ()


def _requested(tx: Tx, message: Message, data: notify.DeliveryRequested) -> None:
    tx.execute(
        "INSERT INTO deliveries (delivery, ticket, channel, cause, state, at) VALUES (?, ?, ?, ?, 'requested', ?)",
        str(message.aggregate),
        message.subject,
        data.channel,
        str(data.cause),
        rfc3339(message.time),
    )


def _moved_on(tx: Tx, message: Message, reason: str | None) -> None:
    tx.execute(
        "UPDATE deliveries SET state = ?, at = ?, reason = ? WHERE delivery = ?",
        message.event.removeprefix("delivery_"),
        rfc3339(message.time),
        reason,
        str(message.aggregate),
    )
