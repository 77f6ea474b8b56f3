"""The pages for applicants: what letters are and cost, and the workspace of one application; every form is refused with all that was
typed kept.
"""

import csv
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from zi_certificates.container import Office
from zi_certificates.domain.account import Account
from zi_certificates.domain.application.errors import IncompleteError, NotReplaceableError
from zi_certificates.domain.application.state import (
    OVER,
    SIGNED,
    Application,
    Status,
)
from zi_certificates.domain.changes import cells
from zi_certificates.domain.next_step import next_step, to_correct
from zi_certificates.domain.statement import Document, Outline, Statement
from zi_certificates.messaging.heard import Request as Asked
from zi_certificates.messaging.heard import requests_by
from zi_certificates.messaging.published import applications
from zi_certificates.read import fairness, labels
from zi_certificates.read.applications import ApplicationRow, application_of
from zi_certificates.read.history import Step, grouped, people, steps
from zi_certificates.read.naming import Naming
from zi_certificates.use_cases.applying import AccountStated
from zi_certificates.use_cases.billing import NoBillingError
from zi_certificates.use_cases.dossier import Dossier, dossier_of
from zi_certificates.use_cases.rulebook import NoTariffStatedError
from zi_certificates.use_cases.taking_over import ADDRESS, OPEN, PRODUCTS, NothingToldError, Told
from zi_certificates.web.api.applicants import TheOffice, office_of
from zi_certificates.web.bodies import AccountBody, StatementBody
from zi_certificates.web.telling import say_of
from zi_chassis import case_token, identity
from zi_chassis.domain import Act, DomainError, ErasedError, UnavailableError
from zi_chassis.identity import APPLICANT, presented
from zi_chassis.uploads import MULTIPART, FileRefusedError
from zi_chassis.vault_requests import UnknownTicketError, VaultRefusedError, VaultUnavailableError
from zi_chassis.web.body import takes
from zi_chassis.web.form import Form
from zi_chassis.web.language import language_of, msgid
from zi_chassis.web.page import Pages
from zi_chassis.web.problem import DETAILS, FIELDS, NotFoundError, RefusedError, field_errors
from zi_contracts.intake import Items
from zi_contracts.message import Message
from zi_rules.certificate.finding import Finding
from zi_rules.certificate.item import UnnumberedItem
from zi_rules.certificate.item_list import COLUMNS, OPTIONAL, ItemList, ItemReport, LineProblem, parse_items
from zi_rules.certificate.kind import CertificateKind, Circumstance, Goods
from zi_rules.certificate.reason import LineFault
from zi_rules.certificate.requirement import circumstances_of, requirements
from zi_rules.certificate.rule_set import CertificateRules

LIST_LIMIT = 300 * 1024
RESULTS = "analysis.results"
REFUSED = (ValidationError, DomainError, UnavailableError, FileRefusedError)
UNREAD = (VaultUnavailableError, VaultRefusedError, UnknownTicketError, UnavailableError, ErasedError)
PICK_A_FILE = msgid("Choose a file first.")
PICK_ONE = msgid("Choose one from the list.")

router = APIRouter(include_in_schema=False)

Again = Callable[[Form, int], Awaitable[Response]]


def pages_of(request: Request) -> Pages:
    pages: Pages = request.app.state.pages
    return pages


def names_of(request: Request, office: Office, rules: CertificateRules) -> Naming:
    return Naming(rules, office.sentences, language_of(request), say_of(request))


def ruled(request: Request, office: Office, rules: CertificateRules) -> dict[str, Any]:
    """What every page that speaks of rules needs."""
    return {
        "labels": labels,
        "grouped": grouped,
        "names": names_of(request, office, rules),
        "rule_set": rules,
        "all_kinds": list(CertificateKind),
        "all_goods": list(Goods),
    }


# -- for everybody


@router.get("/certificates")
async def without_slash() -> Response:
    return RedirectResponse("/certificates/", 308)


@router.get("/certificates/")
async def home(request: Request, office: TheOffice) -> Response:
    rules = office.rules.in_force(office.clock.now())
    shown = {**ruled(request, office, rules), "applications": await _own_applications(request, office)}
    return pages_of(request).render(request, "home.html", 200, **shown)


async def _own_applications(request: Request, office: Office) -> list[dict[str, Any]] | None:
    """Of whoever is signed in for a company; None for everybody else."""
    person = await office.access.signed_in(request)
    if person is None:
        return None
    request.state.staff = person
    asked = await office.store.query(lambda tx: requests_by(tx, person.sub, APPLICANT))
    rows = await office.store.query(
        lambda tx: {each.ticket: application_of(tx, each.ticket) for each in asked}
    )
    return [_listed(each, rows[each.ticket]) for each in asked]


def _listed(asked: Asked, row: ApplicationRow | None) -> dict[str, Any]:
    begun = {"ticket": asked.ticket, "series": asked.series, "since": asked.at}
    if row is None:
        return {**begun, "kinds": (), "status": Status.DRAFT.value, "holder": "citizen"}
    return {**begun, "kinds": row.kinds, "status": row.status.value, "holder": row.holder}


@router.get("/certificates/fairness")
async def fairness_page(request: Request, office: TheOffice) -> Response:
    now = office.clock.now()
    waited = await office.store.query(fairness.months)
    passed = await office.store.query(fairness.passings)
    rules = office.rules.in_force(now)
    shown = {**ruled(request, office, rules), "months": waited, "overtakings": passed}
    return pages_of(request).render(request, "fairness.html", 200, **shown)


@router.get("/certificates/products.csv")
async def empty_table(request: Request) -> Response:
    """The headings alone, in the reader's language; every spreadsheet reads it as UTF-8."""
    headings = COLUMNS.values() if language_of(request) == "id" else COLUMNS.keys()
    return Response(
        "\ufeff" + ",".join(headings) + "\r\n",
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": 'attachment; filename="products.csv"',
            "Vary": "Accept-Language, Cookie",
        },
    )


# -- whose application it is


@dataclass(frozen=True)
class Own:
    """One's own application: what was asked for at intake, who acts, and with which token."""

    web: Request
    office: Office
    asked: Asked
    by: Act
    token: str | None

    @property
    def here(self) -> str:
        return f"/certificates/applications/{self.asked.ticket}"


async def own_application(request: Request, ticket: str) -> Own:
    office = await office_of(request)
    asked, by = await office.access.applicant(request, ticket)
    if by.role == APPLICANT:
        request.state.staff = await office.access.signed_in(request)
    cookie = identity.COOKIE if by.role == APPLICANT else case_token.COOKIE
    return Own(request, office, asked, by, presented(request, cookie))


OwnApplication = Annotated[Own, Depends(own_application)]


# -- the whole


@router.get("/certificates/applications/{ticket}")
async def overview(own: OwnApplication) -> Response:
    return await _overview(own, Form())


async def _overview(own: Own, form: Form, status: int = 200) -> Response:
    office, dossier = own.office, await dossier_of(own.office.store, own.asked)
    state, now = dossier.state, own.office.clock.now()
    rules = office.rules.of(state, now)
    wanting = findings_of(office, dossier) if state.status in OPEN else ()
    amount = _amount(office, state, rules)
    account_missing = office.rules.account_findings(own.asked.series, dossier.account, now)
    asked = dossier.asked if state.status in (Status.NEED_DATA, Status.REJECTED) else None
    told = await history_of(own.web, office, dossier)
    names = names_of(own.web, office, rules)
    shown = {
        **ruled(own.web, office, rules),
        "ticket": dossier.ticket,
        "series": own.asked.series,
        "state": state,
        "stands": "draft" if state.status is Status.UNKNOWN else state.status.value,
        "account": dossier.account if dossier.account.details else None,
        "account_reasons": dossier.account_refused,
        "wanting": wanting,
        "amount": amount,
        "next": next_step(
            state,
            dossier.account,
            account_lacks=bool(account_missing),
            lacks=bool(wanting),
            is_priced=amount is not None,
        ),
        "account_missing": account_missing,
        "to_correct": to_correct(asked.findings) if asked else (),
        "bill_url": _bill_url(office, state),
        "place": dossier.place,
        "asked": asked.findings if asked else (),
        "said": await _said(own, asked.items, asked.at) if asked else (),
        "changed": state.revision != state.asked_revision,
        "letters": [{**vars(each), "sealed": each.file is not None} for each in dossier.letters],
        "history": told,
        "people": people(dossier.messages, say_of(own.web), names),
        "passed_by": dossier.passed_by,
        "flags": [each for each in told if each.event == "conflict_flagged"],
        "may_withdraw": state.status not in (Status.UNKNOWN, *OVER, *SIGNED),
        "form": form,
        "key": str(uuid4()),
    }
    return pages_of(own.web).render(own.web, "application.html", status, **shown)


def findings_of(office: Office, dossier: Dossier) -> tuple[Finding, ...]:
    """By the account as it is stated, where none was verified yet: what an officer still has to do is no fault of the applicant."""
    if dossier.state.statement is None:
        return ()
    account = dossier.account
    presumed = replace(account, verified=account.details) if account.verified is None else account
    return office.rules.examination(dossier.state, presumed, office.clock.now()).wanting


def _amount(office: Office, state: Application, rules: CertificateRules) -> int | None:
    try:
        return office.rules.fee(state.statement, rules) if state.statement else None
    except NoTariffStatedError:
        return None


def _bill_url(office: Office, state: Application) -> str | None:
    if state.status is not Status.AWAITING_PAYMENT or state.submission is None:
        return None
    try:
        return office.billing.pay_at(state.submission.bill)
    except NoBillingError:
        return None


async def history_of(request: Request, office: Office, dossier: Dossier) -> list[Step]:
    ids = [Message.parse(each).id for each in dossier.messages]
    indexes = await office.ledger.indexes(ids)
    names = names_of(request, office, office.rules.of(dossier.state, office.clock.now()))
    return steps(dossier.messages, indexes, office.settings.public_url, say_of(request), names)


async def _said(own: Own, items: Items, at: Any) -> Sequence[dict[str, Any]]:
    """The office's own words, which lie in the vault; without them the reasons still stand."""
    if not items:
        return ()
    try:
        told = await own.office.vault.disclosed(own.asked.ticket, items, "own_copy", own.token)
    except UNREAD:
        return ()
    return [{"at": at, "text": each.text} for each in told.values()]


# -- the account


@router.get("/certificates/applications/{ticket}/account")
async def account_page(own: OwnApplication) -> Response:
    _, _, account = await own.office.applying.account(own.asked)
    return await _account_page(own, _account_form(account))


def _account_form(account: Account) -> Form:
    details = account.details
    if details is None:
        return Form()
    acts = "yes" if details.acts_for_others else "no"
    return Form({"acts_for_others": acts, "hs_codes": "\n".join(details.hs_codes)})


async def _account_page(own: Own, form: Form, status: int = 200, told: Told | None = None) -> Response:
    office, now = own.office, own.office.clock.now()
    dossier = await dossier_of(office.store, own.asked)
    account, rules = dossier.account, office.rules.in_force(now)
    in_charge = account.ticket in (None, own.asked.ticket)
    missing = office.rules.account_findings(own.asked.series, account, now)
    shown = {
        **_part(own, dossier, form, rules),
        "changeable": True,
        "told": told,
        "in_charge": in_charge,
        "may_open": own.asked.account is None,
        "account": account if account.details else None,
        "account_reasons": dossier.account_refused,
        "missing": missing,
        "warehouse_known": account.details is not None
        and any(each.field == "account.warehouse" for each in account.details.items),
        "document_kinds": _account_documents(own, rules, missing),
    }
    return pages_of(own.web).render(own.web, "account.html", status, **shown)


def _account_documents(
    own: Own, rules: CertificateRules, missing: Sequence[Finding]
) -> list[tuple[str, str]]:
    """Those that are still missing first."""
    names = names_of(own.web, own.office, rules)
    lacking = [each for found in missing for each in found.where.removeprefix("documents.").split("/")]
    known = [each for rule in rules.documents if rule.per == "account" for each in rule.any_of]
    wanted = [*(each for each in lacking if each in known), *known]
    return [(each, names.document(each)) for each in dict.fromkeys(wanted)]


@router.post("/certificates/applications/{ticket}/account")
async def save_account(own: OwnApplication) -> Response:
    form = Form.of(await own.web.form())

    async def again(refused: Form, status: int) -> Response:
        return await _account_page(own, refused, status)

    return await _tried(own, form, "hs_codes", again, _save_account(own, form), f"{own.here}/account")


async def _save_account(own: Own, form: Form) -> None:
    _, _, account = await own.office.applying.account(own.asked)
    codes = form.value("hs_codes").replace(",", " ").split()
    if not codes:
        raise ChooseError(FIELDS["missing"], "hs_codes")
    body = AccountBody.model_validate(
        {
            "acts_for_others": form.value("acts_for_others") == "yes",
            "hs_codes": codes,
            "warehouse": form.value("warehouse").strip() or None,
        }
    )
    stated = AccountStated(**body.model_dump())
    await _tell_account(own, account, key_of(form), stated, move=form.value("move") == "yes")


async def _tell_account(
    own: Own, account: Account, key: UUID | None, stated: AccountStated, *, move: bool = False
) -> None:
    applying = own.office.applying
    if account.opened is None:
        await applying.open_account(own.asked, own.by, key, stated)
    elif move and account.ticket != own.asked.ticket:
        await applying.move_account(own.asked, own.by, key, stated)
    else:
        await applying.change_account(own.asked, own.by, key, stated)


@router.post("/certificates/applications/{ticket}/account/take-over")
async def take_over_address(own: OwnApplication) -> Response:
    """What else was typed stays; nothing is saved."""
    form = Form.of(await own.web.form())
    try:
        told = await _told(own, form, ADDRESS)
        if told.address is None:
            raise NothingToldError
    except REFUSED as error:
        return await _account_page(own, refused(own.web, form, error, "warehouse"), status_of(error))
    filled_in = replace(form, values={**form.values, "warehouse": told.address})
    return await _account_page(own, filled_in, told=told)


async def _told(own: Own, form: Form, field: str) -> Told:
    """By the mentoring case, which the vault is asked for anew each time."""
    return await own.office.taking_over.told(own.asked, form.value("case"), own.token, field)


@router.post("/certificates/applications/{ticket}/account/documents")
@takes(MULTIPART)
async def add_account_document(own: OwnApplication) -> Response:
    data = await own.web.form()
    form = Form.of(data)

    async def again(refused: Form, status: int) -> Response:
        _, _, account = await own.office.applying.account(own.asked)
        kept = {**_account_form(account).values, **refused.values}
        return await _account_page(own, replace(refused, values=kept), status)

    added = _add_account_document(own, form, data)
    return await _tried(own, form, "file", again, added, f"{own.here}/account")


async def _add_account_document(own: Own, form: Form, data: FormData) -> None:
    _, _, account = await own.office.applying.account(own.asked)
    document = await _uploaded(own, form, data)
    if account.opened is None:
        stated = AccountStated(documents=(document,))
        await own.office.applying.open_account(own.asked, own.by, key_of(form), stated)
    else:
        await own.office.applying.attach_to_account(own.asked, own.by, key_of(form), document)


# -- what is applied for


@router.get("/certificates/applications/{ticket}/particulars")
async def particulars_page(own: OwnApplication) -> Response:
    dossier = await dossier_of(own.office.store, own.asked)
    return _particulars_page(own, dossier, _outline_form(dossier.state))


def _outline_form(state: Application) -> Form:
    stated = state.statement
    if stated is None:
        return Form()
    return Form(
        {
            "kind": stated.kinds[0],
            "goods": stated.goods,
            "country": stated.country or "",
            **{f"kinds.{each}": "yes" for each in stated.kinds},
            **{f"circumstances.{each}": "yes" for each in stated.circumstances},
            **{f"annex_fields.{name}": text for name, text in stated.annex_fields.items()},
        }
    )


def _particulars_page(own: Own, dossier: Dossier, form: Form, status: int = 200) -> Response:
    rules = own.office.rules.of(dossier.state, own.office.clock.now())
    names = names_of(own.web, own.office, rules)
    kinds = [each for each in CertificateKind if each.startswith(f"{own.asked.series}_")]
    asked_for, annex_fields = circumstances_of(kinds, rules), _annex_fields(form, rules, names)
    shown = {
        **_part(own, dossier, form, rules),
        "kinds": [(each, names.kind(each)) for each in kinds],
        "goods": [(each, names.goods(each)) for each in Goods],
        "circumstances": [
            (each, names.circumstance(each))
            for each in Circumstance
            if each in asked_for or form.value(f"circumstances.{each}")
        ],
        "annex_fields": annex_fields,
        "field_labels": {
            **_labelled(own, labels.PARTICULARS),
            **{f"annex_fields.{name}": label for name, label in annex_fields},
        },
    }
    return pages_of(own.web).render(own.web, "particulars.html", status, **shown)


def _annex_fields(form: Form, rules: CertificateRules, names: Naming) -> list[tuple[str, str]]:
    """What the country wants besides, once letters, goods and country are said."""
    kinds, goods = _checked(form, "kinds"), form.value("goods")
    if goods not in set(Goods) or not set(kinds) <= set(CertificateKind):
        return []
    country = form.value("country").upper()
    wanted = [requirements(CertificateKind(each), Goods(goods), country, rules) for each in kinds]
    fields = [name for each in wanted for annex in each.annexes for name in annex.fields]
    return [(name, names.field(f"annex_fields.{name}")) for name in dict.fromkeys(fields)]


@router.post("/certificates/applications/{ticket}/particulars")
async def save_particulars(own: OwnApplication) -> Response:
    form = Form.of(await own.web.form())

    async def again(refused: Form, status: int) -> Response:
        return _particulars_page(own, await dossier_of(own.office.store, own.asked), refused, status)

    field = "kind" if own.asked.series == "ski" else "kinds"
    return await _tried(own, form, field, again, _save_particulars(own, form), own.here, {"kinds": field})


async def _save_particulars(own: Own, form: Form) -> None:
    said = form.nested("annex_fields")
    kinds = [form.value("kind")] if own.asked.series == "ski" else _checked(form, "kinds")
    body = StatementBody.model_validate(
        given(
            **said,
            kinds=[each for each in kinds if each] or None,
            goods=form.value("goods"),
            country=form.value("country").strip().upper(),
            circumstances=_checked(form, "circumstances"),
            replaces=form.value("replaces").strip().upper(),
        )
    )
    stated = body.model_dump(mode="json", exclude={"replaces"})
    outline, key = Outline(**{**stated, "kinds": tuple(stated["kinds"])}), key_of(form)
    dossier = await dossier_of(own.office.store, own.asked)
    if dossier.state.statement is None:
        await own.office.applying.draft(own.asked, own.by, key, outline, body.replaces)
    else:
        await own.office.applying.change(own.asked, own.by, key, outline, revision_of(form))


def _checked(form: Form, name: str) -> list[str]:
    return [each.removeprefix(f"{name}.") for each in form.values if each.startswith(f"{name}.")]


# -- products


@router.get("/certificates/applications/{ticket}/items")
async def products_page(own: OwnApplication) -> Response:
    return await _products_page(own, Form())


async def _products_page(
    own: Own, form: Form, status: int = 200, report: Sequence[LineProblem] = ()
) -> Response:
    dossier = await dossier_of(own.office.store, own.asked)
    if dossier.state.statement is None:
        return RedirectResponse(f"{own.here}/particulars", 303)
    rules = own.office.rules.of(dossier.state, own.office.clock.now())
    shown = {
        **_part(own, dossier, form, rules),
        "cells": cells,
        "report": report,
        "limit": rules.items,
        "most": rules.items.most,
    }
    return pages_of(own.web).render(own.web, "products.html", status, **shown)


@router.get("/certificates/applications/{ticket}/items/{number}")
async def product_page(own: OwnApplication, number: str) -> Response:
    if number == "new":
        return await _product_page(own, None, Form())
    dossier = await dossier_of(own.office.store, own.asked)
    stated = dossier.state.statement
    found = [each for each in (stated.products if stated else ()) if str(each.number) == number]
    if not found:
        raise NotFoundError(DETAILS[404])
    said = dict(cells(found[0]))
    said[RESULTS] = said.get(RESULTS, "").replace(" | ", "\n")
    return await _product_page(own, found[0].number, Form(said))


async def _product_page(
    own: Own, number: int | None, form: Form, status: int = 200, told: Told | None = None
) -> Response:
    dossier = await dossier_of(own.office.store, own.asked)
    rules = own.office.rules.of(dossier.state, own.office.clock.now())
    shown = {**_part(own, dossier, form, rules), "number": number, "told": told}
    return pages_of(own.web).render(own.web, "product.html", status, **shown)


class UnreadableItemError(DomainError):
    """What was typed for one product can't be read, cell by cell as in a table."""

    def __init__(self, problems: Sequence[LineProblem]) -> None:
        super().__init__("The product can't be read: correct what is marked.")
        self.problems = problems


@router.post("/certificates/applications/{ticket}/items/upload")
@takes(LIST_LIMIT)
async def upload_items(own: OwnApplication) -> Response:
    data = await own.web.form()
    form = Form.of(data)
    try:
        items = _read(await _content(data, "list"))
    except UnreadableItemError as error:
        return await _products_page(own, form, 422, error.problems)
    except DomainError as error:
        return await _products_page(own, form.refused({"list": _sentence(own.web, error)}), 422)

    async def again(refused: Form, status: int) -> Response:
        return await _products_page(own, refused, status)

    added = own.office.applying.add_items(own.asked, own.by, key_of(form), items)
    return await _tried(own, form, "list", again, added, f"{own.here}/items")


@router.post("/certificates/applications/{ticket}/items/take-over")
async def take_over_product(own: OwnApplication) -> Response:
    """The form of a new product with the name of one that the business makes: the one that was picked, else the first that is not
    listed yet. Nothing is saved.
    """
    form = Form.of(await own.web.form())
    _, state = await own.office.store.fetch(applications, own.asked.application)
    if state.statement is None:
        return RedirectResponse(f"{own.here}/particulars", 303)
    try:
        told = await _told(own, form, PRODUCTS)
        if not told.products:
            raise NothingToldError
    except REFUSED as error:
        return await _products_page(own, refused(own.web, form, error, "case"), status_of(error))
    picked = form.value("picked")
    name = picked if picked in told.products else _first_unlisted(told.products, state.statement)
    return await _product_page(own, None, Form({"product": name}), told=told)


def _first_unlisted(names: Sequence[str], stated: Statement) -> str:
    listed = {each.product for each in stated.products}
    return next((each for each in names if each not in listed), names[0])


@router.post("/certificates/applications/{ticket}/items/{number}")
async def save_product(own: OwnApplication, number: str) -> Response:
    form = Form.of(await own.web.form())
    known = None if number == "new" else _number(number)

    async def again(refused: Form, status: int) -> Response:
        return await _product_page(own, known, refused, status)

    return await _tried(own, form, "product", again, _save_product(own, known, form), f"{own.here}/items")


async def _save_product(own: Own, number: int | None, form: Form) -> None:
    if not any(form.value(name).strip() for name in COLUMNS):
        raise UnreadableItemError([_empty(name) for name in COLUMNS if name not in OPTIONAL])
    [item] = _read(_as_table(form))
    if number is None:
        await own.office.applying.add_items(own.asked, own.by, key_of(form), [item])
    else:
        await own.office.applying.change_item(own.asked, own.by, key_of(form), number, item)


@router.post("/certificates/applications/{ticket}/items/{number}/remove")
async def remove_product(own: OwnApplication, number: str) -> Response:
    form = Form.of(await own.web.form())

    async def again(refused: Form, status: int) -> Response:
        return await _products_page(own, refused, status)

    removed = own.office.applying.remove_item(own.asked, own.by, key_of(form), _number(number))
    return await _tried(own, form, "list", again, removed, f"{own.here}/items")


def _empty(column: str) -> LineProblem:
    return LineProblem(line=2, fault=LineFault.CELL_EMPTY, column=column)


def _as_table(form: Form) -> bytes:
    """One product typed by hand is read as a line of an uploaded table is."""
    table = StringIO()
    results = "|".join(filter(None, map(str.strip, form.value(RESULTS).splitlines())))
    said = {name: form.value(name).strip() for name in COLUMNS} | {RESULTS: results}
    writer = csv.DictWriter(table, list(COLUMNS))
    writer.writeheader()
    writer.writerow(said)
    return table.getvalue().encode()


def _read(uploaded: bytes) -> list[UnnumberedItem]:
    match parse_items(uploaded):
        case ItemReport(problems=problems):
            raise UnreadableItemError(problems)
        case ItemList(items=items):
            return [UnnumberedItem.model_validate(each.model_dump(exclude={"number"})) for each in items]


def _number(said: str) -> int:
    if not said.isdecimal() or len(said) > 6:
        raise NotFoundError(DETAILS[404])
    return int(said)


# -- documents


@router.get("/certificates/applications/{ticket}/documents")
async def documents_page(own: OwnApplication) -> Response:
    return await _documents_page(own, Form())


async def _documents_page(own: Own, form: Form, status: int = 200) -> Response:
    dossier = await dossier_of(own.office.store, own.asked)
    stated = dossier.state.statement
    if stated is None:
        return RedirectResponse(f"{own.here}/particulars", 303)
    rules = own.office.rules.of(dossier.state, own.office.clock.now())
    wanting = findings_of(own.office, dossier)
    shown = {
        **_part(own, dossier, form, rules),
        "missing": [each for each in wanting if each.where.startswith("documents.")],
        "document_kinds": _documents(own, dossier, rules),
        "products": [(str(each.number), f"{each.number}. {each.product}") for each in stated.products],
    }
    return pages_of(own.web).render(own.web, "documents.html", status, **shown)


def _documents(own: Own, dossier: Dossier, rules: CertificateRules) -> list[tuple[str, str]]:
    """Those that the rules know for these letters first, then all others."""
    names, stated = names_of(own.web, own.office, rules), dossier.state.statement
    assert stated is not None
    wanted = [
        each
        for kind in stated.kinds
        for rule in requirements(CertificateKind(kind), Goods(stated.goods), stated.country, rules).documents
        if rule.per != "account"
        for each in rule.any_of
    ]
    return [(each, names.document(each)) for each in dict.fromkeys([*wanted, *rules.names.documents])]


@router.post("/certificates/applications/{ticket}/documents")
@takes(MULTIPART)
async def add_document(own: OwnApplication) -> Response:
    data = await own.web.form()
    form = Form.of(data)

    async def again(refused: Form, status: int) -> Response:
        return await _documents_page(own, refused, status)

    return await _tried(own, form, "file", again, _add_document(own, form, data), f"{own.here}/documents")


async def _add_document(own: Own, form: Form, data: FormData) -> None:
    document = await _uploaded(own, form, data)
    products = tuple(sorted(int(each) for each in _checked(form, "products") if each.isdecimal()))
    await own.office.applying.attach(
        own.asked, own.by, key_of(form), document.model_copy(update={"products": products})
    )


@router.post("/certificates/applications/{ticket}/documents/{item}/remove")
async def remove_document(own: OwnApplication, item: UUID) -> Response:
    form = Form.of(await own.web.form())

    async def again(refused: Form, status: int) -> Response:
        return await _documents_page(own, refused, status)

    removed = own.office.applying.detach(own.asked, own.by, key_of(form), item)
    return await _tried(own, form, "kind", again, removed, f"{own.here}/documents")


class ChooseError(DomainError):
    """A choice that was not made, at its own field."""

    def __init__(self, sentence: str, field: str) -> None:
        super().__init__(sentence)
        self.field = field


async def _uploaded(own: Own, form: Form, data: FormData) -> Document:
    """Kept at intake, which looks at every file; what it is was chosen from the list of the rules."""
    kind = form.value("kind")
    if kind not in own.office.rules.in_force(own.office.clock.now()).names.documents:
        raise ChooseError(PICK_ONE, "kind")
    content, key = await _content(data, "file"), key_of(form) or uuid4()
    item = await own.office.uploads.attach(own.web, own.asked.ticket, own.by, key, content)
    return Document(kind=kind, file=item)


async def _content(data: FormData, name: str) -> bytes:
    file = data.get(name)
    content = await file.read() if isinstance(file, UploadFile) else b""
    if not content:
        raise ChooseError(PICK_A_FILE, name)
    return content


# -- on its way; last, because it takes any name


async def _submit(own: Own, form: Form) -> None:
    await own.office.applying.submit(own.asked, own.by, key_of(form), revision_of(form))


async def _send_data(own: Own, form: Form) -> None:
    await own.office.applying.send_data(own.asked, own.by, key_of(form), revision_of(form))


async def _resubmit(own: Own, form: Form) -> None:
    await own.office.applying.resubmit(own.asked, own.by, key_of(form), revision_of(form))


async def _withdraw(own: Own, form: Form) -> None:
    await own.office.applying.withdraw(own.asked, own.by, key_of(form))


COMMANDS: Mapping[str, Callable[[Own, Form], Awaitable[None]]] = {
    "submit": _submit,
    "send-data": _send_data,
    "resubmit": _resubmit,
    "withdraw": _withdraw,
}


@router.post("/certificates/applications/{ticket}/{command}")
async def act(own: OwnApplication, command: str) -> Response:
    form = Form.of(await own.web.form())
    if command not in COMMANDS:
        raise NotFoundError(DETAILS[404])

    async def again(refused: Form, status: int) -> Response:
        return await _overview(own, refused, status)

    return await _tried(own, form, "command", again, COMMANDS[command](own, form), own.here)


# -- forms


def _part(own: Own, dossier: Dossier, form: Form, rules: CertificateRules) -> dict[str, Any]:
    """What every part of the workspace shows."""
    return {
        **ruled(own.web, own.office, rules),
        "ticket": own.asked.ticket,
        "series": own.asked.series,
        "state": dossier.state,
        "changeable": dossier.state.status in OPEN,
        "mentoring": dossier.mentoring if dossier.state.status in OPEN else (),
        "form": form,
        "field_labels": _labelled(own, {**labels.UPLOAD, **labels.FIELDS}),
        "key": str(key_of(form) or uuid4()),
    }


def _labelled(own: Own, fields: Mapping[str, str]) -> dict[str, str]:
    """For the list of mistakes, in the order of the form."""
    return {name: say_of(own.web)(label) for name, label in fields.items()}


async def _tried(
    own: Own,
    form: Form,
    field: str,
    again: Again,
    done: Awaitable[object],
    back: str,
    shown_at: Mapping[str, str] | None = None,
) -> Response:
    """What was asked for is done, and the browser goes on to `back`; or the page comes again with all that was typed."""
    try:
        await done
    except REFUSED as error:
        return await again(refused(own.web, form, error, field, shown_at or {}), status_of(error))
    return RedirectResponse(back, 303)


def refused(
    request: Request, form: Form, error: Exception, field: str, shown_at: Mapping[str, str] | None = None
) -> Form:
    """The form as it was typed, with a sentence at each field that is wrong; what is about none stands at `field`."""
    match error:
        case ValidationError():
            told = field_errors(request, error)
            places = {name: _at(name, field, shown_at or {}) for name in told}
            return form.refused({places[name]: sentence for name, sentence in told.items()})
        case UnreadableItemError(problems=problems):
            names = names_of(request, request.app.state.office, _in_force(request))
            typed = {LineFault.CELL_EMPTY: pages_of(request).say(request, FIELDS["missing"])}
            wrong = [
                (each.column or field, typed.get(each.fault) or names.line(each.fault)) for each in problems
            ]
            return form.refused(dict(reversed(wrong)))
        case NotReplaceableError():
            return form.refused({"replaces": _sentence(request, error)})
        case ChooseError():
            return form.refused({error.field: _sentence(request, error)})
        case FileRefusedError():
            return form.refused({field: error.detail})
        case DomainError():
            return form.refused({field: _sentence(request, error)})
        case _:
            return form.refused({field: pages_of(request).say(request, DETAILS[503])})


def _in_force(request: Request) -> CertificateRules:
    office: Office = request.app.state.office
    return office.rules.in_force(office.clock.now())


def _at(name: str, field: str, shown_at: Mapping[str, str]) -> str:
    """hs_codes.3 is shown at hs_codes."""
    part = name.partition(".")[0]
    whole = name if part == "annex_fields" else part
    return shown_at.get(part, whole) or field


def status_of(error: Exception) -> int:
    match error:
        case UnavailableError():
            return 503
        case RefusedError() | FileRefusedError():
            return error.status
        case ValidationError() | UnreadableItemError() | ChooseError() | IncompleteError():
            return 422
        case _:
            return 409


def _sentence(request: Request, error: DomainError) -> str:
    return pages_of(request).say(request, error.msgid, **error.values)


def given(**said: object) -> dict[str, object]:
    """What was left blank is missed at its field, and not taken for a wrong value."""
    return {name: value for name, value in said.items() if value not in ("", None)}


def key_of(form: Form) -> UUID | None:
    """The form's hidden one-time key; one that was tampered with is replaced."""
    try:
        key = UUID(form.value("key"))
    except ValueError:
        return None
    return key if key.version in (4, 7) else None


def revision_of(form: Form) -> int:
    """Which revision the person looked at; what is no number is none that there is."""
    said = form.value("revision")
    return int(said) if said.isdecimal() and len(said) < 10 else 0
