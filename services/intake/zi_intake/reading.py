"""What the vault answers other services: the fields that its policy names, recorded as the reader's act before anything is told.

An auditor's own token opens items with their salts. For certificates it is an official's token that opens, or the desk itself;
whoever shows that the case is theirs reads their own, which is not recorded.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import get_args
from uuid import UUID, uuid5

from zi_chassis.case_token import CaseTokenError
from zi_chassis.domain import Act
from zi_chassis.identity import APPLICANT, Identity, Staff, act
from zi_chassis.vault import Opened
from zi_chassis.vault_requests import UnknownTicketError, VaultRefusedError
from zi_chassis.web.problem import SignInNeededError
from zi_contracts.vault import (
    AuditPurpose,
    DisclosedItem,
    VaultKeepRequest,
    VaultKept,
    VaultReply,
    VaultRequest,
)
from zi_intake.access import NoSuchCaseError
from zi_intake.case import Case, CertificateRequested, NotPassedOnError
from zi_intake.handling import items_of
from zi_intake.office import CERTIFIERS, STAFF, Office

AUDIT, AUDITOR, CERTIFICATES = "audit", "auditor", "certificates"
REPORTER = frozenset({"reporter.name", "reporter.email", "reporter.phone"})
WORDS = frozenset({"text", "product", "place", "question", "reply", "answer"})
COMPANY = frozenset({"company.name", "company.address", "company.nib"})
OF_THE_DESK = frozenset({"note", "account.warehouse", "letter.content", "letter.file"})
READABLE = {
    "notify": frozenset({"reporter.email"}),
    AUDIT: REPORTER | WORDS | COMPANY | OF_THE_DESK - {"letter.file"},
    CERTIFICATES: COMPANY | {"reporter.name"} | OF_THE_DESK,
}
KEEPABLE = {CERTIFICATES: OF_THE_DESK}
OFFICIALS = (*CERTIFIERS, *STAFF)
LETTER_PURPOSES = ("letter", "evaluation", "own_copy")


class Reading:
    def __init__(self, office: Office, identity: Identity) -> None:
        self._office = office
        self._identity = identity

    async def answer(self, caller: str, request: VaultRequest) -> VaultReply:
        match caller:
            case "audit":
                opened = await self._for_auditor(request)
            case "certificates":
                opened = await self._for_certificates(request)
            case _:
                opened = await self._recorded(_system(caller, request, self._office), request)
        if caller == AUDIT or request.items is not None:
            return VaultReply(items=tuple(_disclosed(item, each) for item, each in opened.items()))
        return VaultReply(fields={each.field: each.text for each in opened.values()})

    async def keep(self, caller: str, request: VaultKeepRequest) -> VaultKept:
        ticket, _ = await self._known(request.ticket)
        by = _system(caller, request, self._office)
        intention = uuid5(request.request, f"keep {by.actor}")
        try:
            items = await self._office.handling.keep(ticket, by, intention, request.fields)
        except NotPassedOnError as error:
            raise VaultRefusedError from error
        return VaultKept(items=items)

    async def _for_auditor(self, request: VaultRequest) -> Mapping[UUID, Opened]:
        if request.purpose not in get_args(AuditPurpose):
            raise VaultRefusedError
        person = await self._official(request.token or "", (AUDITOR,))
        return await self._recorded(act(person, AUDITOR, self._office.clock), request)

    async def _for_certificates(self, request: VaultRequest) -> Mapping[UUID, Opened]:
        ticket, state = await self._known(request.ticket)
        filing = state.filing
        if not isinstance(filing, CertificateRequested) or request.purpose not in LETTER_PURPOSES:
            raise VaultRefusedError
        if request.token is None:
            return await self._recorded(_system(CERTIFICATES, request, self._office), request)
        if await self._is_own(request.token, filing):
            return await self._office.handling.own_items(ticket, request.fields, request.items)
        person = await self._official(request.token, OFFICIALS)
        role = person.role(*OFFICIALS)
        return await self._recorded(
            act(person, role, self._office.clock, causation=request.causation), request
        )

    async def _is_own(self, token: str, filing: CertificateRequested) -> bool:
        """The case's own token, or that of the applicant who filed it."""
        try:
            return await self._office.tokens.verify(token) == filing.ticket
        except CaseTokenError:
            person = await self._person(token)
        return (person.sub, APPLICANT) == (filing.by.actor, filing.by.role) and APPLICANT in person.roles

    async def _official(self, token: str, roles: Sequence[str]) -> Staff:
        person = await self._person(token)
        if person.roles.isdisjoint(roles):
            raise VaultRefusedError
        return person

    async def _person(self, token: str) -> Staff:
        """Whoever asks, the vault itself looks at whose token it is."""
        try:
            return await self._identity.staff(token)
        except SignInNeededError as error:
            raise VaultRefusedError from error

    async def _recorded(self, by: Act, request: VaultRequest) -> Mapping[UUID, Opened]:
        ticket, state = await self._known(request.ticket)
        wanted = items_of(state, request.fields, request.items)
        return await self._office.handling.open_items(ticket, by, request.purpose, wanted) if wanted else {}

    async def _known(self, ticket: str) -> tuple[str, Case]:
        try:
            own, _, _, state = await self._office.access.known(ticket)
        except NoSuchCaseError as error:
            raise UnknownTicketError from error
        return own, state


def _system(caller: str, request: VaultRequest | VaultKeepRequest, office: Office) -> Act:
    name = f"system:{caller}"
    return Act(at=office.clock.now(), actor=name, role=name, causation=request.causation)


def _disclosed(item: UUID, opened: Opened) -> DisclosedItem:
    salt = b64encode(opened.salt).decode()
    return DisclosedItem(item=item, field=opened.field, salt=salt, text=opened.text)
