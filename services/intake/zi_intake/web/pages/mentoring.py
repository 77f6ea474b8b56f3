"""The pages by which a small food business asks to be mentored and gives its number later; a refused form keeps what was typed."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import ValidationError

from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.language import language_of
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import TooManyRequestsError
from zi_intake.bodies.filings import PRODUCTS, MentoringBody, NumberBody
from zi_intake.container import Office
from zi_intake.domain.case.refusals import CaseError
from zi_intake.read import labels
from zi_intake.web import desk_requests
from zi_intake.web.dependencies import TheOffice
from zi_intake.web.forms import as_refused, office_districts, status_of
from zi_intake.web.pages.citizen import OwnCase, case_page_of, to_the_case, to_the_receipt
from zi_intake.web.sent_forms import other_address, to_go_back_to

PATH = "/mentoring-requests/new"
FIELDS = ("district", "business", "place", "text", "reporter")
ROW = re.compile(r"products\.([0-9]{1,4})\.(name|description)")
# The fields at which the form shows the error of a whole part.
FIELD_OF_PART: Mapping[str, str] = {
    "business": "business.name",
    "products": "products.0.name",
    "place": "place.kind",
    "reporter": "reporter.name",
}

router = APIRouter(include_in_schema=False)


@router.get(PATH)
async def new_request(request: Request, office: TheOffice) -> Response:
    return await _page(request, office, Form())


@router.post("/mentoring-requests")
@router.post("/mentoring-requests/again")
@router.post(PATH)
async def request_mentoring(request: Request, office: TheOffice) -> Response:
    """File the request. The button for another product sends the form too, and gets it back with one more row."""
    typed = Form.of(await request.form())
    products = products_in(typed)
    form = in_rows(typed, products)
    if typed.value("another"):
        return await _page(request, office, form, len(products) + 1)
    key, person = key_of(form) or uuid4(), await office.access.applicant(request)
    try:
        fields = {**_fields(form, products), "language": language_of(request)}
        body = await office.read_filing(key, partial(MentoringBody.model_validate, fields))
        confirmation = await desk_requests.request_mentoring(request, office, key, body, person)
        return to_the_receipt(office, confirmation)
    except (ValidationError, CaseError, TooManyRequestsError) as error:
        refused = as_refused(request, form, error, FIELD_OF_PART)
        return await _page(request, office, refused, len(products), status_of(error))


@router.post("/track/{ticket}/nib")
async def give_number(request: Request, office: TheOffice, ticket: OwnCase) -> Response:
    form = Form.of(await request.form())
    try:
        nib = NumberBody.model_validate(form.nested("nib")).nib
        await office.actions.give_number(ticket, await office.owners_act(request, ticket), key_of(form), nib)
    except (ValidationError, CaseError) as error:
        return await case_page_of(
            request, office, ticket, as_refused(request, form, error, {"text": "nib"}), 422
        )
    return to_the_case(ticket, "business_number_given")


async def _page(request: Request, office: Office, form: Form, rows: int = 1, status: int = 200) -> Response:
    context = {
        "form": form,
        "key": str(key_of(form) or uuid4()),
        "rows": min(max(rows, 1), PRODUCTS),
        "most": PRODUCTS,
        "districts": office_districts(request, office),
        "workplaces": labels.WORKPLACES,
        "person": await office.access.applicant(request),
        "onward": other_address(request, "/mentoring-requests"),
    }
    return to_go_back_to(pages_of(request).render(request, "mentoring.html", status, **context))


def products_in(form: Form) -> list[dict[str, str]]:
    """Return the products of the form, row by row; a blank row is left out."""
    rows: dict[int, dict[str, str]] = {}
    for name, text in form.values.items():
        if (found := ROW.fullmatch(name)) and text.strip():
            rows.setdefault(int(found[1]), {})[found[2]] = text.replace("\r\n", "\n")
    return [rows[number] for number in sorted(rows)]


def in_rows(form: Form, products: list[dict[str, str]]) -> Form:
    """Return the form with the products in the first rows, so that an error stands at its product."""
    rest = {name: text for name, text in form.values.items() if name.partition(".")[0] != "products"}
    rows = {
        f"products.{number}.{part}": text
        for number, product in enumerate(products)
        for part, text in product.items()
    }
    return Form(rest | rows)


def _fields(form: Form, products: list[dict[str, str]]) -> dict[str, Any]:
    fields = {"business": {}, "reporter": {}, **form.nested(*FIELDS)}
    return fields | {"products": products} if products else fields
