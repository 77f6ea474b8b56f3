"""The follower that publishes the store's stored bytes, in order, each position once.

The resume position is read from the stream itself, so a tail that NATS lost is published again. Every publish is
fenced by the stream's last sequence: with one message a position, sequence and position are the same number, and a
second publisher is refused. A stream that the store can't have made stops the outbox for good.
"""

import asyncio
import json
import logging
import uuid
from collections.abc import Sequence
from itertools import accumulate, takewhile

from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import Header
from nats.js.errors import APIError, Error, NotFoundError
from prometheus_client import Gauge

from zi_chassis.backoff import Backoff
from zi_chassis.broker import NATS_ERRORS, Broker, heed_cancellation
from zi_chassis.recorded import digest
from zi_chassis.store import MessageRow, Store
from zi_chassis.topology import stream_of, subjects_of

logger = logging.getLogger(__name__)

POSITION = "Zi-Position"
NO_MESSAGE = 10037  # JetStream: the stream is there, and empty
LARGEST_BATCH = 500
LARGEST_BATCH_BYTES = 4 * 1024 * 1024
POLL_SECONDS = 0.5
ACK_SECONDS = 5.0
PUBLISHED = Gauge("zi_outbox_position", "Position of the last message on the stream", ["service"])
LAG = Gauge("zi_outbox_lag", "Messages stored and not published yet", ["service"])
STOPPED = Gauge("zi_outbox_stopped", "1 when the stream and the store contradict each other", ["service"])


class ForeignStreamError(Exception):
    """The stream holds what this store did not publish: one of them was restored, copied or written to."""


class Outbox:
    """One per service, run by the process that holds the lease."""

    def __init__(self, store: Store, broker: Broker) -> None:
        self._store = store
        self._broker = broker
        self._stream = stream_of(store.service)
        self._position = 0
        self._backoff = Backoff(0.1, 5.0)
        self.reason: str | None = "the outbox has not read its stream yet"
        self.stopped = False

    @property
    def lag(self) -> int:
        return self._store.last()[0] - self._position

    async def run(self) -> None:
        """Until cancelled. A contradiction leaves the process up, serving reads and not ready."""
        woken = asyncio.Event()
        loop = asyncio.get_running_loop()
        self._store.subscribe(lambda: _wake(loop, woken))
        client = await self._broker.client()
        while not self.stopped:
            heed_cancellation()
            try:
                await self._follow(client, woken)
            except ForeignStreamError as contradiction:
                self._stop(contradiction)
            except NATS_ERRORS as error:
                self.reason = f"{self._stream} can't be written: {_told(error)}"
                logger.warning("outbox: %s", self.reason)
                await asyncio.sleep(self._backoff.next())
        await asyncio.Event().wait()

    async def _follow(self, client: Client, woken: asyncio.Event) -> None:
        """As long as the server stays; one that came back is asked anew what it has."""
        js, connection = await self._broker.jetstream(), self._broker.reconnects
        self._at(await self._resume(js))
        while connection == self._broker.reconnects:
            heed_cancellation()
            woken.clear()
            rows = await asyncio.to_thread(self._store.messages, self._position, LARGEST_BATCH)
            if rows:
                LAG.labels(self._store.service).set(len(rows))
                self._at(await self._publish(client, js, _fitting(rows)))
            else:
                LAG.labels(self._store.service).set(0)
                await _wait(woken)

    def _at(self, position: int) -> None:
        self._position = position
        self.reason = None
        self._backoff.reset()
        PUBLISHED.labels(self._store.service).set(position)

    async def _resume(self, js: JetStreamContext) -> int:
        """The last position on the stream, after making sure that this store put it there.

        One request: the answers to two could come from before and after a loss.
        """
        try:
            last = await js.get_last_msg(self._stream, subjects_of(self._store.service))
        except NotFoundError as error:
            if error.err_code == NO_MESSAGE:
                return 0
            raise
        sequence, told = last.seq or 0, (last.headers or {}).get(POSITION)
        if told != str(sequence):
            raise ForeignStreamError(f"message {sequence} says that it is at position {told}")
        await asyncio.to_thread(self._same, sequence, last.data or b"")
        return sequence

    def _same(self, position: int, published: bytes) -> None:
        rows = self._store.messages(position - 1, 1)
        if not rows:
            raise ForeignStreamError(
                f"it goes to position {position} and the store only to {self._store.last()[0]}"
            )
        if rows[0].hash != digest(published):
            raise ForeignStreamError(f"at position {position} it holds another message than the store")

    async def _publish(self, client: Client, js: JetStreamContext, rows: Sequence[MessageRow]) -> int:
        if len(rows) == 1:
            sequence = await self._publish_one(js, rows[0])
        else:
            sequence = await self._publish_batch(client, rows)
        if sequence != rows[-1].position:
            raise Error(f"position {rows[-1].position} came to be message {sequence}")
        return sequence

    async def _publish_one(self, js: JetStreamContext, row: MessageRow) -> int:
        headers = _headers(row) | {Header.EXPECTED_LAST_SEQUENCE: str(self._position)}
        return (await js.publish(row.nats_subject, row.message, timeout=ACK_SECONDS, headers=headers)).seq

    async def _publish_batch(self, client: Client, rows: Sequence[MessageRow]) -> int:
        """ADR-50 atomic batch: all of it or nothing; only the commit is answered."""
        batch = uuid.uuid4().hex
        for number, row in enumerate(rows, start=1):
            headers = _headers(row) | {"Nats-Batch-Id": batch, "Nats-Batch-Sequence": str(number)}
            if number == 1:
                headers[Header.EXPECTED_LAST_SEQUENCE] = str(self._position)
            if number < len(rows):
                await client.publish(row.nats_subject, row.message, headers=headers)
        headers["Nats-Batch-Commit"] = "1"
        ack = await client.request(
            rows[-1].nats_subject, rows[-1].message, timeout=ACK_SECONDS, headers=headers
        )
        answer = json.loads(ack.data)
        if "error" in answer:
            raise APIError.from_error(answer["error"])
        return int(answer["seq"])

    def _stop(self, contradiction: ForeignStreamError) -> None:
        self.stopped = True
        STOPPED.labels(self._store.service).set(1)
        self.reason = (
            f"{self._stream} contradicts the store: {contradiction}. Nothing is published. Was one of them "
            f"restored from a backup? See docs/operations.md before anything is changed."
        )
        logger.critical("outbox: %s", self.reason)


def _headers(row: MessageRow) -> dict[str, str]:
    return {Header.MSG_ID: row.event_id, POSITION: str(row.position)}


def _fitting(rows: Sequence[MessageRow]) -> Sequence[MessageRow]:
    """As many as go into one batch; the first one always does."""
    sizes = accumulate(len(row.message) for row in rows)
    return rows[: max(1, len(list(takewhile(lambda size: size <= LARGEST_BATCH_BYTES, sizes))))]


def _wake(loop: asyncio.AbstractEventLoop, woken: asyncio.Event) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(woken.set)


async def _wait(woken: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(woken.wait(), POLL_SECONDS)
    except TimeoutError:
        return


def _told(error: BaseException) -> str:
    return f"{error.__class__.__name__}: {error}"
