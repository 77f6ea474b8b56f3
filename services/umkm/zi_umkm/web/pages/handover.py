"""The page on which a business hands its products over to an application of its own: what would be shared is shown before."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.language import msgid
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import FIELDS
from zi_chassis.web.refused_form import ChoiceError
from zi_umkm.domain.handover import HandedProduct
from zi_umkm.domain.limits import INGREDIENT_LENGTH, MOST_INGREDIENTS
from zi_umkm.use_cases.vault_fields import COMPOSITION, PACK
from zi_umkm.web.form_fields import chosen, text_of, ticket_of, try_command
from zi_umkm.web.page_context import disclosed, say_of
from zi_umkm.web.pages.business import product_stated
from zi_umkm.web.pages.case_owner import CaseOwner, CurrentOwner, products_of, workspace_context

router = APIRouter(include_in_schema=False)

LONG_COMPOSITION = msgid("Write at most 100 ingredients, one a line, each with at most 200 characters.")


@router.get("/umkm/cases/{ticket}/handover")
async def handover_page(owner: CurrentOwner) -> Response:
    return await _handover_page(owner, Form())


async def _handover_page(owner: CaseOwner, form: Form, status: int = 200) -> Response:
    dossier, handing_over = await owner.dossier(), owner.office.handing_over
    shared, state = (
        await handing_over.shared(owner.mentoring_request),
        await handing_over.state(owner.mentoring_request),
    )
    context = workspace_context(owner, dossier.state, form)
    products = await products_of(owner.office, dossier, owner.token, context["names"])
    say, texts = say_of(owner.request), await _texts(owner, shared.ready)
    context |= {
        "products": products,
        "names_of": {each.number: each.name for each in products},
        "shared": shared,
        "texts": texts,
        "legible": all(len(texts[each.product]) == len(each.items) for each in shared.ready),
        "handover": state,
        "field_labels": {
            "to": say("Ticket of the application"),
            "composition": say("Composition"),
            "pack": say("Packaging"),
        },
    }
    return pages_of(owner.request).render(owner.request, "handover.html", status, **context)


async def _texts(owner: CaseOwner, ready: tuple[HandedProduct, ...]) -> dict[int, dict[str, str]]:
    """Read what would be shared, by product and field; what can't be read now is missing."""
    items = tuple(item for each in ready for item in each.items)
    opened = await disclosed(owner.office, owner.mentoring_request.ticket, items, owner.token)
    return {
        each.product: {item.field: opened[item.item] for item in each.items if item.item in opened}
        for each in ready
    }


@router.get("/umkm/cases/{ticket}/handover/products/{number}")
async def describe_page(owner: CurrentOwner, number: int) -> Response:
    handover = await owner.office.handing_over.state(owner.mentoring_request)
    items = handover.described.get(number, ())
    opened = await disclosed(owner.office, owner.mentoring_request.ticket, items, owner.token)
    texts = {each.field: opened[each.item] for each in items if each.item in opened}
    form = Form({"composition": texts.get(COMPOSITION, ""), "pack": texts.get(PACK, "")})
    return await _describe_page(owner, number, form)


async def _describe_page(owner: CaseOwner, number: int, form: Form, status: int = 200) -> Response:
    dossier = await owner.dossier()
    product_stated(dossier.state, number)
    context = workspace_context(owner, dossier.state, form)
    products = await products_of(owner.office, dossier, owner.token, context["names"])
    say = say_of(owner.request)
    context |= {
        "product": next(each for each in products if each.number == number),
        "field_labels": {"composition": say("Composition"), "pack": say("Packaging")},
    }
    return pages_of(owner.request).render(owner.request, "handover_product.html", status, **context)


@router.post("/umkm/cases/{ticket}/handover/products/{number}")
async def describe(owner: CurrentOwner, number: int) -> Response:
    form = Form.of(await owner.request.form())
    product_stated(await owner.state(), number)

    async def render_again(refused: Form, status: int) -> Response:
        return await _describe_page(owner, number, refused, status)

    described = _describe(owner, number, form)
    return await try_command(
        owner.request, form, "composition", render_again, described, f"{owner.here}/handover"
    )


async def _describe(owner: CaseOwner, number: int, form: Form) -> None:
    composition = text_of(form, "composition")
    if composition is None:
        raise ChoiceError(FIELDS["missing"], "composition")
    lines = [each.strip() for each in composition.splitlines() if each.strip()]
    if len(lines) > MOST_INGREDIENTS or any(len(each) > INGREDIENT_LENGTH for each in lines):
        raise ChoiceError(LONG_COMPOSITION, "composition")
    pack = text_of(form, "pack", lines=False)
    if pack is not None and len(pack) > INGREDIENT_LENGTH:
        raise ChoiceError(msgid("Write at most 200 characters."), "pack")
    await owner.office.handing_over.describe(
        owner.mentoring_request, owner.by, key_of(form), number, "\n".join(lines), pack
    )


@router.post("/umkm/cases/{ticket}/handover")
async def hand_over(owner: CurrentOwner) -> Response:
    form = Form.of(await owner.request.form())
    return await _on_page(owner, form, _hand_over(owner, form))


async def _hand_over(owner: CaseOwner, form: Form) -> None:
    to, agreed = ticket_of(form, "to"), form.value("agreed")
    await owner.office.handing_over.hand_over(owner.mentoring_request, owner.by, key_of(form), to, agreed)


@router.post("/umkm/cases/{ticket}/handover/end")
async def end_handover(owner: CurrentOwner) -> Response:
    form = Form.of(await owner.request.form())
    return await _on_page(owner, form, _end(owner, form))


async def _end(owner: CaseOwner, form: Form) -> None:
    state = await owner.office.handing_over.state(owner.mentoring_request)
    to = chosen(form, "to", tuple(state.standing))
    await owner.office.handing_over.end(owner.mentoring_request, owner.by, key_of(form), to)


async def _on_page(owner: CaseOwner, form: Form, done: Any) -> Response:
    async def render_again(refused: Form, status: int) -> Response:
        return await _handover_page(owner, refused, status)

    return await try_command(owner.request, form, "to", render_again, done, f"{owner.here}/handover")
