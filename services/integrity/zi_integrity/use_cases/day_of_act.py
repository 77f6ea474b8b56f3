"""The time of an act of which nobody is to learn more than the day."""

from datetime import datetime

import orjson

from zi_chassis.storage.store import Store


async def coarse_time(store: Store, day_begins: datetime) -> datetime:
    """Return the beginning of the day, or the time of the last message if that is later.

    A service's messages are in the order of their times: whoever verifies the ledger takes an earlier time for backdating. The last
    message stands before this one anyway, so its time tells nothing new.
    """
    rows = await store.query(
        lambda tx: tx.execute("SELECT message FROM messages ORDER BY position DESC LIMIT 1")
    )
    if not rows:
        return day_begins
    return max(day_begins, datetime.fromisoformat(orjson.loads(bytes(rows[0]["message"]))["time"]))
