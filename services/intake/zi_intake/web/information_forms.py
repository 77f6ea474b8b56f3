"""The forms of a request for public information at the desk, and their addresses for programs; `command` is the last part of the address."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from zi_chassis.domain import Act
from zi_chassis.web.form import Form
from zi_chassis.web.language import language_of
from zi_intake.bodies.information import DecideObjectionBody, ExtendTimeBody, RefuseInformationBody
from zi_intake.container import Office
from zi_intake.domain.case.filings import requests_information
from zi_intake.domain.case.refusals import NoSuchRefusalError
from zi_intake.domain.case.state import Case, kind_of
from zi_intake.roles import HEAD, SUPERVISOR
from zi_intake.use_cases.case_actions import HandledCase
from zi_intake.web import answers
from zi_intake.web.api.actions import done
from zi_intake.web.dependencies import Idempotency, Officer, SeenTicket, TheOffice
from zi_intake.web.handling_forms import Handler

DECIDING = (SUPERVISOR, HEAD)
api = APIRouter(prefix="/intake/api")


@api.post("/cases/{ticket}/extend", response_model=answers.DoneAnswer)
async def extend(
    office: TheOffice,
    person: Officer,
    ticket: SeenTicket,
    body: ExtendTimeBody,
    idempotency_key: Idempotency = None,
) -> Response:
    """Take more time for requested information: once, before its time has passed, and for the reason that the requester reads."""
    by = office.act(person)
    return done(office, await office.information.extend(ticket, by, idempotency_key, body.extension_reason))


@api.post("/cases/{ticket}/refuse-information", response_model=answers.DoneAnswer)
async def refuse_information(
    office: TheOffice,
    person: Officer,
    ticket: SeenTicket,
    body: RefuseInformationBody,
    idempotency_key: Idempotency = None,
) -> Response:
    """Refuse requested information for a reason from the office's list; the requester may object, by reopening the case."""
    return done(office, await _refused(office, ticket, office.act(person), idempotency_key, body))


@api.post("/cases/{ticket}/decide-objection", response_model=answers.DoneAnswer)
async def decide_objection(
    office: TheOffice,
    person: Officer,
    ticket: SeenTicket,
    body: DecideObjectionBody,
    idempotency_key: Idempotency = None,
) -> Response:
    """Decide about an objection: a supervisor or the head who was not involved in the answer. It is the office's last answer."""
    by = office.act(person, DECIDING)
    return done(office, await office.information.decide_objection(ticket, by, idempotency_key, body))


async def _refused(
    office: Office, ticket: str, by: Act, key: UUID | None, body: RefuseInformationBody
) -> HandledCase:
    """Raises NoSuchRefusalError for a reason that is not on the office's list."""
    if body.refusal not in office.codes["refusal"]:
        raise NoSuchRefusalError
    return await office.actions.answer(ticket, by, key, body.text, body.files, body.refusal)


async def _extend(office: Office, ticket: str, by: Act, key: UUID | None, form: Form) -> HandledCase:
    body = ExtendTimeBody.model_validate(form.nested("extension_reason"))
    return await office.information.extend(ticket, by, key, body.extension_reason)


async def _refuse(office: Office, ticket: str, by: Act, key: UUID | None, form: Form) -> HandledCase:
    fields = {**form.nested("refusal"), "text": form.value("refusal_text")}
    body = RefuseInformationBody.model_validate(fields)
    return await _refused(office, ticket, by, key, body)


async def _decide(office: Office, ticket: str, by: Act, key: UUID | None, form: Form) -> HandledCase:
    chosen = form.nested("files").get("files", {})
    fields = {**form.nested("outcome"), "text": form.value("decision"), "files": list(chosen)}
    return await office.information.decide_objection(
        ticket, by, key, DecideObjectionBody.model_validate(fields)
    )


FORMS: Mapping[str, Handler] = {
    "extend": _extend,
    "refuse-information": _refuse,
    "decide-objection": _decide,
}
# The field at which each form shows why it was refused.
FIELD_OF: Mapping[str, str] = {
    "extend": "extension_reason",
    "refuse-information": "refusal_text",
    "decide-objection": "decision",
}


def information_of(request: Request, office: Office, case: Case) -> dict[str, Any]:
    """Return the kind of the case, and what the page of a request for information shows besides."""
    kind = {"kind_code": kind_of(case)}
    if not requests_information(case.filing) or case.due is None:
        return kind
    language = language_of(request)
    return kind | {
        "refusals": [(each.code, getattr(each.name, language)) for each in office.lists.information_refusals],
        "extended_until": office.terms.extended(case.standard, case.due),
    }
