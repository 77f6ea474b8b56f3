"""A file of a case as officials look at it, one at a time: recorded first, then told as what it is, where it can do nothing."""

from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import ValidationError

from zi_chassis.identity import Staff, staff
from zi_chassis.vault import Opened
from zi_chassis.web.form import Form
from zi_chassis.web.problem import DETAILS, ForbiddenError, NotFoundError
from zi_intake.api import TheOffice
from zi_intake.bodies import OpenBody
from zi_intake.case import CertificateRequested
from zi_intake.office import CERTIFIERS, STAFF, Office

VIEWERS = (*CERTIFIERS, *STAFF)
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
async def show(
    office: TheOffice, ticket: str, item: UUID, body: OpenBody, person: Staff = Depends(viewer)
) -> Response:
    """One file that was added; that somebody looked, and why, is recorded first."""
    return await _shown(office, person, ticket, item, body)


@router.post("/desk/cases/{ticket}/files/{item}", include_in_schema=False)
async def show_on_page(
    request: Request, office: TheOffice, ticket: str, item: UUID, person: Staff = Depends(viewer)
) -> Response:
    form = Form.of(await request.form())
    try:
        body = OpenBody.model_validate(form.nested("purpose"))
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_input=False, include_url=False)) from None
    return await _shown(office, person, ticket, item, body)


async def _shown(office: Office, person: Staff, ticket: str, item: UUID, body: OpenBody) -> Response:
    own, _, _, state = await office.access.known(ticket)
    passed_on = isinstance(state.filing, CertificateRequested)
    if not passed_on and person.roles.isdisjoint(STAFF):
        raise ForbiddenError("Your account does not have the role for this. Ask your supervisor.")
    if not any((ref.item, ref.field) == (item, "attachment") for ref in state.items):
        raise NotFoundError(DETAILS[404])
    by = office.act(person, VIEWERS if passed_on else STAFF)
    opened = await office.handling.open_items(own, by, body.purpose.value, (item,))
    return _answer(opened[item])


def _answer(opened: Opened) -> Response:
    return Response(opened.plaintext, media_type=opened.media_type, headers=HARMLESS)
