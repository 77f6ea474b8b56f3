"""The list of webhook calls for the role that operates: by state and endpoint, page by page, found by the ticket."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias, cast

from zi_chassis.domain import Value
from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.searching import begins_with, first_signs

WebhookState: TypeAlias = Literal["waiting", "delivered", "given_up", "ended", "erased"]


class ListedWebhook(Value):
    """`outcome` and `status` are of the last call, `next_at` is when it is called again."""

    endpoint: str
    id: str
    type: str
    ticket: str
    state: WebhookState
    tries: int
    outcome: str | None
    status: int | None
    at: datetime
    next_at: datetime | None


@dataclass(frozen=True)
class WebhookListPage:
    """`total` counts all pages."""

    rows: tuple[ListedWebhook, ...]
    total: int


def webhook_list(
    tx: Tx, state: WebhookState | None, endpoint: str, ticket: str, skip: int, size: int
) -> WebhookListPage:
    """Return a page of calls, the newest first."""
    found, values = begins_with("subject", first_signs(ticket))
    where = f"FROM webhook_messages WHERE 1 = 1{found}"
    for column, wanted in (("state", state), ("endpoint", endpoint)):
        if wanted:
            where, values = f"{where} AND {column} = ?", (*values, wanted)
    [counted] = tx.execute(f"SELECT COUNT(*) AS many {where}", *values)
    rows = tx.execute(
        f"SELECT * {where} ORDER BY at DESC, id, endpoint LIMIT ? OFFSET ?", *values, size, skip
    )
    return WebhookListPage(tuple(map(_listed, rows)), int(counted["many"]))


def _listed(row: Row) -> ListedWebhook:
    is_waiting = row["state"] == "waiting"
    return ListedWebhook(
        endpoint=row["endpoint"],
        id=row["id"],
        type=row["type"],
        ticket=row["subject"],
        state=cast(WebhookState, row["state"]),
        tries=row["tries"],
        outcome=row["outcome"],
        status=row["status"],
        at=datetime.fromisoformat(row["at"]),
        next_at=datetime.fromisoformat(row["next_at"]) if is_waiting else None,
    )
