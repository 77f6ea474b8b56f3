"""Read model of notify: every delivery's state, when its next attempt is due, and which are in doubt."""

from datetime import datetime
from uuid import UUID

from zi_chassis.database import Tx
from zi_chassis.domain import Value
from zi_chassis.recorded import Recorded, rfc3339
from zi_notify import delivery
from zi_notify.delivery import Status


class Shown(Value):
    """A delivery as staff see it: how far it came, never to whom."""

    channel: str
    template: str
    language: str
    state: str
    attempt: int
    reason: str | None
    at: str


class Count(Value):
    state: str
    reason: str | None
    deliveries: int


class Deliveries:
    name = "deliveries"
    version = 1
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS deliveries (id TEXT PRIMARY KEY, ticket TEXT NOT NULL, channel TEXT NOT NULL,"
        " template TEXT NOT NULL, language TEXT NOT NULL, state TEXT NOT NULL, attempt INTEGER NOT NULL,"
        " reason TEXT, due TEXT, changed TEXT NOT NULL)",
        "CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (due)",
        "CREATE INDEX IF NOT EXISTS deliveries_ticket ON deliveries (ticket)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        match recorded.event:
            case delivery.DeliveryRequested() as event:
                _add(tx, recorded, event)
            case delivery.DeliveryHandingOver() as event:
                _move(tx, recorded, Status.HANDING_OVER)
                tx.execute(
                    "UPDATE deliveries SET attempt = ? WHERE id = ?", event.attempt, str(recorded.aggregate)
                )
            case delivery.DeliveryHandedOver():
                _move(tx, recorded, Status.HANDED_OVER)
            case delivery.DeliveryUncertain() as event:
                _move(tx, recorded, Status.UNCERTAIN, due=event.retry_at)
            case delivery.DeliveryDeferred() as event:
                _move(tx, recorded, Status.DEFERRED, reason=event.reason_class, due=event.retry_at)
            case delivery.DeliveryFailed() as event:
                _move(tx, recorded, Status.FAILED, reason=event.reason_class)
            case _:
                pass


def due(tx: Tx, now: datetime, limit: int) -> list[UUID]:
    rows = tx.execute(
        "SELECT id FROM deliveries WHERE due IS NOT NULL AND due <= ? ORDER BY due LIMIT ?",
        rfc3339(now),
        limit,
    )
    return [UUID(row["id"]) for row in rows]


def next_due(tx: Tx) -> datetime | None:
    rows = tx.execute("SELECT MIN(due) AS due FROM deliveries WHERE due IS NOT NULL")
    return datetime.fromisoformat(rows[0]["due"]) if rows[0]["due"] else None


def open_attempts(tx: Tx) -> list[tuple[UUID, int]]:
    rows = tx.execute("SELECT id, attempt FROM deliveries WHERE state = ?", Status.HANDING_OVER.value)
    return [(UUID(row["id"]), row["attempt"]) for row in rows]


def counts(tx: Tx) -> list[Count]:
    rows = tx.execute(
        "SELECT state, reason, COUNT(*) AS deliveries FROM deliveries GROUP BY state, reason ORDER BY state, reason"
    )
    return [Count(state=r["state"], reason=r["reason"], deliveries=r["deliveries"]) for r in rows]


def of_ticket(tx: Tx, ticket: str) -> list[Shown]:
    rows = tx.execute("SELECT * FROM deliveries WHERE ticket = ? ORDER BY changed, id", ticket)
    return [
        Shown(
            channel=row["channel"],
            template=row["template"],
            language=row["language"],
            state=row["state"],
            attempt=row["attempt"],
            reason=row["reason"],
            at=row["changed"],
        )
        for row in rows
    ]


def _add(tx: Tx, recorded: Recorded, event: delivery.DeliveryRequested) -> None:
    at = rfc3339(event.by.at)
    tx.execute(
        "INSERT INTO deliveries VALUES (?, ?, ?, ?, ?, ?, 0, NULL, ?, ?)",
        str(recorded.aggregate),
        event.ticket,
        event.channel,
        event.template,
        event.language,
        Status.REQUESTED.value,
        at,
        at,
    )


def _move(
    tx: Tx, recorded: Recorded, to: Status, *, reason: str | None = None, due: datetime | None = None
) -> None:
    tx.execute(
        "UPDATE deliveries SET state = ?, reason = ?, due = ?, changed = ? WHERE id = ?",
        to.value,
        reason,
        rfc3339(due) if due else None,
        rfc3339(recorded.event.by.at),
        str(recorded.aggregate),
    )
