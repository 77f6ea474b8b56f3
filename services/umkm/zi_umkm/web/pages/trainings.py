"""The pages of trainings: which are planned, the group of each, who came, and what they knew before and after."""

from collections.abc import Awaitable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from zi_chassis.storage.database import Tx
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import DETAILS, FIELDS, NotFoundError
from zi_chassis.web.refused_form import REFUSED, ChoiceError
from zi_umkm.domain.limits import MOST_PLACES
from zi_umkm.read.trainings import count_trainings, participants, training_row, trainings
from zi_umkm.roles import TEACHING
from zi_umkm.web.bodies import AttendBody, PlanBody
from zi_umkm.web.form_fields import chosen, moment_of, number_of, refused, status_of, ticket_of, try_command
from zi_umkm.web.labels import TOPICS, TRAINING
from zi_umkm.web.official import CurrentOfficial, DeskOfficial
from zi_umkm.web.page_context import names_of, ruled, say_of
from zi_umkm.web.pages.desk_lists import SIZE, ListPage, page_asked, skipped

HERE = "/umkm/desk/trainings"
HUNDRED = 100

router = APIRouter(include_in_schema=False)


@router.get(HERE)
async def trainings_page(official: CurrentOfficial) -> Response:
    return await _trainings_page(official, Form())


async def _trainings_page(official: DeskOfficial, form: Form, status: int = 200) -> Response:
    office, say = official.office, say_of(official.request)
    rules = office.rules.in_force(office.clock.now())
    named = names_of(official.request, office, rules)
    context = {
        **ruled(official.request, office, rules),
        **await office.store.query(lambda tx: _listed(official, tx)),
        "may_plan": official.has(*TEACHING),
        "topics": [(code, say(title)) for code, title in TOPICS.items()],
        "districts": [(each.code, named.text(each.name)) for each in office.rules.districts],
        "field_labels": {name: say(label) for name, label in TRAINING.items()},
        "form": form,
        "key": str(key_of(form) or uuid4()),
    }
    return pages_of(official.request).render(official.request, "trainings.html", status, **context)


def _listed(official: DeskOfficial, tx: Tx) -> dict[str, Any]:
    """Return a page of the trainings of a district and a topic, and how many there are."""
    query, number = official.request.query_params, page_asked(official.request)
    typed = {name: query.get(name, "") for name in ("where", "about")}
    wanted = {"district": typed["where"], "topic": typed["about"]}
    paging = ListPage(
        number,
        count_trainings(tx, **wanted),
        "".join(f"{urlencode({name: value})}&" for name, value in typed.items() if value),
    )
    rows = trainings(tx, SIZE, skipped(number), **wanted)
    return {"rows": rows, "paging": paging, "filter_form": Form(typed)}


@router.post(HERE)
async def plan(official: CurrentOfficial) -> Response:
    form = Form.of(await official.request.form())
    try:
        training = await _plan(official, form)
    except REFUSED as error:
        return await _trainings_page(
            official, refused(official.request, form, error, "topic"), status_of(error)
        )
    return RedirectResponse(f"{HERE}/{training}", 303)


async def _plan(official: DeskOfficial, form: Form) -> UUID:
    topic = chosen(form, "topic", tuple(TOPICS))
    office, by = official.office, official.act(*TEACHING)
    planned = await office.teaching.planned_district(by, key_of(form))
    district = chosen(form, "district", (*office.rules.district_codes, *planned))
    begins, places = moment_of(form, "begins"), number_of(form, "places", MOST_PLACES)
    if not places:
        raise ChoiceError(FIELDS["missing"], "places")
    body = PlanBody.model_validate({"district": district, "topic": topic, "begins": begins, "places": places})
    training, _ = await office.teaching.plan(
        by, key_of(form), body.district, body.topic, body.begins, body.places
    )
    return training


@router.get(f"{HERE}/{{training}}")
async def training_page(official: CurrentOfficial, training: UUID) -> Response:
    return await _training_page(official, training, Form())


async def _training_page(official: DeskOfficial, training: UUID, form: Form, status: int = 200) -> Response:
    office = official.office
    row = await office.store.query(lambda tx: training_row(tx, training))
    if row is None:
        raise NotFoundError(DETAILS[404])
    now, may_plan = office.clock.now(), official.has(*TEACHING)
    context = {
        **ruled(official.request, office, office.rules.in_force(now)),
        "row": row,
        "group": await office.store.query(lambda tx: participants(tx, training)),
        "may_plan": may_plan,
        "may_conclude": may_plan and row.held_at is None and row.begins <= now,
        "field_labels": {},
        "form": form,
    }
    return pages_of(official.request).render(official.request, "training.html", status, **context)


@router.post(f"{HERE}/{{training}}/enrol")
async def enrol(official: CurrentOfficial, training: UUID) -> Response:
    form = Form.of(await official.request.form())
    return await _on_training(official, training, form, "ticket", _enrol(official, training, form))


async def _enrol(official: DeskOfficial, training: UUID, form: Form) -> None:
    by, request = official.act(*TEACHING), await official.office.access.request(ticket_of(form, "ticket"))
    await official.office.teaching.enrol(training, request, by)


@router.post(f"{HERE}/{{training}}/attend")
async def attend(official: CurrentOfficial, training: UUID) -> Response:
    form = Form.of(await official.request.form())
    field = f"before.{form.value('case')}"
    return await _on_training(official, training, form, field, _attend(official, training, form))


async def _attend(official: DeskOfficial, training: UUID, form: Form) -> None:
    ticket, by = form.value("case"), official.act(*TEACHING)
    body = AttendBody.model_validate(
        {
            "case": ticket,
            "before": number_of(form, f"before.{ticket}", HUNDRED),
            "after": number_of(form, f"after.{ticket}", HUNDRED),
        }
    )
    request = await official.office.access.request(body.case)
    await official.office.teaching.attend(training, request, by, body.before, body.after)


@router.post(f"{HERE}/{{training}}/conclude")
async def conclude(official: CurrentOfficial, training: UUID) -> Response:
    form = Form.of(await official.request.form())
    return await _on_training(official, training, form, "conclude", _conclude(official, training))


async def _conclude(official: DeskOfficial, training: UUID) -> None:
    await official.office.teaching.conclude(training, official.act(*TEACHING))


async def _on_training(
    official: DeskOfficial, training: UUID, form: Form, field: str, done: Awaitable[Any]
) -> Response:
    async def render_again(refused: Form, status: int) -> Response:
        return await _training_page(official, training, refused, status)

    return await try_command(official.request, form, field, render_again, done, f"{HERE}/{training}")
