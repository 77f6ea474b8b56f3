"""The work of officers besides questions and answers, for programs: entries, incidents, visits and referrals. The use cases are those of the
desk's forms, and so are the refusals."""

from typing import Annotated, TypeVar
from urllib.parse import urlencode
from uuid import uuid4

from fastapi import APIRouter, Depends, Query
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import ValidationError

from zi_chassis.access.identity import Staff, staff
from zi_intake.bodies.entries import EntryBody
from zi_intake.bodies.filings import Body
from zi_intake.bodies.handling import LinkBody, MoveBody, ReferBody, UnlinkBody, VisitBody
from zi_intake.container import Office
from zi_intake.read.incidents import IncidentQuery, incident_page
from zi_intake.roles import OFFICERS
from zi_intake.use_cases.filing import CounterEntry, FilingConfirmation
from zi_intake.web import answers
from zi_intake.web.answers import as_json
from zi_intake.web.api.actions import done, done_fields
from zi_intake.web.api.filing import filed_links
from zi_intake.web.dependencies import Idempotency, Officer, SeenTicket, TheOffice
from zi_intake.web.entries import enter
from zi_intake.web.handling_forms import link_case
from zi_intake.web.moving import move_to_appointed

router = APIRouter(prefix="/intake/api")
Read = TypeVar("Read", bound=Body)
Entering = Annotated[Staff, Depends(staff(*OFFICERS))]


@router.post("/entries", status_code=201, response_model=answers.EnteredAnswer)
async def enter_case(
    office: TheOffice, person: Entering, body: EntryBody, idempotency_key: Idempotency = None
) -> Response:
    """Enter a case for somebody at the counter, on the telephone or who wrote. Who entered it stands in the record, and a colleague works
    on it. The code is for the receipt that is handed over; a repeat within ten minutes gives it again."""
    filing, by = by_the_lists(office, body).filing, office.act(person, OFFICERS)
    entered = await enter(office, CounterEntry(by, body.road), idempotency_key or uuid4(), filing)
    return entered_answer(office, entered)


def entered_answer(office: Office, entered: FilingConfirmation) -> Response:
    answer = as_json(answers.EnteredAnswer(**vars(entered), links=filed_links(office, entered)), 201)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def by_the_lists(office: Office, body: Read) -> Read:
    """Read the body once more by the office's lists. Raises RequestValidationError."""
    try:
        return type(body).model_validate_json(body.model_dump_json(exclude_unset=True), context=office.codes)
    except ValidationError as error:
        places = error.errors(include_url=False)
        raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in places]) from error


@router.get("/incidents", response_model=list[answers.ListedIncident])
async def list_incidents(
    office: TheOffice, person: Officer, query: Annotated[IncidentQuery, Query()]
) -> Response:
    """List the incidents in which this official may read a case, the latest first. X-Total-Count counts all of them; where there are more, the
    header Link has the address of the next page (RFC 8288)."""
    reader = office.reader(person)
    page = await office.store.query(lambda tx: incident_page(tx, query, reader))
    listed = (answers.ListedIncident(**vars(each)) for each in page.rows)
    onward = urlencode({"text": query.text, "after": page.after})
    return answers.as_page(listed, page.total, page.after and f"/intake/api/incidents?{onward}")


@router.post("/cases/{ticket}/link", response_model=answers.LinkedAnswer)
async def link(
    office: TheOffice,
    person: Officer,
    ticket: SeenTicket,
    body: LinkBody,
    idempotency_key: Idempotency = None,
) -> Response:
    """Put the case into an incident, or begin one by a neutral title; a case is in one at a time."""
    handled = await link_case(office, ticket, office.act(person), idempotency_key, body)
    incident = handled.state.handling.incident
    return as_json(answers.LinkedAnswer(**done_fields(office, handled), incident=incident))


@router.post("/cases/{ticket}/unlink", response_model=answers.DoneAnswer)
async def unlink(
    office: TheOffice,
    person: Officer,
    ticket: SeenTicket,
    body: UnlinkBody,
    idempotency_key: Idempotency = None,
) -> Response:
    """Take the case out of its incident."""
    by = office.act(person)
    return done(office, await office.handling.unlink(ticket, by, idempotency_key, body.unlink_reason))


@router.post("/cases/{ticket}/visit", response_model=answers.DoneAnswer)
async def record_visit(
    office: TheOffice,
    person: Officer,
    ticket: SeenTicket,
    body: VisitBody,
    idempotency_key: Idempotency = None,
) -> Response:
    """Record a visit to the place; the findings go into the vault."""
    return done(office, await office.handling.record_visit(ticket, office.act(person), idempotency_key, body))


@router.post("/cases/{ticket}/refer", response_model=answers.DoneAnswer)
async def refer(
    office: TheOffice,
    person: Officer,
    ticket: SeenTicket,
    body: ReferBody,
    idempotency_key: Idempotency = None,
) -> Response:
    """Refer the case to another body of the office's list; the citizen reads why, and decides whether it gets name and contact."""
    by, read = office.act(person), by_the_lists(office, body)
    return done(office, await office.handling.refer(ticket, by, idempotency_key, read))


@router.post("/cases/{ticket}/move-to-appointed", status_code=204)
async def move(
    office: TheOffice, person: Officer, ticket: str, body: MoveBody, idempotency_key: Idempotency = None
) -> Response:
    """Move a complaint that turned out to be about an official, or another topic for appointed officials, to these. Nothing moves it back, and
    whoever is not appointed sees it no more; so the answer is empty, also that of a repeat."""
    await move_to_appointed(office, person, ticket, idempotency_key, by_the_lists(office, body))
    return Response(status_code=204)
