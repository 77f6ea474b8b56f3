"""The queue of webhooks: each message of an endpoint is called until it is taken, gone or given up, at least once under the same id.

A message comes into the queue in the transaction of its event and stays as a row of the log of deliveries. What was called and not
recorded, because the process died in between, is called again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from zi_chassis.clock import Clock
from zi_chassis.process.together import end
from zi_chassis.storage.database import Row, Tx, placeholders
from zi_chassis.storage.recorded import rfc3339
from zi_chassis.storage.store import Store
from zi_chassis.webhooks.call import WebhookCall, WebhookCaller, WebhookEndpoint

logger = logging.getLogger(__name__)

TICK_SECONDS = 1.0
AT_ONCE = 8
LARGEST_TICK = 200
PAGE = 20
# Waits after each failure, as Standard Webhooks proposes them; then once a day until the message is given up.
LADDER = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
GIVEN_UP_AFTER = timedelta(days=5)
TABLES = (
    "CREATE TABLE IF NOT EXISTS webhook_messages (endpoint TEXT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, subject TEXT NOT NULL,"
    " body BLOB NOT NULL, at TEXT NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL, next_at TEXT NOT NULL, outcome TEXT,"
    " status INTEGER, last_at TEXT, PRIMARY KEY (endpoint, id))",
    "CREATE INDEX IF NOT EXISTS webhook_messages_due ON webhook_messages (state, next_at)",
    "CREATE INDEX IF NOT EXISTS webhook_messages_at ON webhook_messages (endpoint, at)",
    "CREATE TABLE IF NOT EXISTS webhooks_failing (endpoint TEXT PRIMARY KEY, since TEXT NOT NULL)",
)
# None for an endpoint that has ended.
EndpointLookup = Callable[[str], Awaitable[WebhookEndpoint | None]]
Ended = Callable[[str], Awaitable[object]]


@dataclass(frozen=True)
class WebhookMessage:
    """`state`: waiting, delivered, given_up, ended with its endpoint, or erased with the data that it was about, when subject and body are
    empty; `outcome` and `status` are of the last try, at `last_at`."""

    endpoint: str
    id: str
    type: str
    subject: str
    body: bytes
    at: datetime
    state: str
    tries: int
    next_at: datetime
    outcome: str | None
    status: int | None
    last_at: datetime | None


@dataclass(frozen=True)
class WebhookPage:
    messages: Sequence[WebhookMessage]
    total: int
    given_up: int


def enqueue(tx: Tx, endpoint: str, id: str, type: str, subject: str, body: bytes, at: datetime) -> None:
    """Put a message into the queue; one that is there stays as it is, so that a read model may be made anew."""
    tx.execute(
        "INSERT INTO webhook_messages (endpoint, id, type, subject, body, at, state, tries, next_at)"
        " VALUES (?, ?, ?, ?, ?, ?, 'waiting', 0, ?) ON CONFLICT DO NOTHING",
        *(endpoint, id, type, subject, body, rfc3339(at), rfc3339(at)),
    )


def erase_messages(tx: Tx, endpoints: Sequence[str], subjects: Sequence[str]) -> None:
    """Empty the messages of these endpoints and those about these subjects. Their ids stay, so that none of them comes into the queue
    again; one that is on its way now still arrives."""
    tx.execute(
        "UPDATE webhook_messages SET subject = '', body = ?, state = 'erased'"
        f" WHERE endpoint IN ({placeholders(endpoints) or 'NULL'}) OR subject IN ({placeholders(subjects) or 'NULL'})",
        *(b"", *endpoints, *subjects),
    )


def webhook_page(tx: Tx, endpoints: Sequence[str], page: int = 1) -> WebhookPage:
    """List the messages of these endpoints, the newest first."""
    found = f"FROM webhook_messages WHERE endpoint IN ({placeholders(endpoints)})" if endpoints else ""
    if not found:
        return WebhookPage((), 0, 0)
    [counted] = tx.execute(
        f"SELECT COUNT(*) AS total, SUM(CASE WHEN state = 'given_up' THEN 1 ELSE 0 END) AS given_up {found}",
        *endpoints,
    )
    rows = tx.execute(
        f"SELECT * {found} ORDER BY at DESC, id LIMIT {PAGE} OFFSET ?", *(*endpoints, (page - 1) * PAGE)
    )
    return WebhookPage([_message(row) for row in rows], counted["total"], counted["given_up"] or 0)


def _never(tx: Tx) -> bool:
    return False


class WebhookLoop:
    """Run by the process that holds the lease. `endpoint_of` finds whom a message is for, `gone` ends an endpoint that said so; while
    `is_off` nothing is called. With `pauses` what waits for an endpoint that is gone is kept, and called by the next process. `failing` are the
    endpoints that did not take the last call."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        caller: WebhookCaller,
        endpoint_of: EndpointLookup,
        gone: Ended,
        is_off: Callable[[Tx], bool] = _never,
        pauses: bool = False,
    ) -> None:
        self._store = store
        self._clock = clock
        self._caller = caller
        self._endpoint_of = endpoint_of
        self._gone = gone
        self._is_off, self._pauses = is_off, pauses
        self._paused: set[str] = set()
        self.failing: set[str] = set()
        self._busy: dict[str, asyncio.Task[None]] = {}
        self.reason: str | None = None

    async def run(self) -> None:
        """Until cancelled. Each endpoint has a task of its own, so that a slow one holds up no other. Another process may have called
        since the last run, so each run knows only what the store does."""
        self._paused, self.reason = set(), None
        try:
            self.failing = set(await self._store.query(failing))
            while True:
                for endpoint in await self._due(AT_ONCE):
                    task = self._busy[endpoint] = asyncio.create_task(self._serve(endpoint))
                    task.add_done_callback(partial(self._finished, endpoint))
                await asyncio.sleep(TICK_SECONDS)
        finally:
            await end(list(self._busy.values()))

    async def tick(self) -> int:
        """Call each endpoint for which something is due once; return how many were called."""
        due = await self._due(LARGEST_TICK)
        await asyncio.gather(*map(self._deliver_next, due))
        return len(due)

    async def _due(self, most: int) -> list[str]:
        now, busy = rfc3339(self._clock.now()), len(self._busy)
        passed = self._paused | set(self._busy)
        found = await self._store.query(
            lambda tx: [] if self._is_off(tx) else _endpoints_due(tx, now, most + len(passed))
        )
        return [each for each in found if each not in passed][: most - busy]

    def _finished(self, endpoint: str, _: asyncio.Task[None]) -> None:
        self._busy.pop(endpoint, None)

    async def _serve(self, endpoint: str) -> None:
        """Deliver what is due, one after the other; what the machine could not record is called again later."""
        try:
            while await self._deliver_next(endpoint):
                pass
            self.reason = None
        except Exception as error:
            logger.exception("webhooks of %s", endpoint)
            self.reason = f"webhooks can't be delivered: {error.__class__.__name__}"
            await asyncio.sleep(TICK_SECONDS)

    async def _deliver_next(self, endpoint: str) -> bool:
        if endpoint in self._paused:
            return False
        now = rfc3339(self._clock.now())
        message = await self._store.query(lambda tx: None if self._is_off(tx) else _next(tx, endpoint, now))
        if message is not None:
            await self._deliver(message)
        return message is not None

    async def _deliver(self, message: WebhookMessage) -> None:
        endpoint = await self._endpoint_of(message.endpoint)
        if endpoint is None:
            await self._record(message, "ended", None)
            return
        call = await self._caller.call(endpoint, message.id, self._clock.now(), message.body)
        if call.outcome == "gone":
            await self._gone(message.endpoint)
            if self._pauses:
                self._paused.add(message.endpoint)
        is_over = call.outcome == "gone" and not self._pauses
        await self._record(message, "ended" if is_over else "waiting", call)

    async def _record(self, message: WebhookMessage, state: str, call: WebhookCall | None) -> None:
        now = self._clock.now()
        values = {
            "state": state,
            "tries": message.tries + (call is not None),
            "next_at": rfc3339(now + _wait(message.tries, call)),
            "outcome": call.outcome if call is not None else message.outcome,
            "status": call.status if call is not None else message.status,
            "last_at": rfc3339(now),
        }
        await asyncio.to_thread(self._write, message, values, call)
        if call is not None:
            (self.failing.discard if call.outcome == "delivered" else self.failing.add)(message.endpoint)

    def _write(self, message: WebhookMessage, values: dict[str, Any], call: WebhookCall | None) -> None:
        changes = ", ".join(f"{column} = ?" for column in values)
        with self._store.database.transaction() as tx:
            if call is not None and call.outcome == "delivered":
                values["state"] = "delivered"
                tx.execute("DELETE FROM webhooks_failing WHERE endpoint = ?", message.endpoint)
            elif call is not None and _is_late(tx, message, self._clock.now()):
                values["state"] = values["state"] if call.outcome == "gone" else "given_up"
            tx.execute(
                f"UPDATE webhook_messages SET {changes} WHERE endpoint = ? AND id = ? AND state = 'waiting'",
                *(*values.values(), message.endpoint, message.id),
            )
            # Whoever is away is asked about one message, not about all that wait.
            if values["state"] in ("waiting", "given_up"):
                tx.execute(
                    "UPDATE webhook_messages SET next_at = ? WHERE endpoint = ? AND state = 'waiting' AND next_at < ?",
                    *(values["next_at"], message.endpoint, values["next_at"]),
                )


def failing(tx: Tx) -> frozenset[str]:
    """Return the endpoints that did not take the last call."""
    return frozenset(row["endpoint"] for row in tx.execute("SELECT endpoint FROM webhooks_failing"))


def _is_late(tx: Tx, message: WebhookMessage, now: datetime) -> bool:
    """After a failed call: whether the endpoint has taken none for so long, since the first one that failed. What waits while nothing is
    called is not late."""
    tx.execute(
        "INSERT INTO webhooks_failing (endpoint, since) VALUES (?, ?) ON CONFLICT (endpoint) DO NOTHING",
        *(message.endpoint, rfc3339(now)),
    )
    [row] = tx.execute("SELECT since FROM webhooks_failing WHERE endpoint = ?", message.endpoint)
    return now - max(datetime.fromisoformat(row["since"]), message.at) >= GIVEN_UP_AFTER


def _wait(tries: int, call: WebhookCall | None) -> timedelta:
    """Return the time until the next try: that of the ladder, or longer where the receiver asked for it."""
    step = LADDER[min(tries, len(LADDER) - 1)]
    wanted = timedelta(seconds=(call and call.wait) or 0)
    return max(step, wanted)


def _endpoints_due(tx: Tx, now: str, most: int) -> list[str]:
    """List the endpoints for which something is due, whoever has waited longest first."""
    rows = tx.execute(
        "SELECT endpoint, MIN(next_at) AS first FROM webhook_messages WHERE state = 'waiting' AND next_at <= ?"
        f" GROUP BY endpoint ORDER BY first, endpoint LIMIT {most}",
        now,
    )
    return [row["endpoint"] for row in rows]


def _next(tx: Tx, endpoint: str, now: str) -> WebhookMessage | None:
    rows = tx.execute(
        "SELECT * FROM webhook_messages WHERE endpoint = ? AND state = 'waiting' AND next_at <= ? ORDER BY at, id LIMIT 1",
        *(endpoint, now),
    )
    return _message(rows[0]) if rows else None


def _message(row: Row) -> WebhookMessage:
    return WebhookMessage(
        endpoint=row["endpoint"],
        id=row["id"],
        type=row["type"],
        subject=row["subject"],
        body=bytes(row["body"]),
        at=datetime.fromisoformat(row["at"]),
        state=row["state"],
        tries=row["tries"],
        next_at=datetime.fromisoformat(row["next_at"]),
        outcome=row["outcome"],
        status=row["status"],
        last_at=datetime.fromisoformat(row["last_at"]) if row["last_at"] else None,
    )
