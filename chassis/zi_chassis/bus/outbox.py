"""The follower that publishes the store's stored bytes, in order, each position once.

The resume position is read from the stream itself, so a tail that NATS lost is published again. Every publish is
fenced by the stream's last sequence: with one message a position, sequence and position are the same number, and a
second publisher is refused. What others wrote behind its last message is passed over. A stream that the service proved
and the store can't have made stops the outbox until a person has declared in the ledger what in it is not this store's.
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
from nats.js.errors import APIError, Error
from prometheus_client import Gauge

from zi_chassis.bus import sender_proof
from zi_chassis.bus.broker import NATS_ERRORS, Broker, heed_cancellation
from zi_chassis.bus.foreign import (
    PASSED_OVER,
    ContinuationLookup,
    ForeignRecord,
    nothing_declared,
    position_at,
    present,
)
from zi_chassis.bus.lanes import PassOver
from zi_chassis.bus.own_tail import OwnStream, Stranger, StreamTail
from zi_chassis.bus.sender_proof import SenderKey, read_claim
from zi_chassis.bus.stored_messages import last_sequence
from zi_chassis.bus.topology import stream_of
from zi_chassis.clock import Clock
from zi_chassis.domain import Act, UnavailableError
from zi_chassis.process import tracing
from zi_chassis.process.backoff import Backoff
from zi_chassis.process.tracing import Span, SpanKind, TraceStep
from zi_chassis.storage import origins
from zi_chassis.storage.commit_event import commit_event
from zi_chassis.storage.recorded import NO_PREVIOUS, digest
from zi_chassis.storage.store import MessageRow, Store

logger = logging.getLogger(__name__)

POSITION = "Zi-Position"
LARGEST_BATCH = 500
LARGEST_BATCH_BYTES = 4 * 1024 * 1024
POLL_SECONDS = 0.5  # where another process may record too
ACK_SECONDS = 5.0
ASK_SECONDS = 5.0
WALL_CLOCK = Clock()
NO_STEP = TraceStep(None, "", SpanKind.PRODUCER)
NOT_READ = "the outbox has not read its stream yet"
FASTSTREAM_ID = "correlation_id"
LOOK_EVERY = 10  # of the polls that find nothing to publish: is the stream still as it was left?
PUBLISHED = Gauge("zi_outbox_position", "Position of the last message on the stream", ["service"])
STOPPED = Gauge("zi_outbox_stopped", "1 when the stream and the store contradict each other", ["service"])


class ForeignStreamError(Exception):
    """The stream holds what this store did not publish: one of them was restored, copied or written to."""


class Outbox:
    """One per service, run by the process that holds the lease. `strangers` are known while it is stopped, `published` is the last
    message of the store on the stream: its position and hash."""

    def __init__(
        self,
        store: Store,
        broker: Broker,
        declared: ContinuationLookup = nothing_declared,
        clock: Clock = WALL_CLOCK,
    ) -> None:
        self._clock = clock
        PASSED_OVER.labels(store.service, store.service)  # begins at 0, so that the first is an increase
        self._store = store
        self._broker = broker
        self._declared = declared
        self._key: SenderKey | None = None
        self._stream = stream_of(store.service)
        self._position = 0
        self._sequence = 0
        self._foreign: tuple[ForeignRecord, ...] = ()
        self.strangers: tuple[Stranger, ...] = ()
        self.published: tuple[int, str] = (0, NO_PREVIOUS)
        self._backoff = Backoff(0.1, 5.0)
        self._reconnected = asyncio.Event()
        broker.subscribe(self._reconnected.set)
        self.reason: str | None = NOT_READ
        self.stopped = False

    @property
    def lag(self) -> int:
        return self._store.last()[0] - self._position

    async def run(self) -> None:
        """Until cancelled. A contradiction leaves the process up, serving reads and not ready, until a person has declared it."""
        self._begin_anew()
        client = await self._broker.client()
        self._key = self._broker.sender_key()
        try:
            with commit_event(self._store) as woken:
                await self._keep_following(client, woken)
        finally:
            self._begin_anew()

    def _begin_anew(self) -> None:
        """Forget what was known of the stream: another process may have published since, or will."""
        self.reason = NOT_READ
        self.stopped, self.strangers = False, ()
        STOPPED.labels(self._store.service).set(0)

    async def _keep_following(self, client: Client, woken: asyncio.Event) -> None:
        while True:
            heed_cancellation()
            self._reconnected.clear()
            try:
                await self._follow(client, woken)
            except ForeignStreamError as contradiction:
                self._stop(contradiction)
                await self._until_declared()
            except (UnavailableError, *NATS_ERRORS) as error:
                self.reason = f"{self._stream} can't be written: {_error_text(error)}"
                logger.warning("outbox: %s", self.reason)
                await _wait(self._reconnected, self._backoff.next())

    async def _follow(self, client: Client, woken: asyncio.Event) -> None:
        """As long as the server stays and nobody else writes; otherwise the stream is asked anew what it has."""
        js, connection = await self._broker.jetstream(), self._broker.reconnects
        self._at(await self._resume(js))
        pause, look_every = _polls(is_shared=self._store.database.postgres)
        idle = 0
        while connection == self._broker.reconnects:
            heed_cancellation()
            woken.clear()
            rows = await asyncio.to_thread(self._store.messages, self._position, LARGEST_BATCH)
            if rows:
                idle = 0
                self._at(await self._publish(client, js, _fitting(rows)))
                self._backoff.reset()
            else:
                self._backoff.reset()
                await _wait(woken, pause)
                idle += 1
                if idle % look_every == 0 and await last_sequence(js, self._store.service) != self._sequence:
                    return

    def _at(self, position: int) -> None:
        self._position = position
        self.reason = None
        PUBLISHED.labels(self._store.service).set(position)

    async def _resume(self, js: JetStreamContext) -> int:
        """The last position on the stream, after making sure that this store put it there."""
        known = await asyncio.to_thread(self._store.foreign, self._store.service)
        self._foreign = await present(self._broker, self._store.source, known)
        while True:
            tail = await self._tail(js)
            self._sequence, self.published = tail.last, (tail.position, tail.head)
            if tail.contradictions:
                self.strangers = tail.strangers
                raise ForeignStreamError(await asyncio.to_thread(self._contradiction, tail))
            if not tail.strangers:
                return tail.position
            await self._pass_over(tail.strangers)

    def _contradiction(self, tail: StreamTail) -> str:
        last, highest = self._store.last()[0], position_at(tail.last, self._foreign)
        if highest > last:
            return f"it goes to position {highest} and the store only to {last}"
        return f"at position {tail.position + 1} it holds another message than the store"

    async def _pass_over(self, strangers: Sequence[Stranger]) -> None:
        """Pass over what this service never sent, as everybody does; that it was there becomes an entry of the ledger."""
        foreign = [ForeignRecord(stranger.sequence, stranger.hash) for stranger in strangers]
        service, me = self._store.service, f"system:{self._store.service}"
        entry = PassOver(
            by=Act(at=self._clock.now(), actor=me, role=me),
            sender=service,
            first=foreign[0].sequence,
            last=foreign[-1].sequence,
            count=len(foreign),
            digest=_digest_of([continuation.hash for continuation in foreign]),
        )
        await self._store.learn(service, self._foreign, foreign, entry)
        self._foreign = tuple(sorted((*self._foreign, *foreign)))
        PASSED_OVER.labels(service, service).inc(len(foreign))
        logger.critical("outbox: %d messages on %s are not its own", len(foreign), self._stream)

    async def _until_declared(self) -> None:
        """Returns when the ledger holds a person's word on each message that is not this store's, and from where the store goes on."""
        while True:
            heed_cancellation()
            try:
                tail = await self._tail(await self._broker.jetstream())
                self.published, self.strangers = (tail.position, tail.head), tail.strangers
                if await self._all_declared():
                    self.stopped, self.strangers = False, ()
                    STOPPED.labels(self._store.service).set(0)
                    return
            except (UnavailableError, *NATS_ERRORS) as error:
                logger.warning(
                    "outbox: what is not this store's can't be settled now: %s", _error_text(error)
                )
            heed_cancellation()  # now, not after the wait
            await asyncio.sleep(ASK_SECONDS)

    async def _all_declared(self) -> bool:
        strangers = {ForeignRecord(stranger.sequence, stranger.hash) for stranger in self.strangers}
        declared = {
            message
            for continuation in await self._declared(self._store.service)
            if (continuation.after_position, continuation.head) == self.published
            for message in continuation.messages
        }
        if not strangers <= declared:
            return False
        await self._store.learn(self._store.service, self._foreign, sorted(strangers))
        logger.warning("outbox: goes on after %d messages that are not this store's", len(strangers))
        return True

    async def _tail(self, js: JetStreamContext) -> StreamTail:
        verifier = self._broker.verifier(self._store.source)
        return await OwnStream(js, self._store, verifier, self._foreign).tail()

    async def _publish(self, client: Client, js: JetStreamContext, rows: Sequence[MessageRow]) -> int:
        proofs = await asyncio.to_thread(self._proofs, rows)
        with tracing.each_after(await self._steps(rows)) as spans:
            headers = [_headers(*each) for each in zip(rows, proofs, spans, strict=True)]
            if len(rows) == 1:
                sequence = await self._publish_one(js, rows[0], headers[0])
            else:
                sequence = await self._publish_batch(client, rows, headers)
        if position_at(sequence, self._foreign) != rows[-1].position:
            raise Error(f"position {rows[-1].position} came to be message {sequence}")
        self._sequence = sequence
        return rows[-1].position

    def _proofs(self, rows: Sequence[MessageRow]) -> list[str]:
        assert self._key is not None
        source = self._store.source
        return [self._key.sign(source, _claimed(row), row.hash) for row in rows]

    async def _steps(self, rows: Sequence[MessageRow]) -> list[TraceStep]:
        """Return the publishing of each message as a step of the trace in which it was recorded, in this life of the process or another."""
        if not tracing.is_on():
            return [NO_STEP] * len(rows)
        first, last = rows[0].position, rows[-1].position
        parents = await asyncio.to_thread(self._store.read, lambda tx: origins.traces(tx, first, last))
        return [
            TraceStep(
                parents.get(row.position),
                f"{row.nats_subject.rpartition('.')[0]} publish",
                SpanKind.PRODUCER,
                {"messaging.system": "nats", "zi.event": row.event_id, "zi.position": row.position},
            )
            for row in rows
        ]

    async def _publish_one(self, js: JetStreamContext, row: MessageRow, headers: dict[str, str]) -> int:
        headers = headers | {Header.EXPECTED_LAST_SEQUENCE: str(self._sequence)}
        return (await js.publish(row.nats_subject, row.message, timeout=ACK_SECONDS, headers=headers)).seq

    async def _publish_batch(
        self, client: Client, rows: Sequence[MessageRow], each_headers: Sequence[dict[str, str]]
    ) -> int:
        """ADR-50 atomic batch: all of it or nothing; only the commit is answered."""
        batch = uuid.uuid4().hex
        for number, (row, headers) in enumerate(zip(rows, each_headers, strict=True), start=1):
            headers |= {"Nats-Batch-Id": batch, "Nats-Batch-Sequence": str(number)}
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


def _claimed(row: MessageRow) -> int:
    """The position that the bytes themselves claim, which is the row's unless somebody edited the store."""
    return read_claim(row.position, row.message, row.hash, "").position or row.position


def _headers(row: MessageRow, proof: str, span: Span) -> dict[str, str]:
    """No id by which NATS knows duplicates: the fence keeps them out, and whoever guessed the next id could use it up. FastStream links what it
    traces by an id of its own."""
    headers = {POSITION: str(row.position), sender_proof.HEADER: proof}
    if span.traceparent is not None:
        headers |= {tracing.HEADER: span.traceparent, FASTSTREAM_ID: row.event_id}
    return headers


def _fitting(rows: Sequence[MessageRow]) -> Sequence[MessageRow]:
    """As many as go into one batch; the first one always does."""
    sizes = accumulate(len(row.message) for row in rows)
    return rows[: max(1, len(list(takewhile(lambda size: size <= LARGEST_BATCH_BYTES, sizes))))]


def _digest_of(hashes: Sequence[str]) -> str:
    """The hash of the one message, or the SHA-256 of the hashes of all."""
    return hashes[0] if len(hashes) == 1 else digest("".join(hashes).encode())


def _polls(*, is_shared: bool) -> tuple[float, int]:
    """Return the seconds to the next look at an idle store, and after how many of them the stream is looked at.

    On SQLite no other process records, and each commit of this one wakes the outbox."""
    return (POLL_SECONDS, LOOK_EVERY) if is_shared else (POLL_SECONDS * LOOK_EVERY, 1)


async def _wait(woken: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(woken.wait(), seconds)
    except TimeoutError:
        return


def _error_text(error: BaseException) -> str:
    return f"{error.__class__.__name__}: {error}"
