"""The page of one product and its registration."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import FIELDS
from zi_chassis.web.refused_form import ChoiceError
from zi_rules.mentoring.rule_set import MentoringRules, Part
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.use_cases.dossier import MentoringDossier
from zi_umkm.web import labels
from zi_umkm.web.form_fields import text_of, try_command, uuid_of
from zi_umkm.web.label_results import LabelResult, label_results, remark_items
from zi_umkm.web.page_context import disclosed, say_of
from zi_umkm.web.pages.business import product_stated
from zi_umkm.web.pages.case_owner import (
    CaseOwner,
    CurrentOwner,
    products_of,
    workspace_context,
)
from zi_umkm.web.pages.papers import requirements_of_product
from zi_umkm.web.product_questions import (
    ProductQuestion,
    corrected_day,
    day_reasons,
    question_day,
    question_items,
    questions_of,
)
from zi_umkm.web.rule_names import RuleNames

router = APIRouter(include_in_schema=False)


@router.get("/umkm/cases/{ticket}/products/{number}")
async def product_page(owner: CurrentOwner, number: int) -> Response:
    return await _product_page(owner, number, Form())


async def _product_page(owner: CaseOwner, number: int, form: Form, status: int = 200) -> Response:
    dossier = await owner.dossier()
    product_stated(dossier.state, number)
    context = workspace_context(owner, dossier.state, form)
    products = await products_of(owner.office, dossier, owner.token, context["names"])
    product = next(each for each in products if each.number == number)
    state, rules = dossier.state, owner.rules(dossier.state)
    context |= {
        "product": product,
        "label": requirements_of_product(state, number, rules, Part.LABEL),
        "label_results": await _label_results(owner, state, number, context["names"]),
        "registration": requirements_of_product(state, number, rules, Part.REGISTRATION),
        "permit": requirements_of_product(state, number, rules, Part.BUSINESS, Part.PERMIT),
        "present": _met_requirements(dossier, number, rules),
        "number_confirmed": number in state.confirmed,
        "question_day_reasons": day_reasons(say_of(owner.request)),
        "questions": await _questions(owner, state, number),
        "field_labels": {name: say_of(owner.request)(label) for name, label in labels.NUMBER.items()},
    }
    return pages_of(owner.request).render(owner.request, "product.html", status, **context)


async def _questions(owner: CaseOwner, state: MentoringCase, product: int) -> list[ProductQuestion]:
    ticket, items = owner.mentoring_request.ticket, tuple(question_items(state))
    return questions_of(state, await disclosed(owner.office, ticket, items, owner.token), product)


async def _label_results(
    owner: CaseOwner, state: MentoringCase, product: int, named: RuleNames
) -> list[LabelResult]:
    ticket, items = owner.mentoring_request.ticket, tuple(remark_items(state, product))
    texts = await disclosed(owner.office, ticket, items, owner.token)
    return label_results(state, product, owner.office.rules, named, texts)


@router.post("/umkm/cases/{ticket}/products/{number}/record-state-question")
async def record_state_question(owner: CurrentOwner, number: int) -> Response:
    form = Form.of(await owner.request.form())
    return await _on_product(owner, number, form, "asked_until", _record_question(owner, number, form))


async def _record_question(owner: CaseOwner, product: int, form: Form) -> None:
    due, text = question_day(form, "asked_until"), text_of(form, "asked")
    await owner.office.state_questions.record(
        owner.mentoring_request, owner.by, key_of(form), product, due, text
    )


@router.post("/umkm/cases/{ticket}/products/{number}/correct-state-question")
async def correct_state_question(owner: CurrentOwner, number: int) -> Response:
    form = Form.of(await owner.request.form())
    question = uuid_of(form, "question")
    corrected = _correct_question(owner, question, form)
    return await _on_product(owner, number, form, f"right_day.{question}", corrected)


async def _correct_question(owner: CaseOwner, question: UUID, form: Form) -> None:
    corrected = corrected_day(form, question)
    await owner.office.state_questions.correct(
        owner.mentoring_request, owner.by, key_of(form), question, *corrected
    )


@router.post("/umkm/cases/{ticket}/products/{number}/answer-state-question")
async def answer_state_question(owner: CurrentOwner, number: int) -> Response:
    form = Form.of(await owner.request.form())
    question = uuid_of(form, "question")
    answered = owner.office.state_questions.answer(owner.mentoring_request, owner.by, key_of(form), question)
    return await _on_product(owner, number, form, "asked_until", answered)


@router.post("/umkm/cases/{ticket}/products/{number}/send-registration")
async def send_registration(owner: CurrentOwner, number: int) -> Response:
    form = Form.of(await owner.request.form())
    sent = owner.office.mentoring.send_registration(owner.mentoring_request, owner.by, key_of(form), number)
    return await _on_product(owner, number, form, "send", sent)


@router.post("/umkm/cases/{ticket}/products/{number}/record-number")
async def record_number(owner: CurrentOwner, number: int) -> Response:
    form = Form.of(await owner.request.form())
    return await _on_product(owner, number, form, "number", _record_number(owner, number, form))


async def _record_number(owner: CaseOwner, product: int, form: Form) -> None:
    numbers, number = owner.office.numbers, _typed_number(form)
    await numbers.record(owner.mentoring_request, owner.by, key_of(form), product, number)


@router.post("/umkm/cases/{ticket}/products/{number}/correct-number")
async def correct_number(owner: CurrentOwner, number: int) -> Response:
    form = Form.of(await owner.request.form())
    return await _on_product(owner, number, form, "number", _correct_number(owner, number, form))


async def _correct_number(owner: CaseOwner, product: int, form: Form) -> None:
    numbers, number = owner.office.numbers, _typed_number(form)
    await numbers.correct(owner.mentoring_request, owner.by, key_of(form), product, number)


def _typed_number(form: Form) -> str:
    number = text_of(form, "number", lines=False)
    if number is None:
        raise ChoiceError(FIELDS["missing"], "number")
    return number


@router.post("/umkm/cases/{ticket}/products/{number}/return-registration")
async def return_registration(owner: CurrentOwner, number: int) -> Response:
    form = Form.of(await owner.request.form())
    return await _on_product(owner, number, form, "note", _return_registration(owner, number, form))


async def _return_registration(owner: CaseOwner, product: int, form: Form) -> None:
    note = text_of(form, "note")
    await owner.office.mentoring.return_registration(
        owner.mentoring_request, owner.by, key_of(form), product, note
    )


async def _on_product(owner: CaseOwner, number: int, form: Form, field: str, done: Any) -> Response:
    async def render_again(refused: Form, status: int) -> Response:
        return await _product_page(owner, number, refused, status)

    return await try_command(
        owner.request, form, field, render_again, done, f"{owner.here}/products/{number}"
    )


def _met_requirements(dossier: MentoringDossier, product: int, rules: MentoringRules) -> frozenset[str]:
    """Return the codes of the requirements that this product meets."""
    found = dossier.readiness.get(product)
    missing = {each.code for each in found.missing} if found is not None else set()
    return frozenset(each.code for each in rules.requirements) - missing
