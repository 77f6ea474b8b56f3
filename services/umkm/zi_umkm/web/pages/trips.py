"""The pages of trips: which are planned, who goes where, their approval, and the hours that they took."""

import re
from collections.abc import Awaitable
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from zi_chassis.office_clock import office_zone
from zi_chassis.storage.database import Tx
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.language import msgid
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import DETAILS, FIELDS, ForbiddenError, NotFoundError, unread_day
from zi_chassis.web.refused_form import REFUSED, ChoiceError
from zi_umkm.domain.trip import Trip
from zi_umkm.read.board import CaseFilter, case_rows, count_cases
from zi_umkm.read.cases import MentoringRow
from zi_umkm.read.nicknames import nicknames_of
from zi_umkm.read.trips import (
    TripFilter,
    TripRow,
    count_trips,
    stops,
    travellers,
    trip_figures,
    trip_row,
    trip_rows,
)
from zi_umkm.roles import MENTORING, OFFICIALS, SUPERVISING
from zi_umkm.use_cases.travelling import WrittenPlan
from zi_umkm.web.api.trips import letter_of
from zi_umkm.web.form_fields import (
    checked,
    chosen,
    moment_of,
    refused,
    status_of,
    text_of,
    try_command,
)
from zi_umkm.web.labels import TRIP, TRIP_REASONS, TRIP_STATUSES
from zi_umkm.web.official import CurrentOfficial, DeskOfficial
from zi_umkm.web.page_context import names_of, ruled, say_of
from zi_umkm.web.pages.desk_lists import SIZE, ListPage, page_asked, skipped
from zi_umkm.web.trip_bodies import ChangeTripBody, HoursBody, PlanTripBody

HERE = "/umkm/desk/trips"
MOST_CANDIDATES = 80  # cases with a box of their own; others are named by their tickets
FILTERS = ("q", "where", "status")
HOURS = re.compile(r"(\d{1,3})(?:[.,](\d{1,2}))?", re.ASCII)
PLACES = {"people": "people", "cases": "cases"}

router = APIRouter(include_in_schema=False)


# -- all of them


@router.get(HERE)
async def trips_page(official: CurrentOfficial) -> Response:
    query, number = official.request.query_params, page_asked(official.request)
    typed = {name: query.get(name, "").strip()[:100] for name in FILTERS}
    status = typed["status"] if typed["status"] in TRIP_STATUSES else ""
    wanted = TripFilter(district=typed["where"], status=status, text=typed["q"])

    def question(tx: Tx) -> dict[str, Any]:
        query_text = urlencode({name: value for name, value in typed.items() if value})
        return {
            "rows": trip_rows(tx, wanted, SIZE, skipped(number)),
            "paging": ListPage(number, count_trips(tx, wanted), query_text and f"{query_text}&"),
            "figures": trip_figures(tx),
        }

    say = say_of(official.request)
    listed = await official.office.store.query(question) | {
        "statuses": [(code, say(name)) for code, name in TRIP_STATUSES.items()],
        "may_plan": official.has(*MENTORING),
    }
    return _rendered(official, "trips.html", Form(typed), 200, listed)


@router.get(f"{HERE}/plan")
async def plan_page(official: CurrentOfficial) -> Response:
    _refuse_others(official)
    where = official.request.query_params.get("where", "")
    return await _plan_page(official, where, Form({"people": official.person.sub}), 200)


async def _plan_page(official: DeskOfficial, where: str, form: Form, status: int) -> Response:
    if where not in {each.code for each in official.office.rules.districts}:
        raise NotFoundError(DETAILS[404])
    mentored = CaseFilter(district=where, mentor=official.person.sub)

    def question(tx: Tx) -> dict[str, Any]:
        rows, total = case_rows(tx, mentored, limit=MOST_CANDIDATES), count_cases(tx, mentored)
        candidates = [(each.ticket, _called(each)) for each in rows]
        return {"candidates": candidates, "more": total if total > len(rows) else 0}

    context = await official.office.store.query(question) | {
        "district": where,
        "key": str(key_of(form) or uuid4()),
    }
    return _rendered(official, "trip_plan.html", form, status, context)


def _called(row: MentoringRow) -> str:
    return row.ticket if row.nickname is None else f"{row.nickname} ({row.ticket})"


@router.post(HERE)
async def plan(official: CurrentOfficial) -> Response:
    _refuse_others(official)
    form = Form.of(await official.request.form())
    try:
        body = PlanTripBody.model_validate(_typed_plan(form))
        written = body.written(official.office.access.normalised)
        trip, _ = await official.office.travelling.plan(official.act(*MENTORING), key_of(form), written)
    except REFUSED as error:
        again = refused(official.request, form, error, "cases", PLACES)
        return await _plan_page(official, form.value("district"), again, status_of(error))
    return RedirectResponse(f"{HERE}/{trip}", 303)


def _typed_plan(form: Form) -> dict[str, Any]:
    """Return the fields of a plan as they were typed. Raises ChoiceError for what can't be read."""
    return {
        "district": form.value("district"),
        "begins": _day(form, "begins"),
        "ends": _day(form, "ends"),
        "departs": moment_of(form, "departs"),
        "transport": text_of(form, "transport", lines=False) or _missing("transport"),
        "budget_line": text_of(form, "budget_line", lines=False) or _missing("budget_line"),
        "people": tuple(form.value("people").replace(",", " ").split()) or _missing("people"),
        "cases": _tickets(form) or _missing("cases"),
    }


def _tickets(form: Form) -> tuple[str, ...]:
    """Return those whose box is checked, then those that were typed; one that is in both is there once."""
    typed = form.value("cases").replace(",", " ").split()
    return tuple(dict.fromkeys((*checked(form, "case"), *typed)))


def _missing(name: str) -> Any:
    raise ChoiceError(FIELDS["missing"], name)


def _day(form: Form, name: str) -> date:
    text = form.value(name).strip()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ChoiceError(unread_day(text), name) from None


# -- one of them


@router.get(f"{HERE}/{{trip}}")
async def trip_page(official: CurrentOfficial, trip: UUID) -> Response:
    return await _trip_page(official, trip, Form(), 200)


async def _trip_page(official: DeskOfficial, trip: UUID, form: Form, status: int) -> Response:
    def question(tx: Tx) -> dict[str, Any] | None:
        row = trip_row(tx, trip)
        if row is None:
            return None
        visited = stops(tx, trip)
        names = nicknames_of(tx, [each.ticket for each in visited])
        return {"row": row, "group": travellers(tx, trip), "visited": visited, "nicknames": names}

    now = await official.office.travelling.state(
        trip
    )  # first: an approval never names a newer plan than is shown
    found = await official.office.store.query(question)
    if found is None or now.plan is None:
        raise NotFoundError(DETAILS[404])
    change_form = form if form.value("begins") else Form(_as_typed(found))
    context = {**found, **_steps(official, found["row"], now), "change_form": change_form}
    context["plan_digest"] = now.plan.digest
    return _rendered(official, "trip.html", form, status, context)


def _as_typed(found: dict[str, Any]) -> dict[str, str]:
    """Return the plan as its form shows it."""
    row: TripRow = found["row"]
    return {
        "begins": row.begins.isoformat(),
        "ends": row.ends.isoformat(),
        "departs": f"{row.departs.astimezone(office_zone()):%Y-%m-%dT%H:%M}",
        "transport": row.transport,
        "budget_line": row.budget_line,
        "people": "\n".join(each.person for each in found["group"]),
        "cases": "\n".join(each.ticket for each in found["visited"]),
    }


def _steps(official: DeskOfficial, row: TripRow, now: Trip) -> dict[str, bool]:
    """Return what this official can do with the trip as it is."""
    sub = official.person.sub
    goes = now.plan is not None and sub in now.plan.people
    party = goes or sub in now.planners
    today = official.office.clock.now().astimezone(office_zone()).date()
    is_open = row.status in ("planned", "approved") and not (party and now.is_over(today))
    return {
        "may_approve": row.status == "planned" and official.has(*SUPERVISING) and not party,
        "may_record": row.status in ("approved", "made") and goes and row.begins <= today,
        "may_change": is_open and party and official.has(*MENTORING),
        "may_cancel": is_open and (official.has(*SUPERVISING) or (party and official.has(*MENTORING))),
    }


@router.get(f"{HERE}/{{trip}}/letter.pdf")
async def letter(official: CurrentOfficial, trip: UUID) -> Response:
    return await letter_of(official.office, trip)


@router.post(f"{HERE}/{{trip}}/approve")
async def approve(official: CurrentOfficial, trip: UUID) -> Response:
    form = Form.of(await official.request.form())
    done = official.office.assigning.approve(trip, official.act(*SUPERVISING), form.value("plan_digest"))
    return await _on_trip(official, trip, form, "approve", done)


@router.post(f"{HERE}/{{trip}}/change")
async def change(official: CurrentOfficial, trip: UUID) -> Response:
    form = Form.of(await official.request.form())
    return await _on_trip(official, trip, form, "cases", _change(official, trip, form))


async def _change(official: DeskOfficial, trip: UUID, form: Form) -> None:
    by, reason = official.act(*MENTORING), form.value("reason")
    if reason:
        chosen(form, "reason", TRIP_REASONS)
    body = ChangeTripBody.model_validate({**_typed_plan(form), "reason": reason or None})
    written: WrittenPlan = body.written(official.office.access.normalised)
    await official.office.travelling.change(trip, by, written, body.reason)


@router.post(f"{HERE}/{{trip}}/cancel")
async def cancel(official: CurrentOfficial, trip: UUID) -> Response:
    form = Form.of(await official.request.form())
    return await _on_trip(official, trip, form, "why", _cancel(official, trip, form))


async def _cancel(official: DeskOfficial, trip: UUID, form: Form) -> None:
    by = official.act(*SUPERVISING, *MENTORING)
    reason: Any = chosen(form, "why", TRIP_REASONS)
    await official.office.travelling.cancel(trip, by, reason)


@router.post(f"{HERE}/{{trip}}/hours")
async def hours(official: CurrentOfficial, trip: UUID) -> Response:
    form = Form.of(await official.request.form())
    return await _on_trip(official, trip, form, "hours", _record(official, trip, form))


async def _record(official: DeskOfficial, trip: UUID, form: Form) -> None:
    by = official.act(*OFFICIALS)
    body = HoursBody.model_validate({"minutes": _minutes(form, "hours")})
    await official.office.travelling.record_hours(trip, by, body.minutes)


def _minutes(form: Form, name: str) -> int:
    """Return the minutes of hours that were typed with a point or a comma."""
    typed = HOURS.fullmatch(form.value(name).strip())
    if typed is None:
        raise ChoiceError(msgid("Write hours such as 7 or 7.5."), name)
    whole, part = typed[1], (typed[2] or "").ljust(2, "0")
    return int(whole) * 60 + round(int(part) * 60 / 100)


async def _on_trip(
    official: DeskOfficial, trip: UUID, form: Form, field: str, done: Awaitable[Any]
) -> Response:
    async def render_again(again: Form, status: int) -> Response:
        return await _trip_page(official, trip, again, status)

    places = {"minutes": "hours", **PLACES}
    return await try_command(official.request, form, field, render_again, done, f"{HERE}/{trip}", places)


def _refuse_others(official: DeskOfficial) -> None:
    if not official.has(*MENTORING):
        raise ForbiddenError("Your account does not have the role for this. Ask your supervisor.")


def _rendered(
    official: DeskOfficial, template: str, form: Form, status: int, context: dict[str, Any]
) -> Response:
    office, say = official.office, say_of(official.request)
    rules = office.rules.in_force(office.clock.now())
    named = names_of(official.request, office, rules)
    known = {
        **ruled(official.request, office, rules),
        "districts": [(each.code, named.text(each.name)) for each in office.rules.districts],
        "reasons": [(code, say(name)) for code, name in TRIP_REASONS.items()],
        "field_labels": {name: say(label) for name, label in TRIP.items()},
        "form": form,
    }
    return pages_of(official.request).render(official.request, template, status, **known, **context)
