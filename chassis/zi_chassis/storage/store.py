"""The event store of a service: one writer decides, appends and renders; what it answers is on disk.

Invariants: positions have no gaps; each message carries the hash of the one before it; an event, its message, its
vault items and its read models are one transaction; a message is rendered once.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from datetime import datetime
from functools import partial
from typing import Any, Protocol, TypeVar
from uuid import UUID

from zi_chassis.bus import foreign as foreign_messages
from zi_chassis.bus.foreign import ForeignRecord, position_at, sequence_of
from zi_chassis.bus.lanes import BlockedLaneError, LaneMessage, PassOver, Reaction, Skip, lane, lane_id
from zi_chassis.domain import Command, Decider, DomainError, Event, UnavailableError, message_type
from zi_chassis.process.request_context import because_of, read_request_id
from zi_chassis.storage import origins, written_fields
from zi_chassis.storage import projections as read_models
from zi_chassis.storage.batch import LARGEST_BATCH, Batch, BatchWriter, Job, Outcome, Source, outcome_of
from zi_chassis.storage.batch import Handled as Handled
from zi_chassis.storage.database import MACHINE, Database, Tx
from zi_chassis.storage.event_tables import EventTables, one_at_a_time
from zi_chassis.storage.event_tables import MessageRow as MessageRow
from zi_chassis.storage.first_office import refuse_another_office
from zi_chassis.storage.in_time import in_time
from zi_chassis.storage.newer_version import NewerVersionError
from zi_chassis.storage.other_server import OtherServerError, refuse_other_server
from zi_chassis.storage.projections import Projection
from zi_chassis.storage.recorded import digest
from zi_chassis.storage.written_fields import WrittenFields
from zi_chassis.storage.wrong_clock import WrongClockError, refuse_wrong_clock
from zi_contracts.message import Message

S = TypeVar("S")
T = TypeVar("T")
logger = logging.getLogger(__name__)
React = Callable[[Tx, Message], Iterable[Reaction]]
Around = Callable[[Tx, Callable[[], Handled[S]]], Handled[S]]

CACHED_STATES = 10_000
PROBE_TABLE, PROBE_BYTES = "CREATE TABLE IF NOT EXISTS write_probe (content BLOB NOT NULL)", 64 * 1024


class Companion(Protocol):
    """Stores items of one kind beside the events: `prepare` syncs what must be on disk first, `write` joins the transaction."""

    tables: tuple[str, ...]

    @property
    def kind(self) -> type[Any]: ...

    def prepare(self, items: Sequence[Any]) -> None: ...

    def write(self, tx: Tx, items: Sequence[Any]) -> None: ...


class Store:
    """One per service and process. `open` before use; `close` lets the running batch finish.

    `tables` (DDL) are those that others write in the store's transactions. `retired` names the read models of earlier versions alone.
    """

    def __init__(
        self,
        *,
        service: str,
        office: str,
        database: Database,
        deciders: Sequence[Decider[Any]],
        projections: Sequence[Projection] = (),
        retired: Sequence[str] = (),
        companions: Sequence[Companion] = (),
        tables: Sequence[str] = (),
        group_commit: bool = True,
    ) -> None:
        self.service = service
        self.source = f"/zi/{office}/{service}"
        self.database = database
        self._projections = projections
        self._versions = {each.name: each.version for each in projections}
        self._retired = retired
        self._companions = companions
        self._kinds = frozenset(companion.kind for companion in companions)
        self._tables = tables
        kinds = {message_type(service, event): event for each in (*deciders, lane) for event in each.events}
        self.event_tables = EventTables(database, kinds)
        self._written = WrittenFields(kinds)
        types = {kind: type for type, kind in kinds.items()}
        self._as_source = Source(self.source, types, self.states, self.event_tables.head)
        self._states: OrderedDict[UUID, tuple[int, Any]] = OrderedDict()
        self._states_head: tuple[int, str] = (0, "")  # the last message that the cached states include
        self._listeners: list[Callable[[], None]] = []
        self._received_listeners: list[Callable[[], None]] = []
        self.writer = BatchWriter(service, self._transact, LARGEST_BATCH if group_commit else 1)
        self.thread = self.writer.thread
        self.compared: datetime | None = (
            None  # the server of the database whose store has all that is published
        )
        self._outdated: str | None = None
        self._refused = ""

    def can_write(self) -> bool:
        """Return whether the writer lives, and no other version of the program has taken over the store."""
        return self.thread.is_alive() and self._outdated is None

    @property
    def reason(self) -> str | None:
        """Return why nothing is stored, until something is. Readiness is public, so it has the kind of a machine's fault alone, and the log has
        its text."""
        return self._outdated or (f"nothing can be stored ({self._refused})" if self._refused else None)

    def probe(self) -> None:
        """Store something that nobody reads, if the machine refused to store. Raises one of MACHINE."""
        if self._refused:
            with self.database.transaction() as tx:
                if tx.postgres:
                    refuse_wrong_clock(tx)
                tx.execute("DELETE FROM write_probe")
                tx.execute("INSERT INTO write_probe VALUES (?)", bytes(PROBE_BYTES))
            self._refused = ""

    # -- life

    def open(self, prepare: Callable[[], None] = lambda: None) -> None:
        """Create what is missing, bring every projection up to the last event, start the writer. `prepare` is called before the first
        projection, and may read the events."""
        self.event_tables.create()
        with self.database.transaction() as tx:
            one_at_a_time(tx)
            tx.create(
                read_models.TABLE, foreign_messages.TABLE, written_fields.TABLE, origins.TABLE, PROBE_TABLE
            )
            for companion in self._companions:
                tx.create(*companion.tables)
            tx.create(*self._tables)
            self._written.refuse_unknown(tx)
        refuse_another_office([row.message for row in self.messages(0, 1)], self.source)
        prepare()
        self.catch_up()
        self._compare_clocks()
        self.thread.start()

    def _compare_clocks(self) -> None:
        """Let readiness say from the start that the clock is wrong, before anybody is refused."""
        try:
            if self.database.postgres:
                self.read(refuse_wrong_clock)
        except WrongClockError as fault:
            logger.error("nothing is stored: %s", fault)
            self._refused = fault.__class__.__name__

    def catch_up(self) -> None:
        """Rebuild each projection that is of another version or not at the last event."""
        read_models.bring_up(self.database, self.event_tables, self._projections, self._retired)

    def close(self) -> None:
        self.writer.close()
        self.database.close()

    def subscribe(self, listener: Callable[[], None]) -> None:
        """`listener` is called in the writer's thread after each commit that recorded something."""
        self._listeners = [*self._listeners, listener]

    def unsubscribe(self, listener: Callable[[], None]) -> None:
        self._listeners = [each for each in self._listeners if each is not listener]

    def subscribe_received(self, listener: Callable[[], None]) -> None:
        """`listener` is called in a thread of its own after each commit of messages of others."""
        self._received_listeners.append(listener)

    # -- commands

    async def handle(
        self,
        decider: Decider[S],
        aggregate: UUID,
        command: Command,
        keep: object = None,
        around: Around[S] | None = None,
    ) -> Handled[S]:
        """Decide and record; return when it is on disk. `keep` goes to the companion of its kind if events came out; a tuple, item by item.
        Raises TypeError where none takes exactly that type.

        `around(tx, decide)` decides by calling `decide`, and may write in the same transaction, also where no event comes out. It
        may refuse with a DomainError before it decides; what it has written then, or before a refusal of `decide`, stays.

        Raises the DomainError of a refused command, UnavailableError when the machine could not store it.
        """

        def run(batch: Batch) -> Handled[S]:
            decide = partial(batch.decide, decider, aggregate, command, keep)
            return decide() if around is None else around(batch.tx, decide)

        return await self.writer.submit(run, decider, aggregate)

    async def decide(
        self, found: Callable[[Tx], tuple[Decider[S], UUID, Command]], keep: object = None
    ) -> Handled[S]:
        """As `handle`, but `found` makes the command under the write lock, so that nothing is recorded between its reading and the
        decision; in a transaction of its own."""

        def run(batch: Batch) -> Handled[S]:
            decider, aggregate, command = found(batch.tx)
            return batch.decide(decider, aggregate, command, keep)

        return await self.writer.submit(run, alone=True)

    async def decide_all(self, found: Callable[[Tx], Sequence[Reaction]]) -> tuple[Handled[Any], ...]:
        """As `decide`, for commands of which either all are accepted or none is recorded."""

        def run(batch: Batch) -> tuple[Handled[Any], ...]:
            try:
                return tuple(
                    batch.decide(each.decider, each.aggregate, each.command, each.keep)
                    for each in found(batch.tx)
                )
            except DomainError:
                batch.forget()
                raise

        return await self.writer.submit(run, alone=True)

    # -- messages of other services

    async def receive(self, sender: str, messages: Sequence[LaneMessage], react: React) -> int:
        """Commit the effects of messages of one sender and its position, in one transaction; return the position.

        Messages that were received before are passed over. Raises BlockedLaneError for the first message that can't be handled,
        after the ones before it were committed.
        """
        position = await asyncio.to_thread(self.received_position, sender)
        fresh = [message for message in messages if message.position > position]
        try:
            await self.writer.submit(lambda batch: self._receive(batch, sender, fresh, react), alone=True)
        except BlockedLaneError as blocked:
            before = [message for message in fresh if message.position < blocked.position]
            if before:
                await self.receive(sender, before, react)
            raise
        except UnavailableError:
            raise
        except Exception as fault:
            await self._receive_singly(sender, fresh, react, fault)
        for listener in self._received_listeners:
            await asyncio.to_thread(listener)
        return await asyncio.to_thread(self.received_position, sender)

    async def _receive_singly(
        self, sender: str, fresh: Sequence[LaneMessage], react: React, fault: Exception
    ) -> None:
        """Find the message that the database or a read model refuses: that shows only when each is written alone."""
        if len(fresh) == 1:
            raise _blocked(sender, fresh[0], fault) from fault
        for message in fresh:
            await self.receive(sender, [message], react)

    def _receive(self, batch: Batch, sender: str, messages: Sequence[LaneMessage], react: React) -> None:
        position = first = self.event_tables.received_position(batch.tx, sender)
        for message in messages:
            if message.position <= position:
                continue
            try:
                if message.position != position + 1:
                    raise DomainError(
                        "The message before it, at {position}, never came.", position=position + 1
                    )
                for reaction in react(batch.tx, message.message):
                    batch.trace = message.trace if reaction.command.by.causation else None
                    with because_of(*_causes(reaction, message.message)):
                        batch.decide(reaction.decider, reaction.aggregate, reaction.command, reaction.keep)
            except self.database.errors:
                raise
            except Exception as fault:
                raise _blocked(sender, message, fault) from fault
            position = message.position
        if position > first:
            self.event_tables.advance(batch.tx, sender, position)

    async def skip(self, sender: str, position: int, command: Skip) -> None:
        """Record an operator's decision to pass over the message at `position`, which blocks the lane."""

        def run(batch: Batch) -> None:
            batch.decide(lane, lane_id(self.source, sender), command)
            self.event_tables.advance(batch.tx, sender, position)

        if position != await asyncio.to_thread(self.received_position, sender) + 1:
            raise DomainError(
                "Only the message that blocks the lane can be skipped: {position}.", position=position
            )
        await self.writer.submit(run, alone=True, while_paused=True)

    async def learn(
        self,
        sender: str,
        present: Sequence[ForeignRecord],
        fresh: Sequence[ForeignRecord],
        entry: PassOver | None = None,
    ) -> None:
        """Store which messages in the stream of `sender` are foreign, besides those that were known and are `present` there. Where one
        of these was taken for a message of the sender, the position goes back to it. `entry` is recorded with it."""

        def run(batch: Batch) -> None:
            foreign_messages.write(batch.tx, sender, fresh)
            received = self.event_tables.received_position(batch.tx, sender)
            position = position_at(sequence_of(received, present), sorted((*present, *fresh)))
            if position < received:
                self.event_tables.rewind(batch.tx, sender, position)
            if entry is not None:
                batch.decide(lane, lane_id(self.source, sender), entry)

        await self.writer.submit(run, alone=True, while_paused=True)

    # -- questions

    def states(self, tx: Tx, wanted: Mapping[UUID, Decider[Any]]) -> dict[UUID, tuple[int, Any]]:
        """Version and state of aggregates, under the write lock: from the cache, and the rest read."""
        cached, missing = dict[UUID, tuple[int, Any]](), dict[UUID, Decider[Any]]()
        for aggregate, decider in wanted.items():
            if aggregate in self._states:
                cached[aggregate] = self._states[aggregate]
            else:
                missing[aggregate] = decider
        return cached | self.event_tables.states(tx, missing)

    def load(self, decider: Decider[S], aggregate: UUID) -> tuple[int, S]:
        """(version, state) of an aggregate; (0, initial) when nothing is known of it."""
        return self._cached(aggregate) or self.read(lambda tx: self.load_in(tx, decider, aggregate))

    def load_in(self, tx: Tx, decider: Decider[S], aggregate: UUID) -> tuple[int, S]:
        """`load`, within a transaction, as its first question: what is read after it is not older."""
        return self._cached(aggregate) or self.event_tables.states(tx, {aggregate: decider})[aggregate]

    async def fetch(self, decider: Decider[S], aggregate: UUID) -> tuple[int, S]:
        if (cached := self._cached(aggregate)) is not None:
            return cached
        return await in_time(self.load, decider, aggregate)

    async def events(self, aggregate: UUID) -> list[Event]:
        """Read the events of one aggregate in their order."""
        return await self.query(lambda tx: self.event_tables.events(tx, aggregate))

    def _cached(self, aggregate: UUID) -> tuple[int, Any] | None:
        """A state as of the last commit; none on PostgreSQL, where another replica may have written since."""
        return None if self.database.postgres else self._states.get(aggregate)

    def read(self, question: Callable[[Tx], T]) -> T:
        with self.database.reading() as tx:
            return question(tx)

    async def query(self, question: Callable[[Tx], T]) -> T:
        return await in_time(self.read, question)

    def received_position(self, sender: str) -> int:
        """Read the position of the last message of `sender` whose effects are stored."""
        return self.read(lambda tx: self.event_tables.received_position(tx, sender))

    def received_position_in(self, tx: Tx, sender: str) -> int:
        """`received_position`, within a transaction."""
        return self.event_tables.received_position(tx, sender)

    def foreign(self, sender: str) -> tuple[ForeignRecord, ...]:
        """Read which messages are known to be foreign in the stream of `sender`, or in a stream before that."""
        return self.read(lambda tx: foreign_messages.read(tx, sender))

    def last(self) -> tuple[int, str]:
        return self.read(self.head)

    def message(self, id: UUID | str) -> bytes | None:
        rows = self.read(lambda tx: tx.execute("SELECT message FROM messages WHERE event_id = ?", str(id)))
        return bytes(rows[0]["message"]) if rows else None

    def messages(self, after: int, limit: int) -> list[MessageRow]:
        """Rows in order, as they are to be published."""
        return self.read(lambda tx: self.event_tables.messages(tx, after, limit))

    @staticmethod
    def head(tx: Tx) -> tuple[int, str]:
        """Position and hash of the last message; (0, zeros) before the first."""
        return EventTables.head(tx)

    # -- in the writer's thread

    def _transact(self, jobs: Sequence[Job]) -> list[Outcome]:
        try:
            with self.database.transaction() as tx:
                self.event_tables.lock(tx)
                batch = Batch(self._as_source, tx)
                if (batch.position, batch.previous) != self._states_head:  # another replica has written
                    self._states.clear()
                    self._written.refuse_unknown(tx)
                wanted = {job.aggregate: job.decider for job in jobs if job.aggregate and job.decider}
                batch.states = self.states(tx, wanted)
                outcomes = [outcome_of(job, batch) for job in jobs]
                types = {each.type for each in batch.recorded}
                if batch.recorded:
                    if tx.postgres:
                        refuse_wrong_clock(tx)
                        if not all(job.while_paused for job in jobs):
                            self._refuse_other_server(tx)
                    self._append(batch, types)
                if self.writer.paused is not None:
                    self.writer.refuse_paused(jobs)
        except MACHINE as fault:
            self._states.clear()
            logger.error("a batch of %d commands was not stored: %s", len(jobs), fault)
            self._refused = fault.__class__.__name__
            raise
        except (read_models.OutdatedReadModelsError, NewerVersionError) as outdated:
            self._outdated = str(outdated)
            logger.critical("%s", outdated)
            raise UnavailableError(self._outdated) from outdated
        except Exception:
            self._states.clear()
            raise
        self._states_head = batch.position, batch.previous
        self._written.noted(types)
        self._remember(batch.states)
        if batch.recorded:
            self._refused = ""
            for listener in self._listeners:
                listener()
        return outcomes

    def _refuse_other_server(self, tx: Tx) -> None:
        """Raises OtherServerError, and pauses until the store of that server is compared."""
        try:
            refuse_other_server(tx, self.compared)
        except OtherServerError as fault:
            self.writer.paused = str(fault)
            raise

    def _append(self, batch: Batch, types: Set[str]) -> None:
        self._refuse_unkept(batch)
        before = batch.position - len(batch.recorded)
        read_models.advance(batch.tx, self._versions, before, batch.position)
        for companion in self._companions:
            if items := batch.companion_items.get(companion.kind):
                companion.prepare(items)
        self.event_tables.append(batch.tx, batch.recorded, batch.stored_states)
        if any(batch.traces):
            origins.write_traces(batch.tx, before + 1, batch.traces)
        self._written.note(batch.tx, types)
        for companion in self._companions:
            if items := batch.companion_items.get(companion.kind):
                companion.write(batch.tx, items)
        for projection in self._projections:
            for recorded in batch.recorded:
                projection.project(batch.tx, recorded)

    def _refuse_unkept(self, batch: Batch) -> None:
        """Raises TypeError for items that no companion takes: their events would name what is stored nowhere."""
        if unkept := batch.companion_items.keys() - self._kinds:
            names = ", ".join(sorted(kind.__qualname__ for kind in unkept))
            raise TypeError(f"The store of {self.service} has no companion for items of the type {names}.")

    def _remember(self, states: Mapping[UUID, tuple[int, Any]]) -> None:
        for aggregate, known in states.items():
            if known[0]:
                self._states[aggregate] = known
                self._states.move_to_end(aggregate)
        while len(self._states) > CACHED_STATES:
            self._states.popitem(last=False)


def _blocked(sender: str, message: LaneMessage, fault: Exception) -> BlockedLaneError:
    parsed = message.message
    return BlockedLaneError(
        sender, message.position, parsed.type, fault, digest(message.raw), event=str(parsed.id)
    )


def _causes(reaction: Reaction, message: Message) -> tuple[str | None, str | None]:
    """Return the request and the event that a reaction is owed to; none where its act names no cause, by which others could be found."""
    if reaction.command.by.causation is None:
        return None, None
    return read_request_id(message.request), str(message.id)
