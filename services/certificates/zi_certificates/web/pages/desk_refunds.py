"""Refunds on the desk: one official records a transfer on the application's page, and another confirms it there."""

from fastapi import APIRouter
from fastapi.responses import Response

from zi_certificates.roles import REFUNDING
from zi_certificates.web.bodies import RefundBody
from zi_certificates.web.form_fields import filled_in
from zi_certificates.web.official import Official, SomeOfficial, ticket_of
from zi_certificates.web.pages.desk_decisions import decide_and_show
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.problem import DETAILS, NotFoundError

router = APIRouter(include_in_schema=False)


@router.post("/certificates/desk/applications/{ticket}/refunds")
async def refund(official: SomeOfficial, ticket: str) -> Response:
    form = Form.of(await official.request.form())
    typed = f"refund.{form.value('payment')}"
    field = typed if form.value("verdict") == "report" else "refunds"
    action = _refund(official, ticket, form, typed)
    return await decide_and_show(official, ticket, form, field, action, {"refund": field, "payment": field})


async def _refund(official: Official, ticket: str, form: Form, typed: str) -> None:
    stated = filled_in(payment=form.value("payment"), refund=form.value(typed).strip())
    body = RefundBody.model_validate(stated)
    refunding, key, by = official.office.refunding, key_of(form), official.act(*REFUNDING)
    match form.value("verdict"):
        case "report":
            await refunding.report(ticket_of(ticket), by, key, body.payment, body.refund)
        case "confirm":
            await refunding.confirm(ticket_of(ticket), by, key, body.payment, body.refund)
        case "decline":
            await refunding.decline(ticket_of(ticket), by, key, body.payment, body.refund)
        case _:
            raise NotFoundError(DETAILS[404])
