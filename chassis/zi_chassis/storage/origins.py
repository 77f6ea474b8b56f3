"""The origins of events: the request that caused each, in its message, and the trace that it is a step of, beside it.

Traces are kept for the newest events alone, and only while they are on: who publishes after a restart goes on with them.
"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from zi_chassis.bus.sender_proof import read_fields
from zi_chassis.process.request_context import read_request_id
from zi_chassis.storage.database import Tx

TABLE = "CREATE TABLE IF NOT EXISTS event_traces (position INTEGER PRIMARY KEY, traceparent TEXT NOT NULL)"
NEWEST = 10_000  # positions


class Origin(NamedTuple):
    """The causes of an event; None where there is none, or none is known."""

    request: str | None = None
    trace: str | None = None


def write_traces(tx: Tx, first: int, traces: Sequence[str | None]) -> None:
    """Write the traceparents of events, the first of which is at position `first`."""
    rows = [(first + place, trace) for place, trace in enumerate(traces) if trace is not None]
    if rows:
        tx.execute("DELETE FROM event_traces WHERE position <= ? OR position >= ?", first - NEWEST, first)
        tx.many("INSERT INTO event_traces (position, traceparent) VALUES (?, ?)", rows)


def traces(tx: Tx, first: int, last: int) -> dict[int, str]:
    """Read the traceparents of the events from position `first` to `last`."""
    rows = tx.execute(
        "SELECT position, traceparent FROM event_traces WHERE position BETWEEN ? AND ?", first, last
    )
    return {row["position"]: row["traceparent"] for row in rows}


def origin(tx: Tx, event: UUID) -> Origin:
    rows = tx.execute("SELECT position, message FROM messages WHERE event_id = ?", str(event))
    if not rows:
        return Origin()
    position, request = int(rows[0]["position"]), read_fields(bytes(rows[0]["message"])).get("request")
    known = request if isinstance(request, str) else None
    return Origin(read_request_id(known), traces(tx, position, position).get(position))
