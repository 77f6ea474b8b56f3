"""The page on which a supervisor hands over the work of a colleague who is absent."""

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import ValidationError

from zi_chassis.access.identity import Staff, staff
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.page import pages_of
from zi_chassis.web.refused_form import refused_at, sentence_of
from zi_intake.bodies.handling import HandoverBody
from zi_intake.container import Office
from zi_intake.domain.case.refusals import CaseError
from zi_intake.read.officers import case_holders, officer_loads
from zi_intake.roles import SUPERVISOR
from zi_intake.use_cases.case_by_case import CaseByCase
from zi_intake.web.dependencies import TheOffice
from zi_intake.web.handing_over import hand_over

router = APIRouter(include_in_schema=False)

Supervisor = Annotated[Staff, Depends(staff(SUPERVISOR))]


@router.get("/desk/handover")
async def handover(request: Request, office: TheOffice, person: Supervisor) -> Response:
    return await _page(request, office, person, Form())


@router.post("/desk/handover")
async def hand_over_cases(request: Request, office: TheOffice, person: Supervisor) -> Response:
    form = Form.of(await request.form())
    try:
        body = HandoverBody.model_validate(form.nested(*HandoverBody.model_fields))
        by, key = office.act(person, (SUPERVISOR,)), key_of(form)
        done = await hand_over(office, office.reader(person), by, key, body.colleague, body.officer)
    except (ValidationError, CaseError) as error:
        refused = refused_at(request, form, error, "officer")
        return await _page(request, office, person, refused, status=422)
    return await _page(request, office, person, form, done)


async def _page(
    request: Request,
    office: Office,
    person: Staff,
    form: Form,
    done: CaseByCase | None = None,
    status: int = 200,
) -> Response:
    reader = office.reader(person)
    holders, officers = await office.store.query(
        lambda tx: (case_holders(tx, reader), officer_loads(tx, reader))
    )
    stay = {ticket: sentence_of(request, error) for ticket, error in done.refused.items()} if done else {}
    context = {"holders": holders, "officers": officers, "form": form, "done": done, "stay": stay}
    return pages_of(request).render(request, "handover.html", status, **context, key=str(uuid4()))
