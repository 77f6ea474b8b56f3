"""Read model of the channels: which are switched off, and which delivery a gateway knows by which id."""

from collections.abc import Mapping
from uuid import UUID

from zi_chassis.domain import Value
from zi_chassis.storage.database import Tx
from zi_chassis.storage.recorded import Recorded, rfc3339
from zi_notify.domain import channel_switch, delivery


class SwitchedOff(Value):
    reason: str
    since: str


class ChannelProjection:
    name = "channels"
    version = 1
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS channels_off (channel TEXT PRIMARY KEY, reason TEXT NOT NULL, since TEXT NOT NULL)",
        "CREATE TABLE IF NOT EXISTS gateway_references (reference TEXT PRIMARY KEY, provider TEXT NOT NULL,"
        " delivery TEXT NOT NULL)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        match recorded.event:
            case channel_switch.ChannelSwitchedOff() as event:
                tx.execute(
                    "INSERT INTO channels_off (channel, reason, since) VALUES (?, ?, ?)",
                    *(event.channel, event.reason, rfc3339(event.by.at)),
                )
            case channel_switch.ChannelSwitchedOn() as event:
                tx.execute("DELETE FROM channels_off WHERE channel = ?", event.channel)
            case delivery.DeliveryHandingOver(provider=str(provider), reference=UUID() as reference):
                tx.execute(
                    "INSERT INTO gateway_references (reference, provider, delivery) VALUES (?, ?, ?)"
                    " ON CONFLICT DO NOTHING",
                    *(str(reference), provider, str(recorded.aggregate)),
                )
            case _:
                pass


def switched_off(tx: Tx) -> Mapping[str, SwitchedOff]:
    rows = tx.execute("SELECT channel, reason, since FROM channels_off")
    return {row["channel"]: SwitchedOff(reason=row["reason"], since=row["since"]) for row in rows}


def is_off(tx: Tx, channel: str) -> bool:
    return bool(tx.execute("SELECT 1 FROM channels_off WHERE channel = ?", channel))


def delivery_of(tx: Tx, provider: str, reference: UUID) -> UUID | None:
    """Find the delivery that this provider knows by the id; an id of another provider is unknown."""
    rows = tx.execute(
        "SELECT delivery FROM gateway_references WHERE reference = ? AND provider = ?",
        str(reference),
        provider,
    )
    return UUID(rows[0]["delivery"]) if rows else None
