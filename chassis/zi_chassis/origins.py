"""The origins of events: the request that caused each, by its message."""

from typing import NamedTuple
from uuid import UUID

from zi_chassis.database import Tx
from zi_chassis.request_context import read_request_id
from zi_chassis.sender_proof import read_fields


class Origin(NamedTuple):
    """The causes of an event; None where there is none, or none is known."""

    request: str | None = None


def origin(tx: Tx, event: UUID) -> Origin:
    rows = tx.execute("SELECT message FROM messages WHERE event_id = ?", str(event))
    return (
        Origin(read_request_id(read_fields(bytes(rows[0]["message"])).get("request"))) if rows else Origin()
    )
