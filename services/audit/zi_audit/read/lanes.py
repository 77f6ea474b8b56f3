"""The end of each sender's chain in the log: its last position, the entry that has it, and the time that this entry claims."""

from collections.abc import Sequence
from datetime import datetime

from zi_audit.read.indexing import time_of
from zi_chassis.domain import Value
from zi_chassis.storage.database import Database

_QUESTION = (
    "SELECT heads.sender AS sender, heads.position AS position, min(entries.idx) AS idx, min(entries.at) AS at"
    " FROM heads LEFT JOIN entries ON entries.sender = heads.sender AND entries.position = heads.position"
    " GROUP BY heads.sender, heads.position ORDER BY heads.sender"
)


class LaneHead(Value):
    """The last message of a sender that the log has."""

    sender: str
    position: int
    index: int | None
    at: datetime | None


def lane_heads(database: Database) -> Sequence[LaneHead]:
    with database.reading() as tx:
        rows = tx.execute(_QUESTION)
    return [
        LaneHead(sender=row["sender"], position=row["position"], index=row["idx"], at=time_of(row["at"]))
        for row in rows
    ]
