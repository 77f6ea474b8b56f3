"""The products of a case at the desk, as their mentor states them for the business."""

from uuid import uuid4

from fastapi import APIRouter
from fastapi.responses import Response

from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.page import pages_of
from zi_umkm.roles import MENTORING
from zi_umkm.web.form_fields import try_command
from zi_umkm.web.official import CurrentOfficial, DeskOfficial
from zi_umkm.web.page_context import ruled
from zi_umkm.web.pages.business import goods_of, product_of, product_stated, with_product
from zi_umkm.web.pages.desk_case import here, ticket_or_nothing

router = APIRouter(include_in_schema=False)


@router.get("/umkm/desk/cases/{ticket}/products/new")
async def new_product(official: CurrentOfficial, ticket: str) -> Response:
    return await _product_form(official, ticket, None, Form())


@router.get("/umkm/desk/cases/{ticket}/products/{number}/change")
async def change_product(official: CurrentOfficial, ticket: str, number: int) -> Response:
    state = await official.office.mentoring.state(await official.office.access.request(ticket))
    product = product_stated(state, number)
    traits = {f"traits.{each}": "yes" for each in product.traits}
    return await _product_form(official, ticket, number, Form({"kind": product.kind, **traits}))


async def _product_form(
    official: DeskOfficial, ticket: str, number: int | None, form: Form, status: int = 200
) -> Response:
    mentoring_request = await official.office.access.request(ticket)
    state = await official.office.mentoring.state(mentoring_request)
    if number is not None:
        product_stated(state, number)
    rules = official.office.rules.in_force(official.office.clock.now())
    context = ruled(official.request, official.office, rules)
    context |= {
        "ticket": mentoring_request.ticket,
        "here": here(mentoring_request.ticket),
        "for_desk": True,
        "number": number,
        **goods_of(rules, context["names"]),
        "form": form,
        "field_labels": {},
        "key": str(key_of(form) or uuid4()),
    }
    return pages_of(official.request).render(official.request, "product_change.html", status, **context)


@router.post("/umkm/desk/cases/{ticket}/products/new")
async def add_product(official: CurrentOfficial, ticket: str) -> Response:
    return await _save_product(official, ticket, None)


@router.post("/umkm/desk/cases/{ticket}/products/{number}/change")
async def save_product(official: CurrentOfficial, ticket: str, number: int) -> Response:
    return await _save_product(official, ticket, number)


async def _save_product(official: DeskOfficial, ticket: str, number: int | None) -> Response:
    form = Form.of(await official.request.form())

    async def render_again(refused: Form, status: int) -> Response:
        return await _product_form(official, ticket, number, refused, status)

    done = _state_product(official, ticket, number, form)
    return await try_command(
        official.request, form, "name", render_again, done, here(ticket_or_nothing(ticket))
    )


async def _state_product(official: DeskOfficial, ticket: str, number: int | None, form: Form) -> None:
    by, mentoring_request = official.act(*MENTORING), await official.office.access.request(ticket)
    state = await official.office.mentoring.state(mentoring_request)
    stated = product_of(form, number, official.office.rules.in_force(by.at))
    await official.office.mentoring.restate(
        mentoring_request, by, key_of(form), with_product(state, mentoring_request.district, number, stated)
    )


@router.post("/umkm/desk/cases/{ticket}/products/{number}/remove")
async def remove_product(official: CurrentOfficial, ticket: str, number: int) -> Response:
    form = Form.of(await official.request.form())

    async def render_again(refused: Form, status: int) -> Response:
        return await _product_form(official, ticket, number, refused, status)

    done = _remove_product(official, ticket, number, form)
    return await try_command(
        official.request, form, "name", render_again, done, here(ticket_or_nothing(ticket))
    )


async def _remove_product(official: DeskOfficial, ticket: str, number: int, form: Form) -> None:
    by, mentoring_request = official.act(*MENTORING), await official.office.access.request(ticket)
    state = await official.office.mentoring.state(mentoring_request)
    changed = with_product(state, mentoring_request.district, number, None)
    await official.office.mentoring.restate(mentoring_request, by, key_of(form), changed)
