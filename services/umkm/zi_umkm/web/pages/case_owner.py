"""The business whose case a page shows, by its case token or its sign-in."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import uuid4

from fastapi import Depends, Request

from zi_chassis.access import case_token, identity
from zi_chassis.access.identity import APPLICANT, presented
from zi_chassis.domain import Act
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_contracts.umkm import TriagedProduct
from zi_rules.mentoring.rule_set import MentoringRules
from zi_umkm.container import MentoringOffice
from zi_umkm.domain.business import BusinessProduct, on_track
from zi_umkm.domain.case.state import OVER, MentoringCase, MentoringStatus
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.use_cases.dossier import MentoringDossier
from zi_umkm.web.current_office import office_of
from zi_umkm.web.offers import offered_to_business
from zi_umkm.web.page_context import product_names, ruled
from zi_umkm.web.rule_names import RuleNames


@dataclass(frozen=True)
class CaseOwner:
    """The business of a case: its request, its act and its token."""

    request: Request
    office: MentoringOffice
    mentoring_request: MentoringRequest
    by: Act
    token: str | None

    @property
    def here(self) -> str:
        return f"/umkm/cases/{self.mentoring_request.ticket}"

    async def state(self) -> MentoringCase:
        return await self.office.mentoring.state(self.mentoring_request)

    async def dossier(self) -> MentoringDossier:
        return await self.office.dossiers.of(self.mentoring_request)

    def rules(self, state: MentoringCase) -> MentoringRules:
        return self.office.rules.of(state, self.office.clock.now())

    def rules_in_force(self) -> MentoringRules:
        """Return the rules by which the next decision about a way is made, so those that a product is stated by."""
        return self.office.rules.in_force(self.office.clock.now())


async def current_owner(request: Request, ticket: str) -> CaseOwner:
    office = await office_of(request)
    mentoring_request, by = await office.access.applicant(request, ticket)
    if by.role == APPLICANT:
        request.state.staff = await office.access.signed_in(request)
    else:
        request.state.is_case_open = True
    cookie = identity.COOKIE if by.role == APPLICANT else case_token.COOKIE
    return CaseOwner(request, office, mentoring_request, by, presented(request, cookie))


CurrentOwner = Annotated[CaseOwner, Depends(current_owner)]


def changeable(state: MentoringCase) -> bool:
    return state.status not in (MentoringStatus.UNKNOWN, *OVER, MentoringStatus.DORMANT)


def workspace_context(
    owner: CaseOwner, state: MentoringCase, form: Form, missing_for_permit: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Return the template variables of every page of the workspace; what is missing for the permit matters where it is applied for."""
    rules = owner.rules(state)
    return {
        **ruled(owner.request, owner.office, rules, state),
        "ticket": owner.mentoring_request.ticket,
        "here": owner.here,
        "for_desk": False,
        "state": state,
        "has_nib": bool(state.business and state.business.has_nib),
        "changeable": changeable(state),
        "offered": offered_to_business(
            owner.office, owner.by.actor, owner.by.role, state, missing_for_permit
        ),
        "form": form,
        "field_labels": {},
        "key": str(key_of(form) or uuid4()),
    }


@dataclass(frozen=True)
class ListedProduct:
    """`for_bpom` is whether BPOM registers it; `ready` is a percentage of all that the rules ask for, `missing` how many things are not
    there, and `lacks` whether one of them is asked for to register it.
    """

    number: int
    name: str
    kind: str
    traits: tuple[str, ...]
    triaged: TriagedProduct | None
    for_bpom: bool
    sent: bool
    registered: str | None
    ready: int
    missing: int
    lacks: bool


async def products_of(
    office: MentoringOffice, dossier: MentoringDossier, token: str | None, named: RuleNames
) -> list[ListedProduct]:
    state = dossier.state
    names = await product_names(office, dossier.request.ticket, state, token, named)
    return [
        listed_product(dossier, each, names[each.number])
        for each in (state.business.products if state.business else ())
    ]


def listed_product(dossier: MentoringDossier, product: BusinessProduct, name: str) -> ListedProduct:
    state, number = dossier.state, product.number
    found = dossier.readiness.get(number)
    missing = found.missing if found is not None else ()
    return ListedProduct(
        number=number,
        name=name,
        kind=product.kind,
        traits=product.traits,
        triaged=next((each for each in state.triaged if each.product == number), None),
        for_bpom=number in on_track(state.triaged, "md"),
        sent=number in state.sent,
        registered=state.all_numbers.get(number),
        ready=int(found.share * 100) if found is not None else 0,
        missing=len(missing),
        lacks=dossier.lacks(number),
    )
