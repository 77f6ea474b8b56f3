"""The pages of the products of an application: typed by hand, or uploaded as a table."""

import csv
from collections.abc import Sequence
from dataclasses import replace
from io import StringIO
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from zi_certificates.domain.changes import cells
from zi_certificates.domain.master_entry import NoSuchEntryError
from zi_certificates.domain.statement import Statement
from zi_certificates.messaging.published import applications
from zi_certificates.use_cases.dossier import dossier_of
from zi_certificates.use_cases.taking_over import PRODUCTS, MentoringFields, NothingToldError
from zi_certificates.web.form_errors import UnreadableItemError, refused_form, status_of
from zi_certificates.web.form_fields import chosen_country, revision_of
from zi_certificates.web.pages.application_owner import (
    ApplicationOwner,
    Owner,
    part_context,
    submit_form,
    take_over,
)
from zi_chassis.domain import DomainError
from zi_chassis.web.body import takes
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.language import language_of
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_chassis.web.refused_form import REFUSED, file_content, sentence_of
from zi_rules.certificate.item import UnnumberedItem
from zi_rules.certificate.item_list import COLUMNS, OPTIONAL, ItemList, ItemReport, LineProblem, parse_items
from zi_rules.certificate.reason import LineFault

router = APIRouter(include_in_schema=False)

LIST_LIMIT = 300 * 1024
RESULTS = "analysis.results"


@router.get("/certificates/applications/{ticket}/items")
async def products_page(owner: Owner) -> Response:
    return await _products_page(owner, Form())


async def _products_page(
    owner: ApplicationOwner, form: Form, status: int = 200, report: Sequence[LineProblem] = ()
) -> Response:
    dossier = await dossier_of(owner.office.store, owner.intake_request)
    if dossier.state.statement is None:
        return RedirectResponse(f"{owner.address}/particulars", 303)
    rules = owner.office.rules.of(dossier.state, owner.office.clock.now())
    context = {
        **part_context(owner, dossier, form, rules),
        "cells": cells,
        "report": report,
        "limit": rules.items,
        "most": rules.items.most,
    }
    return pages_of(owner.request).render(owner.request, "products.html", status, **context)


@router.get("/certificates/applications/{ticket}/items/{number}")
async def product_page(owner: Owner, number: str) -> Response:
    if number == "new":
        return await show_product(owner, None, Form())
    dossier = await dossier_of(owner.office.store, owner.intake_request)
    stated = dossier.state.statement
    found = [each for each in (stated.products if stated else ()) if str(each.number) == number]
    if not found:
        raise NotFoundError(DETAILS[404])
    fields = dict(cells(found[0]))
    fields[RESULTS] = fields.get(RESULTS, "").replace(" | ", "\n")
    return await show_product(owner, found[0].number, Form(fields))


async def show_product(
    owner: ApplicationOwner,
    number: int | None,
    form: Form,
    status: int = 200,
    taken_over: MentoringFields | None = None,
) -> Response:
    dossier = await dossier_of(owner.office.store, owner.intake_request)
    rules = owner.office.rules.of(dossier.state, owner.office.clock.now())
    context = {
        **part_context(owner, dossier, with_unit(owner, form), rules),
        "number": number,
        "taken_over": taken_over,
        "units": unit_choices(owner, form),
    }
    return pages_of(owner.request).render(owner.request, "product.html", status, **context)


def with_unit(owner: ApplicationOwner, form: Form) -> Form:
    """Choose the unit that is meant by what was stored or typed of it."""
    unit = owner.office.rules.units[0].unit(form.value("unit"))
    return form if unit is None else replace(form, values={**form.values, "unit": unit.code})


def unit_choices(owner: ApplicationOwner, form: Form) -> list[tuple[str, str]]:
    """List the units by code; what was stored before and is none of them stands first, so that it is seen."""
    units, written = owner.office.rules.units[0], form.value("unit")
    language = language_of(owner.request)
    choices = [(each.code, f"{getattr(each.name, language)} ({each.sign})") for each in units.units]
    return [(written, written), *choices] if written and units.unit(written) is None else choices


@router.post("/certificates/applications/{ticket}/items/upload")
@takes(LIST_LIMIT)
async def upload_items(owner: Owner) -> Response:
    data = await owner.request.form()
    form = Form.of(data)
    try:
        items = _read(await file_content(data, "list"))
    except UnreadableItemError as error:
        return await _products_page(owner, form, 422, error.problems)
    except DomainError as error:
        return await _products_page(owner, form.refused({"list": sentence_of(owner.request, error)}), 422)

    async def again(refused: Form, status: int) -> Response:
        return await _products_page(owner, refused, status)

    added = owner.office.applying.add_items(owner.intake_request, owner.by, key_of(form), items)
    return await submit_form(owner, form, "list", again, added, f"{owner.address}/items")


@router.post("/certificates/applications/{ticket}/items/take-over")
async def take_over_product(owner: Owner) -> Response:
    """Show the form of a new product with the name of one that the business makes: the one that was picked, else the first that is
    not listed yet. Nothing is saved.
    """
    form = Form.of(await owner.request.form())
    _, state = await owner.office.store.fetch(applications, owner.intake_request.application)
    if state.statement is None:
        return RedirectResponse(f"{owner.address}/particulars", 303)
    try:
        taken_over = await take_over(owner, form, PRODUCTS)
        if not taken_over.products:
            raise NothingToldError
    except REFUSED as error:
        return await _products_page(owner, refused_form(owner.request, form, error, "case"), status_of(error))
    picked = form.value("picked")
    name = picked if picked in taken_over.products else _first_unlisted(taken_over.products, state.statement)
    return await show_product(owner, None, Form({"product": name}), taken_over=taken_over)


def _first_unlisted(names: Sequence[str], stated: Statement) -> str:
    listed = {each.product for each in stated.products}
    return next((each for each in names if each not in listed), names[0])


@router.post("/certificates/applications/{ticket}/items/{number}")
async def save_product(owner: Owner, number: str) -> Response:
    form = Form.of(await owner.request.form())
    known = None if number == "new" else _number(number)

    async def again(refused: Form, status: int) -> Response:
        return await show_product(owner, known, refused, status)

    return await submit_form(
        owner, form, "product", again, _save_product(owner, known, form), f"{owner.address}/items"
    )


async def _save_product(owner: ApplicationOwner, number: int | None, form: Form) -> None:
    if not any(form.value(name).strip() for name in COLUMNS):
        raise UnreadableItemError([_empty(name) for name in COLUMNS if name not in OPTIONAL])
    chosen_country(form)
    [item] = _read(_as_table(form))
    if number is None and form.value("entry"):
        source = _entry_of(form), revision_of(Form({"revision": form.value("entry_revision")}))
        await owner.office.master_use.add_item(owner.intake_request, owner.by, key_of(form), item, *source)
    elif number is None:
        await owner.office.applying.add_items(owner.intake_request, owner.by, key_of(form), [item])
    else:
        await owner.office.applying.change_item(owner.intake_request, owner.by, key_of(form), number, item)


@router.post("/certificates/applications/{ticket}/items/{number}/remove")
async def remove_product(owner: Owner, number: str) -> Response:
    form = Form.of(await owner.request.form())

    async def again(refused: Form, status: int) -> Response:
        return await _products_page(owner, refused, status)

    removed = owner.office.applying.remove_item(owner.intake_request, owner.by, key_of(form), _number(number))
    return await submit_form(owner, form, "list", again, removed, f"{owner.address}/items")


def _entry_of(form: Form) -> UUID:
    try:
        return UUID(form.value("entry"))
    except ValueError:
        raise NoSuchEntryError from None


def _empty(column: str) -> LineProblem:
    return LineProblem(line=2, fault=LineFault.CELL_EMPTY, column=column)


def _as_table(form: Form) -> bytes:
    """Write a product that was typed by hand as an uploaded table of one line."""
    table = StringIO()
    results = "|".join(filter(None, map(str.strip, form.value(RESULTS).splitlines())))
    fields = {name: form.value(name).strip() for name in COLUMNS} | {RESULTS: results}
    writer = csv.DictWriter(table, list(COLUMNS))
    writer.writeheader()
    writer.writerow(fields)
    return table.getvalue().encode()


def _read(uploaded: bytes) -> list[UnnumberedItem]:
    match parse_items(uploaded):
        case ItemReport(problems=problems):
            raise UnreadableItemError(problems)
        case ItemList(items=items):
            return [UnnumberedItem.model_validate(each.model_dump(exclude={"number"})) for each in items]


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 6:
        raise NotFoundError(DETAILS[404])
    return int(text)
