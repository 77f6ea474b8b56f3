"""Notices to a browser: its citizen agrees on the page of the case and ends them there, and the worker that shows them stands at an address of its
own, so that it stands between no page and its reader.

The address that a browser gives is one that this house calls: only those of the office's push services are taken.
"""

from importlib.resources import files

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field, ValidationError

from zi_chassis.domain import ErasedError
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_intake.bodies.filings import Body
from zi_intake.container import Office
from zi_intake.domain.case.refusals import CaseError, UnknownPushServiceError
from zi_intake.domain.case.web_push_messages import AgreeWebPush, EndWebPush
from zi_intake.read.tracking import BROWSER
from zi_intake.use_cases.case_actions import request_id_of
from zi_intake.web.dependencies import TheOffice
from zi_intake.web.forms import as_refused
from zi_intake.web.pages.citizen import OwnCase, case_page_of, to_the_case

WORKER = "/intake/web-push/worker.js"
WORKER_POLICY = "default-src 'none'"
LONGEST_ENDPOINT = 500

router = APIRouter(include_in_schema=False)


class BrowserBody(Body):
    """The subscription of a browser: its address at a push service, a point of P-256 and a secret, both in base64url."""

    endpoint: str = Field(pattern=r"^[!-~]+$", max_length=LONGEST_ENDPOINT, repr=False)
    p256dh: str = Field(pattern=r"^B[A-Za-z0-9_-]{86}$", repr=False)
    auth: str = Field(pattern=r"^[A-Za-z0-9_-]{22}$", repr=False)


@router.get(WORKER)
async def worker() -> Response:
    content = (files("zi_intake") / "static" / "web_push_worker.js").read_bytes()
    headers = {"Content-Security-Policy": WORKER_POLICY, "Cache-Control": "no-cache"}
    return Response(content, media_type="text/javascript; charset=utf-8", headers=headers)


@router.post("/track/{ticket}/web-push")
async def agree(request: Request, office: TheOffice, ticket: OwnCase) -> Response:
    if office.web_push is None:
        raise NotFoundError(DETAILS[404])
    form = Form.of(await request.form())
    try:
        await _agree(office, ticket, form)
    except (ValidationError, CaseError, ErasedError) as error:
        refused = as_refused(
            request, form, error, dict.fromkeys((*BrowserBody.model_fields, "text"), "web-push")
        )
        return await case_page_of(request, office, ticket, refused, 422)
    return to_the_case(ticket, "web_push_agreed")


@router.post("/track/{ticket}/web-push/end")
async def end(request: Request, office: TheOffice, ticket: OwnCase) -> Response:
    """End them also where the office has turned this way off meanwhile."""
    form, by = Form.of(await request.form()), office.actions.citizen(ticket)
    try:
        command = EndWebPush(by=by, request=request_id_of(key_of(form), by, "end-web-push"))
        await office.actions.handle(ticket, command)
    except (CaseError, ErasedError) as error:
        return await case_page_of(request, office, ticket, as_refused(request, form, error), 409)
    return to_the_case(ticket, "web_push_ended")


async def _agree(office: Office, ticket: str, form: Form) -> None:
    body = BrowserBody.model_validate(form.nested(*BrowserBody.model_fields))
    if office.web_push is None or not office.web_push.takes(body.endpoint):
        raise UnknownPushServiceError
    by, content = office.actions.citizen(ticket), body.model_dump_json()
    sealed = await office.actions.sealed(ticket, {BROWSER: content})
    request = request_id_of(key_of(form), by, "web-push", content.encode())
    command = AgreeWebPush(by=by, request=request, items=sealed.refs)
    await office.actions.handle(ticket, command, sealed)
