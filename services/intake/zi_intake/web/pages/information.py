"""The pages on which public information is requested and suggestions are made, and the register of the requests for officials."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode
from uuid import uuid4

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import ValidationError

from zi_chassis.office_clock import office_zone
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.language import language_of
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import TooManyRequestsError
from zi_chassis.web.spreadsheet import as_csv
from zi_intake.bodies.information import InformationBody, SuggestionBody
from zi_intake.container import Office
from zi_intake.domain.case.refusals import CaseError, InformationNotOfferedError
from zi_intake.read import labels
from zi_intake.read.information_register import (
    MOST_IN_FILE,
    RegisterQuery,
    RegisterRow,
    register_page,
)
from zi_intake.web.dependencies import Officer, TheOffice
from zi_intake.web.forms import as_refused, districts, status_of, with_switches
from zi_intake.web.pages.citizen import filed, filing_page
from zi_intake.web.sent_forms import other_address
from zi_rules.standard import NoStandardError, ServiceKind, ServiceStandard

router = APIRouter(include_in_schema=False)

INFORMATION_FIELDS = ("district", "text", "purpose", "reporter")
SUGGESTION_FIELDS = ("protection", "district", "text", "reporter", "wants_answer")
REGISTER = "/desk/information"
Registered = Annotated[RegisterQuery, Query()]


@router.get("/information-requests/new")
async def new_information_request(request: Request, office: TheOffice) -> Response:
    return _information_page(request, office, Form())


@router.post("/information-requests")
@router.post("/information-requests/again")
async def request_information(request: Request, office: TheOffice) -> Response:
    form = Form.of(await request.form())
    key = key_of(form) or uuid4()
    fields = {"reporter": {}, **form.nested(*INFORMATION_FIELDS), "language": language_of(request)}
    try:
        return await filed(request, office, key, InformationBody, fields)
    except (ValidationError, CaseError, TooManyRequestsError) as error:
        return _information_page(request, office, as_refused(request, form, error), status_of(error))


@router.get("/suggestions/new")
async def new_suggestion(request: Request, office: TheOffice) -> Response:
    return _suggestion_page(request, office, Form())


@router.post("/suggestions")
@router.post("/suggestions/again")
async def make_suggestion(request: Request, office: TheOffice) -> Response:
    form = Form.of(await request.form())
    key = key_of(form) or uuid4()
    fields = {**with_switches(form.nested(*SUGGESTION_FIELDS)), "language": language_of(request)}
    try:
        return await filed(request, office, key, SuggestionBody, fields)
    except (ValidationError, CaseError, TooManyRequestsError) as error:
        return _suggestion_page(request, office, as_refused(request, form, error), status_of(error))


def _suggestion_page(request: Request, office: Office, form: Form, status: int = 200) -> Response:
    onward = other_address(request, "/suggestions")
    return filing_page(request, office, "suggestion.html", form, status, onward=onward)


def _information_page(request: Request, office: Office, form: Form, status: int = 200) -> Response:
    """Raises InformationNotOfferedError where the office has no standard for it."""
    onward = other_address(request, "/information-requests")
    context = {"standard": _standard(office), "period": labels.period, "onward": onward}
    return filing_page(request, office, "information.html", form, status, **context)


def _standard(office: Office) -> ServiceStandard:
    try:
        return office.terms.in_force(ServiceKind.PUBLIC_INFORMATION, office.clock.now())
    except NoStandardError as error:
        raise InformationNotOfferedError from error


# -- the register


@router.get(REGISTER)
async def register(request: Request, office: TheOffice, person: Officer, query: Registered) -> Response:
    reader = office.reader(person)
    page = await office.store.query(lambda tx: register_page(tx, query, reader))
    chosen = {"outcome": query.outcome, "text": query.text}
    context = {
        "page": page,
        "query": query,
        "form": Form(chosen),
        "file": f"{REGISTER}.csv?{urlencode(chosen)}",
        "most_in_file": MOST_IN_FILE,
        "first": f"{REGISTER}?{urlencode(chosen)}",
        "next": page.after and f"{REGISTER}?{urlencode({**chosen, 'after': page.after})}",
        "outcomes": labels.REGISTER_OUTCOMES,
        "objections": labels.OBJECTION_NAMES,
        "roads": labels.ROADS,
        "reasons": _reasons(request, office),
        "districts": dict(districts(request, office)),
    }
    return pages_of(request).render(request, "information_register.html", 200, **context)


@router.get(f"{REGISTER}.csv")
async def register_file(request: Request, office: TheOffice, person: Officer, query: Registered) -> Response:
    """Send the register as a table for a spreadsheet, by codes and in the office's time. X-Total-Count counts all requests; Link leads to the next file where they are more
    than the most that one takes."""
    reader = office.reader(person)
    page = await office.store.query(lambda tx: register_page(tx, query, reader, MOST_IN_FILE))
    content = as_csv([COLUMNS, *(tuple(_cells(row)) for row in page.rows)])
    headers = {"Content-Disposition": 'attachment; filename="information-requests.csv"'}
    headers["X-Total-Count"] = str(page.total)
    if page.after:
        onward = {"outcome": query.outcome, "text": query.text, "after": page.after}
        headers["Link"] = f'<{REGISTER}.csv?{urlencode(onward)}>; rel="next"'
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


COLUMNS = (
    *("ticket", "received", "district", "subject", "outcome", "state", "due", "is_extended", "answered_at"),
    *("refusal", "objected_at", "objection", "decided_at", "road"),
)


def _cells(row: RegisterRow) -> Iterator[str]:
    for name in COLUMNS:
        match getattr(row, name):
            case None:
                yield ""
            case datetime() as at:
                yield at.astimezone(office_zone()).isoformat(timespec="seconds")
            case value:
                yield str(value)


def _reasons(request: Request, office: Office) -> dict[str, str]:
    language = language_of(request)
    return {each.code: getattr(each.name, language) for each in office.lists.information_refusals}
