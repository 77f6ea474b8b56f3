"""The pages on which an officer moves a complaint to the officials appointed for a topic."""

from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from zi_chassis.access.identity import Staff
from zi_chassis.domain import WrongRoleError
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.page import pages_of
from zi_chassis.web.refused_form import refused_at
from zi_intake.bodies.handling import MoveBody
from zi_intake.container import Office
from zi_intake.domain.case.refusals import CaseError
from zi_intake.web.dependencies import Officer, TheOffice
from zi_intake.web.forms import named
from zi_intake.web.moving import move_to_appointed

MOVED = "/desk/moved"

router = APIRouter(include_in_schema=False)


@router.get(MOVED)
async def moved(request: Request, person: Officer) -> Response:
    """Confirm without naming the case: whoever moved it may not see it any more."""
    return pages_of(request).render(request, "moved.html", 200)


@router.get("/desk/cases/{ticket}/move")
async def moving_of_case(request: Request, office: TheOffice, person: Officer, ticket: str) -> Response:
    return await _page(request, office, person, ticket, Form())


@router.post("/desk/cases/{ticket}/move")
async def move(request: Request, office: TheOffice, person: Officer, ticket: str) -> Response:
    form = Form.of(await request.form())
    try:
        body = MoveBody.model_validate(form.nested(*MoveBody.model_fields), context=office.codes)
        await move_to_appointed(office, person, ticket, key_of(form), body)
    except (ValidationError, CaseError, WrongRoleError) as error:
        refused = refused_at(request, form, error, "moving_reason")
        return await _page(request, office, person, ticket, refused, 422)
    return RedirectResponse(MOVED, 303)


async def _page(
    request: Request, office: Office, person: Staff, ticket: str, form: Form, status: int = 200
) -> Response:
    ticket, _ = await office.seen_by(person, ticket)
    context = {
        "ticket": ticket,
        "form": form,
        "key": str(key_of(form) or uuid4()),
        "topics": named(request, office.lists.appointed_topics),
    }
    return pages_of(request).render(request, "move.html", status, **context)
