"""Incidents with many reporters at the desk: their list, their cases, one answer to all; as pages and as routes for programs."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ValidationError

from zi_chassis.access.identity import Staff
from zi_chassis.domain import DomainError
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_chassis.web.refused_form import refused_at, sentence_of
from zi_intake.bodies.handling import BulkAnswerBody
from zi_intake.container import Office
from zi_intake.read import labels
from zi_intake.read.desk_lists import DESK_PAGE, Filter, case_page
from zi_intake.read.incidents import Incident, IncidentQuery, incident_of, incident_page
from zi_intake.use_cases.case_by_case import CaseByCase
from zi_intake.web.answers import as_json
from zi_intake.web.bulk_answers import BulkAnswered, answer_incident
from zi_intake.web.dependencies import Idempotency, Officer, TheOffice
from zi_intake.web.publication_context import publication_context

pages = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/intake/api")
LIST = "/desk/incidents"


class BulkAnswer(BaseModel):
    """`tickets` were answered, or wait for a second person; if a case refused, none was, and `refused` says why by ticket."""

    tickets: list[str]
    refused: dict[str, str]


@pages.get(LIST)
async def incidents(
    request: Request, office: TheOffice, person: Officer, query: Annotated[IncidentQuery, Query()]
) -> Response:
    reader = office.reader(person)
    page = await office.store.query(lambda tx: incident_page(tx, query, reader))
    context = {
        "page": page,
        "form": Form({"text": query.text}),
        "first": f"{LIST}?{urlencode({'text': query.text})}",
        "next": page.after and f"{LIST}?{urlencode({'text': query.text, 'after': page.after})}",
        "query": query,
    }
    return pages_of(request).render(request, "incidents.html", 200, **context)


@pages.get(f"{LIST}/{{incident}}")
async def incident_cases(
    request: Request, office: TheOffice, person: Officer, incident: UUID, after: str = ""
) -> Response:
    return await incident_page_of(request, office, person, incident, Form(), after=after[:200])


@pages.post(f"{LIST}/{{incident}}/answer")
async def answer_on_page(request: Request, office: TheOffice, person: Officer, incident: UUID) -> Response:
    form = Form.of(await request.form())
    try:
        body = BulkAnswerBody.model_validate(form.nested("answer"))
        done = await _answered(office, person, incident, key_of(form), body)
    except NotFoundError:
        raise
    except (ValidationError, DomainError) as error:
        refused = refused_at(request, form, error, "answer")
        return await incident_page_of(request, office, person, incident, refused, 422)
    again = form if done.refused else Form()
    return await incident_page_of(
        request, office, person, incident, again, 422 if done.refused else 200, done
    )


@api.post("/incidents/{incident}/answer", response_model=BulkAnswer)
async def answer_all(
    request: Request,
    office: TheOffice,
    person: Officer,
    incident: UUID,
    body: BulkAnswerBody,
    idempotency_key: Idempotency = None,
) -> Response:
    """Answer at once the open cases of the incident that the official may read; if one refuses none is answered. A case in confidence is
    answered by whoever has it."""
    done = await _answered(office, person, incident, idempotency_key, body)
    return as_json(
        BulkAnswer(tickets=list(done.tickets), refused=_sentences(request, done.refused)),
        422 if done.refused else 200,
    )


async def _answered(
    office: Office, person: Staff, incident: UUID, key: UUID | None, body: BulkAnswerBody
) -> BulkAnswered:
    await visible_incident(office, person, incident)
    return await answer_incident(
        office, office.reader(person), office.act(person), key, incident, body.answer
    )


async def visible_incident(office: Office, person: Staff, incident: UUID) -> Incident:
    """Raises NotFoundError, also for an incident in which the official may read no case."""
    reader = office.reader(person)
    found = await office.store.query(lambda tx: incident_of(tx, incident, reader))
    if found is None:
        raise NotFoundError(DETAILS[404])
    return found


async def incident_page_of(
    request: Request,
    office: Office,
    person: Staff,
    incident: UUID,
    form: Form,
    status: int = 200,
    done: BulkAnswered | None = None,
    after: str = "",
    taken: CaseByCase | None = None,
) -> Response:
    found, reader, now = (
        await visible_incident(office, person, incident),
        office.reader(person),
        office.clock.now(),
    )
    query = Filter(show="all", incident=incident, after=after or None, limit=DESK_PAGE)
    page = await office.store.query(lambda tx: case_page(tx, query, reader, now))
    address = f"{LIST}/{incident}"
    context = {
        "incident": found,
        "page": page,
        "next": page.after and f"{address}?{urlencode({'after': page.after})}",
        "first": address if after else None,
        "done": done,
        "refused": {} if done is None else _sentences(request, done.refused),
        "taken": taken,
        "not_taken": {} if taken is None else _sentences(request, taken.refused),
        "labels": labels,
        "form": form,
        "key": str(uuid4()),
        **await publication_context(request, office, person, incident),
    }
    return pages_of(request).render(request, "incident.html", status, **context)


def _sentences(request: Request, refused: Mapping[str, DomainError]) -> dict[str, str]:
    return {ticket: sentence_of(request, error) for ticket, error in refused.items()}
