"""The desk's page of a forum's attendance: the printed list entered from a file, its photo, and who is struck; names stay closed."""

from collections.abc import Awaitable, Callable
from functools import partial

from fastapi import APIRouter
from fastapi.responses import Response

from zi_chassis.web.body import takes
from zi_chassis.web.form import Form
from zi_chassis.web.refused_form import REFUSED, file_content, refused_at, status_of
from zi_integrity.roles import HEAD, ZONE_TEAM
from zi_integrity.use_cases.forum_attendance import LARGEST_SCAN, ListOutcome
from zi_integrity.web.form_fields import form_key, shown_key, submitted
from zi_integrity.web.forum_forms import find_forum
from zi_integrity.web.minutes_context import render
from zi_integrity.web.minutes_forms import place_of, strike_of
from zi_integrity.web.official import CurrentOfficial, ZoneOfficial
from zi_integrity.web.paging import page_number, pages_for

HERE = "/integrity/desk/attendance"
PEOPLE_A_PAGE = 50
MOST_LINES_SHOWN = 100
LARGEST_LIST = 1024 * 1024  # bytes of a body

router = APIRouter(include_in_schema=False)


@router.get(f"{HERE}/{{number}}")
async def attendance(official: CurrentOfficial, number: str) -> Response:
    official.act((*ZONE_TEAM, *HEAD))
    return await _attendance(official, number, Form())


async def _attendance(
    official: ZoneOfficial, number: str, form: Form, status: int = 200, outcome: ListOutcome | None = None
) -> Response:
    office, page = official.office, page_number(official.request)
    row = await find_forum(office, number)
    state = await office.forum_attendance.state(row.forum)
    people, first = list(state.people.values()), (page - 1) * PEOPLE_A_PAGE
    context = {
        "forum": row,
        "counts": office.minutes_writing.counts(row, state),
        "people": people[first : first + PEOPLE_A_PAGE],
        "count": len(people),
        "scans": len(state.scans),
        "paging": pages_for(len(people), page, PEOPLE_A_PAGE),
        "may_enter": official.has(*ZONE_TEAM),
        "outcome": outcome,
        "most_shown": MOST_LINES_SHOWN,
        "key": shown_key(form),
        "address": f"{HERE}/{number}",
    }
    return render(official.request, "desk_attendance.html", form, status, **context)


@router.post(f"{HERE}/{{number}}/list")
@takes(LARGEST_LIST)
async def enter_list(official: CurrentOfficial, number: str) -> Response:
    """Enter the good lines, and show the broken ones on the answer itself."""
    by = official.act(ZONE_TEAM)
    data = await official.request.form()
    form = Form.of(data)
    await find_forum(official.office, number)
    try:
        content, key = await file_content(data, "list"), form_key(form)
        outcome = await official.office.forum_attendance.enter_list(number, by, key, content)
    except REFUSED as error:
        refused = refused_at(official.request, form, error, "list")
        return await _attendance(official, number, refused, status_of(error))
    return await _attendance(official, number, Form(), outcome=outcome)


@router.post(f"{HERE}/{{number}}/scan")
@takes(LARGEST_SCAN + 64 * 1024)
async def keep_scan(official: CurrentOfficial, number: str) -> Response:
    by = official.act(ZONE_TEAM)
    data = await official.request.form()
    form = Form.of(data)

    async def step() -> str:
        content = await file_content(data, "scan")
        await official.office.forum_attendance.keep_scan(number, by, content)
        return f"{HERE}/{number}"

    return await _submitted(official, number, form, "scan", step)


@router.post(f"{HERE}/{{number}}/strike")
async def strike(official: CurrentOfficial, number: str) -> Response:
    by = official.act(ZONE_TEAM)
    form = Form.of(await official.request.form())

    async def step() -> str:
        attendee, reason = place_of(form, "number"), strike_of(form, "reason")
        await official.office.forum_attendance.strike(number, by, attendee, reason)
        return f"{HERE}/{number}"

    return await _submitted(official, number, form, "number", step)


async def _submitted(
    official: ZoneOfficial, number: str, form: Form, field: str, step: Callable[[], Awaitable[str]]
) -> Response:
    await find_forum(official.office, number)

    return await submitted(official.request, form, field, step(), partial(_attendance, official, number))
