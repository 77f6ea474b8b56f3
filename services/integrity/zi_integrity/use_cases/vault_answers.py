"""Answers to the services that read this vault: notify for the moment of sending, and auditors with their own token."""

from typing import get_args
from uuid import UUID

from zi_chassis.access.identity import Identity, act
from zi_chassis.clock import Clock
from zi_chassis.domain import Act
from zi_chassis.vault.requests import UnknownTicketError, VaultRefusedError
from zi_chassis.vault.vault import OpenedItem
from zi_chassis.web.problem import SignInNeededError
from zi_contracts.vault import AuditPurpose, VaultReply, VaultRequest
from zi_integrity.read.forums import ADDRESS
from zi_integrity.use_cases.participation import CODE
from zi_integrity.use_cases.personal_data import PersonalData

MAIL_PURPOSE = "notify_status"
AUDITOR = "auditor"
ADDRESSES = frozenset({ADDRESS, CODE})
# What reporters of gifts and of conflicts wrote is for those alone who handle it.
AUDITABLE = frozenset(
    {"proposal.title", "proposal.text", "comment.text", "survey.words", "compensation.cause"}
)
READABLE = {"notify": ADDRESSES, "audit": AUDITABLE}


class ContributorVaultAnswers:
    """A request names the data subject where the office's vault has a ticket: that of a participant, or of a proposal with its own copy of the
    address."""

    def __init__(self, data: PersonalData, identity: Identity, clock: Clock) -> None:
        self._data = data
        self._identity = identity
        self._clock = clock

    async def answer(self, caller: str, request: VaultRequest) -> VaultReply:
        if caller == "audit":
            return await self._for_auditor(request)
        if request.purpose != MAIL_PURPOSE:
            raise VaultRefusedError
        data_subject, by = _data_subject(request.ticket), self._program(caller, request)
        opened = await self._opened(data_subject, by, request)
        return VaultReply(fields={each.field: each.text for each in opened.values()})

    async def _for_auditor(self, request: VaultRequest) -> VaultReply:
        if request.purpose not in get_args(AuditPurpose) or not request.items:
            raise VaultRefusedError
        data_subject = await self._data.owner_of(request.items[0])
        if data_subject is None:
            raise UnknownTicketError
        opened = await self._opened(data_subject, await self._auditor(request), request)
        return VaultReply(items=tuple(each.disclosed(item) for item, each in opened.items()))

    async def _opened(self, data_subject: UUID, by: Act, request: VaultRequest) -> dict[UUID, OpenedItem]:
        stored = await self._data.items_of(data_subject, request.fields)
        named = [each.item for each in stored if request.items is None or each.item in request.items]
        if not named:
            return {}
        return await self._data.open(data_subject, by, request.purpose, named)

    async def _auditor(self, request: VaultRequest) -> Act:
        try:
            person = await self._identity.staff(request.token or "")
        except SignInNeededError as error:
            raise VaultRefusedError from error
        if AUDITOR not in person.roles:
            raise VaultRefusedError
        return act(person, AUDITOR, self._clock)

    def _program(self, caller: str, request: VaultRequest) -> Act:
        name = f"system:{caller}"
        return Act(at=self._clock.now(), actor=name, role=name, causation=request.causation)


def _data_subject(reference: str) -> UUID:
    try:
        return UUID(reference)
    except ValueError:
        raise UnknownTicketError from None
