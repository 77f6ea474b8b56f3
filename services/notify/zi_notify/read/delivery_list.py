"""The list of deliveries for the role that operates: by state, page by page, found by the ticket; nothing personal and no official's name."""

from dataclasses import dataclass
from datetime import datetime

from zi_chassis.domain import Value
from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.searching import begins_with, first_signs
from zi_notify.domain.delivery_status import DeliveryStatus


class OperatedDelivery(Value):
    """A delivery as those who operate see it. One to an official is of no ticket. `place` is its place in the list."""

    ticket: str
    to_official: bool
    channel: str
    template: str
    language: str
    state: str
    attempt: int
    reason: str | None
    changed: datetime
    due: datetime | None
    place: int


@dataclass(frozen=True)
class DeliveryPage:
    """`total` counts all pages; the next one is `before` this place, None on the last one."""

    rows: tuple[OperatedDelivery, ...]
    total: int
    before: int | None


def delivery_page(
    tx: Tx, state: DeliveryStatus | None, ticket: str, before: int | None, size: int
) -> DeliveryPage:
    """Return a page of deliveries, the newest first."""
    found, values = begins_with("ticket", first_signs(ticket))
    where = f"1 = 1{found}"
    if state is not None:
        where, values = f"{where} AND state = ?", (*values, state.value)
    [counted] = tx.execute(f"SELECT COUNT(*) AS many FROM deliveries WHERE {where}", *values)
    onward, place = (" AND position < ?", (before,)) if before is not None else ("", ())
    rows = tx.execute(
        f"SELECT * FROM deliveries WHERE {where}{onward} ORDER BY position DESC LIMIT {size + 1}",
        *(*values, *place),
    )
    listed = tuple(map(_listed, rows[:size]))
    return DeliveryPage(listed, int(counted["many"]), listed[-1].place if len(rows) > size else None)


def _listed(row: Row) -> OperatedDelivery:
    return OperatedDelivery(
        ticket=row["ticket"],
        to_official=bool(row["to_official"]),
        channel=row["channel"],
        template=row["template"],
        language=row["language"],
        state=row["state"],
        attempt=row["attempt"],
        reason=row["reason"],
        changed=datetime.fromisoformat(row["changed"]),
        due=datetime.fromisoformat(row["due"]) if row["due"] else None,
        place=row["position"],
    )
