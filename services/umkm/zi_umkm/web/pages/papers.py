"""The pages where a business states itself, its products and its documents."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.datastructures import FormData

from zi_chassis.uploads import MULTIPART
from zi_chassis.web.body import takes
from zi_chassis.web.form import Form
from zi_chassis.web.language import msgid
from zi_chassis.web.problem import DETAILS, FIELDS, NotFoundError
from zi_contracts.intake import District
from zi_contracts.vault import ItemRef
from zi_rules.mentoring.readiness import CPPOB_REACHED
from zi_rules.mentoring.rule_set import MentoringRules, Part, Requirement
from zi_umkm.domain.business import BusinessProduct, BusinessProfile, on_track
from zi_umkm.domain.case.state import MentoringCase, MentoringStatus
from zi_umkm.use_cases.dossier import MentoringDossier
from zi_umkm.use_cases.mentoring import BusinessStated, ProductStated
from zi_umkm.web import labels
from zi_umkm.web.form_fields import ChoiceError, checked, chosen, content_of, key_of, text_of, try_command
from zi_umkm.web.page_context import disclosed, pages_of, readable, say_of, stated_names
from zi_umkm.web.pages.case_owner import (
    CaseOwner,
    CurrentOwner,
    ListedProduct,
    products_of,
    workspace_context,
)
from zi_umkm.web.rule_names import RuleNames

NAME_LIMIT = 120
KBLI = msgid("A KBLI code has five figures, for example 10772.")
# What is asked for by a document that somebody can hand in; the rest follows from elsewhere.
NO_DOCUMENTS = (CPPOB_REACHED, "self_assessment")

router = APIRouter(include_in_schema=False)


# -- the business and its products


@router.get("/umkm/cases/{ticket}/business")
async def business_page(owner: CurrentOwner) -> Response:
    state = await owner.state()
    business = state.business or BusinessProfile(district=owner.mentoring_request.district)
    form = Form({"district": business.district, "kbli": ", ".join(business.kbli)})
    return await _business_page(owner, form)


async def _business_page(owner: CaseOwner, form: Form, status: int = 200) -> Response:
    dossier = await owner.dossier()
    context = workspace_context(owner, dossier.state, form)
    named: RuleNames = context["names"]
    say = say_of(owner.request)
    context |= {
        "products": await products_of(owner.office, dossier, owner.token, named),
        "statements": await _statements(owner),
        "districts": [(each.code, named.text(each.name)) for each in owner.office.rules.districts],
        "field_labels": {"district": say("Where do you make it?"), "kbli": say("KBLI code")},
    }
    return pages_of(owner.request).render(owner.request, "business.html", status, **context)


async def _statements(owner: CaseOwner) -> dict[str, str]:
    items = tuple(each for each in owner.mentoring_request.items if each.field in labels.PERSONAL)
    texts = await disclosed(owner.office, owner.mentoring_request.ticket, items, owner.token)
    say = say_of(owner.request)
    return {each.field: readable(each.field, texts[each.item], say) for each in items if each.item in texts}


@router.post("/umkm/cases/{ticket}/business")
async def save_business(owner: CurrentOwner) -> Response:
    form = Form.of(await owner.request.form())

    async def render_again(refused: Form, status: int) -> Response:
        return await _business_page(owner, refused, status)

    return await try_command(
        owner.request, form, "kbli", render_again, _save_business(owner, form), f"{owner.here}/business"
    )


async def _save_business(owner: CaseOwner, form: Form) -> None:
    state = await owner.state()
    districts = tuple(each.code for each in owner.office.rules.districts)
    district, codes = chosen(form, "district", districts), form.value("kbli").replace(",", " ").split()
    if not all(len(each) == 5 and each.isdecimal() for each in codes):
        raise ChoiceError(KBLI, "kbli")
    stated = _stated(state, owner.mentoring_request.district)
    changed = BusinessStated.model_validate(
        {"district": district, "kbli": tuple(dict.fromkeys(codes)), "products": stated.products}
    )
    await owner.office.mentoring.restate(owner.mentoring_request, owner.by, key_of(form), changed)


def _stated(state: MentoringCase, district: District) -> BusinessStated:
    """Return the known profile as a statement that a change can be made in."""
    business = state.business or BusinessProfile(district=district)
    products = tuple(_product_stated(each) for each in business.products)
    return BusinessStated(district=business.district, kbli=business.kbli, products=products)


def _product_stated(product: BusinessProduct) -> ProductStated:
    return ProductStated(number=product.number, kind=product.kind, traits=product.traits)


@router.get("/umkm/cases/{ticket}/products/new")
async def new_product(owner: CurrentOwner) -> Response:
    name = await _next_name(owner)
    return await _product_form(owner, None, Form({"name": name} if name else {}))


async def _next_name(owner: CaseOwner) -> str | None:
    """Of the products that were told at the front door the first that nobody has described yet."""
    state, items = (
        await owner.state(),
        tuple(each for each in owner.mentoring_request.items if each.field == "products"),
    )
    texts = await disclosed(owner.office, owner.mentoring_request.ticket, items, owner.token)
    names = [name for text in texts.values() for name in stated_names(text)]
    described = len(state.business.products) if state.business else 0
    return names[described] if described < len(names) else None


@router.get("/umkm/cases/{ticket}/products/{number}/change")
async def change_product(owner: CurrentOwner, number: int) -> Response:
    product = product_stated(await owner.state(), number)
    traits = {f"traits.{each}": "yes" for each in product.traits}
    return await _product_form(owner, number, Form({"kind": product.kind, **traits}))


def product_stated(state: MentoringCase, number: int) -> BusinessProduct:
    for each in state.business.products if state.business else ():
        if each.number == number:
            return each
    raise NotFoundError(DETAILS[404])


async def _product_form(owner: CaseOwner, number: int | None, form: Form, status: int = 200) -> Response:
    state = await owner.state()
    if number is not None:
        product_stated(state, number)
    context = workspace_context(owner, state, form)
    say = say_of(owner.request)
    fields = {
        "name": say("What is it called?"),
        "kind": say("What kind is it?"),
        "traits": say("What is true of it?"),
    }
    context |= {"number": number, **goods_of(owner.rules(state), context["names"]), "field_labels": fields}
    return pages_of(owner.request).render(owner.request, "product_change.html", status, **context)


def goods_of(rules: MentoringRules, named: RuleNames) -> dict[str, Any]:
    """Return the choices for a product: its kinds and its traits."""
    return {
        "kinds": [(each, named.kind(each)) for each in rules.names.products],
        "traits": [(each, named.trait(each)) for each in rules.names.traits],
    }


@router.post("/umkm/cases/{ticket}/products/new")
async def add_product(owner: CurrentOwner) -> Response:
    return await _save_product(owner, None)


@router.post("/umkm/cases/{ticket}/products/{number}/change")
async def save_product(owner: CurrentOwner, number: int) -> Response:
    return await _save_product(owner, number)


async def _save_product(owner: CaseOwner, number: int | None) -> Response:
    form = Form.of(await owner.request.form())

    async def render_again(refused: Form, status: int) -> Response:
        return await _product_form(owner, number, refused, status)

    return await try_command(
        owner.request,
        form,
        "name",
        render_again,
        _state_product(owner, number, form),
        f"{owner.here}/business",
    )


async def _state_product(owner: CaseOwner, number: int | None, form: Form) -> None:
    state = await owner.state()
    stated = product_of(form, number, owner.rules(state))
    changed = with_product(state, owner.mentoring_request.district, number, stated)
    await owner.office.mentoring.restate(owner.mentoring_request, owner.by, key_of(form), changed)


def with_product(
    state: MentoringCase, district: District, number: int | None, stated: ProductStated | None
) -> BusinessStated:
    """The business as it is known with this product in its place, added at the end, or left out."""
    known = _stated(state, district)
    before = known.products
    if number is None and stated is not None:
        return known.model_copy(update={"products": (*before, stated)})
    changed = [stated if each.number == number else each for each in before]
    return known.model_copy(update={"products": tuple(each for each in changed if each is not None)})


def product_of(form: Form, number: int | None, rules: MentoringRules) -> ProductStated:
    name = text_of(form, "name", lines=False)
    if number is None and name is None:
        raise ChoiceError(FIELDS["missing"], "name")
    if name is not None and len(name) > NAME_LIMIT:
        raise ChoiceError(msgid("Write at most 120 characters."), "name")
    kind = chosen(form, "kind", tuple(rules.names.products))
    return ProductStated(number=number, kind=kind, traits=tuple(checked(form, "traits")), name=name)


@router.post("/umkm/cases/{ticket}/products/{number}/remove")
async def remove_product(owner: CurrentOwner, number: int) -> Response:
    form = Form.of(await owner.request.form())

    async def render_again(refused: Form, status: int) -> Response:
        return await _business_page(owner, refused, status)

    return await try_command(
        owner.request,
        form,
        "kbli",
        render_again,
        _remove_product(owner, number, form),
        f"{owner.here}/business",
    )


async def _remove_product(owner: CaseOwner, number: int, form: Form) -> None:
    changed = with_product(await owner.state(), owner.mentoring_request.district, number, None)
    await owner.office.mentoring.restate(owner.mentoring_request, owner.by, key_of(form), changed)


# -- documents


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
    products = [each for each in await products_of(owner.office, dossier, owner.token, named) if each.ours]
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
    kind = state.kind_of(product)
    risk = next((each.risk for each in state.triaged if each.product == product), "")
    return tuple(each for each in rules.requirements if each.part in parts and each.is_asked_of(kind, risk))


def requirements_of_case(
    dossier: MentoringDossier, rules: MentoringRules, *parts: Part
) -> tuple[Requirement, ...]:
    """Of all products that BPOM registers, each thing once."""
    ours = on_track(dossier.state.triaged, "md")
    wanted = (
        each for product in ours for each in requirements_of_product(dossier.state, product, rules, *parts)
    )
    return tuple(dict.fromkeys(wanted))


def present(dossier: MentoringDossier, requirements: tuple[Requirement, ...]) -> frozenset[str]:
    """Return the codes of the requirements that every product meets."""
    missing = {each.code for found in dossier.readiness.values() for each in found.missing}
    return frozenset(each.code for each in requirements) - missing


def _there(dossier: MentoringDossier, product: int, rules: MentoringRules) -> frozenset[str]:
    """Return the codes of the requirements that this product meets."""
    found = dossier.readiness.get(product)
    missing = {each.code for each in found.missing} if found is not None else set()
    return frozenset(each.code for each in rules.requirements) - missing


def choices(
    dossier: MentoringDossier, products: list[ListedProduct], rules: MentoringRules, named: RuleNames
) -> list[tuple[str, str]]:
    """A document of the business by its code; one of a product by code and number. What is missing comes first."""
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
    """Nothing is uploaded for what would be refused."""
    document, product = document_of(form)
    content, key = await content_of(data, "file"), key_of(form)
    await owner.office.mentoring.refuse_document(
        owner.mentoring_request, owner.by, document, NOT_YET, product
    )
    file = await owner.office.uploads.attach(
        owner.request, owner.mentoring_request.ticket, owner.by, key or uuid4(), content
    )
    await owner.office.mentoring.add_document(owner.mentoring_request, owner.by, key, document, file, product)


NOT_YET = ItemRef(item=UUID(int=0), field="attachment", digest="0" * 64)


def document_of(form: Form) -> tuple[str, int | None]:
    document, _, number = form.value("document").partition(".")
    if not document:
        raise ChoiceError(FIELDS["missing"], "document")
    return document, int(number) if number.isdecimal() and len(number) < 6 else None


# -- one product


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
    issued = state.status in (
        MentoringStatus.PERMIT_ISSUED,
        MentoringStatus.REGISTRATION,
        MentoringStatus.NUMBER_OBTAINED,
    )
    context |= {
        "product": product,
        "label": requirements_of_product(state, number, rules, Part.LABEL),
        "registration": requirements_of_product(state, number, rules, Part.REGISTRATION),
        "permit": requirements_of_product(state, number, rules, Part.BUSINESS, Part.PERMIT),
        "present": _there(dossier, number, rules),
        "may_send": issued and product.ours and not product.sent and product.registered is None,
        "field_labels": {name: say_of(owner.request)(label) for name, label in labels.NUMBER.items()},
    }
    return pages_of(owner.request).render(owner.request, "product.html", status, **context)


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
    number = text_of(form, "number", lines=False)
    if number is None:
        raise ChoiceError(FIELDS["missing"], "number")
    await owner.office.mentoring.record_number(
        owner.mentoring_request, owner.by, key_of(form), product, number
    )


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
