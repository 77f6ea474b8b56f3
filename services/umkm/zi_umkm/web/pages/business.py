"""The pages where a business states itself and its products."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.language import msgid
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import DETAILS, FIELDS, NotFoundError
from zi_chassis.web.refused_form import ChoiceError
from zi_contracts.intake import District
from zi_rules.mentoring.rule_set import MentoringRules
from zi_umkm.domain.business import BusinessProduct, BusinessProfile
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.domain.limits import PRODUCT_NAME_LENGTH
from zi_umkm.read.nicknames import nicknames_of
from zi_umkm.use_cases.statements import BusinessStated, ProductStated
from zi_umkm.web import labels
from zi_umkm.web.bodies import NicknameBody
from zi_umkm.web.form_fields import checked, chosen, text_of, try_command
from zi_umkm.web.page_context import disclosed, readable, ruled, say_of, stated_names
from zi_umkm.web.pages.case_owner import (
    CaseOwner,
    CurrentOwner,
    products_of,
    workspace_context,
)
from zi_umkm.web.rule_names import RuleNames

KBLI = msgid("A KBLI code has five figures, for example 10772.")

router = APIRouter(include_in_schema=False)


@router.get("/umkm/cases/{ticket}/business")
async def business_page(owner: CurrentOwner) -> Response:
    state = await owner.state()
    business = state.business or BusinessProfile(district=owner.mentoring_request.district)
    ticket = owner.mentoring_request.ticket
    known = await owner.office.store.query(lambda tx: nicknames_of(tx, (ticket,)))
    typed = {"district": business.district, "kbli": ", ".join(business.kbli)}
    return await _business_page(owner, Form({**typed, "nickname": known.get(ticket, "")}))


async def _business_page(owner: CaseOwner, form: Form, status: int = 200) -> Response:
    dossier = await owner.dossier()
    context = workspace_context(owner, dossier.state, form)
    named: RuleNames = context["names"]
    say = say_of(owner.request)
    context |= {
        "products": await products_of(owner.office, dossier, owner.token, named),
        "statements": await _statements(owner),
        "districts": [(each.code, named.text(each.name)) for each in owner.office.rules.districts],
        "field_labels": {
            "district": say("Where do you make it?"),
            "kbli": say("KBLI code"),
            "nickname": say("How shall we call you?"),
        },
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


@router.post("/umkm/cases/{ticket}/nickname")
async def save_nickname(owner: CurrentOwner) -> Response:
    form = Form.of(await owner.request.form())

    async def render_again(refused: Form, status: int) -> Response:
        return await _business_page(owner, refused, status)

    named = _save_nickname(owner, form)
    return await try_command(owner.request, form, "nickname", render_again, named, f"{owner.here}/business")


async def _save_nickname(owner: CaseOwner, form: Form) -> None:
    body = NicknameBody.model_validate({"nickname": text_of(form, "nickname", lines=False)})
    await owner.office.naming.name(owner.mentoring_request, owner.by, key_of(form), body.nickname)


@router.get("/umkm/cases/{ticket}/products/new")
async def new_product(owner: CurrentOwner) -> Response:
    name = await _next_name(owner)
    return await _product_form(owner, None, Form({"name": name} if name else {}))


async def _next_name(owner: CaseOwner) -> str | None:
    """Return the first product stated at the front door that is not described yet."""
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
    context |= ruled(owner.request, owner.office, owner.rules_in_force())
    context |= {
        "number": number,
        **goods_of(owner.rules_in_force(), context["names"]),
        "field_labels": fields,
    }
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
    stated = product_of(form, number, owner.rules_in_force())
    changed = with_product(state, owner.mentoring_request.district, number, stated)
    await owner.office.mentoring.restate(owner.mentoring_request, owner.by, key_of(form), changed)


def with_product(
    state: MentoringCase, district: District, number: int | None, stated: ProductStated | None
) -> BusinessStated:
    """Return the statement with this product replaced, added at the end, or left out."""
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
    if name is not None and len(name) > PRODUCT_NAME_LENGTH:
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
