"""The forms by which the desk adds a case to an incident, publishes it, ends that, and takes the reports that joined it."""

from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from zi_chassis.access.identity import Staff
from zi_chassis.domain import WrongRoleError
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.refused_form import refused_at
from zi_intake.bodies.handling import AddCaseBody, LinkBody
from zi_intake.bodies.publication import EndBody, PublicationBody, PublishBody
from zi_intake.container import Office
from zi_intake.domain.case.refusals import CaseError, UnseenTicketError
from zi_intake.read.incidents import incident_of
from zi_intake.roles import HEAD, OFFICERS, SUPERVISOR
from zi_intake.use_cases.case_access import NoSuchCaseError
from zi_intake.web.dependencies import Officer, TheOffice
from zi_intake.web.handling_forms import link_case
from zi_intake.web.pages.incidents import LIST, incident_page_of, visible_incident
from zi_intake.web.taking_reports import take_reports

router = APIRouter(include_in_schema=False)
Handler = Callable[[Office, Staff, UUID, Form], Awaitable[None]]


@router.post(f"{LIST}/{{incident}}/add")
async def add(request: Request, office: TheOffice, person: Officer, incident: UUID) -> Response:
    return await _done(request, office, person, incident, "add")


@router.post(f"{LIST}/{{incident}}/propose")
async def propose(request: Request, office: TheOffice, person: Officer, incident: UUID) -> Response:
    return await _done(request, office, person, incident, "propose")


@router.post(f"{LIST}/{{incident}}/publish")
async def publish(request: Request, office: TheOffice, person: Officer, incident: UUID) -> Response:
    return await _done(request, office, person, incident, "publish")


@router.post(f"{LIST}/{{incident}}/end-publication")
async def end(request: Request, office: TheOffice, person: Officer, incident: UUID) -> Response:
    return await _done(request, office, person, incident, "end")


@router.post(f"{LIST}/{{incident}}/take")
async def take(request: Request, office: TheOffice, person: Officer, incident: UUID) -> Response:
    """Take what joined; the page names what refused."""
    await visible_incident(office, person, incident)
    key = key_of(Form.of(await request.form()))
    taken = await take_reports(office, office.reader(person), office.act(person, OFFICERS), key, incident)
    if not taken.refused:
        return RedirectResponse(f"{LIST}/{incident}", 303)
    return await incident_page_of(request, office, person, incident, Form(), 422, taken=taken)


async def _done(request: Request, office: Office, person: Staff, incident: UUID, act: str) -> Response:
    """Do it for an incident that this official sees, and show its page again; the list for one that they don't see any more."""
    await visible_incident(office, person, incident)
    form = Form.of(await request.form())
    field, handler = HANDLERS[act]
    try:
        await handler(office, person, incident, form)
    except (ValidationError, CaseError, WrongRoleError) as error:
        refused = refused_at(request, form, error, field)
        return await incident_page_of(request, office, person, incident, refused, 422)
    reader = office.reader(person)
    is_seen = await office.store.query(lambda tx: incident_of(tx, incident, reader)) is not None
    return RedirectResponse(f"{LIST}/{incident}" if is_seen else LIST, 303)


async def _add(office: Office, person: Staff, incident: UUID, form: Form) -> None:
    body = AddCaseBody.model_validate(form.nested(*AddCaseBody.model_fields))
    try:
        ticket, _ = await office.seen_by(person, body.added_ticket)
    except NoSuchCaseError as error:
        raise UnseenTicketError from error
    link = LinkBody(incident=incident, link_reason=body.link_reason)
    await link_case(office, ticket, office.act(person), key_of(form), link)


async def _propose(office: Office, person: Staff, incident: UUID, form: Form) -> None:
    body = PublicationBody.model_validate(form.nested(*PublicationBody.model_fields), context=office.codes)
    await office.publications.propose(incident, office.act(person, OFFICERS), body)


async def _publish(office: Office, person: Staff, incident: UUID, form: Form) -> None:
    body = PublishBody.model_validate(form.nested("digest"))
    await office.publications.publish(incident, office.act(person, (SUPERVISOR, HEAD)), body.digest)


async def _end(office: Office, person: Staff, incident: UUID, form: Form) -> None:
    body = EndBody.model_validate(form.nested("ending"))
    await office.publications.end(incident, office.act(person), body.ending)


# By act: the field at which its form shows why it was refused.
HANDLERS: Mapping[str, tuple[str, Handler]] = {
    "add": ("added_ticket", _add),
    "propose": ("public_title", _propose),
    "publish": ("digest", _publish),
    "end": ("ending", _end),
}
