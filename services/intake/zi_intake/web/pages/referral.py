"""The citizen's decision whether the body to which the case was referred gets name and contact."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_intake.bodies.handling import ContactBody
from zi_intake.domain.case.refusals import CaseError
from zi_intake.web.dependencies import TheOffice
from zi_intake.web.forms import as_refused
from zi_intake.web.pages.citizen import OwnCase, case_page_of

router = APIRouter(include_in_schema=False)


@router.post("/track/{ticket}/contact")
async def decide_contact(request: Request, office: TheOffice, ticket: OwnCase) -> Response:
    form = Form.of(await request.form())
    try:
        allowed = ContactBody.model_validate(form.nested("allowed")).allowed
        by = office.actions.citizen(ticket)
        await office.handling.decide_contact(ticket, by, key_of(form), allowed=allowed)
    except (ValidationError, CaseError) as error:
        return await case_page_of(request, office, ticket, as_refused(request, form, error), 422)
    return RedirectResponse(f"/track/{ticket}", 303)
