"""The worker that sends due deliveries, run by the process that holds the lease.

The address is read from the vault before the attempt is recorded, and is dropped with the mail. Mail is sent only as far as the
reader of the address and the day's limits permit (admission.py). An attempt is recorded before the mail server is contacted. After
a crash, an open attempt is recorded as uncertain before anything is sent.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from uuid import UUID

from prometheus_client import Counter

from zi_chassis.backoff import Backoff
from zi_chassis.broker import Broker
from zi_chassis.clock import Clock
from zi_chassis.domain import Act, DomainError, ErasedError, UnavailableError
from zi_chassis.store import Store
from zi_chassis.vault_requests import (
    UnknownTicketError,
    VaultClient,
    VaultRefusedError,
    VaultUnavailableError,
)
from zi_notify import projections
from zi_notify.admission import Admission
from zi_notify.channel_email import EmailChannel, Outcome
from zi_notify.domain.delivery import (
    BeginHandingOver,
    Commands,
    DeliveryRequested,
    DoubtAttempt,
    NotReachable,
    ReportHandedOver,
    ReportNotReachable,
    ReportNotTaken,
)
from zi_notify.letter import Addressee, BadAddressError, Letterhead, Templates, checked, compose
from zi_notify.notice import WITH_CODE_LINK
from zi_notify.official_contacts import OfficialContacts
from zi_notify.published import decider

logger = logging.getLogger(__name__)

FIELD = "reporter.email"
CODE_LINK = "code.link"
CONTRIBUTOR_EMAIL, CONTRIBUTOR_CODE = "contact.email", "contact.code"
PURPOSE = "notify_status"
INTEGRITY_VAULT = "integrity-vault"
AT_ONCE = 8
POLL_SECONDS = 5.0
BREATH_SECONDS = 0.5
PATIENCE = 4.0
ATTEMPTS = Counter("zi_notify_attempts", "Attempts to hand a mail over, by outcome", ["outcome"])


class NotReachableError(Exception):
    """The case of this ticket has no address to write to."""

    def __init__(self, reason: NotReachable) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Vaults:
    """The vault of cases, and that of people without one."""

    office: VaultClient
    integrity: VaultClient


@dataclass(frozen=True)
class Contact:
    """The vault's data for one mail; `code` is empty but in the mails that bring one."""

    address: str = field(repr=False)
    code: str = field(default="", repr=False)
    items: str = field(default="", repr=False)


class Sender:
    """`reason` says why nothing can be sent at all; an unreachable mail server only defers deliveries."""

    def __init__(
        self,
        store: Store,
        broker: Broker,
        channel: EmailChannel,
        head: Letterhead,
        clock: Clock,
        templates: Templates,
        admission: Admission,
        patience: float = PATIENCE,
        officials: OfficialContacts | None = None,
    ) -> None:
        self._store, self._broker, self._channel = store, broker, channel
        self._head, self._clock, self._patience = head, clock, patience
        self._templates, self._admission = templates, admission
        self._officials = officials
        self._admitting = asyncio.Lock()
        self._woken = asyncio.Event()
        self._backoff = Backoff(0.5, 15.0)
        self.reason: str | None = None

    async def run(self) -> None:
        """Run until cancelled; running attempts then get `patience` seconds to end."""
        self._store.subscribe(self._wake_in(asyncio.get_running_loop()))
        await self.doubt_open_attempts()
        client, me = await self._broker.client(), self._store.service
        vaults = Vaults(VaultClient(client, me), VaultClient(client, me, vault=INTEGRITY_VAULT))
        while True:
            self._woken.clear()
            if not await self._send_due(vaults):
                await self._rest()

    def _wake_in(self, loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
        """Called in the store's thread, which may outlive the loop."""

        def wake() -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._woken.set)

        return wake

    async def doubt_open_attempts(self) -> None:
        """Record attempts that a crash left open as uncertain: this process has begun none yet, and no other one holds the lease."""
        for delivery, attempt in await self._store.query(projections.open_attempts):
            await self._store.handle(decider, delivery, DoubtAttempt(by=self._by(None), attempt=attempt))

    async def _send_due(self, vaults: Vaults) -> int:
        """Work on the due deliveries; return the number of those that made progress."""
        now = self._clock.now()
        due = await self._store.query(lambda tx: projections.due(tx, now, AT_ONCE))
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._deliver(vaults, delivery)) for delivery in due]
        return sum(task.result() for task in tasks)

    async def _rest(self) -> None:
        wait = self._backoff.next() if self.reason else await self._until_due()
        try:
            await asyncio.wait_for(self._woken.wait(), wait)
        except TimeoutError:
            return

    async def _until_due(self) -> float:
        """The seconds until the next due time, with a minimum, so that a delivery that makes no progress does not spin."""
        due = await self._store.query(projections.next_due)
        if due is None:
            return POLL_SECONDS
        return min(POLL_SECONDS, max(BREATH_SECONDS, (due - self._clock.now()).total_seconds()))

    async def _deliver(self, vaults: Vaults, delivery: UUID) -> bool:
        _, state = await self._store.fetch(decider, delivery)
        if state.request is None:
            return False
        try:
            contact = await self._contact(vaults, state.request)
        except NotReachableError as nobody:
            return await self._say(
                delivery, ReportNotReachable(by=self._by(state.request), reason_class=nobody.reason)
            )
        except (VaultUnavailableError, VaultRefusedError) as fault:
            return self._stuck(f"the vault gives no address: {fault}")
        return await self._write(delivery, state.request, state.attempt + 1, contact)

    async def _contact(self, vaults: Vaults, request: DeliveryRequested) -> Contact:
        if request.official is not None:
            return await self._official_contact(request, request.official)
        try:
            if request.contributor is None:
                return await self._contact_of_case(vaults.office, request)
            names = [CONTRIBUTOR_EMAIL, *([CONTRIBUTOR_CODE] if request.solicited else [])]
            fields = await vaults.integrity.read(
                str(request.contributor), names, PURPOSE, causation=str(request.cause)
            )
            return Contact(checked(fields.get(CONTRIBUTOR_EMAIL, "")), fields.get(CONTRIBUTOR_CODE, ""))
        except ErasedError:
            raise NotReachableError("erased") from None
        except (UnknownTicketError, BadAddressError):
            raise NotReachableError("no_address") from None

    async def _official_contact(self, request: DeliveryRequested, official: str) -> Contact:
        address = self._officials.addresses.of(official) if self._officials else None
        if self._officials is None or address is None:
            raise NotReachableError("no_address")
        is_list = request.template == self._officials.list_template
        items = await self._officials.lines(official, request.language, self._clock.now()) if is_list else ""
        return Contact(address.email, items=items)

    async def _contact_of_case(self, vault: VaultClient, request: DeliveryRequested) -> Contact:
        """Return the address, and the link that only the mail with it needs. A link that is over leads nowhere: that mail is not sent."""
        names = [FIELD, *([CODE_LINK] if request.template == WITH_CODE_LINK else [])]
        fields = await vault.read(request.ticket, names, PURPOSE, causation=str(request.cause))
        contact = Contact(checked(fields.get(FIELD, "")), fields.get(CODE_LINK, ""))
        if CODE_LINK in names and not contact.code:
            raise NotReachableError("no_address")
        return contact

    async def _write(
        self, delivery: UUID, request: DeliveryRequested, attempt: int, contact: Contact
    ) -> bool:
        async with self._admitting:
            by = self._by(request)
            try:
                answer = await self._admission.admit(delivery, request, contact.address, by)
            except UnavailableError as fault:
                return self._stuck(f"an attempt can't be recorded: {fault}")
            if not isinstance(answer, Addressee):
                return await self._say(delivery, answer)
            addressee = replace(answer, code=contact.code, items=contact.items)
            mail = compose(request, self._templates.wording(request), self._head, addressee, by.at)
            begin = BeginHandingOver(by=by, attempt=attempt, recipient=answer.recipient)
            if not await self._say(delivery, begin):
                return False
        await self._finish(self._attempt(delivery, request, attempt, mail))
        return True

    async def _attempt(
        self, delivery: UUID, request: DeliveryRequested, attempt: int, mail: EmailMessage
    ) -> None:
        outcome = await self._channel.hand_over(mail)
        ATTEMPTS.labels(outcome).inc()
        result = _result(outcome, attempt, self._by(request))
        backoff = Backoff(0.5, 5.0)
        while True:
            if await self._store_result(delivery, result):
                return
            await asyncio.sleep(backoff.next())

    async def _store_result(self, delivery: UUID, result: Commands) -> bool:
        """Try to store the result of an attempt; the caller repeats it until it is stored. Only a crash makes the result uncertain."""
        try:
            await self._store.handle(decider, delivery, result)
        except UnavailableError as fault:
            logger.error("the result of an attempt can't be stored yet: %s", fault)
            return False
        return True

    async def _finish(self, work: Coroutine[None, None, None]) -> None:
        """Run `work` to its end. An orderly stop waits a little for the mail server's reply, so that no attempt stays uncertain."""
        task = asyncio.create_task(work)
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait({task}, timeout=self._patience)
            task.cancel()
            raise

    async def _say(self, delivery: UUID, command: Commands) -> bool:
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
        self._go_on()
        return bool(recorded)

    def _stuck(self, why: str) -> bool:
        if self.reason is None:
            logger.warning("nothing can be sent: %s", why)
        self.reason = why
        return False

    def _go_on(self) -> None:
        self.reason = None
        self._backoff.reset()

    def _by(self, request: DeliveryRequested | None) -> Act:
        me = f"system:{self._store.service}"
        causation = str(request.cause) if request else None
        correlation = request.by.correlation if request else None
        return Act(at=self._clock.now(), actor=me, role=me, causation=causation, correlation=correlation)


def _result(outcome: Outcome, attempt: int, by: Act) -> Commands:
    if outcome == "handed_over":
        return ReportHandedOver(by=by, attempt=attempt)
    return ReportNotTaken(by=by, attempt=attempt, reason_class=outcome)
