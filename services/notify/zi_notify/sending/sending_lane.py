"""The worker that sends the due deliveries of one channel, so that a slow provider of one holds up no other.

The address is read from the vault before the attempt is recorded, and is dropped with the message. It is sent only as far as the
reader of the address and the day's limits permit (admission.py), by a provider that is not at rest. An attempt is recorded before the
provider is contacted.
"""

import asyncio
import logging
from collections.abc import Coroutine, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Generic
from uuid import UUID

from prometheus_client import Counter

from zi_chassis.clock import Clock
from zi_chassis.domain import Act, DomainError, UnavailableError
from zi_chassis.process import tracing
from zi_chassis.process.backoff import Backoff
from zi_chassis.process.request_context import because_of
from zi_chassis.process.tracing import SpanKind, TraceStep
from zi_chassis.storage.commit_event import commit_event
from zi_chassis.storage.database import Tx
from zi_chassis.storage.origins import Origin, origin
from zi_chassis.storage.recorded import event_id
from zi_chassis.storage.store import Store
from zi_chassis.vault.requests import VaultRefusedError, VaultUnavailableError
from zi_notify.channels.channel import Attempted, ChannelProviders, MessageProvider, MessageT, Turn
from zi_notify.domain.delivery import (
    BeginHandingOver,
    Commands,
    DeliveryRequested,
    MailDelivery,
    ReportHandedOver,
    ReportNotReachable,
    ReportNotTaken,
    Withhold,
)
from zi_notify.messaging.published import decider
from zi_notify.notices.lapse_notices import is_outdated, is_reminder
from zi_notify.read import projections
from zi_notify.read.channel_tables import is_off
from zi_notify.read.projections import Night
from zi_notify.sending.contacts import Contact, Contacts, NotReachableError, NotTheirsError
from zi_notify.sending.message_writers import MessageWriter
from zi_notify.sending.turns import Turns
from zi_notify.texts.letter import Addressee

logger = logging.getLogger(__name__)

POLL_SECONDS = 5.0
BREATH_SECONDS = 0.5
PATIENCE = 4.0
ATTEMPTS = Counter("zi_notify_attempts", "Attempts to hand a mail over, by outcome", ["outcome"])


@dataclass(frozen=True)
class _Attempt(Generic[MessageT]):
    delivery: UUID
    request: DeliveryRequested
    number: int
    turn: Turn[MessageT]
    reference: UUID | None

    @property
    def provider(self) -> MessageProvider[MessageT]:
        return self.turn.provider


class SendingLane(Generic[MessageT]):
    """`reason` says why nothing can be sent at all; an unreachable provider only defers deliveries."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        providers: ChannelProviders[MessageT],
        writer: MessageWriter[MessageT],
        turns: Turns,
        patience: float = PATIENCE,
    ) -> None:
        self._store, self._clock, self._patience = store, clock, patience
        self.providers, self._writer, self._turns = providers, writer, turns
        self.channel = providers.channel
        self._busy: set[UUID] = set()
        self._woken, self._freed = asyncio.Event(), asyncio.Event()
        self._is_held = False
        self._backoff = Backoff(0.5, 15.0)
        self.reason: str | None = None

    async def run(self, contacts: Contacts) -> None:
        """Run until cancelled; running attempts then get `patience` seconds to end."""
        with commit_event(self._store) as self._woken:
            async with asyncio.TaskGroup() as group:
                while True:
                    self._woken.clear()
                    if not await self._begin_due(contacts, group):
                        await self._rest(contacts)

    async def _begin_due(self, contacts: Contacts, group: asyncio.TaskGroup) -> int:
        """Begin what is due and not under way; return how many were begun. With a fault that concerns all, one of them tries."""
        now = self._clock.now()
        room = (1 if self.reason else self.providers.at_once) - len(self._busy)
        free = self.providers.free(now)
        if self._is_held or room <= 0 or not free:
            return 0
        busy, night = frozenset(self._busy), contacts.night(self.channel)
        due = await self._store.query(lambda tx: self._due(tx, now, free, room, busy, night))
        if not (due or busy):
            self.reason = None  # nothing is held up: it was given up, or waits for the end of the quiet hours
        for delivery, cause in due.items():
            self._busy.add(delivery)
            task = group.create_task(self._deliver(contacts, delivery, cause))
            task.add_done_callback(partial(self._ended, delivery))
        return len(due)

    def _due(
        self,
        tx: Tx,
        now: datetime,
        free: Sequence[str | None],
        room: int,
        busy: Set[UUID],
        night: Night | None,
    ) -> dict[UUID, Origin]:
        """Read what is due and not under way, each with the cause of its request."""
        if is_off(tx, self.channel):
            return {}
        due = projections.due(tx, self.channel, now, free, room + len(busy), night)
        fresh = [delivery for delivery in due if delivery not in busy][:room]
        return {delivery: origin(tx, event_id(delivery, 1)) for delivery in fresh}

    def _next_due(self, tx: Tx, free: Sequence[str | None], night: Night | None) -> datetime | None:
        return None if is_off(tx, self.channel) else projections.next_due(tx, self.channel, free, night)

    def _ended(self, delivery: UUID, task: asyncio.Task[bool]) -> None:
        """Note the end of an attempt: a delivery without progress is not taken up again at once."""
        self._busy.discard(delivery)
        self._is_held |= task.cancelled() or task.exception() is not None or not task.result()
        self._freed.set()
        self._woken.set()

    async def _rest(self, contacts: Contacts) -> None:
        if self._is_held:
            await asyncio.sleep(self._backoff.next() if self.reason else BREATH_SECONDS)
            self._is_held = False
        elif len(self._busy) >= self.providers.at_once:
            self._freed.clear()
            await self._freed.wait()
        else:
            wait = await self._until_due(contacts)
            with suppress(
                TimeoutError
            ):  # wait_for would swallow a cancellation that comes with the waking (Python 3.11)
                async with asyncio.timeout(wait):
                    await self._woken.wait()

    async def _until_due(self, contacts: Contacts) -> float:
        """The seconds until the next due time or end of a rest, with a minimum, so that a delivery that makes no progress does not spin."""
        now = self._clock.now()
        free = self.providers.free(now)
        night = contacts.night(self.channel)
        due = await self._store.query(lambda tx: self._next_due(tx, free, night))
        soonest = min(filter(None, (due, self.providers.next_free(now))), default=None)
        if soonest is None:
            return POLL_SECONDS
        return min(POLL_SECONDS, max(BREATH_SECONDS, (soonest - now).total_seconds()))

    async def _deliver(self, contacts: Contacts, delivery: UUID, cause: Origin) -> bool:
        """Work for the request that caused the delivery. Return whether it made progress."""
        step = TraceStep(cause.trace, "deliver", SpanKind.INTERNAL, {"zi.channel": self.channel})
        with because_of(cause.request, str(event_id(delivery, 1))), tracing.after(step):
            return await self._take_turn(contacts, delivery)

    async def _take_turn(self, contacts: Contacts, delivery: UUID) -> bool:
        _, state = await self._store.fetch(decider, delivery)
        if state.request is None:
            return False
        turn = self.providers.take(state, self._clock.now())
        if turn is None:
            return False
        try:
            return await self._deliver_by(turn, contacts, delivery, state, state.request)
        finally:
            self.providers.release(turn)

    async def _deliver_by(
        self,
        turn: Turn[MessageT],
        contacts: Contacts,
        delivery: UUID,
        state: MailDelivery,
        request: DeliveryRequested,
    ) -> bool:
        if contacts.is_late_list(request) or await self._is_outdated(request):
            return await self._record(delivery, Withhold(by=self._by(request), reason_class="outdated"))
        try:
            contact = await contacts.of(request)
        except NotReachableError as nobody:
            return await self._record(
                delivery, ReportNotReachable(by=self._by(request), reason_class=nobody.reason)
            )
        except NotTheirsError:
            return await self._record(delivery, Withhold(by=self._by(request), reason_class="not_theirs"))
        except (VaultUnavailableError, VaultRefusedError) as fault:
            return self._stuck(f"the vault gives no address: {fault}")
        reference = self._writer.reference(delivery, turn.provider.name)
        attempt = _Attempt(delivery, request, state.attempt + 1, turn, reference)
        async with self._turns.of(self._writer.recipient(contact)):
            message = await self._begin(attempt, contact)
        if isinstance(message, bool):
            return message
        await self._finish(self._hand_over(attempt, message))
        return True

    async def _is_outdated(self, request: DeliveryRequested) -> bool:
        now = self._clock.now()
        return is_reminder(request) and await self._store.query(lambda tx: is_outdated(tx, request, now))

    async def _begin(self, attempt: _Attempt[MessageT], contact: Contact) -> MessageT | bool:
        """Return the message of an attempt that is recorded; or, where none is made, whether that is."""
        request, by = attempt.request, self._by(attempt.request)
        try:
            answer = await self._writer.admit(attempt.delivery, request, contact, by)
        except UnavailableError as fault:
            return self._stuck(f"an attempt can't be recorded: {fault}")
        if not isinstance(answer, Addressee):
            return await self._record(attempt.delivery, answer)
        message = self._writer.write(request, contact, answer, attempt.reference, by)
        begin = BeginHandingOver(
            by=by,
            attempt=attempt.number,
            recipient=answer.recipient,
            provider=attempt.provider.name,
            reference=attempt.reference,
        )
        return message if await self._record(attempt.delivery, begin) else False

    async def _hand_over(self, attempt: _Attempt[MessageT], message: MessageT) -> None:
        with tracing.inside(f"send {self.channel}", SpanKind.CLIENT) as span:
            attempted = await attempt.provider.hand_over(message)
            span.note({"zi.outcome": attempted.outcome})
        now = self._clock.now()
        self.providers.end(attempt.turn, attempted, now)
        ATTEMPTS.labels(attempted.outcome).inc()
        if attempted.outcome != "handed_over":
            logger.info("a message was not taken", extra={"fields": {"outcome": attempted.outcome}})
        result = self._result(attempt, attempted)
        backoff = Backoff(0.5, 5.0)
        while True:
            if await self._store_result(attempt.delivery, result):
                return
            await asyncio.sleep(backoff.next())

    def _result(self, attempt: _Attempt[MessageT], attempted: Attempted) -> Commands:
        by = self._by(attempt.request)
        if attempted.outcome == "handed_over":
            return ReportHandedOver(by=by, attempt=attempt.number)
        wait = attempted.rest or attempted.wait
        return ReportNotTaken(
            by=by,
            attempt=attempt.number,
            reason_class=attempted.outcome,
            waits=self.providers.rules.waits,
            not_before=by.at + wait if wait else None,
            elsewhere=attempt.request.team is None
            and self.providers.has_another(attempt.provider.name, by.at),
            once=not attempt.provider.repeats_once,
        )

    async def _store_result(self, delivery: UUID, result: Commands) -> bool:
        """Try to store the result of an attempt; the caller repeats it until it is stored. Only a crash makes the result uncertain."""
        try:
            await self._store.handle(decider, delivery, result)
        except UnavailableError as fault:
            logger.error("the result of an attempt can't be stored yet: %s", fault)
            return False
        return True

    async def _finish(self, work: Coroutine[None, None, None]) -> None:
        """Run `work` to its end. An orderly stop waits a little for the provider's reply, so that no attempt stays uncertain."""
        task = asyncio.create_task(work)
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait({task}, timeout=self._patience)
            task.cancel()
            raise

    async def _record(self, delivery: UUID, command: Commands) -> bool:
        """Record a command; False if nothing was recorded, because another process did it or the store is unavailable.

        Then the vault is not read for a while, because each reading of an address is an event for ever.
        """
        try:
            recorded = (await self._store.handle(decider, delivery, command)).recorded
        except UnavailableError as fault:
            return self._stuck(f"an attempt can't be recorded: {fault}")
        except DomainError as fault:
            logger.warning("a delivery made no progress: %s", fault)
            return False
        self.reason = None
        self._backoff.reset()
        return bool(recorded)

    def _stuck(self, why: str) -> bool:
        if self.reason is None:
            logger.warning("nothing can be sent: %s", why)
        self.reason = why
        return False

    def _by(self, request: DeliveryRequested) -> Act:
        """An act for a delivery. One to officials names no cause, by which others of the same occasion could be found."""
        me = f"system:{self._store.service}"
        return Act(
            at=self._clock.now(),
            actor=me,
            role=me,
            causation=None if request.is_to_officials else str(request.cause),
            correlation=request.by.correlation,
        )
