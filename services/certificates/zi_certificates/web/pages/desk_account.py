"""The page of an account for officials, who verify or refuse it."""

from collections.abc import Awaitable, Mapping
from uuid import uuid4

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from zi_certificates.container import CertificatesOffice
from zi_certificates.domain.account import Account, Check
from zi_certificates.domain.application.state import Application
from zi_certificates.messaging.published import accounts as account_decider
from zi_certificates.messaging.upstream import interests_of, request_of
from zi_certificates.read.accounts import AccountRow, account_referred
from zi_certificates.roles import VERIFYING
from zi_certificates.use_cases.access import NoSuchApplicationError
from zi_certificates.use_cases.dossier import messages as messages_of
from zi_certificates.web.bodies import RefuseAccountBody, findings
from zi_certificates.web.form_errors import UNREAD, refused_form, status_of
from zi_certificates.web.form_fields import revision_of
from zi_certificates.web.history import HistoryStep, steps
from zi_certificates.web.official import Official, SomeOfficial, ticket_of
from zi_certificates.web.page_context import names_of, rules_context
from zi_certificates.web.pages.desk import DESK
from zi_certificates.web.pages.desk_choices import (
    MORE,
    choices_context,
    open_company_fields,
    reasons_in,
    unread_form,
)
from zi_certificates.web.presenters import say_of
from zi_chassis.storage.recorded import event_id
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.page import pages_of
from zi_chassis.web.refused_form import REFUSED
from zi_contracts.message import Message
from zi_rules.certificate.finding import Finding
from zi_rules.certificate.rule_set import CertificateRules

router = APIRouter(include_in_schema=False)


@router.get("/certificates/desk/accounts/{reference}")
async def account_page(official: SomeOfficial, reference: str) -> Response:
    return await _account_page(official, reference, Form())


async def _account_page(
    official: Official,
    reference: str,
    form: Form,
    status: int = 200,
    opened: Mapping[str, str] | None = None,
) -> Response:
    office, now = official.office, official.office.clock.now()
    row, version, account = await _account(office, reference)
    rules = office.rules.in_force(now)
    interests = await office.store.query(lambda tx: interests_of(tx, official.person.sub))
    hindered = any(each.business_ref in row.businesses for each in interests)
    context = {
        **rules_context(official.request, office, rules),
        **choices_context(official, rules, Application(), form),
        "reference": row.reference,
        "account": account,
        "hindered": hindered,
        "missing": await _account_findings(office, row, account),
        "opened": opened,
        "may_verify": account.check is Check.WAITING and official.has(*VERIFYING) and not hindered,
        "history": await _account_history(official, row, version, rules),
        "form": form,
        "key": str(key_of(form) or uuid4()),
    }
    return pages_of(official.request).render(official.request, "desk_account.html", status, **context)


async def _account(office: CertificatesOffice, reference: str) -> tuple[AccountRow, int, Account]:
    ticket = ticket_of(reference)
    row = await office.store.query(lambda tx: account_referred(tx, ticket))
    if row is None:
        raise NoSuchApplicationError
    version, account = await office.store.fetch(account_decider, row.account)
    return row, version, account


async def _account_findings(
    office: CertificatesOffice, row: AccountRow, account: Account
) -> tuple[Finding, ...]:
    opening = await office.store.query(lambda tx: request_of(tx, row.reference))
    if opening is None:
        return ()
    return office.rules.account_findings(opening.series, account, office.clock.now())


async def _account_history(
    official: Official, row: AccountRow, version: int, rules: CertificateRules
) -> list[HistoryStep]:
    ids = [event_id(row.account, number) for number in range(1, version + 1)]
    messages = await official.office.store.query(lambda tx: messages_of(tx, ids))
    indexes = await official.office.ledger.indexes([Message.parse(each).id for each in messages])
    names = names_of(official.request, official.office, rules)
    return steps(messages, indexes, official.office.settings.public_url, say_of(official.request), names)


@router.post("/certificates/desk/accounts/{reference}/open")
async def open_account_data(official: SomeOfficial, reference: str) -> Response:
    form = Form.of(await official.request.form())
    row, _, _ = await _account(official.office, reference)
    await official.office.access.refuse_conflicted(official.person.sub, row.businesses)
    try:
        opened = await open_company_fields(official, row.ticket)
    except UNREAD as error:
        return await _account_page(official, reference, unread_form(official, form, error), 503)
    return await _account_page(official, reference, Form(), opened=opened)


@router.post("/certificates/desk/accounts/{reference}/verify")
async def verify_account(official: SomeOfficial, reference: str) -> Response:
    form = Form.of(await official.request.form())
    return await _account_tried(official, reference, form, _verify(official, ticket_of(reference), form))


async def _verify(official: Official, reference: str, form: Form) -> None:
    by = official.act(*VERIFYING)
    await official.office.deciding.verify_account(reference, by, key_of(form), revision_of(form))


@router.post("/certificates/desk/accounts/{reference}/refuse")
async def refuse_account(official: SomeOfficial, reference: str) -> Response:
    form = Form.of(await official.request.form())
    if form.value(MORE):
        return await _account_page(official, reference, form)
    return await _account_tried(official, reference, form, _refuse(official, ticket_of(reference), form))


async def _refuse(official: Official, reference: str, form: Form) -> None:
    row, _, account = await _account(official.office, reference)
    reasons = reasons_in(form, await _account_findings(official.office, row, account))
    body = RefuseAccountBody.model_validate({"revision": revision_of(form), "reasons": reasons})
    by = official.act(*VERIFYING)
    await official.office.deciding.refuse_account(
        reference, by, key_of(form), body.revision, findings(body.reasons)
    )


async def _account_tried(
    official: Official, reference: str, form: Form, action: Awaitable[object]
) -> Response:
    try:
        await action
    except REFUSED as error:
        refused = refused_form(official.request, form, error, "reasons")
        return await _account_page(official, reference, refused, status_of(error))
    return RedirectResponse(DESK, 303)
