"""What the vault answers other services: to a system the fields that its policy names, to an auditor's own token the items with
their salts; recorded as the reader's act before anything is told."""

from base64 import b64encode
from collections.abc import Mapping
from typing import get_args
from uuid import UUID

from zi_chassis.domain import Act
from zi_chassis.identity import Identity, Staff, act
from zi_chassis.vault import Opened
from zi_chassis.vault_requests import UnknownTicketError, VaultRefusedError
from zi_chassis.web.problem import SignInNeededError
from zi_contracts.vault import AuditPurpose, DisclosedItem, VaultReply, VaultRequest
from zi_intake.access import NoSuchCaseError
from zi_intake.office import Office

AUDIT, AUDITOR = "audit", "auditor"
REPORTER = frozenset({"reporter.name", "reporter.email", "reporter.phone"})
WORDS = frozenset({"text", "product", "place", "question", "reply", "answer"})
READABLE = {"notify": frozenset({"reporter.email"}), AUDIT: REPORTER | WORDS}


class Reading:
    def __init__(self, office: Office, identity: Identity) -> None:
        self._office = office
        self._identity = identity

    async def answer(self, caller: str, request: VaultRequest) -> VaultReply:
        if caller == AUDIT:
            return await self._for_auditor(request)
        name = f"system:{caller}"
        by = Act(at=self._office.clock.now(), actor=name, role=name, causation=request.causation)
        opened = await self._opened(by, request)
        return VaultReply(fields={each.field: each.text for each in opened.values()})

    async def _for_auditor(self, request: VaultRequest) -> VaultReply:
        if request.purpose not in get_args(AuditPurpose):
            raise VaultRefusedError
        by = act(await self._auditor(request.token or ""), AUDITOR, self._office.clock)
        opened = await self._opened(by, request)
        return VaultReply(items=tuple(_disclosed(item, each) for item, each in opened.items()))

    async def _auditor(self, token: str) -> Staff:
        """Whoever asks, the vault itself looks at whose token it is."""
        try:
            person = await self._identity.staff(token)
        except SignInNeededError as error:
            raise VaultRefusedError from error
        if AUDITOR not in person.roles:
            raise VaultRefusedError
        return person

    async def _opened(self, by: Act, request: VaultRequest) -> Mapping[UUID, Opened]:
        try:
            ticket, _, _, state = await self._office.access.known(request.ticket)
        except NoSuchCaseError as error:
            raise UnknownTicketError from error
        wanted = tuple(
            ref.item
            for ref in state.items
            if ref.field in request.fields and (request.items is None or ref.item in request.items)
        )
        return await self._office.handling.open_items(ticket, by, request.purpose, wanted) if wanted else {}


def _disclosed(item: UUID, opened: Opened) -> DisclosedItem:
    salt = b64encode(opened.salt).decode()
    return DisclosedItem(item=item, field=opened.field, salt=salt, text=opened.text)
