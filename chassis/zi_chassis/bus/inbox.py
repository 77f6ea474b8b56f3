"""One lane: the messages of one sender, in order, the effects of each once.

A batch is acknowledged after its effects and the sender's position are committed in one transaction. A message that can't be
handled blocks its lane, with an alarm, until it can be handled or an operator skips it.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from prometheus_client import Gauge

from zi_chassis.bus.broker import NATS_ERRORS, Broker, heed_cancellation
from zi_chassis.bus.foreign import (
    PASSED_OVER,
    ContinuationLookup,
    ForeignRecord,
    nothing_declared,
    present,
    sequence_of,
)
from zi_chassis.bus.lanes import BlockedLaneError, LaneMessage, Reaction
from zi_chassis.bus.sender_check import SenderCheck, UnprovenError
from zi_chassis.bus.sender_proof import Claim, Judgement, read_claim
from zi_chassis.bus.stored_messages import stored_message
from zi_chassis.bus.stream_reader import MissingMessageError, StreamMessage, StreamReader
from zi_chassis.bus.subscriber import Subscriber
from zi_chassis.domain import UnavailableError
from zi_chassis.process import tracing
from zi_chassis.process.backoff import Backoff
from zi_chassis.process.request_context import because_of
from zi_chassis.process.tracing import SpanKind, TraceStep
from zi_chassis.storage.database import Tx
from zi_chassis.storage.recorded import digest
from zi_chassis.storage.store import Store
from zi_contracts.data import Data
from zi_contracts.message import Message, UnreadableMessageError

logger = logging.getLogger(__name__)

React = Callable[[Tx, Message], Iterable[Reaction]]
POSITION = Gauge("zi_inbox_position", "Position of the last message heard", ["service", "sender"])
PENDING = Gauge("zi_inbox_pending", "Messages of the sender not fetched yet", ["service", "sender"])
BLOCKED = Gauge("zi_inbox_blocked", "1 while the lane stands still at a message", ["service", "sender"])


class MisplacedMessageError(ValueError):
    """A message stands elsewhere on the stream than it says, or names another sender."""


def lanes_of(
    store: Store,
    broker: Broker,
    react: React,
    types: Mapping[str, Sequence[type[Data]]],
    declared: ContinuationLookup,
) -> "dict[str, Inbox]":
    """Return a lane for each sender in `types`, which are the contracts that `react` handles."""
    return {
        sender: Inbox(store, broker, sender, react, declared=declared, types=handled)
        for sender, handled in types.items()
    }


class Inbox:
    """The lane of one sender, run by the process that holds the lease; `react` are the service's policies. Messages that the sender did not
    prove are passed over, and so are those that were `declared` not to be the sender's."""

    def __init__(
        self,
        store: Store,
        broker: Broker,
        sender: str,
        react: React,
        durable: str = "",
        declared: ContinuationLookup = nothing_declared,
        types: Sequence[type[Data]] = (),
    ) -> None:
        """`types` are the contracts that `react` handles; they go into the AsyncAPI document and select nothing."""
        self.sender = sender
        PASSED_OVER.labels(store.service, sender)  # begins at 0, so that the first is an increase
        self._broker = broker
        self._declared = declared
        self._foreign: tuple[ForeignRecord, ...] = ()
        self._connection: int | None = None
        self._source = f"{store.source.rpartition('/')[0]}/{sender}"
        self.reason: str | None = None
        self.blocked: BlockedLaneError | None = None
        self._store = store
        self.react = react
        durable = durable or store.service
        self.subscriber = Subscriber(broker, sender, durable, types)
        self._reader = StreamReader(broker, sender, durable, self.subscriber)
        self._check = SenderCheck(broker, self._source)
        self._backoff = Backoff(0.5, 15.0)
        self._retry = asyncio.Event()
        broker.subscribe(self._retry.set)

    async def run(self) -> None:
        """Run until cancelled."""
        self._connection = (
            None  # another process may have received since, and learnt which messages are foreign
        )
        self._check.begin_anew()
        try:
            await self._run()
        finally:
            self._clear_reason()  # others may hear it now: an alarm here would stay on
            PENDING.labels(self._store.service, self.sender).set(0)
            await self._reader.stop()

    async def _run(self) -> None:
        while True:
            heed_cancellation()
            self._retry.clear()
            try:
                await self._step()
            except BlockedLaneError as blocked:
                if not await self._learn_declared():
                    self.blocked = blocked
                    with because_of(None, blocked.event):
                        await self._wait_at(str(blocked), blocked=True)
            except UnprovenError as unproven:
                if not await self._learn_declared():
                    await self._wait_at(str(unproven), blocked=False)
            except MissingMessageError as missing:
                await self._wait_at(str(missing), blocked=True)
            except (UnavailableError, *NATS_ERRORS) as error:
                await self._wait_at(f"{error.__class__.__name__}: {error}", blocked=False)
            else:
                self._clear_reason()

    def go_on(self) -> None:
        """Try again at once: the message that blocked the lane was skipped."""
        self.blocked = None
        self._backoff.reset()
        self._retry.set()

    async def _step(self) -> None:
        if self._connection != self._broker.reconnects:
            await self._read_foreign()
        head = await asyncio.to_thread(self._store.received_position, self.sender)
        delivered = await self._reader.read(sequence_of(head + 1, self._foreign) - 1)
        PENDING.labels(self._store.service, self.sender).set(self._reader.pending)
        if delivered:
            until = await self._handle_batch(head, delivered)
            await self._reader.done(message for message in delivered if message.sequence <= until)

    async def _handle_batch(self, head: int, delivered: Sequence[StreamMessage]) -> int:
        """Handle the proven messages up to the first that can't be handled, which then blocks the lane. Return the last sequence handled."""
        known = {message.sequence for message in self._foreign}
        here = {message.sequence: message for message in delivered if message.sequence not in known}
        if not here:
            return delivered[-1].sequence
        claims = [
            read_claim(message.sequence, message.raw, digest(message.raw), message.proof)
            for message in delivered
            if message.sequence in here
        ]
        judged = await self._check.judge(claims, head)
        messages, foreign, misfit = await self._sort(judged, claims, head)
        await self._pass_over(foreign)
        await self._commit(messages, here)
        if misfit is not None:
            raise self._blocked(head + len(messages) + 1, misfit.hash, _misplaced(misfit))
        return judged.until

    async def _sort(
        self, judged: Judgement, claims: Sequence[Claim], head: int
    ) -> tuple[list[Claim], list[ForeignRecord], Claim | None]:
        """Return the sender's next messages, those to pass over, and the first that is proven and not in place; nothing after it is read."""
        messages, foreign, at = list[Claim](), list[ForeignRecord](), dict[int, str]()
        for claim in claims:
            if claim.sequence > judged.until:
                break
            is_own, due = claim.sequence in judged.proven, head + len(messages) + 1
            if is_own and claim.position == due:
                messages.append(claim)
                at[due] = claim.hash
            elif claim.sequence in judged.foreign or (is_own and await self._repeats(claim, due, at)):
                foreign.append(ForeignRecord(claim.sequence, claim.hash))
            else:
                return messages, foreign, claim
        return messages, foreign, None

    async def _repeats(self, claim: Claim, due: int, at: dict[int, str]) -> bool:
        """Return whether these are the bytes of an earlier message of the sender, put onto its stream again."""
        if claim.position >= due:
            return False
        if claim.position in at:
            return at[claim.position] == claim.hash
        js = await self._broker.jetstream(self.sender)
        earlier = await stored_message(js, self.sender, sequence_of(claim.position, self._foreign))
        # None: in front of where the stream begins now. A position that was handled is never handled again.
        return earlier is None or digest(earlier.data or b"") == claim.hash

    async def _pass_over(self, foreign: Sequence[ForeignRecord]) -> None:
        if not foreign:
            return
        await self._store.learn(self.sender, self._foreign, foreign)
        self._foreign = tuple(sorted((*self._foreign, *foreign)))
        PASSED_OVER.labels(self._store.service, self.sender).inc(len(foreign))
        logger.critical(
            "inbox: %d messages on %s are not of %s and are passed over",
            *(len(foreign), self._reader.stream, self.sender),
        )

    async def _commit(self, claims: Sequence[Claim], delivered: Mapping[int, StreamMessage]) -> None:
        messages: list[LaneMessage] = []
        unreadable: BlockedLaneError | None = None
        for claim in claims:
            try:
                messages.append(self._lane_message(delivered[claim.sequence], claim.position))
            except (UnreadableMessageError, MisplacedMessageError) as error:
                unreadable = self._blocked(claim.position, claim.hash, error)
                break
        if messages:
            position = await self._receive(messages)
            POSITION.labels(self._store.service, self.sender).set(position)
        if unreadable is not None:
            raise unreadable

    async def _receive(self, messages: Sequence[LaneMessage]) -> int:
        """Commit the effects of the messages, each a step of its trace."""
        with tracing.each_after(map(_step, messages)) as spans:
            traced = [
                replace(message, trace=span.traceparent)
                for message, span in zip(messages, spans, strict=True)
            ]
            return await self._store.receive(self.sender, traced, self.react)

    def _blocked(self, position: int, hash: str, why: Exception) -> BlockedLaneError:
        return BlockedLaneError(self.sender, position, f"sha256 {hash}", why, hash)

    def _lane_message(self, delivered: StreamMessage, position: int) -> LaneMessage:
        message = Message.parse(delivered.raw)
        if message.position != position:
            raise MisplacedMessageError(f"it says that it is at position {message.position}")
        if message.source != self._source or not message.type.startswith(f"zi.{self.sender}."):
            raise MisplacedMessageError(f"it is {message.type} of {message.source}")
        return LaneMessage(message.position, delivered.raw, message, delivered.trace)

    async def _read_foreign(self) -> None:
        """Read which foreign messages this stream holds; after a reconnection it may be another stream."""
        connection = self._broker.reconnects
        known = await asyncio.to_thread(self._store.foreign, self.sender)
        self._foreign = await present(self._broker, self._source, known)
        self._connection = connection

    async def _learn_declared(self) -> bool:
        """Ask the ledger which messages were declared foreign; return whether more are known now, so that the lane may go on."""
        before = self._foreign
        try:
            await self._read_foreign()
            declared = {
                message
                for continuation in await self._declared(self.sender)
                for message in continuation.messages
            }
            here = declared.intersection(await present(self._broker, self._source, declared))
            fresh = sorted(here.difference(self._foreign))
            if fresh:
                await self._store.learn(self.sender, self._foreign, fresh)
                self._foreign = tuple(sorted((*self._foreign, *fresh)))
        except (UnavailableError, *NATS_ERRORS) as error:
            logger.warning("inbox: what blocks %s can't be looked up now: %s", self._reader.stream, error)
        return self._foreign != before

    async def _wait_at(self, why: str, *, blocked: bool) -> None:
        reason = f"{self._reader.stream} is not heard: {why}"
        if reason != self.reason:
            logger.log(logging.CRITICAL if blocked else logging.WARNING, "inbox: %s", reason)
        self.reason = reason
        BLOCKED.labels(self._store.service, self.sender).set(blocked)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._retry.wait(), self._backoff.next())

    def _clear_reason(self) -> None:
        self.reason = self.blocked = None
        self._backoff.reset()
        BLOCKED.labels(self._store.service, self.sender).set(0)


def _step(message: LaneMessage) -> TraceStep:
    return TraceStep(
        message.trace,
        f"{message.message.type} process",
        SpanKind.CONSUMER,
        {"zi.event": str(message.message.id)},
    )


def _misplaced(claim: Claim) -> MisplacedMessageError:
    return MisplacedMessageError(
        f"it is proven, it says that it is at position {claim.position}, and another is due"
    )
