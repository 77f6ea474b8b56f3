"""Requests to see a confidential case: asked with a reason, decided by a second person, as pages and as routes for programs. Nothing
personal is on any of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal, get_args
from urllib.parse import urlencode
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ValidationError

from zi_chassis.access.identity import Staff, staff
from zi_chassis.domain import DomainError
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.page import pages_of
from zi_chassis.web.refused_form import refused_at
from zi_contracts.intake import DisclosureReason
from zi_intake.bodies.filings import Body
from zi_intake.container import Office
from zi_intake.domain.case.disclosure_decisions import may_read
from zi_intake.domain.case.disclosure_messages import DisclosureRequested
from zi_intake.domain.case.state import Case
from zi_intake.read import labels
from zi_intake.read.desk_lists import DESK_PAGE
from zi_intake.read.disclosure_list import DisclosurePage, DisclosureQuery, WaitingDisclosure, disclosure_page
from zi_intake.read.visibility import is_filed_by, is_visible
from zi_intake.roles import ASKING, AUDITOR, HEAD, SUPERVISOR, desk_officials
from zi_intake.use_cases.case_access import NoSuchCaseError
from zi_intake.use_cases.case_actions import HandledCase
from zi_intake.web import answers
from zi_intake.web.api.actions import done
from zi_intake.web.dependencies import Idempotency, TheOffice

Decision = Literal["consent", "refuse"]
Asking = Annotated[Staff, Depends(staff(*ASKING))]
SecondPerson = Annotated[Staff, Depends(staff(SUPERVISOR, HEAD))]
# An auditor has reasons of their own.
OF_AUDITORS: tuple[DisclosureReason, ...] = ("audit", "investigation", "court")

LIST = "/desk/disclosures"

pages = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/intake/api")


class AskDisclosureBody(Body):
    """The reason for which somebody who does not handle the case needs its personal data."""

    reason: DisclosureReason


class ListedDisclosure(BaseModel):
    """`may_decide`: you are a second person for it."""

    disclosure: UUID
    ticket: str
    asked_by: str
    reason: DisclosureReason
    requested: datetime
    answer_by: datetime
    may_decide: bool


# -- pages


@pages.get(LIST)
async def disclosures(
    request: Request, office: TheOffice, person: SecondPerson, query: Annotated[DisclosureQuery, Query()]
) -> Response:
    page = await _waiting(office, person, query.model_copy(update={"limit": DESK_PAGE}))
    chosen = {"text": query.text} if query.text else {}
    context = {
        "waiting": [_listed(office, person, each) for each in page.rows],
        "page": page,
        "query": query,
        "form": Form(chosen),
        "first": f"{LIST}?{urlencode(chosen)}",
        "next": page.after and f"{LIST}?{urlencode({**chosen, 'after': page.after})}",
        "labels": labels,
    }
    return pages_of(request).render(request, "disclosures.html", 200, **context)


@pages.get("/desk/cases/{ticket}/disclosure")
async def disclosure_of_case(request: Request, office: TheOffice, person: Asking, ticket: str) -> Response:
    return await _page(request, office, person, ticket, Form())


@pages.post("/desk/cases/{ticket}/disclosure")
async def ask_on_page(request: Request, office: TheOffice, person: Asking, ticket: str) -> Response:
    form = Form.of(await request.form())
    try:
        body = AskDisclosureBody.model_validate(form.nested("reason"))
        ticket, _ = await _case(office, person, ticket)
        await office.disclosures.ask(ticket, person, key_of(form), uuid4(), body.reason)
    except (ValidationError, DomainError) as error:
        return await _page(request, office, person, ticket, refused_at(request, form, error, "reason"), 422)
    return RedirectResponse(f"/desk/cases/{ticket}/disclosure", 303)


@pages.post("/desk/cases/{ticket}/disclosure/{disclosure}/{decision}")
async def decide_on_page(
    request: Request,
    office: TheOffice,
    person: SecondPerson,
    ticket: str,
    disclosure: UUID,
    decision: Decision,
) -> Response:
    form = Form.of(await request.form())
    ticket, _ = await _case(office, person, ticket, is_deciding=True)
    try:
        state = (await _decided(office, person, ticket, disclosure, decision, key_of(form))).state
    except DomainError as error:
        return await _page(request, office, person, ticket, refused_at(request, form, error, "reason"), 422)
    is_seen = is_visible(state, office.reader(person))
    return RedirectResponse(f"/desk/cases/{ticket}/disclosure" if is_seen else "/desk/disclosures", 303)


async def _page(
    request: Request, office: Office, person: Staff, ticket: str, form: Form, status: int = 200
) -> Response:
    """Show an official their own requests, and a second person those that they decide about."""
    ticket, state = await _case(office, person, ticket, is_deciding=True)
    now = office.clock.now()
    waiting, is_seen = office.disclosures.waiting(state, now), is_visible(state, office.reader(person))
    context = {
        "ticket": ticket,
        "waiting": [each for each in waiting.values() if each.by.actor == person.sub],
        "decides": _decides(office, state, person),
        "open_until": state.disclosures.until(person.sub, now),
        "may_ask": (is_seen or AUDITOR in person.roles) and _may_ask(state, person, now),
        "reasons": _reasons(person),
        "is_official": is_seen and person.roles != frozenset({AUDITOR}),
        "labels": labels,
        "form": form,
        "key": str(uuid4()),
    }
    return pages_of(request).render(request, "disclosure.html", status, **context)


async def _case(office: Office, person: Staff, ticket: str, *, is_deciding: bool = False) -> tuple[str, Case]:
    """Return (tidied ticket, state). An auditor, who knows cases from the ledger, asks for any; everybody else for what they see. Who is
    deciding may be a second person who does not see the case: of a complaint for appointed people the head, where none of these is one.
    They see the requests alone."""
    tidied, _, _, state = await office.access.known(ticket)
    may_know = AUDITOR in person.roles or is_visible(state, office.reader(person))
    if may_know or (is_deciding and _decides(office, state, person)):
        return tidied, state
    raise NoSuchCaseError


def _decides(office: Office, state: Case, person: Staff) -> dict[UUID, DisclosureRequested]:
    """Return the requests that wait for this person; none for a case that they filed."""
    if is_filed_by(state, person.sub):
        return {}
    waiting = office.disclosures.waiting(state, office.clock.now())
    return {id: each for id, each in waiting.items() if office.disclosures.may_decide(state, each, person)}


def _may_ask(state: Case, person: Staff, now: datetime) -> bool:
    """Return whether this official can ask now. The head does for complaints that only appointed officials see."""
    works_on_it = not person.roles.isdisjoint((*desk_officials(state.filing), AUDITOR))
    can = works_on_it and state.erased is None and not may_read(state, person.sub, now)
    return can and state.disclosures.may_ask(person.sub, now)


def _reasons(person: Staff) -> Mapping[str, str]:
    is_auditor = AUDITOR in person.roles and len(person.roles) == 1
    reasons = OF_AUDITORS if is_auditor else get_args(DisclosureReason)
    return {reason: labels.DISCLOSURE_REASONS[reason] for reason in reasons}


# -- programs


@api.get("/disclosures", response_model=list[ListedDisclosure])
async def list_disclosures(
    office: TheOffice, person: SecondPerson, query: Annotated[DisclosureQuery, Query()]
) -> Response:
    """List the requests to see confidential cases that wait for a second person, the first to end first. X-Total-Count counts all of them;
    where there are more, the header Link has the address of the next page (RFC 8288)."""
    page = await _waiting(office, person, query)
    listed = (_listed(office, person, each) for each in page.rows)
    onward = query.model_dump(exclude_none=True) | {"after": page.after}
    return answers.as_page(listed, page.total, page.after and f"/intake/api/disclosures?{urlencode(onward)}")


@api.post("/cases/{ticket}/disclosures", response_model=answers.DoneAnswer)
async def ask_disclosure(
    office: TheOffice,
    person: Asking,
    ticket: str,
    body: AskDisclosureBody,
    idempotency_key: Idempotency = None,
) -> Response:
    """Ask to see the personal data of a confidential case that somebody else handles; a second person decides."""
    ticket, _ = await _case(office, person, ticket)
    return done(office, await office.disclosures.ask(ticket, person, idempotency_key, uuid4(), body.reason))


@api.post("/cases/{ticket}/disclosures/{disclosure}/{decision}", response_model=answers.DoneAnswer)
async def decide_disclosure(
    office: TheOffice,
    person: SecondPerson,
    ticket: str,
    disclosure: UUID,
    decision: Decision,
    idempotency_key: Idempotency = None,
) -> Response:
    """Consent to a request, or refuse it. A second person is a supervisor of another line than who asked, or the head where there is none."""
    ticket, _ = await _case(office, person, ticket, is_deciding=True)
    return done(office, await _decided(office, person, ticket, disclosure, decision, idempotency_key))


async def _decided(
    office: Office, person: Staff, ticket: str, disclosure: UUID, decision: Decision, key: UUID | None
) -> HandledCase:
    actions = office.disclosures
    act = actions.consent if decision == "consent" else actions.refuse
    return await act(ticket, person, key, disclosure)


async def _waiting(office: Office, person: Staff, query: DisclosureQuery) -> DisclosurePage:
    reader, now = office.reader(person), office.clock.now()

    def decides(topic: str | None, asker: str, entered_by: frozenset[str]) -> bool:
        return office.disclosures.is_second_person(topic, asker, entered_by, person)

    return await office.store.query(lambda tx: disclosure_page(tx, reader, now, decides, query))


def _listed(office: Office, person: Staff, waiting: WaitingDisclosure) -> ListedDisclosure:
    of_case = waiting.topic, waiting.asked_by, waiting.enterers
    may_decide = office.disclosures.is_second_person(*of_case, person)
    fields = {name: value for name, value in waiting.__dict__.items() if name not in ("topic", "enterers")}
    return ListedDisclosure(**fields, may_decide=may_decide)
