"""The page where the kinds of letters, goods and country of an application are chosen."""

from dataclasses import replace

from fastapi import APIRouter
from fastapi.responses import Response

from zi_certificates.domain.application.state import Application
from zi_certificates.domain.statement import Outline
from zi_certificates.use_cases.dossier import Dossier, dossier_of
from zi_certificates.web import labels
from zi_certificates.web.bodies import PartiesBody, StatementBody
from zi_certificates.web.form_fields import (
    checked_values,
    chosen_country,
    filled_in,
    letter_number,
    revision_of,
)
from zi_certificates.web.page_context import names_of
from zi_certificates.web.pages.application_owner import (
    ApplicationOwner,
    Owner,
    part_context,
    submit_form,
    translated_labels,
)
from zi_certificates.web.rule_names import CertificateRuleNames
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import FIELDS
from zi_chassis.web.refused_form import ChoiceError
from zi_rules.certificate.kind import CertificateKind, Goods
from zi_rules.certificate.requirement import asks_for_arrival, requirements
from zi_rules.certificate.rule_set import CertificateRules

WITHDRAWN = "-"

router = APIRouter(include_in_schema=False)


@router.get("/certificates/applications/{ticket}/particulars")
async def particulars_page(owner: Owner) -> Response:
    dossier = await dossier_of(owner.office.store, owner.intake_request)
    return _particulars_page(owner, dossier, _outline_form(dossier.state))


def _outline_form(state: Application) -> Form:
    stated = state.statement
    if stated is None:
        return Form()
    return Form(
        {
            "kind": stated.kinds[0],
            "goods": stated.goods,
            "country": stated.country or "",
            "arrives": stated.arrives.isoformat() if stated.arrives else "",
            **{f"kinds.{each}": "yes" for each in stated.kinds},
            **{f"circumstances.{each}": "yes" for each in stated.circumstances},
            **{f"annex_fields.{name}": text for name, text in stated.annex_fields.items()},
        }
    )


def _particulars_page(owner: ApplicationOwner, dossier: Dossier, form: Form, status: int = 200) -> Response:
    rules = owner.office.rules.of(dossier.state, owner.office.clock.now())
    names = names_of(owner.request, owner.office, rules)
    kinds = [each for each in CertificateKind if each.startswith(f"{owner.intake_request.series}_")]
    asked_for, annex_fields = rules.hung_on(kinds), annex_fields_of(form, rules, names)
    context = {
        **part_context(owner, dossier, form, rules),
        "kinds": [(each, names.kind(each)) for each in kinds],
        "goods": [(each, names.goods(each)) for each in Goods],
        "circumstances": [
            (each, names.circumstance(each))
            for each in rules.names.circumstances
            if each in asked_for or form.value(f"circumstances.{each}")
        ],
        "annex_fields": annex_fields,
        "stated_parties": [each.field for each in dossier.state.statement.parties]
        if dossier.state.statement
        else [],
        "asks_for_arrival": bool(form.value("arrives")) or asks_for_arrival(kinds, rules),
        "field_labels": {
            **translated_labels(owner, {**labels.PARTICULARS, **labels.PARTIES}),
            **{f"annex_fields.{name}": label for name, label in annex_fields},
        },
    }
    return pages_of(owner.request).render(owner.request, "particulars.html", status, **context)


def annex_fields_of(
    form: Form, rules: CertificateRules, names: CertificateRuleNames
) -> list[tuple[str, str]]:
    """List the fields that the country requires, once letters, goods and country are chosen."""
    kinds, goods = checked_values(form, "kinds"), form.value("goods")
    if goods not in set(Goods) or not set(kinds) <= set(CertificateKind):
        return []
    country = form.value("country").upper()
    wanted = [requirements(CertificateKind(each), Goods(goods), country, rules) for each in kinds]
    fields = [name for each in wanted for annex in each.annexes for name in annex.fields]
    return [(name, names.field(f"annex_fields.{name}")) for name in dict.fromkeys(fields)]


@router.post("/certificates/applications/{ticket}/particulars")
async def save_particulars(owner: Owner) -> Response:
    form = Form.of(await owner.request.form())

    async def again(refused: Form, status: int) -> Response:
        return _particulars_page(
            owner, await dossier_of(owner.office.store, owner.intake_request), refused, status
        )

    field = "kind" if owner.intake_request.series == "ski" else "kinds"
    return await submit_form(
        owner, form, field, again, _save_particulars(owner, form), owner.address, {"kinds": field}
    )


@router.post("/certificates/applications/{ticket}/parties")
async def save_parties(owner: Owner) -> Response:
    form = Form.of(await owner.request.form())

    async def again(refused: Form, status: int) -> Response:
        dossier = await dossier_of(owner.office.store, owner.intake_request)
        stated = _outline_form(dossier.state).values
        return _particulars_page(
            owner, dossier, replace(refused, values={**stated, **refused.values}), status
        )

    place = f"{owner.address}/particulars"
    return await submit_form(owner, form, "producer", again, _save_parties(owner, form), place)


async def _save_parties(owner: ApplicationOwner, form: Form) -> None:
    """A blank field changes nothing; a dash withdraws."""
    texts = {name: form.value(name).strip() for name in labels.PARTIES}
    stated = {name: "" if text == WITHDRAWN else text for name, text in texts.items() if text}
    if not stated:
        raise ChoiceError(FIELDS["missing"], "producer")
    body = PartiesBody.model_validate(stated)
    await owner.office.applying.state_parties(owner.intake_request, owner.by, key_of(form), body.fields)


async def _save_particulars(owner: ApplicationOwner, form: Form) -> None:
    annex_fields = form.nested("annex_fields")
    kinds = [form.value("kind")] if owner.intake_request.series == "ski" else checked_values(form, "kinds")
    body = StatementBody.model_validate(
        filled_in(
            **annex_fields,
            kinds=[each for each in kinds if each] or None,
            goods=form.value("goods"),
            country=chosen_country(form),
            circumstances=checked_values(form, "circumstances"),
            arrives=form.value("arrives").strip(),
            replaces=letter_number(form, "replaces"),
        )
    )
    outline, key = Outline.model_validate_json(body.model_dump_json(exclude={"replaces"})), key_of(form)
    dossier = await dossier_of(owner.office.store, owner.intake_request)
    if dossier.state.statement is None:
        await owner.office.applying.draft(owner.intake_request, owner.by, key, outline, body.replaces)
    else:
        await owner.office.applying.change(owner.intake_request, owner.by, key, outline, revision_of(form))
