"""The pages of trainings: which are planned, the group of each, who came, and what they knew before and after."""

from collections.abc import Awaitable
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from zi_chassis.web.form import Form
from zi_chassis.web.problem import DETAILS, FIELDS, NotFoundError
from zi_umkm.read.projections import participants, training_row, trainings
from zi_umkm.roles import TEACHING
from zi_umkm.web.bodies import AttendBody, PlanBody
from zi_umkm.web.form_fields import (
    REFUSED,
    ChoiceError,
    chosen,
    key_of,
    moment_of,
    number_of,
    refused,
    status_of,
    ticket_of,
    tried,
)
from zi_umkm.web.labels import TOPICS, TRAINING
from zi_umkm.web.official import CurrentOfficial, DeskOfficial
from zi_umkm.web.page_context import names_of, pages_of, ruled, say_of

HERE = "/umkm/desk/trainings"
MOST_PLACES = 1_000
HUNDRED = 100

router = APIRouter(include_in_schema=False)


@router.get(HERE)
async def trainings_page(one: CurrentOfficial) -> Response:
    return await _trainings_page(one, Form())


async def _trainings_page(one: DeskOfficial, form: Form, status: int = 200) -> Response:
    office, say = one.office, say_of(one.web)
    rules = office.rules.in_force(office.clock.now())
    named = names_of(one.web, office, rules)
    shown = {
        **ruled(one.web, office, rules),
        "rows": await office.store.query(trainings),
        "may_plan": one.has(*TEACHING),
        "topics": [(code, say(words)) for code, words in TOPICS.items()],
        "districts": [(each.code, named.text(each.name)) for each in office.rules.districts],
        "field_labels": {name: say(label) for name, label in TRAINING.items()},
        "form": form,
        "key": str(key_of(form) or uuid4()),
    }
    return pages_of(one.web).render(one.web, "trainings.html", status, **shown)


@router.post(HERE)
async def plan(one: CurrentOfficial) -> Response:
    form = Form.of(await one.web.form())
    try:
        training = await _plan(one, form)
    except REFUSED as error:
        return await _trainings_page(one, refused(one.web, form, error, "topic"), status_of(error))
    return RedirectResponse(f"{HERE}/{training}", 303)


async def _plan(one: DeskOfficial, form: Form) -> UUID:
    topic = chosen(form, "topic", tuple(TOPICS))
    district = chosen(form, "district", tuple(each.code for each in one.office.rules.districts))
    begins, places = moment_of(form, "begins"), number_of(form, "places", MOST_PLACES)
    if not places:
        raise ChoiceError(FIELDS["missing"], "places")
    body = PlanBody.model_validate({"district": district, "topic": topic, "begins": begins, "places": places})
    by = one.act(*TEACHING)
    training, _ = await one.office.teaching.plan(
        by, key_of(form), body.district, body.topic, body.begins, body.places
    )
    return training


@router.get(f"{HERE}/{{training}}")
async def training_page(one: CurrentOfficial, training: UUID) -> Response:
    return await _training_page(one, training, Form())


async def _training_page(one: DeskOfficial, training: UUID, form: Form, status: int = 200) -> Response:
    office = one.office
    row = await office.store.query(lambda tx: training_row(tx, training))
    if row is None:
        raise NotFoundError(DETAILS[404])
    shown = {
        **ruled(one.web, office, office.rules.in_force(office.clock.now())),
        "row": row,
        "group": await office.store.query(lambda tx: participants(tx, training)),
        "may_plan": one.has(*TEACHING),
        "field_labels": {},
        "form": form,
    }
    return pages_of(one.web).render(one.web, "training.html", status, **shown)


@router.post(f"{HERE}/{{training}}/enrol")
async def enrol(one: CurrentOfficial, training: UUID) -> Response:
    form = Form.of(await one.web.form())
    return await _on_training(one, training, form, "ticket", _enrol(one, training, form))


async def _enrol(one: DeskOfficial, training: UUID, form: Form) -> None:
    by, request = one.act(*TEACHING), await one.office.access.request(ticket_of(form, "ticket"))
    await one.office.teaching.enrol(training, request, by)


@router.post(f"{HERE}/{{training}}/attend")
async def attend(one: CurrentOfficial, training: UUID) -> Response:
    form = Form.of(await one.web.form())
    field = f"before.{form.value('case')}"
    return await _on_training(one, training, form, field, _attend(one, training, form))


async def _attend(one: DeskOfficial, training: UUID, form: Form) -> None:
    ticket, by = form.value("case"), one.act(*TEACHING)
    body = AttendBody.model_validate(
        {
            "case": ticket,
            "before": number_of(form, f"before.{ticket}", HUNDRED),
            "after": number_of(form, f"after.{ticket}", HUNDRED),
        }
    )
    request = await one.office.access.request(body.case)
    await one.office.teaching.attend(training, request, by, body.before, body.after)


@router.post(f"{HERE}/{{training}}/conclude")
async def conclude(one: CurrentOfficial, training: UUID) -> Response:
    form = Form.of(await one.web.form())
    return await _on_training(one, training, form, "conclude", _conclude(one, training))


async def _conclude(one: DeskOfficial, training: UUID) -> None:
    await one.office.teaching.conclude(training, one.act(*TEACHING))


async def _on_training(
    one: DeskOfficial, training: UUID, form: Form, field: str, done: Awaitable[Any]
) -> Response:
    async def again(refused: Form, status: int) -> Response:
        return await _training_page(one, training, refused, status)

    return await tried(one.web, form, field, again, done, f"{HERE}/{training}")
