"""The follower that publishes the store's stored bytes, in order, each position once.

The resume position is read from the stream itself, so a tail that NATS lost is published again. Every publish is
fenced by the stream's last sequence: with one message a position, sequence and position are the same number, and a
second publisher is refused. A stream that the store can't have made stops the outbox until a person has declared in
the ledger what in it is not this store's.
"""

import asyncio
import json
import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, takewhile
from typing import Any

from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import Header, RawStreamMsg
from nats.js.errors import APIError, Error, NotFoundError
from prometheus_client import Gauge

from zi_chassis import sender_proof
from zi_chassis.backoff import Backoff
from zi_chassis.broker import NATS_ERRORS, Broker, heed_cancellation
from zi_chassis.domain import UnavailableError
from zi_chassis.foreign import Declared, Foreign, nothing_declared, position_at, present, sequence_of
from zi_chassis.recorded import NO_PREVIOUS, digest
from zi_chassis.sender_proof import SenderKey
from zi_chassis.store import MessageRow, Store
from zi_chassis.topology import stream_of, subjects_of

logger = logging.getLogger(__name__)

POSITION = "Zi-Position"
NO_MESSAGE = 10037  # JetStream: the stream is there, and empty
LARGEST_BATCH = 500
LARGEST_BATCH_BYTES = 4 * 1024 * 1024
POLL_SECONDS = 0.5
ACK_SECONDS = 5.0
ASK_SECONDS = 5.0
MOST_STRANGERS = 1000
PUBLISHED = Gauge("zi_outbox_position", "Position of the last message on the stream", ["service"])
LAG = Gauge("zi_outbox_lag", "Messages stored and not published yet", ["service"])
STOPPED = Gauge("zi_outbox_stopped", "1 when the stream and the store contradict each other", ["service"])


class ForeignStreamError(Exception):
    """The stream holds what this store did not publish: one of them was restored, copied or written to."""


@dataclass(frozen=True, slots=True)
class Stranger:
    """A message at the end of the stream that this store did not publish there. `repeats` is the position of a message of the store with
    the same bytes; `continues` is true of one that follows the store's last published message, as one would that a restored store lost."""

    sequence: int
    hash: str
    repeats: int | None
    continues: bool


class Outbox:
    """One per service, run by the process that holds the lease. `strangers` are known while it is stopped, `published` is the last
    message of the store on the stream: its position and hash."""

    def __init__(self, store: Store, broker: Broker, declared: Declared = nothing_declared) -> None:
        self._store = store
        self._broker = broker
        self._declared = declared
        self._key: SenderKey | None = None
        self._stream = stream_of(store.service)
        self._position = 0
        self._sequence = 0
        self._foreign: tuple[Foreign, ...] = ()
        self.strangers: tuple[Stranger, ...] = ()
        self.published: tuple[int, str] = (0, NO_PREVIOUS)
        self._backoff = Backoff(0.1, 5.0)
        self.reason: str | None = "the outbox has not read its stream yet"
        self.stopped = False

    @property
    def lag(self) -> int:
        return self._store.last()[0] - self._position

    async def run(self) -> None:
        """Until cancelled. A contradiction leaves the process up, serving reads and not ready, until a person has declared it."""
        woken = asyncio.Event()
        loop = asyncio.get_running_loop()
        self._store.subscribe(lambda: _wake(loop, woken))
        client = await self._broker.client()
        self._key = self._broker.sender_key()
        while True:
            heed_cancellation()
            try:
                await self._follow(client, woken)
            except ForeignStreamError as contradiction:
                self._stop(contradiction)
                await self._until_declared()
            except NATS_ERRORS as error:
                self.reason = f"{self._stream} can't be written: {_told(error)}"
                logger.warning("outbox: %s", self.reason)
                await asyncio.sleep(self._backoff.next())

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
        """The last position on the stream, after making sure that this store put it there."""
        known = await asyncio.to_thread(self._store.foreign, self._store.service)
        self._foreign = await present(self._broker, self._store.service, known)
        last = await self._last(js)
        self._sequence = 0 if last is None else last.seq or 0
        position = position_at(self._sequence, self._foreign)
        if position == 0:
            return 0
        own = sequence_of(position, self._foreign)
        if last is None or own != self._sequence:
            last = await js.get_msg(self._stream, seq=own)
        await asyncio.to_thread(self._same, own, position, last)
        return position

    async def _last(self, js: JetStreamContext) -> RawStreamMsg | None:
        """One request: the answers to two could come from before and after a loss."""
        try:
            return await js.get_last_msg(self._stream, subjects_of(self._store.service))
        except NotFoundError as error:
            if error.err_code == NO_MESSAGE:
                return None
            raise

    def _same(self, sequence: int, position: int, published: RawStreamMsg) -> None:
        told = (published.headers or {}).get(POSITION)
        if told != str(position):
            raise ForeignStreamError(
                f"message {sequence} says that it is at position {told}, and {position} is due"
            )
        rows = self._store.messages(position - 1, 1)
        if not rows:
            raise ForeignStreamError(
                f"it goes to position {position} and the store only to {self._store.last()[0]}"
            )
        if rows[0].hash != digest(published.data or b""):
            raise ForeignStreamError(f"at position {position} it holds another message than the store")

    async def _until_declared(self) -> None:
        """Returns when the ledger holds a person's word on each message that is not this store's, and from where the store goes on."""
        while True:
            heed_cancellation()
            try:
                await self._look_at_strangers(await self._broker.jetstream())
                if self.strangers and await self._all_declared():
                    self.stopped, self.strangers = False, ()
                    STOPPED.labels(self._store.service).set(0)
                    return
            except (UnavailableError, *NATS_ERRORS) as error:
                logger.warning("outbox: what is not this store's can't be settled now: %s", _told(error))
            await asyncio.sleep(ASK_SECONDS)

    async def _all_declared(self) -> bool:
        strangers = {Foreign(one.sequence, one.hash) for one in self.strangers}
        declared = {
            message
            for one in await self._declared(self._store.service)
            if (one.after_position, one.head) == self.published
            for message in one.messages
        }
        if not strangers <= declared:
            return False
        await self._store.learn(self._store.service, self._foreign, sorted(strangers))
        logger.warning("outbox: goes on after %d messages that are not this store's", len(strangers))
        return True

    async def _look_at_strangers(self, js: JetStreamContext) -> None:
        """From the end of the stream back to the last message that this store published."""
        last, found = await self._last(js), list[tuple[int, bytes]]()
        known = {one.sequence for one in self._foreign}
        sequence = 0 if last is None else last.seq or 0
        while sequence and len(found) < MOST_STRANGERS:
            if sequence not in known:
                message = await js.get_msg(self._stream, seq=sequence)
                if await asyncio.to_thread(self._published_here, sequence, message):
                    break
                found.append((sequence, message.data or b""))
            sequence -= 1
        await asyncio.to_thread(self._know, position_at(sequence, self._foreign), found[::-1])

    def _published_here(self, sequence: int, message: RawStreamMsg) -> bool:
        try:
            self._same(sequence, position_at(sequence, self._foreign), message)
        except ForeignStreamError:
            return False
        return True

    def _know(self, position: int, strangers: Sequence[tuple[int, bytes]]) -> None:
        row = self._store.messages(position - 1, 1)
        self.published = at = (position, row[0].hash) if position and row else (0, NO_PREVIOUS)
        found = []
        for sequence, content in strangers:
            fields, hash = _fields(content), digest(content)
            event, claimed = str(fields.get("id")), fields.get("position")
            continues = (claimed, fields.get("previous")) == (at[0] + 1, at[1])
            repeats = claimed if self._store.message(event) == content else None
            found.append(Stranger(sequence, hash, repeats, continues))
            at = (at[0] + 1, hash) if continues else at
        self.strangers = tuple(found)

    async def _publish(self, client: Client, js: JetStreamContext, rows: Sequence[MessageRow]) -> int:
        proofs = await asyncio.to_thread(self._proofs, rows)
        if len(rows) == 1:
            sequence = await self._publish_one(js, rows[0], proofs[0])
        else:
            sequence = await self._publish_batch(client, rows, proofs)
        if position_at(sequence, self._foreign) != rows[-1].position:
            raise Error(f"position {rows[-1].position} came to be message {sequence}")
        self._sequence = sequence
        return rows[-1].position

    def _proofs(self, rows: Sequence[MessageRow]) -> list[str]:
        assert self._key is not None
        source = self._store.source
        return [self._key.sign(source, row.position, row.hash) for row in rows]

    async def _publish_one(self, js: JetStreamContext, row: MessageRow, proof: str) -> int:
        headers = _headers(row, proof) | {Header.EXPECTED_LAST_SEQUENCE: str(self._sequence)}
        return (await js.publish(row.nats_subject, row.message, timeout=ACK_SECONDS, headers=headers)).seq

    async def _publish_batch(self, client: Client, rows: Sequence[MessageRow], proofs: Sequence[str]) -> int:
        """ADR-50 atomic batch: all of it or nothing; only the commit is answered."""
        batch = uuid.uuid4().hex
        for number, (row, proof) in enumerate(zip(rows, proofs, strict=True), start=1):
            headers = _headers(row, proof) | {"Nats-Batch-Id": batch, "Nats-Batch-Sequence": str(number)}
            if number == 1:
                headers[Header.EXPECTED_LAST_SEQUENCE] = str(self._sequence)
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
            f"{self._stream} contradicts the store: {contradiction}. Nothing is published. Was one of them restored from a"
            f" backup, or did somebody else write there? GET /{self._store.service}/api/outbox names the messages;"
            " docs/operations.md says what to do before anything is changed."
        )
        logger.critical("outbox: %s", self.reason)


def _headers(row: MessageRow, proof: str) -> dict[str, str]:
    return {Header.MSG_ID: row.event_id, POSITION: str(row.position), sender_proof.HEADER: proof}


def _fitting(rows: Sequence[MessageRow]) -> Sequence[MessageRow]:
    """As many as go into one batch; the first one always does."""
    sizes = accumulate(len(row.message) for row in rows)
    return rows[: max(1, len(list(takewhile(lambda size: size <= LARGEST_BATCH_BYTES, sizes))))]


def _fields(content: bytes) -> dict[str, Any]:
    """What bytes say that may be no message."""
    try:
        fields = json.loads(content)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


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
