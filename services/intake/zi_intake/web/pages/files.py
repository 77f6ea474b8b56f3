"""Serve one file of a case with its media type, where nothing in it can run; that an official opens it is recorded first."""

from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import ValidationError

from zi_chassis.access.identity import Staff, staff
from zi_chassis.vault.vault import OpenedItem
from zi_chassis.web.form import Form
from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_intake.bodies.filings import OpenBody
from zi_intake.container import Office
from zi_intake.domain.case.answer_files import ANSWER_FILE
from zi_intake.roles import AT_CERTIFICATES, AT_MENTORING, desk_officials
from zi_intake.use_cases.case_actions import items_of
from zi_intake.web.api.actions import ticket_of_citizen
from zi_intake.web.dependencies import TheOffice

VIEWERS = (*AT_CERTIFICATES, *AT_MENTORING)
ATTACHED = ("attachment", ANSWER_FILE)
# Nothing in it runs, loads or leads anywhere, whatever it is.
HARMLESS = {
    "Content-Disposition": "inline",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
}

router = APIRouter()


async def viewer(request: Request) -> Staff:
    return await staff(*VIEWERS)(request)


@router.post("/intake/api/cases/{ticket}/files/{item}", response_class=Response)
async def show(request: Request, office: TheOffice, ticket: str, item: UUID, body: OpenBody) -> Response:
    """Return one file of the case; the access of an official and its purpose are recorded first, that of the citizen is not."""
    citizens = await ticket_of_citizen(request, office, ticket)
    if citizens is None:
        return await _open_for_official(office, await viewer(request), ticket, item, body)
    opened = await office.actions.own_items(citizens, ATTACHED, (item,))
    if item not in opened:
        raise NotFoundError(DETAILS[404])
    return file_answer(opened[item])


@router.post("/desk/cases/{ticket}/files/{item}", include_in_schema=False)
async def show_on_page(
    request: Request, office: TheOffice, ticket: str, item: UUID, person: Staff = Depends(viewer)
) -> Response:
    form = Form.of(await request.form())
    try:
        body = OpenBody.model_validate(form.nested("purpose"))
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False)) from None
    return await _open_for_official(office, person, ticket, item, body)


async def _open_for_official(
    office: Office, person: Staff, ticket: str, item: UUID, body: OpenBody
) -> Response:
    ticket, state = await office.seen_by(person, ticket)
    by = office.act(person, desk_officials(state.filing))
    if item not in items_of(state, ATTACHED):
        raise NotFoundError(DETAILS[404])
    opened = await office.data_access.open(ticket, by, body.purpose.value, (item,))
    return file_answer(opened[item])


def file_answer(opened: OpenedItem) -> Response:
    return Response(opened.plaintext, media_type=opened.media_type, headers=HARMLESS)
