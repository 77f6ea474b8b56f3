"""Decide whether a delivery may be sent to its address now, from the reader's decision and the number of mails on this day.

Calls are made one after the other, and each attempt is recorded before the next call: so the limits are exact.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from zi_chassis.domain import Act
from zi_chassis.office_clock import office_zone
from zi_chassis.store import Store
from zi_notify import projections
from zi_notify.domain.delivery import DeliveryRequested, DeliveryStatus, HoldUnconfirmed, Postpone, Withhold
from zi_notify.domain.recipient import AskRecipient, Consent, Permission
from zi_notify.letter import Addressee
from zi_notify.notice import WITH_CODE_LINK
from zi_notify.published import decider, recipients
from zi_notify.recipient_keys import RecipientKeys

Refusal: TypeAlias = HoldUnconfirmed | Postpone | Withhold


@dataclass(frozen=True)
class MailLimits:
    """On one day of the office: mails to one address, and addresses asked for their confirmation."""

    to_each: int = 60
    first_mails: int = 500


class Admission:
    def __init__(self, store: Store, keys: RecipientKeys, limits: MailLimits) -> None:
        self._store, self._keys, self._limits = store, keys, limits

    async def admit(
        self, delivery: UUID, request: DeliveryRequested, address: str, by: Act
    ) -> Addressee | Refusal:
        """Return the addressee, or the command that records why nothing is sent."""
        recipient = self._keys.recipient(address)
        if request.official is not None:
            return await self._admit_official(request, address, recipient, by)
        if request.template == WITH_CODE_LINK and not await self._is_known(recipient):
            return HoldUnconfirmed(by=by, recipient=recipient)
        permission = await self._permission(recipient, delivery, request.ticket, by)
        if permission is None:
            return Postpone(by=by, until=_today(by) + timedelta(days=1))
        if permission is Permission.STOPPED:
            return Withhold(by=by, reason_class="stopped")
        if permission is Permission.UNCONFIRMED and not request.solicited:
            return HoldUnconfirmed(by=by, recipient=recipient)
        sent = await self._store.query(lambda tx: projections.sent_to(tx, recipient, delivery, _today(by)))
        if sent >= self._limits.to_each:
            return Withhold(by=by, reason_class="recipient_limit")
        is_asked = permission in (Permission.ASK, Permission.UNCONFIRMED)
        return Addressee(address, recipient, self._keys.token(recipient), is_asked)

    async def _admit_official(
        self, request: DeliveryRequested, address: str, recipient: UUID, by: Act
    ) -> Addressee | Refusal:
        """An address of the office's own data needs no confirmation; what is binding can't be stopped."""
        _, state = await self._store.fetch(recipients, recipient)
        if state.consent is Consent.STOPPED and not request.binding:
            return Withhold(by=by, reason_class="stopped")
        return Addressee(address, recipient, self._keys.token(recipient), is_asked=False)

    async def _is_known(self, recipient: UUID) -> bool:
        """Return whether the reader of the address has decided about it. An address of before there were confirmations counts as none here."""
        _, state = await self._store.fetch(recipients, recipient)
        return state.consent is not Consent.UNKNOWN

    async def _permission(self, recipient: UUID, delivery: UUID, ticket: str, by: Act) -> Permission | None:
        """Return the permission; None if no more first mails may be sent on this day."""
        is_earlier = await self._store.query(lambda tx: projections.is_earlier_case(tx, ticket))
        _, state = await self._store.fetch(recipients, recipient)
        permission = state.permission(delivery, is_earlier)
        if permission is not Permission.UNCONFIRMED or not await self._is_lost(state.asked_by):
            return permission
        first_mails = await self._store.query(lambda tx: projections.asked_since(tx, _today(by)))
        if first_mails >= self._limits.first_mails:
            return None
        alone = by.model_copy(update={"causation": None, "correlation": None})  # of no case
        command = AskRecipient(by=alone, delivery=delivery, instead_of=state.asked_by)
        return (await self._store.handle(recipients, recipient, command)).state.permission(
            delivery, is_earlier
        )

    async def _is_lost(self, asking: UUID | None) -> bool:
        """Tell if no mail asks for the confirmation: none was sent, or certainly no server took it."""
        if asking is None:
            return True
        _, state = await self._store.fetch(decider, asking)
        return state.status is DeliveryStatus.FAILED and not state.is_doubted


def _today(by: Act) -> datetime:
    """Return when the office's day began."""
    return by.at.astimezone(office_zone()).replace(hour=0, minute=0, second=0, microsecond=0)
