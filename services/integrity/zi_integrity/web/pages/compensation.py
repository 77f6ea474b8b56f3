"""Compensation in public: counts by quarter and service, what is overdue; and for the citizen of a case what the office owes them."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from zi_chassis.domain import Act
from zi_chassis.small_groups import counted_together, hidden
from zi_chassis.storage.database import Tx
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import DETAILS, FIELDS, NotFoundError
from zi_chassis.web.refused_form import REFUSED, ChoiceError, refused_at, status_of
from zi_integrity.container import IntegrityOffice
from zi_integrity.domain.compensation import Compensation, CompensationOpened
from zi_integrity.messaging.finished_cases import SurveyCase
from zi_integrity.read.compensations import (
    CompensationFilter,
    QuarterCount,
    counted,
    counted_by_service,
    counts_of,
    listed,
    number_of_quarters,
    of_ticket,
    quarters_of,
)
from zi_integrity.use_cases.compensating import FOR_THE_CITIZEN
from zi_integrity.use_cases.invitation_access import InvitationAccess
from zi_integrity.web import compensation_names as names
from zi_integrity.web.current_office import TheOffice, office_of
from zi_integrity.web.paging import page_number, pages_for

PATH = "/integrity/compensation"
ROWS, QUARTERS = 40, 8

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class QuarterLine:
    """Services of a quarter as they are told in public; no service: the small ones together. A count that is None is too small to tell."""

    services: tuple[str, ...]
    opened: int
    delivered: int | None
    waived: int | None
    waiting: int | None


def quarter_lines(counts: list[QuarterCount]) -> list[QuarterLine] | None:
    """Return the lines of a quarter, small services together; None where all of them are too few to be told."""
    together = counted_together({each.service: each.opened for each in counts})
    if len(together) == len(counts):
        return None
    lines = [_line([each]) for each in counts if each.service not in together]
    small = [each for each in counts if each.service in together]
    return [*lines, _line(small)] if small else lines


def _line(counts: list[QuarterCount]) -> QuarterLine:
    parts = [sum(each.delivered for each in counts), sum(each.waived for each in counts)]
    parts.append(sum(each.waiting for each in counts))
    unseen = hidden(parts)
    delivered, waived, waiting = (None if place in unseen else part for place, part in enumerate(parts))
    services, opened = tuple(each.service for each in counts), sum(each.opened for each in counts)
    return QuarterLine(services, opened, delivered, waived, waiting)


@router.get(PATH)
async def public(request: Request, office: TheOffice) -> Response:
    now, page = office.clock.now(), page_number(request)
    context = await office.store.query(lambda tx: public_counts(tx, now, page))
    rules = office.compensation_terms.in_force(now)
    context |= {"now": now, "names": names, "rules": rules, "services": names.SERVICE_NAMES}
    return pages_of(request).render(request, "compensation.html", 200, **context)


def public_counts(tx: Tx, now: Any, page: int) -> dict[str, Any]:
    overdue = CompensationFilter(show="overdue")
    number = counted(tx, overdue, now)
    number_of_services = counted_by_service(tx, overdue, now)
    quarters = [(quarter, quarter_lines(counts_of(tx, quarter))) for quarter in quarters_of(tx, QUARTERS, 0)]
    return {
        "rows": listed(tx, overdue, now, ROWS, (page - 1) * ROWS),
        "number": number,
        "named": number_of_services.keys() - counted_together(number_of_services),
        "paging": pages_for(number, page, ROWS),
        "quarters": quarters,
        "earlier": max(0, number_of_quarters(tx) - QUARTERS),
    }


# -- the citizen of a case


@dataclass(frozen=True)
class CompensatedCitizen:
    request: Request
    office: IntegrityOffice
    case: SurveyCase
    by: Act


async def compensated_citizen(request: Request, ticket: str) -> CompensatedCitizen:
    """Raises CaseTokenError for everybody else than the citizen of the case."""
    office = await office_of(request)
    access = InvitationAccess(office.case_tokens, office.store, office.clock)
    case, by = await access.applicant(request, ticket)
    return CompensatedCitizen(request, office, case, by)


CurrentCompensated = Annotated[CompensatedCitizen, Depends(compensated_citizen)]


@dataclass(frozen=True)
class OwedCompensation:
    """A compensation as its citizen sees it, with the words of the office to them and the names of its forms."""

    id: UUID
    state: Compensation
    opened: CompensationOpened
    forms: tuple[Any, ...]
    texts: tuple[str, ...]
    may_answer: bool


@router.get(f"{PATH}/cases/{{ticket}}")
async def of_case(citizen: CurrentCompensated) -> Response:
    return await _case_page(citizen, Form())


@router.post(f"{PATH}/cases/{{ticket}}/{{compensation}}")
async def answer(citizen: CurrentCompensated, compensation: UUID) -> Response:
    form = Form.of(await citizen.request.form())
    rows = await citizen.office.store.query(lambda tx: of_ticket(tx, citizen.case.ticket))
    if compensation not in {each.compensation for each in rows}:
        raise NotFoundError(DETAILS[404])
    field = f"answer.{compensation}"
    key, owner = key_of(form) or uuid4(), citizen.case.owner_as(citizen.by.role)
    try:
        accepts = _accepts(form, field)
        await citizen.office.compensating.answer(compensation, citizen.by, owner, key, accepts=accepts)
    except REFUSED as error:
        refused = refused_at(citizen.request, form, error, field)
        return await _case_page(citizen, refused, status_of(error))
    return RedirectResponse(f"{PATH}/cases/{citizen.case.ticket}", 303)


def _accepts(form: Form, field: str) -> bool:
    """Only the word itself waives a compensation."""
    if (choice := form.value("answer")) not in ("accept", "waive"):
        raise ChoiceError(FIELDS["missing"], field)
    return choice == "accept"


async def _case_page(citizen: CompensatedCitizen, form: Form, status: int = 200) -> Response:
    office, ticket = citizen.office, citizen.case.ticket
    rows = await office.store.query(lambda tx: of_ticket(tx, ticket))
    context = {
        "ticket": ticket,
        "owed": [await _owed(office, each.compensation) for each in rows],
        "form": form,
        "key": str(uuid4()),
        "names": names,
    }
    return pages_of(citizen.request).render(citizen.request, "compensation_case.html", status, **context)


async def _owed(office: IntegrityOffice, id: UUID) -> OwedCompensation:
    state, opened = await office.compensating.state(id)
    rules = office.compensation_terms.pinned(opened.rules)
    items = [*(state.offer.items if state.offer else ()), *(state.delivery.items if state.delivery else ())]
    wanted = [each.item for each in items if each.field in FOR_THE_CITIZEN]
    texts = await office.personal_data.public_texts(wanted)
    forms = state.offer.forms if state.offer else opened.owed
    named = tuple(rules.forms[each] for each in forms)
    sentences = tuple(texts[each] for each in wanted if each in texts)
    return OwedCompensation(id, state, opened, named, sentences, state.is_answerable(office.clock.now()))
