"""Decide whether a delivery may be sent to its address now, from the reader's decision and the number of mails on this day.

For one address calls are made one after the other, and each attempt is recorded before the next call; first messages of the day are
counted with those under way: so the limits are exact.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeAlias
from uuid import UUID, uuid5

from zi_chassis.domain import Act
from zi_chassis.office_clock import office_zone
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Store
from zi_notify.addresses.recipient_keys import RecipientKeys
from zi_notify.domain.delivery import (
    DeliveryRequested,
    HoldUnconfirmed,
    Postpone,
    RequestDelivery,
    Withhold,
    delivery_id,
)
from zi_notify.domain.delivery_status import DeliveryStatus
from zi_notify.domain.recipient import AskRecipient, Consent, Permission, Recipient
from zi_notify.messaging.published import decider, recipients
from zi_notify.read import projections, work_table
from zi_notify.texts.letter import WITH_CODE_LINK, Addressee
from zi_notify.texts.short_message import CONFIRM_NUMBER, phone_templates
from zi_rules.message_channels import PhoneChannelRules

Refusal: TypeAlias = HoldUnconfirmed | Postpone | Withhold


@dataclass(frozen=True)
class MailLimits:
    """On one day of the office: mails to one address, and addresses asked for their confirmation."""

    to_each: int = 60
    first_mails: int = 500


class DailyShare:
    """The share of a day. An ask under way counts before it is recorded, so that many are recorded together, and no more than the limit."""

    def __init__(self) -> None:
        self._begun = self._ended = 0
        self._freed = asyncio.Event()

    async def reserve(self, count: Callable[[], Awaitable[int]], limit: int) -> bool:
        """Take one; False if as many as the limit are recorded. `count` returns how many are."""
        while True:
            ended = self._ended  # before the count, which has these alone for sure
            recorded = await count()
            if recorded >= limit:
                return False
            if recorded + self._begun - ended < limit:
                self._begun += 1
                return True
            self._freed.clear()
            if self._begun > self._ended:
                await self._freed.wait()

    def release(self) -> None:
        """It is recorded, or will not be."""
        self._ended += 1
        self._freed.set()


@dataclass(frozen=True)
class MailHistory:
    """The records of an address and a case before a mail: what its reader decided, and how many mails it got on this day."""

    recipient: Recipient
    is_earlier_case: bool
    sent: int
    may_answer: bool


class Admission:
    def __init__(self, store: Store, keys: RecipientKeys, limits: MailLimits) -> None:
        self._store, self._keys, self._limits = store, keys, limits
        self._asking, self._first_mails = asyncio.Lock(), DailyShare()

    async def admit(
        self, delivery: UUID, request: DeliveryRequested, address: str, by: Act
    ) -> Addressee | Refusal:
        """Return the addressee, or the command that records why nothing is sent."""
        recipient = self._keys.recipient(address)
        if request.official is not None:
            return await self._admit_official(request, address, recipient, by)
        history = await self._store.query(lambda tx: self._history(tx, recipient, delivery, request, by))
        if request.template == WITH_CODE_LINK and history.recipient.consent is Consent.UNKNOWN:
            return HoldUnconfirmed(by=by, recipient=recipient)  # also where there were no confirmations yet
        permission = await self._permission(recipient, delivery, history, by)
        if permission is None:
            return _postponed(by)
        if permission is Permission.STOPPED:
            return Withhold(by=by, reason_class="stopped")
        if permission is Permission.UNCONFIRMED and not request.solicited:
            return HoldUnconfirmed(by=by, recipient=recipient)
        if history.sent >= self._limits.to_each:
            return Withhold(by=by, reason_class="recipient_limit")
        is_asked = permission in (Permission.ASK, Permission.UNCONFIRMED)
        token = self._keys.token(recipient)
        return Addressee(address, recipient, token, is_asked, may_answer=history.may_answer)

    def _history(
        self, tx: Tx, recipient: UUID, delivery: UUID, request: DeliveryRequested, by: Act
    ) -> MailHistory:
        _, state = self._store.load_in(tx, recipients, recipient)
        return MailHistory(
            recipient=state,
            is_earlier_case=projections.is_earlier_case(tx, request.ticket),
            sent=projections.sent_to(tx, recipient, delivery, _today(by)),
            may_answer=work_table.may_be_answered(tx, request.ticket),
        )

    async def _admit_official(
        self, request: DeliveryRequested, address: str, recipient: UUID, by: Act
    ) -> Addressee | Refusal:
        """An address of the office's own data needs no confirmation; what is binding can't be stopped."""
        _, state = await self._store.fetch(recipients, recipient)
        if state.consent is Consent.STOPPED and not request.binding:
            return Withhold(by=by, reason_class="stopped")
        return Addressee(address, recipient, self._keys.token(recipient), is_asked=False)

    async def admit_browser(
        self, delivery: UUID, request: DeliveryRequested, endpoint: str, by: Act
    ) -> Addressee | Refusal:
        """A browser needs no confirmation: whoever has the code of the case agreed in it."""
        recipient = self._keys.browser_recipient(endpoint)
        if await self._sent(recipient, delivery, by) >= self._limits.to_each:
            return Withhold(by=by, reason_class="recipient_limit")
        return Addressee(endpoint, recipient, "", is_asked=False)

    async def admit_team(self, team: str) -> Addressee:
        """The chat of a team is of the office's own data and needs no confirmation."""
        return Addressee(team, self._keys.team_recipient(team), "", is_asked=False)

    async def admit_number(
        self, delivery: UUID, request: DeliveryRequested, number: str, by: Act, rules: PhoneChannelRules
    ) -> Addressee | Refusal:
        """As `admit`, for a telephone number: until it is confirmed it gets one message, which names no case."""
        recipient = self._keys.phone_recipient(number)
        _, state = await self._store.fetch(recipients, recipient)
        permission = state.permission(delivery, is_earlier_case=False)
        if permission is Permission.STOPPED:
            return Withhold(by=by, reason_class="stopped")
        if request.template == WITH_CODE_LINK and permission is not Permission.WRITE:
            return HoldUnconfirmed(by=by, recipient=recipient)
        if permission is Permission.UNCONFIRMED:
            async with self._asking:
                is_asked = await self._ask_number(recipient, request, by, rules.first_a_day)
            return HoldUnconfirmed(by=by, recipient=recipient) if is_asked else _postponed(by)
        if await self._sent(recipient, delivery, by) >= rules.to_each_a_day:
            return Withhold(by=by, reason_class="recipient_limit")
        is_asked = permission is Permission.ASK
        return Addressee(number, recipient, self._keys.token(recipient), is_asked)

    async def _ask_number(self, recipient: UUID, request: DeliveryRequested, by: Act, most: int) -> bool:
        """Have the number asked for its confirmation, by a delivery of its own; False if no more are asked on this day.

        The next delivery to the number completes a request that a crash cut off."""
        _, state = await self._store.fetch(recipients, recipient)
        if await self._is_lost(state.asked_by):
            first_messages = await self._store.query(
                lambda tx: projections.numbers_asked(tx, request.channel, _today(by))
            )
            if first_messages >= most:
                return False
            asking = delivery_id(uuid5(recipient, f"after {state.asked_by}"), request.channel)
            command = AskRecipient(by=_alone(by), delivery=asking, instead_of=state.asked_by)
            state = (await self._store.handle(recipients, recipient, command)).state
        assert state.asked_by is not None
        templates = phone_templates()
        fields = request.model_dump(include={"ticket", "channel", "language", "cause"})
        fields["keeps_quiet_hours"] = request.is_for_daytime
        asked_for = RequestDelivery(
            by=by,
            template=CONFIRM_NUMBER,
            template_version=templates.version,
            template_digest=templates.digest,
            **fields,
        )
        await self._store.handle(decider, state.asked_by, asked_for)
        return True

    async def _sent(self, recipient: UUID, delivery: UUID, by: Act) -> int:
        return await self._store.query(lambda tx: projections.sent_to(tx, recipient, delivery, _today(by)))

    async def _permission(
        self, recipient: UUID, delivery: UUID, history: MailHistory, by: Act
    ) -> Permission | None:
        """Return the permission; None if no more first mails may be sent on this day."""
        asked_by = history.recipient.asked_by
        permission = history.recipient.permission(delivery, history.is_earlier_case)
        if permission is not Permission.UNCONFIRMED or not await self._is_lost(asked_by):
            return permission
        count = partial(projections.asked_since, since=_today(by))
        if not await self._first_mails.reserve(partial(self._store.query, count), self._limits.first_mails):
            return None
        try:
            command = AskRecipient(by=_alone(by), delivery=delivery, instead_of=asked_by)
            state = (await self._store.handle(recipients, recipient, command)).state
        finally:
            self._first_mails.release()
        return state.permission(delivery, history.is_earlier_case)

    async def _is_lost(self, asking: UUID | None) -> bool:
        """Tell if no message asks for the confirmation: none was sent, or it certainly did not arrive."""
        if asking is None:
            return True
        _, state = await self._store.fetch(decider, asking)
        is_failed = state.status is DeliveryStatus.FAILED and not state.is_doubted
        return is_failed or state.status is DeliveryStatus.UNDELIVERED


def _postponed(by: Act) -> Postpone:
    return Postpone(by=by, until=_today(by) + timedelta(days=1))


def _alone(by: Act) -> Act:
    """The same act, of no case."""
    return by.model_copy(update={"causation": None, "correlation": None})


def _today(by: Act) -> datetime:
    """Return when the office's day began."""
    return by.at.astimezone(office_zone()).replace(hour=0, minute=0, second=0, microsecond=0)
