"""The event store of a service: one writer decides, appends and renders; what it answers is on disk.

Invariants: positions have no gaps; each message carries the hash of the one before it; an event, its message, its
vault items and its read models are one transaction; a message is rendered once.
"""

import asyncio
import logging
import queue
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, NamedTuple, Protocol, TypeVar
from uuid import UUID

from eventsourcing.persistence import InterfaceError, OperationalError, StoredEvent, Tracking

from zi_chassis import foreign as foreign_messages
from zi_chassis import projections as reading
from zi_chassis.database import Database, Tx
from zi_chassis.domain import (
    Command,
    Decider,
    DomainError,
    Event,
    MessageTooLargeError,
    UnavailableError,
    message_type,
)
from zi_chassis.foreign import ForeignRecord, position_at, sequence_of
from zi_chassis.lanes import BlockedLaneError, LaneMessage, PassOver, Reaction, Skip, lane, lane_id
from zi_chassis.projections import Projection
from zi_chassis.randomness import random_bytes
from zi_chassis.recorded import (
    LARGEST_MESSAGE,
    NO_PREVIOUS,
    Recorded,
    decode,
    digest,
    encode,
    event_id,
    render,
)
from zi_chassis.recorder import recorder_of
from zi_contracts.message import Message

S = TypeVar("S")
T = TypeVar("T")
logger = logging.getLogger(__name__)

LARGEST_BATCH = 200
MOST_WAITING = 2_000  # ten full batches: who comes after them is sent away rather than kept waiting
CACHED_STATES = 10_000
MACHINE = (OperationalError, InterfaceError, OSError)  # faults of the machine, not of a command
MESSAGES = (
    "CREATE TABLE IF NOT EXISTS messages (position INTEGER PRIMARY KEY, event_id TEXT NOT NULL, type TEXT NOT NULL,"
    " aggregate TEXT NOT NULL, version INTEGER NOT NULL, subject TEXT NOT NULL, message BLOB NOT NULL,"
    " hash TEXT NOT NULL)",
    "CREATE UNIQUE INDEX IF NOT EXISTS messages_event ON messages (event_id)",
)


@dataclass(frozen=True, slots=True)
class Handled(Generic[S]):
    """The state after a command and what it recorded: nothing, if it repeated an earlier one."""

    state: S
    version: int
    recorded: tuple[Recorded, ...]


Around = Callable[[Tx, Callable[[], Handled[S]]], Handled[S]]


@dataclass(frozen=True, slots=True)
class MessageRow:
    position: int
    event_id: str
    nats_subject: str
    message: bytes
    hash: str


class Companion(Protocol):
    """Keeps something beside the events: `prepare` syncs what must be there first, `write` joins the transaction."""

    tables: tuple[str, ...]

    def prepare(self, kept: Sequence[Any]) -> None: ...

    def write(self, tx: Tx, kept: Sequence[Any]) -> None: ...


@dataclass(slots=True)
class _Job:
    run: Callable[["_Batch"], Any]
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Any]
    decider: Decider[Any] | None
    aggregate: UUID | None
    alone: bool


class _Outcome(NamedTuple):
    result: Any = None
    fault: Exception | None = None


class _Batch:
    """Commands decided one after the other under the write lock, each seeing what the ones before it recorded."""

    def __init__(self, store: "Store", tx: Tx) -> None:
        self.store = store
        self.tx = tx
        self.position, self.previous = store.head(tx)
        self.first = self.position + 1
        self.states: dict[UUID, tuple[int, Any]] = {}
        self.stored: list[StoredEvent] = []
        self.recorded: list[Recorded] = []
        self.kept: list[Any] = []

    def decide(
        self, decider: Decider[S], aggregate: UUID, command: Command, keep: object = None
    ) -> Handled[S]:
        self.load({aggregate: decider})
        version, state = self.states[aggregate]
        position, previous = self.position, self.previous
        stored, recorded = [], []
        for event in decider.decide(command, state):
            state, version = decider.evolve(state, event), version + 1
            position += 1
            body = encode(event, random_bytes(32))
            disclosure = decider.publish(event, state)
            type, id = self.store.type_of(event), event_id(aggregate, version)
            message = render(
                source=self.store.source,
                type=type,
                id=id,
                aggregate=aggregate,
                version=version,
                position=position,
                previous=previous,
                state=body,
                by=event.by,
                disclosure=disclosure,
            )
            if len(message) > LARGEST_MESSAGE:
                raise MessageTooLargeError("This is too much for one step; please send less at once.")
            previous = digest(message)
            stored.append(StoredEvent(aggregate, version, type, body))
            recorded.append(
                Recorded(
                    event,
                    id,
                    aggregate,
                    version,
                    position,
                    type,
                    disclosure.subject,
                    message,
                    previous,
                )
            )
        self.position, self.previous = position, previous
        self.states[aggregate] = (version, state)
        self.stored += stored
        self.recorded += recorded
        if keep is not None and recorded:
            self.kept.append(keep)
        return Handled(state, version, tuple(recorded))

    def load(self, wanted: Mapping[UUID, Decider[Any]]) -> None:
        missing = {a: decider for a, decider in wanted.items() if a not in self.states}
        if missing:
            self.states.update(self.store.states(self.tx, missing))

    def forget(self) -> None:
        """As if nothing had been decided."""
        self.position, self.previous = self.store.head(self.tx)
        self.states, self.stored, self.recorded, self.kept = {}, [], [], []

    def write(self) -> None:
        if self.recorded:
            self.store.append(self.tx, self.first, self.stored, self.recorded, self.kept)


class Store:
    """One per service and process. `open` before use; `close` lets the running batch finish.

    `tables` (DDL) are those that others write in the store's transactions.
    """

    def __init__(
        self,
        *,
        service: str,
        office: str,
        database: Database,
        deciders: Sequence[Decider[Any]],
        projections: Sequence[Projection] = (),
        companions: Sequence[Companion] = (),
        tables: Sequence[str] = (),
        group_commit: bool = True,
    ) -> None:
        self.service = service
        self.source = f"/zi/{office}/{service}"
        self.database = database
        self._projections = projections
        self._companions = companions
        self._tables = tables
        self._cap = LARGEST_BATCH if group_commit else 1
        self._kinds = {message_type(service, e): e for d in (*deciders, lane) for e in d.events}
        self._types = {kind: type for type, kind in self._kinds.items()}
        self._states: OrderedDict[UUID, tuple[int, Any]] = OrderedDict()
        self._known = 0
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._listeners: list[Callable[[], None]] = []
        self._closing = False
        self.thread = threading.Thread(target=self._write, name=f"{service}-writer", daemon=True)

    # -- life

    def open(self) -> None:
        """Creates what is missing, brings every projection up to the last event, starts the writer."""
        self._recorder = recorder_of(self.database)
        with self.database.transaction() as tx:
            tx.create(*MESSAGES, reading.TABLE, foreign_messages.TABLE)
            for companion in self._companions:
                tx.create(*companion.tables)
            tx.create(*self._tables)
        for projection in self._projections:
            while self._catch_up(projection):
                pass
        self.thread.start()

    def close(self) -> None:
        self._closing = True
        self._jobs.put(None)
        if self.thread.is_alive():
            self.thread.join(timeout=30)
        self.database.close()

    def subscribe(self, listener: Callable[[], None]) -> None:
        """`listener` is called in the writer's thread after each commit that recorded something."""
        self._listeners.append(listener)

    # -- commands

    async def handle(
        self,
        decider: Decider[S],
        aggregate: UUID,
        command: Command,
        keep: object = None,
        around: Around[S] | None = None,
    ) -> Handled[S]:
        """Decides and records; returns when it is on disk. `keep` goes to the companions if events came out.

        `around(tx, decide)` decides by calling `decide`, and may write in the same transaction, also where no event comes out. It
        may refuse with a DomainError before it decides; what it has written then, or before a refusal of `decide`, stays.

        Raises the DomainError of a refused command, UnavailableError when the machine could not keep it.
        """

        def run(batch: _Batch) -> Handled[S]:
            decide = partial(batch.decide, decider, aggregate, command, keep)
            return decide() if around is None else around(batch.tx, decide)

        return await self._ask(run, decider, aggregate)

    async def decide(
        self, found: Callable[[Tx], tuple[Decider[S], UUID, Command]], keep: object = None
    ) -> Handled[S]:
        """As `handle`, but the command is made under the write lock from what is there, so that nothing comes between the looking
        and the deciding; in a transaction of its own."""

        def run(batch: _Batch) -> Handled[S]:
            decider, aggregate, command = found(batch.tx)
            return batch.decide(decider, aggregate, command, keep)

        return await self._ask(run, alone=True)

    async def decide_all(self, found: Callable[[Tx], Sequence[Reaction]]) -> tuple[Handled[Any], ...]:
        """As `decide`, for commands of which either all are accepted or none is recorded."""

        def run(batch: _Batch) -> tuple[Handled[Any], ...]:
            try:
                return tuple(
                    batch.decide(each.decider, each.aggregate, each.command) for each in found(batch.tx)
                )
            except DomainError:
                batch.forget()
                raise

        return await self._ask(run, alone=True)

    async def receive(
        self, sender: str, heard: Sequence[LaneMessage], react: Callable[[Tx, Message], Iterable[Reaction]]
    ) -> int:
        """Effects of messages of one sender and the sender's position, in one transaction; returns the position.

        What was heard before is passed over. Raises BlockedLaneError for the first message that can't be handled, after the
        ones before it were committed.
        """
        fresh = [h for h in heard if h.position > self.received_position(sender)]
        try:
            await self._ask(lambda batch: self._hear(batch, sender, fresh, react), alone=True)
        except BlockedLaneError as blocked:
            before = [h for h in fresh if h.position < blocked.position]
            if before:
                await self.receive(sender, before, react)
            raise
        except UnavailableError:
            raise
        except Exception as fault:
            await self._hear_singly(sender, fresh, react, fault)
        return self.received_position(sender)

    async def _hear_singly(
        self,
        sender: str,
        fresh: Sequence[LaneMessage],
        react: Callable[[Tx, Message], Iterable[Reaction]],
        fault: Exception,
    ) -> None:
        """What the database or a read model refused shows only when each message is written alone."""
        if len(fresh) == 1:
            [one] = fresh
            raise BlockedLaneError(sender, one.position, one.message.type, fault, digest(one.raw)) from fault
        for one in fresh:
            await self.receive(sender, [one], react)

    async def skip(self, sender: str, position: int, command: Skip) -> None:
        """An operator's recorded word that the message at `position` is to be passed over."""

        def run(batch: _Batch) -> None:
            batch.decide(lane, lane_id(self.source, sender), command)
            self._recorder._insert_tracking(batch.tx.cursor, Tracking(sender, position))

        if position != self.received_position(sender) + 1:
            raise DomainError(
                "Only the message that blocks the lane can be skipped: {position}.", position=position
            )
        await self._ask(run, alone=True)

    async def learn(
        self,
        sender: str,
        present: Sequence[ForeignRecord],
        fresh: Sequence[ForeignRecord],
        entry: PassOver | None = None,
    ) -> None:
        """Keeps what is not the sender's in its stream, besides what was known and is `present` there; where one of these was heard as
        a message of the sender, the sender's own message at that position is still to be heard. `entry` is recorded with it."""

        def run(batch: _Batch) -> None:
            foreign_messages.write(batch.tx, sender, fresh)
            heard = self.received_position_in(batch.tx, sender)
            position = position_at(sequence_of(heard, present), sorted((*present, *fresh)))
            if position < heard:
                self._recorder.rewind(batch.tx, sender, position)
            if entry is not None:
                batch.decide(lane, lane_id(self.source, sender), entry)

        await self._ask(run, alone=True)

    # -- questions

    def states(self, tx: Tx, wanted: Mapping[UUID, Decider[Any]]) -> dict[UUID, tuple[int, Any]]:
        """For the writer: what is remembered, and the rest read."""
        known = {a: self._states[a] for a in wanted if a in self._states}
        return known | self._fold(tx, {a: decider for a, decider in wanted.items() if a not in known})

    def load(self, decider: Decider[S], aggregate: UUID) -> tuple[int, S]:
        """(version, state) of an aggregate; (0, initial) when nothing is known of it."""
        known = self._current(aggregate)
        return known or self.read(lambda tx: self._fold(tx, {aggregate: decider}))[aggregate]

    async def fetch(self, decider: Decider[S], aggregate: UUID) -> tuple[int, S]:
        if (known := self._current(aggregate)) is not None:
            return known
        return await asyncio.to_thread(self.load, decider, aggregate)

    async def events(self, aggregate: UUID) -> list[Event]:
        """What happened to one aggregate, for who wants to see more than its state."""
        rows = await self.query(
            lambda tx: tx.execute(
                "SELECT topic, state FROM stored_events WHERE originator_id = ? ORDER BY originator_version",
                aggregate if tx.postgres else aggregate.hex,
            )
        )
        return [decode(bytes(row["state"]), self._kinds[row["topic"]]) for row in rows]

    def _current(self, aggregate: UUID) -> tuple[int, Any] | None:
        """A state kept from the last commit, unless another replica may have written since."""
        return None if self.database.postgres else self._states.get(aggregate)

    def read(self, question: Callable[[Tx], T]) -> T:
        with self.database.reading() as tx:
            return question(tx)

    async def query(self, question: Callable[[Tx], T]) -> T:
        return await asyncio.to_thread(self.read, question)

    def received_position(self, sender: str) -> int:
        """Position of the last message of `sender` whose effects are kept."""
        return int(self._recorder.max_tracking_id(sender) or 0)

    def received_position_in(self, tx: Tx, sender: str) -> int:
        """`received_position`, within a transaction."""
        return int(self._recorder._max_tracking_id(sender, tx.cursor) or 0)

    def foreign(self, sender: str) -> tuple[ForeignRecord, ...]:
        """What was learnt not to be the sender's in its stream, or in a stream before that."""
        return self.read(lambda tx: foreign_messages.read(tx, sender))

    def last(self) -> tuple[int, str]:
        return self.read(self.head)

    def message(self, id: UUID | str) -> bytes | None:
        rows = self.read(lambda tx: tx.execute("SELECT message FROM messages WHERE event_id = ?", str(id)))
        return bytes(rows[0]["message"]) if rows else None

    def messages(self, after: int, limit: int) -> list[MessageRow]:
        """Rows in order, as they are to be published."""
        rows = self.read(
            lambda tx: tx.execute(
                "SELECT position, event_id, type, aggregate, message, hash FROM messages"
                " WHERE position > ? ORDER BY position LIMIT ?",
                after,
                limit,
            )
        )
        return [
            MessageRow(
                r["position"], r["event_id"], f"{r['type']}.{r['aggregate']}", bytes(r["message"]), r["hash"]
            )
            for r in rows
        ]

    @staticmethod
    def head(tx: Tx) -> tuple[int, str]:
        """Position and hash of the last message; (0, zeros) before the first."""
        rows = tx.execute("SELECT position, hash FROM messages ORDER BY position DESC LIMIT 1")
        return (rows[0]["position"], rows[0]["hash"]) if rows else (0, NO_PREVIOUS)

    # -- the writer

    def type_of(self, event: Event) -> str:
        return self._types[event.__class__]

    def append(
        self,
        tx: Tx,
        first: int,
        stored: Sequence[StoredEvent],
        recorded: Sequence[Recorded],
        kept: Sequence[Any],
    ) -> None:
        for companion in self._companions:
            companion.prepare(kept)
        self._recorder.append(tx, stored, first)
        tx.many(
            "INSERT INTO messages (position, event_id, type, aggregate, version, subject, message, hash)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    r.position,
                    str(r.event_id),
                    r.type,
                    str(r.aggregate),
                    r.version,
                    r.subject,
                    r.message,
                    r.hash,
                )
                for r in recorded
            ],
        )
        for companion in self._companions:
            companion.write(tx, kept)
        for projection in self._projections:
            for one in recorded:
                projection.project(tx, one)
        reading.advance(tx, recorded[-1].position)

    async def _ask(
        self,
        run: Callable[[_Batch], T],
        decider: Decider[Any] | None = None,
        aggregate: UUID | None = None,
        *,
        alone: bool = False,
    ) -> T:
        if self._closing or not self.thread.is_alive():
            raise UnavailableError("The store is closed.")
        if self._jobs.qsize() >= MOST_WAITING:
            raise UnavailableError("Too much is waiting to be kept.")
        loop = asyncio.get_running_loop()
        job = _Job(run, loop, loop.create_future(), decider, aggregate, alone)
        self._jobs.put(job)
        answer: T = await job.answer
        return answer

    def _write(self) -> None:
        """While a transaction runs the next batch gathers; a hearing has a transaction of its own."""
        waiting: _Job | None = None
        while True:
            first = waiting or self._jobs.get()
            if first is None:
                return
            jobs, waiting, ended = self._gather(first)
            self._commit(jobs)
            if ended:
                if waiting is not None:
                    self._commit([waiting])
                return

    def _gather(self, first: _Job) -> tuple[list[_Job], _Job | None, bool]:
        jobs = [first]
        while not first.alone and len(jobs) < self._cap:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return jobs, None, True
            if job.alone:
                return jobs, job, False
            jobs.append(job)
        return jobs, None, False

    def _commit(self, jobs: Sequence[_Job]) -> None:
        """All of a batch in one transaction; if that fails for a reason in one of them, each in its own."""
        try:
            answers = self._transact(jobs)
        except Exception as fault:
            self._states.clear()
            if len(jobs) == 1:
                answers = [_Outcome(fault=_told(fault))]
            elif isinstance(fault, MACHINE):
                logger.error("a batch of %d could not be kept: %s", len(jobs), fault)
                answers = [_Outcome(fault=_told(fault)) for _ in jobs]
            else:
                for job in jobs:
                    self._commit([job])
                return
        _answer(jobs, answers)

    def _transact(self, jobs: Sequence[_Job]) -> list[_Outcome]:
        with self._writing() as batch:
            batch.load({job.aggregate: job.decider for job in jobs if job.aggregate and job.decider})
            answers = [_outcome(job, batch) for job in jobs]
            batch.write()
        self._remember(batch.states)
        if batch.recorded:
            for listener in self._listeners:
                listener()
        return answers

    def _remember(self, states: Mapping[UUID, tuple[int, Any]]) -> None:
        for aggregate, known in states.items():
            if known[0]:
                self._states[aggregate] = known
                self._states.move_to_end(aggregate)
        while len(self._states) > CACHED_STATES:
            self._states.popitem(last=False)

    @contextmanager
    def _writing(self) -> Iterator[_Batch]:
        with self.database.transaction() as tx:
            self._recorder.lock(tx)
            batch = _Batch(self, tx)
            if batch.position != self._known:
                self._states.clear()
            yield batch
        self._known = batch.position

    def _hear(
        self,
        batch: _Batch,
        sender: str,
        heard: Sequence[LaneMessage],
        react: Callable[[Tx, Message], Iterable[Reaction]],
    ) -> None:
        position = int(self._recorder._max_tracking_id(sender, batch.tx.cursor) or 0)
        last = position
        for one in heard:
            if one.position <= position:
                continue
            try:
                if one.position != position + 1:
                    raise DomainError(
                        "The message before it, at {position}, never came.", position=position + 1
                    )
                for reaction in react(batch.tx, one.message):
                    batch.decide(reaction.decider, reaction.aggregate, reaction.command)
            except self.database.errors:
                raise
            except Exception as fault:
                raise BlockedLaneError(
                    sender, one.position, one.message.type, fault, digest(one.raw)
                ) from fault
            position = one.position
        if position > last:
            self._recorder._insert_tracking(batch.tx.cursor, Tracking(sender, position))

    # -- reading events

    def _fold(self, tx: Tx, wanted: Mapping[UUID, Decider[Any]]) -> dict[UUID, tuple[int, Any]]:
        """State of every wanted aggregate, in one query: a batch of new cases costs one round trip."""
        states: dict[UUID, tuple[int, Any]] = {a: (0, decider.initial) for a, decider in wanted.items()}
        if not wanted:
            return states
        for row in tx.execute(
            "SELECT originator_id, originator_version, topic, state FROM stored_events"
            f" WHERE originator_id IN ({','.join('?' * len(wanted))}) ORDER BY originator_id, originator_version",
            *(a if tx.postgres else a.hex for a in wanted),
        ):
            aggregate = row["originator_id"] if tx.postgres else UUID(row["originator_id"])
            event = decode(bytes(row["state"]), self._kinds[row["topic"]])
            states[aggregate] = (
                row["originator_version"],
                wanted[aggregate].evolve(states[aggregate][1], event),
            )
        return states

    def _catch_up(self, projection: Projection) -> bool:
        """One step of a rebuild; true while there may be more."""
        with self.database.transaction() as tx:
            at = reading.position(tx, projection)
            place = "notification_id" if tx.postgres else "rowid"
            rows = tx.execute(
                "SELECT m.position, m.event_id, m.type, m.aggregate, m.version, m.subject, m.message, m.hash, e.state"
                f" FROM messages m JOIN stored_events e ON e.{place} = m.position"
                " WHERE m.position > ? ORDER BY m.position LIMIT 500",
                at,
            )
            for row in rows:
                event = decode(bytes(row["state"]), self._kinds[row["type"]])
                projection.project(
                    tx,
                    Recorded(
                        event,
                        UUID(row["event_id"]),
                        UUID(row["aggregate"]),
                        row["version"],
                        row["position"],
                        row["type"],
                        row["subject"],
                        bytes(row["message"]),
                        row["hash"],
                    ),
                )
                tx.execute(
                    "UPDATE projections SET position = ? WHERE name = ?", row["position"], projection.name
                )
            return bool(rows)


def _outcome(job: _Job, batch: _Batch) -> _Outcome:
    """A refused command fails alone; any other fault is the batch's."""
    try:
        return _Outcome(job.run(batch))
    except DomainError as refusal:
        return _Outcome(fault=refusal)


def _told(fault: Exception) -> Exception:
    return UnavailableError(str(fault)) if isinstance(fault, MACHINE) else fault


def _answer(jobs: Sequence[_Job], outcomes: Sequence[_Outcome]) -> None:
    """Wakes each waiting loop once for the whole batch."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[_Job, _Outcome]]] = {}
    for job, outcome in zip(jobs, outcomes, strict=True):
        by_loop.setdefault(job.loop, []).append((job, outcome))
    for loop, pairs in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, pairs)


def _resolve(pairs: Sequence[tuple[_Job, _Outcome]]) -> None:
    for job, (result, fault) in pairs:
        if job.answer.cancelled():
            continue
        if fault is not None:
            job.answer.set_exception(fault)
        else:
            job.answer.set_result(result)
