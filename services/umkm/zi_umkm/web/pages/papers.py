"""The documents of a business: those that the rules require, each sent once."""

from dataclasses import dataclass
from uuid import uuid4

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.datastructures import FormData

from zi_chassis.uploads import MULTIPART
from zi_chassis.web.body import takes
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import FIELDS
from zi_chassis.web.refused_form import ChoiceError, file_content
from zi_rules.mentoring.readiness import CPPOB_REACHED
from zi_rules.mentoring.rule_set import MentoringRules, Part, Requirement
from zi_umkm.domain.business import on_track
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.use_cases.dossier import MentoringDossier
from zi_umkm.use_cases.visiting import NO_FILE
from zi_umkm.web import labels
from zi_umkm.web.form_fields import try_command
from zi_umkm.web.page_context import say_of
from zi_umkm.web.pages.case_owner import (
    CaseOwner,
    CurrentOwner,
    ListedProduct,
    products_of,
    workspace_context,
)
from zi_umkm.web.rule_names import RuleNames

# What is asked for by a document that somebody can hand in; the rest follows from elsewhere.
NO_DOCUMENTS = (CPPOB_REACHED, "self_assessment")

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Dossiers:
    """The requirements for the registration of a product, and which are met."""

    number: int
    name: str
    requirements: tuple[Requirement, ...]
    present: frozenset[str]


@router.get("/umkm/cases/{ticket}/documents")
async def documents_page(owner: CurrentOwner) -> Response:
    return await _documents_page(owner, Form())


async def _documents_page(owner: CaseOwner, form: Form, status: int = 200) -> Response:
    dossier = await owner.dossier()
    context = workspace_context(owner, dossier.state, form)
    named: RuleNames = context["names"]
    products = [
        each for each in await products_of(owner.office, dossier, owner.token, named) if each.for_bpom
    ]
    requirements = requirements_of_case(dossier, owner.rules(dossier.state), Part.BUSINESS, Part.PERMIT)
    say = say_of(owner.request)
    context |= {
        "choices": choices(dossier, products, owner.rules(dossier.state), named),
        "permit": requirements,
        "present": present(dossier, requirements),
        "sent": [each for each in dossier.files if each.kind == "document"],
        "names_of_products": {each.number: each.name for each in products},
        "registrations": [_registration(dossier, each, owner.rules(dossier.state)) for each in products],
        "field_labels": {name: say(label) for name, label in labels.UPLOAD.items()},
    }
    return pages_of(owner.request).render(owner.request, "documents.html", status, **context)


def _registration(dossier: MentoringDossier, product: ListedProduct, rules: MentoringRules) -> Dossiers:
    return Dossiers(
        product.number,
        product.name,
        requirements_of_product(dossier.state, product.number, rules, Part.REGISTRATION),
        dossier.state.present(product.number),
    )


def requirements_of_product(
    state: MentoringCase, product: int, rules: MentoringRules, *parts: Part
) -> tuple[Requirement, ...]:
    stated = state.stated(product)
    risk = next((each.risk for each in state.triaged if each.product == product), "")
    return tuple(
        each
        for each in rules.requirements
        if each.part in parts and each.is_asked_of(stated.kind, risk, stated.traits)
    )


def requirements_of_case(
    dossier: MentoringDossier, rules: MentoringRules, *parts: Part
) -> tuple[Requirement, ...]:
    """Return the requirements of all products that BPOM registers, each once."""
    for_bpom = on_track(dossier.state.triaged, "md")
    wanted = (
        each
        for product in for_bpom
        for each in requirements_of_product(dossier.state, product, rules, *parts)
    )
    return tuple(dict.fromkeys(wanted))


def present(dossier: MentoringDossier, requirements: tuple[Requirement, ...]) -> frozenset[str]:
    """Return the codes of the requirements that every product meets."""
    missing = {each.code for found in dossier.readiness.values() for each in found.missing}
    return frozenset(each.code for each in requirements) - missing


def choices(
    dossier: MentoringDossier, products: list[ListedProduct], rules: MentoringRules, named: RuleNames
) -> list[tuple[str, str]]:
    """Return the documents to choose from, missing ones first; one of a product has its code and number."""
    of_business = [
        (each.code, named.text(each.text))
        for each in requirements_of_case(dossier, rules, Part.PERMIT)
        if each.code not in NO_DOCUMENTS
    ]
    of_products = [
        (f"{each.code}.{product.number}", f"{named.text(each.text)} ({product.name})")
        for product in products
        for each in requirements_of_product(dossier.state, product.number, rules, Part.REGISTRATION)
    ]
    there = {each.code if each.product is None else f"{each.code}.{each.product}" for each in dossier.files}
    return sorted([*of_business, *of_products], key=lambda each: each[0] in there)


@router.post("/umkm/cases/{ticket}/documents")
@takes(MULTIPART)
async def add_document(owner: CurrentOwner) -> Response:
    data = await owner.request.form()
    form = Form.of(data)

    async def render_again(refused: Form, status: int) -> Response:
        return await _documents_page(owner, refused, status)

    return await try_command(
        owner.request, form, "file", render_again, _add_document(owner, form, data), f"{owner.here}/documents"
    )


async def _add_document(owner: CaseOwner, form: Form, data: FormData) -> None:
    """Upload a document; refuse it before the upload where it can't be accepted."""
    document, product = document_of(form)
    content, key = await file_content(data, "file"), key_of(form)
    await owner.office.mentoring.refuse_document(
        owner.mentoring_request, owner.by, document, NO_FILE, product
    )
    file = await owner.office.uploads.attach(
        owner.request, owner.mentoring_request.ticket, owner.by, key or uuid4(), content
    )
    await owner.office.mentoring.add_document(owner.mentoring_request, owner.by, key, document, file, product)


def document_of(form: Form) -> tuple[str, int | None]:
    document, _, number = form.value("document").partition(".")
    if not document:
        raise ChoiceError(FIELDS["missing"], "document")
    return document, int(number) if number.isdecimal() and len(number) < 6 else None
