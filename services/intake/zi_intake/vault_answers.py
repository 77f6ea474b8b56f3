"""Answer the requests of other services to the vault: the fields that its policy names, recorded as an act before any is disclosed.

An auditor's own token opens items with their salts; of a confidential case none, unless a second person has agreed. For another desk it is an official's token that opens, for certificates also the
desk itself. The citizen of a case reads its fields without a record. A request for letters takes
over the data that the same business gave for its mentoring, if the business agreed to that.
"""

from collections.abc import Mapping, Sequence
from typing import get_args
from uuid import UUID, uuid5

from zi_chassis.access.case_token import CaseTokenError
from zi_chassis.access.identity import APPLICANT, Identity, Staff, act
from zi_chassis.domain import Act
from zi_chassis.vault.requests import UnknownTicketError, VaultRefusedError
from zi_chassis.vault.vault import OpenedItem
from zi_chassis.web.problem import SignInNeededError
from zi_contracts.vault import (
    AuditPurpose,
    VaultKeepRequest,
    VaultKept,
    VaultReply,
    VaultRequest,
)
from zi_intake.container import Office
from zi_intake.desks import CERTIFICATES, MENTORING, Desk, desk_of
from zi_intake.domain.case.disclosure_decisions import may_read
from zi_intake.domain.case.filings import CertificateRequested, PassedOn
from zi_intake.domain.case.state import Case
from zi_intake.read.interested_officials import is_interested
from zi_intake.read.tracking import BROWSER, INTERNAL
from zi_intake.roles import AUDITOR
from zi_intake.use_cases.case_access import NoSuchCaseError
from zi_intake.use_cases.case_actions import items_of

AUDIT = "audit"
ADDED = ("addition", "correction", "objection")
CODE_LINK = "code.link"  # stored nowhere: it follows from the request for a new code
REPORTER = frozenset({"reporter.name", "reporter.email", "reporter.phone", "reporter.address"})
TEXTS = frozenset(
    {
        "text",
        "product",
        "place",
        "question",
        "reply",
        "answer",
        "triage.reason",
        "referral.text",
        "extension.reason",
        "information.purpose",
        *INTERNAL,
        *ADDED,
    }
)
COMPANY = frozenset({"company.name", "company.address", "company.nib"})
PARTIES = frozenset({"letter.producer", "letter.consignee"})
LETTER = frozenset({"letter.content", "letter.file"})
MASTER_DATA = frozenset({"master.name", "master.address", "master.contact"})
OF_LETTERS = PARTIES | MASTER_DATA | {"note", "account.warehouse", "applicant.answer"} | LETTER
BUSINESS = frozenset({"business.name", "business.address", "business.nib", "business.kbli", "products"})
HANDED_OVER = frozenset({"product.name", "product.composition", "product.pack"})
OF_MENTORING = HANDED_OVER | {
    *("nickname", "note", "visit.note"),
    *("action.cause", "action.correction", "action.plan"),
}
READABLE = {
    "notify": frozenset({"reporter.email", "reporter.phone", BROWSER, CODE_LINK}),
    AUDIT: REPORTER | TEXTS | COMPANY | BUSINESS | OF_LETTERS - {"letter.file"} | OF_MENTORING,
    CERTIFICATES.service: COMPANY | {"reporter.name"} | OF_LETTERS | BUSINESS | HANDED_OVER,
    MENTORING.service: BUSINESS
    | {"reporter.name", "reporter.phone", "place", "text"}
    | OF_MENTORING
    | LETTER,
}
KEEPABLE = {CERTIFICATES.service: OF_LETTERS, MENTORING.service: OF_MENTORING | LETTER}
LETTER_PURPOSES = ("letter", "evaluation", "own_copy")
SEALING = "letter"
MENTORING_PURPOSES = ("mentoring", "own_copy")
PREFILL = "prefill"
MAIL_PURPOSE = "notify_status"


class VaultAnswers:
    def __init__(self, office: Office, identity: Identity) -> None:
        self._office = office
        self._identity = identity

    async def answer(self, caller: str, request: VaultRequest) -> VaultReply:
        match caller:
            case "audit":
                opened = await self._for_auditor(request)
            case "certificates":
                opened = await self._for_certificates(request)
            case "umkm":
                opened = await self._for_umkm(request)
            case _:
                opened = await self._for_notify(caller, request)
        if caller == AUDIT or request.items is not None:
            return VaultReply(items=tuple(each.disclosed(item) for item, each in opened.items()))
        link = await self._code_link(request.ticket) if CODE_LINK in request.fields else {}
        return VaultReply(fields={each.field: each.text for each in opened.values()} | dict(link))

    async def _code_link(self, ticket: str) -> Mapping[str, str]:
        """Return the end of the link by which a new code is made, while a request for one waits."""
        known, state = await self._known(ticket)
        waiting = None if state.erased else state.code.waiting(self._office.clock.now())
        return {} if waiting is None else {CODE_LINK: self._office.names.code_link(known, waiting.asking)}

    async def keep(self, caller: str, request: VaultKeepRequest) -> VaultKept:
        """Store the fields of a desk in the vault, for its own cases only."""
        ticket, state = await self._known(request.ticket)
        desk = desk_of(state.filing)
        if desk is None or desk.service != caller:
            raise VaultRefusedError
        by = _system(caller, request, self._office)
        request_id_of = uuid5(request.request, f"keep {by.actor}")
        return VaultKept(items=await self._office.actions.keep(ticket, by, request_id_of, request.fields))

    async def _for_notify(self, caller: str, request: VaultRequest) -> Mapping[UUID, OpenedItem]:
        """One purpose: with others it could begin one hour after the other, each with an event."""
        if request.purpose != MAIL_PURPOSE:
            raise VaultRefusedError
        return await self._recorded(_system(caller, request, self._office), request)

    async def _for_auditor(self, request: VaultRequest) -> Mapping[UUID, OpenedItem]:
        if request.purpose not in get_args(AuditPurpose):
            raise VaultRefusedError
        person = await self._official(request.token or "", (AUDITOR,))
        by = act(person, AUDITOR, self._office.clock)
        _, state = await self._known(request.ticket)
        if not may_read(state, by.actor, by.at):
            return {}  # the evidence of a confidential case is made without them
        return await self._recorded(by, request)

    async def _for_certificates(self, request: VaultRequest) -> Mapping[UUID, OpenedItem]:
        if request.purpose == PREFILL:
            await self._refuse_unless_agreed(request)
            return await self._recorded(_system(CERTIFICATES.service, request, self._office), request)
        _, state = await self._known(request.ticket)
        if not isinstance(state.filing, CertificateRequested) or request.purpose not in LETTER_PURPOSES:
            raise VaultRefusedError
        if request.token is None:
            return await self._recorded(_system(CERTIFICATES.service, request, self._office), request)
        return await self._for_whose_token_it_is(CERTIFICATES, request, request.token)

    async def _for_umkm(self, request: VaultRequest) -> Mapping[UUID, OpenedItem]:
        """Open fields for a person with a token; for the desk itself its own letters only, in a case of its own."""
        if request.purpose == SEALING and request.token is None and LETTER.issuperset(request.fields):
            _, state = await self._known(request.ticket)
            if not isinstance(state.filing, PassedOn) or desk_of(state.filing) is not MENTORING:
                raise VaultRefusedError
            return await self._recorded(_system(MENTORING.service, request, self._office), request)
        if request.purpose not in MENTORING_PURPOSES:
            raise VaultRefusedError
        return await self._for_whose_token_it_is(MENTORING, request, request.token or "")

    async def _for_whose_token_it_is(
        self, desk: Desk, request: VaultRequest, token: str
    ) -> Mapping[UUID, OpenedItem]:
        """Open fields by a token: of the case's citizen unrecorded, of an official of the desk as a recorded act."""
        ticket, state = await self._known(request.ticket)
        if not isinstance(state.filing, PassedOn) or desk_of(state.filing) is not desk:
            raise VaultRefusedError
        if await self._is_own(token, state.filing, state):
            return await self._office.actions.own_items(ticket, request.fields, request.items)
        person = await self._official(token, desk.officials)
        if desk is MENTORING:  # at certificates two others may have excused them, which is known there alone
            await self._refuse_interested(person.sub, state.business_ref)
        by = act(person, person.role(*desk.officials), self._office.clock, causation=request.causation)
        return await self._recorded(by, request)

    async def _refuse_interested(self, official: str, business_ref: str) -> None:
        if await self._office.store.query(lambda tx: is_interested(tx, official, business_ref)):
            raise VaultRefusedError

    async def _refuse_unless_agreed(self, request: VaultRequest) -> None:
        """The token opens a request for letters of the same business, which may take over what was said in this case."""
        ticket, state = await self._known(request.ticket)
        for granted in await self._granted(ticket, request):
            if await self._takes_over(granted, state, request.token or ""):
                return
        raise VaultRefusedError

    async def _granted(self, ticket: str, request: VaultRequest) -> Sequence[str]:
        """Return the tickets that may take over what is asked for: fields of the business by its consent, items of its products that it
        handed over."""
        consents, items = self._office.consents, request.items
        if BUSINESS.issuperset(request.fields):
            return await self._office.store.query(lambda tx: consents.of(tx, ticket))
        if items and HANDED_OVER.issuperset(request.fields):
            return await self._office.store.query(lambda tx: consents.handed_over(tx, ticket, items))
        return ()

    async def _takes_over(self, granted: str, case: Case, token: str) -> bool:
        """Return whether the token opens the granted request. The business typed its ticket unchecked: it may be none."""
        try:
            _, taking = await self._known(granted)
        except UnknownTicketError:
            return False
        if not isinstance(taking.filing, CertificateRequested) or taking.business_ref != case.business_ref:
            return False
        return await self._is_own(token, taking.filing, taking)

    async def _is_own(self, token: str, filing: PassedOn, case: Case) -> bool:
        """Return whether the token is the case's own by the code that opens it now, or that of the applicant who filed it."""
        try:
            claims = await self._office.tokens.claims(token)
            return (claims.ticket, claims.code) == (filing.ticket, case.code.number)
        except CaseTokenError:
            person = await self._person(token)
        return filing.applicant == person.sub and APPLICANT in person.roles

    async def _official(self, token: str, roles: Sequence[str]) -> Staff:
        person = await self._person(token)
        if person.roles.isdisjoint(roles):
            raise VaultRefusedError
        return person

    async def _person(self, token: str) -> Staff:
        """Return the person of the token; the vault checks it itself."""
        try:
            return await self._identity.staff(token)
        except SignInNeededError as error:
            raise VaultRefusedError from error

    async def _recorded(self, by: Act, request: VaultRequest) -> Mapping[UUID, OpenedItem]:
        ticket, state = await self._known(request.ticket)
        items = items_of(state, request.fields, request.items)
        return await self._office.data_access.open(ticket, by, request.purpose, items) if items else {}

    async def _known(self, ticket: str) -> tuple[str, Case]:
        try:
            tidied, _, _, state = await self._office.access.known(ticket)
        except NoSuchCaseError as error:
            raise UnknownTicketError from error
        return tidied, state


def _system(caller: str, request: VaultRequest | VaultKeepRequest, office: Office) -> Act:
    name = f"system:{caller}"
    return Act(at=office.clock.now(), actor=name, role=name, causation=request.causation)
