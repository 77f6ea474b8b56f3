"""Commands that one thread decides one after the other and commits in one transaction: while it runs, the next batch gathers."""

import asyncio
import queue
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from prometheus_client import Counter

from zi_chassis.domain import (
    Command,
    Decider,
    Disclosure,
    DomainError,
    Event,
    MessageTooLargeError,
    UnavailableError,
)
from zi_chassis.process import tracing
from zi_chassis.process.request_context import REQUEST_ID
from zi_chassis.randomness import random_bytes
from zi_chassis.storage.database import MACHINE, Tx
from zi_chassis.storage.recorded import LARGEST_MESSAGE, Recorded, digest, encode, event_id, render

S = TypeVar("S")
T = TypeVar("T")

LARGEST_BATCH = 200
MOST_WAITING = 2_000  # ten full batches: a command that comes after them is refused rather than delayed
SALT = 32  # bytes

States = dict[UUID, tuple[int, Any]]  # version and state of aggregates


@dataclass(frozen=True, slots=True)
class Handled(Generic[S]):
    """The state after a command and what it recorded: nothing, if it repeated an earlier one."""

    state: S
    version: int
    recorded: tuple[Recorded, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """The service as the source of messages: its name in them, the types of its events, and how to read states."""

    name: str
    types: Mapping[type[Event], str]
    states: Callable[[Tx, Mapping[UUID, Decider[Any]]], States]
    head: Callable[[Tx], tuple[int, str]]


class Batch:
    """The decisions of one transaction, under the write lock, each seeing what the ones before it recorded."""

    def __init__(self, source: Source, tx: Tx) -> None:
        self.source = source
        self.tx = tx
        self.position, self.previous = source.head(tx)
        self.states: States = {}
        self.recorded: list[Recorded] = []
        self.trace: str | None = None  # that what is decided next is a step of
        self.stored_states: list[bytes] = []  # of the recorded events
        self.traces: list[str | None] = []  # of the recorded events
        self.companion_items: defaultdict[type[Any], list[Any]] = defaultdict(list)  # by what they are

    def decide(
        self, decider: Decider[S], aggregate: UUID, command: Command, keep: object = None
    ) -> Handled[S]:
        if aggregate not in self.states:
            self.states |= self.source.states(self.tx, {aggregate: decider})
        version, state = self.states[aggregate]
        position, previous = self.position, self.previous
        stored_states, recorded = list[bytes](), list[Recorded]()
        for event in decider.decide(command, state):
            state, version, position = decider.evolve(state, event), version + 1, position + 1
            stored_state = encode(event, random_bytes(SALT))
            disclosure = decider.publish(event, state)
            entry = self._entry(event, disclosure, stored_state, aggregate, version, position, previous)
            previous = entry.hash
            stored_states.append(stored_state)
            recorded.append(entry)
        self.position, self.previous = position, previous
        self.states[aggregate] = (version, state)
        self.stored_states += stored_states
        self.traces += [self.trace] * len(recorded)
        self.recorded += recorded
        if keep is not None and recorded:
            for item in keep if isinstance(keep, tuple) else (keep,):
                self.companion_items[type(item)].append(item)
        return Handled(state, version, tuple(recorded))

    def forget(self) -> None:
        """Drop every decision."""
        self.position, self.previous = self.source.head(self.tx)
        self.states, self.recorded, self.stored_states, self.traces = {}, [], [], []
        self.companion_items.clear()

    def _entry(
        self,
        event: Event,
        disclosure: Disclosure,
        stored_state: bytes,
        aggregate: UUID,
        version: int,
        position: int,
        previous: str,
    ) -> Recorded:
        type, id = self.source.types[event.__class__], event_id(aggregate, version)
        message = render(
            source=self.source.name,
            type=type,
            id=id,
            aggregate=aggregate,
            version=version,
            position=position,
            previous=previous,
            state=stored_state,
            by=event.by,
            disclosure=disclosure,
            request=REQUEST_ID.get(),
        )
        if len(message) > LARGEST_MESSAGE:
            raise MessageTooLargeError("This is too much for one step; please send less at once.")
        subject, hash = disclosure.subject, digest(message)
        return Recorded(event, id, aggregate, version, position, type, subject, message, hash)


@dataclass(slots=True)
class Job:
    """Work for a batch; `alone` wants a transaction of its own, `decider` and `aggregate` are loaded ahead; `request` is its cause, `trace`
    that of which it is a step; `while_paused` is recorded also while nothing else is."""

    run: Callable[[Batch], Any]
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Any]
    decider: Decider[Any] | None
    aggregate: UUID | None
    alone: bool
    request: str | None
    trace: str | None
    while_paused: bool = False


UNRECORDED_FOR = ("paused", "closed", "overload", "machine")
UNRECORDED = Counter(
    "zi_commands_unrecorded", "Commands that the machine could not record, by reason", ["service", "reason"]
)


class PausedError(UnavailableError):
    """The writer was paused while a batch ran: the database may be an older copy by now."""


class Outcome(NamedTuple):
    result: Any = None
    fault: Exception | None = None


class BatchWriter:
    """The thread that commits jobs. `transact` runs them in one transaction and raises when none was committed."""

    def __init__(
        self, service: str, transact: Callable[[Sequence[Job]], list[Outcome]], largest: int
    ) -> None:
        self.is_closing = False
        self.paused: str | None = None  # why nothing is recorded for now
        self.thread = threading.Thread(target=self._run, name=f"{service}-writer", daemon=True)
        # From the start: a series that begins with its first command would show no increase.
        self._unrecorded = {reason: UNRECORDED.labels(service, reason) for reason in UNRECORDED_FOR}
        self._transact = transact
        self._largest = largest
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()

    def close(self) -> None:
        """Let the running batch finish, and what waits."""
        self.is_closing = True
        self._jobs.put(None)
        if self.thread.is_alive():
            self.thread.join(timeout=30)

    async def submit(
        self,
        run: Callable[[Batch], T],
        decider: Decider[Any] | None = None,
        aggregate: UUID | None = None,
        *,
        alone: bool = False,
        while_paused: bool = False,
    ) -> T:
        """Return what `run` returns, once it is on disk, or raise what it raises.

        Raises UnavailableError for faults of the machine and, but for `while_paused`, while the writer is paused; nothing was recorded then.
        """
        if self.paused is not None and not while_paused:
            raise self._refused("paused", self.paused)
        if self.is_closing or not self.thread.is_alive():
            raise self._refused("closed", "The store is closed.")
        if self._jobs.qsize() >= MOST_WAITING:
            raise self._refused("overload", "Too much is waiting to be kept.")
        loop = asyncio.get_running_loop()
        with tracing.inside("store append") as span:
            causes = REQUEST_ID.get(), span.traceparent
            job = Job(run, loop, loop.create_future(), decider, aggregate, alone, *causes, while_paused)
            self._jobs.put(job)
            answer: T = await job.answer
            return answer

    def refuse_paused(self, jobs: Sequence[Job]) -> None:
        """To be called before a batch is committed, for a connection to a server that took over may be younger than its first job. Raises
        PausedError."""
        if (why := self.paused) is not None and not all(job.while_paused for job in jobs):
            raise PausedError(why)

    def _refused(self, reason: str, sentence: str) -> UnavailableError:
        self._unrecorded[reason].inc()
        return UnavailableError(sentence)

    def _run(self) -> None:
        waiting: Job | None = None
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

    def _gather(self, first: Job) -> tuple[list[Job], Job | None, bool]:
        """Take what waits, up to a job that wants to be alone; that one is returned beside them."""
        jobs = [first]
        while not first.alone and len(jobs) < self._largest:
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

    def _commit(self, jobs: Sequence[Job]) -> None:
        """All of a batch in one transaction; if that fails for a reason in one of them, each in its own."""
        if self.paused is not None and not (jobs := self._permitted(jobs)):
            return
        try:
            outcomes = self._transact(jobs)
        except PausedError:
            self._commit(jobs)
            return
        except Exception as fault:
            if isinstance(fault, MACHINE):
                self._unrecorded["machine"].inc(len(jobs))
                outcomes = [Outcome(fault=UnavailableError(str(fault))) for _ in jobs]
            elif len(jobs) == 1:
                outcomes = [Outcome(fault=fault)]
            else:
                for job in jobs:
                    self._commit([job])
                return
        _answer(jobs, outcomes)

    def _permitted(self, jobs: Sequence[Job]) -> Sequence[Job]:
        """Return what may be recorded; while the writer is paused, refuse the rest, also what waited before."""
        if (why := self.paused) is None:
            return jobs
        rest = [job for job in jobs if not job.while_paused]
        _answer(rest, [Outcome(fault=self._refused("paused", why)) for _ in rest])
        return [job for job in jobs if job.while_paused]


def outcome_of(job: Job, batch: Batch) -> Outcome:
    """Run a job. A refused command fails alone; any other fault is the batch's."""
    batch.trace = job.trace
    former = REQUEST_ID.set(job.request)
    try:
        return Outcome(job.run(batch))
    except DomainError as refusal:
        return Outcome(fault=refusal)
    finally:
        REQUEST_ID.reset(former)


def _answer(jobs: Sequence[Job], outcomes: Sequence[Outcome]) -> None:
    """Wake each waiting loop once for the whole batch."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Job, Outcome]]] = {}
    for job, outcome in zip(jobs, outcomes, strict=True):
        by_loop.setdefault(job.loop, []).append((job, outcome))
    for loop, pairs in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, pairs)


def _resolve(pairs: Sequence[tuple[Job, Outcome]]) -> None:
    for job, (result, fault) in pairs:
        if job.answer.cancelled():
            continue
        if fault is not None:
            job.answer.set_exception(fault)
        else:
            job.answer.set_result(result)
