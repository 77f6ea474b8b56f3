"""The page of the account that a company applies with."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.datastructures import FormData

from zi_certificates.domain.account import Account
from zi_certificates.use_cases.dossier import dossier_of
from zi_certificates.use_cases.statement_checks import AccountStated
from zi_certificates.use_cases.taking_over import ADDRESS, MentoringFields, NothingToldError
from zi_certificates.web.bodies import AccountBody
from zi_certificates.web.form_errors import refused_form, status_of
from zi_certificates.web.page_context import names_of
from zi_certificates.web.pages.application_owner import (
    ApplicationOwner,
    Owner,
    part_context,
    submit_form,
    take_over,
)
from zi_certificates.web.pages.uploads import uploaded_document
from zi_chassis.uploads import MULTIPART
from zi_chassis.web.body import takes
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import FIELDS
from zi_chassis.web.refused_form import REFUSED, ChoiceError
from zi_rules.certificate.finding import Finding
from zi_rules.certificate.rule_set import CertificateRules

router = APIRouter(include_in_schema=False)


@router.get("/certificates/applications/{ticket}/account")
async def account_page(owner: Owner) -> Response:
    _, _, account = await owner.office.applying.account(owner.intake_request)
    return await _account_page(owner, _account_form(account))


def _account_form(account: Account) -> Form:
    details = account.details
    if details is None:
        return Form()
    acts = "yes" if details.acts_for_others else "no"
    return Form({"acts_for_others": acts, "hs_codes": "\n".join(details.hs_codes)})


async def _account_page(
    owner: ApplicationOwner, form: Form, status: int = 200, taken_over: MentoringFields | None = None
) -> Response:
    office, now = owner.office, owner.office.clock.now()
    dossier = await dossier_of(office.store, owner.intake_request)
    account, rules = dossier.account, office.rules.in_force(now)
    in_charge = account.ticket in (None, owner.intake_request.ticket)
    missing = office.rules.account_findings(owner.intake_request.series, account, now)
    context = {
        **part_context(owner, dossier, form, rules),
        "changeable": True,
        "taken_over": taken_over,
        "in_charge": in_charge,
        "may_open": owner.intake_request.account is None,
        "account": account if account.details else None,
        "account_reasons": dossier.account_refused,
        "missing": missing,
        "warehouse_known": account.details is not None
        and any(each.field == "account.warehouse" for each in account.details.items),
        "document_kinds": _account_documents(owner, rules, missing),
    }
    return pages_of(owner.request).render(owner.request, "account.html", status, **context)


def _account_documents(
    owner: ApplicationOwner, rules: CertificateRules, missing: Sequence[Finding]
) -> list[tuple[str, str]]:
    """List the kinds of documents, those that are still missing first."""
    names = names_of(owner.request, owner.office, rules)
    lacking = [each for found in missing for each in found.where.removeprefix("documents.").split("/")]
    known = [each for rule in rules.documents if rule.per == "account" for each in rule.any_of]
    wanted = [*(each for each in lacking if each in known), *known]
    return [(each, names.document(each)) for each in dict.fromkeys(wanted)]


@router.post("/certificates/applications/{ticket}/account")
async def save_account(owner: Owner) -> Response:
    form = Form.of(await owner.request.form())

    async def again(refused: Form, status: int) -> Response:
        return await _account_page(owner, refused, status)

    return await submit_form(
        owner, form, "hs_codes", again, _save_account(owner, form), f"{owner.address}/account"
    )


async def _save_account(owner: ApplicationOwner, form: Form) -> None:
    _, _, account = await owner.office.applying.account(owner.intake_request)
    codes = form.value("hs_codes").replace(",", " ").split()
    if not codes:
        raise ChoiceError(FIELDS["missing"], "hs_codes")
    body = AccountBody.model_validate(
        {
            "acts_for_others": form.value("acts_for_others") == "yes",
            "hs_codes": codes,
            "warehouse": form.value("warehouse").strip() or None,
        }
    )
    stated = AccountStated(**body.model_dump())
    await _state_account(owner, account, key_of(form), stated, move=form.value("move") == "yes")


async def _state_account(
    owner: ApplicationOwner, account: Account, key: UUID | None, stated: AccountStated, *, move: bool = False
) -> None:
    applying = owner.office.applying
    if account.opened is None:
        await applying.open_account(owner.intake_request, owner.by, key, stated)
    elif move and account.ticket != owner.intake_request.ticket:
        await applying.move_account(owner.intake_request, owner.by, key, stated)
    else:
        await applying.change_account(owner.intake_request, owner.by, key, stated)


@router.post("/certificates/applications/{ticket}/account/take-over")
async def take_over_address(owner: Owner) -> Response:
    """Fill in the address from the mentoring case; everything else that was typed stays, and nothing is saved."""
    form = Form.of(await owner.request.form())
    try:
        taken_over = await take_over(owner, form, ADDRESS)
        if taken_over.address is None:
            raise NothingToldError
    except REFUSED as error:
        return await _account_page(
            owner, refused_form(owner.request, form, error, "warehouse"), status_of(error)
        )
    filled_in = replace(form, values={**form.values, "warehouse": taken_over.address})
    return await _account_page(owner, filled_in, taken_over=taken_over)


@router.post("/certificates/applications/{ticket}/account/documents")
@takes(MULTIPART)
async def add_account_document(owner: Owner) -> Response:
    data = await owner.request.form()
    form = Form.of(data)

    async def again(refused: Form, status: int) -> Response:
        _, _, account = await owner.office.applying.account(owner.intake_request)
        values = {**_account_form(account).values, **refused.values}
        return await _account_page(owner, replace(refused, values=values), status)

    added = _add_account_document(owner, form, data)
    return await submit_form(owner, form, "file", again, added, f"{owner.address}/account")


async def _add_account_document(owner: ApplicationOwner, form: Form, data: FormData) -> None:
    _, _, account = await owner.office.applying.account(owner.intake_request)
    document = await uploaded_document(owner, form, data)
    if account.opened is None:
        stated = AccountStated(documents=(document,))
        await owner.office.applying.open_account(owner.intake_request, owner.by, key_of(form), stated)
    else:
        await owner.office.applying.attach_to_account(owner.intake_request, owner.by, key_of(form), document)
