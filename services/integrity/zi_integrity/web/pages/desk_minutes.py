"""The desk's pages of a forum that takes place: its attendance and the list of names, and its minutes until they are signed."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from zi_chassis.web.form import Form
from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_integrity.domain.minutes.text import MinutesEntry
from zi_integrity.read.forums import FORUMS_A_PAGE, count_forums, forum_page
from zi_integrity.roles import HEAD, ZONE_TEAM
from zi_integrity.use_cases.minutes_writing import WrittenMinutes
from zi_integrity.web.form_fields import form_key, required_words, shown_key, submitted
from zi_integrity.web.forum_forms import find_forum
from zi_integrity.web.minutes_context import minutes_context, proposal_numbers, render
from zi_integrity.web.minutes_forms import group_of, place_of, point_of
from zi_integrity.web.official import CurrentOfficial, ZoneOfficial
from zi_integrity.web.pages.minutes import edition_of
from zi_integrity.web.paging import page_number, pages_for

HERE = "/integrity/desk/minutes"
READING = (*ZONE_TEAM, *HEAD)

router = APIRouter(include_in_schema=False)
Step = Callable[[ZoneOfficial, str, Form], Awaitable[None]]


@router.get(HERE)
async def forums(official: CurrentOfficial) -> Response:
    official.act(READING)
    page = page_number(official.request)
    rows = await official.office.store.query(lambda tx: forum_page(tx, page))
    count = await official.office.store.query(count_forums)
    paging = pages_for(count, page, FORUMS_A_PAGE)
    return render(official.request, "desk_minutes_list.html", Form(), rows=rows, count=count, paging=paging)


@router.get(f"{HERE}/{{number}}")
async def minutes(official: CurrentOfficial, number: str) -> Response:
    official.act(READING)
    return await _minutes(official, number, Form())


async def _minutes(official: ZoneOfficial, number: str, form: Form, status: int = 200) -> Response:
    await find_forum(official.office, number)
    written = await official.office.minutes_writing.read(number)
    context = await minutes_context(official.office, written)
    filled = Form(_values(written, context["proposal_numbers"]) | dict(form.values), form.errors)
    rights = {
        "may_write": official.has(*ZONE_TEAM) and not written.state.is_final,
        "may_sign": official.has(*HEAD) and not written.state.is_final,
        "key": shown_key(form),
        "address": f"{HERE}/{number}",
    }
    return render(official.request, "desk_minutes.html", filled, status, **context, **rights)


def _values(written: WrittenMinutes, numbers: Mapping[Any, int]) -> dict[str, str]:
    """Fill the forms of the points with what they say now."""
    values: dict[str, str] = {}
    for entry in written.text.entries:
        values |= {f"{name}.{entry.point}": value for name, value in _fields(entry, numbers).items()}
    return values


def _fields(entry: MinutesEntry, numbers: Mapping[Any, int]) -> dict[str, str]:
    return {
        "issue": entry.issue or "",
        "agreement": entry.agreement or "",
        "owner": entry.owner or "",
        "due": entry.due.isoformat() if entry.due else "",
        "proposals": ", ".join(str(numbers[each]) for each in entry.proposals if each in numbers),
    }


async def _record(official: ZoneOfficial, number: str, form: Form) -> None:
    by, place = official.act(ZONE_TEAM), place_of(form, "point")
    row = await find_forum(official.office, number)
    text = point_of(form, place, await proposal_numbers(official.office, row.forum))
    key = form_key(form)
    await official.office.minutes_writing.record_point(number, by, key, text, place or None)


async def _withdraw(official: ZoneOfficial, number: str, form: Form) -> None:
    by = official.act(ZONE_TEAM)
    await official.office.minutes_writing.withdraw_point(number, by, place_of(form, "point"))


async def _dissent(official: ZoneOfficial, number: str, form: Form) -> None:
    by, place = official.act(ZONE_TEAM), place_of(form, "point")
    group, text = group_of(form, f"group.{place}"), required_words(form, f"dissent.{place}")
    await official.office.minutes_writing.record_dissent(number, by, form_key(form), place, group, text)


async def _take(official: ZoneOfficial, number: str, _: Form) -> None:
    await official.office.minutes_writing.take_attendance(number, official.act(ZONE_TEAM))


async def _without_quorum(official: ZoneOfficial, number: str, _: Form) -> None:
    await official.office.minutes_writing.record_without_quorum(number, official.act(ZONE_TEAM))


async def _sign(official: ZoneOfficial, number: str, form: Form) -> None:
    by, name = official.act(HEAD), official.person.name or official.person.sub
    edition, digest = edition_of(form), form.value("digest")
    await official.office.minutes_signing.sign_as_head(number, by, name, edition, digest)


# For each command the field at which a refusal is shown, with the number of its point, and what is done.
STEPS: Mapping[str, tuple[str, Step]] = {
    "point": ("issue.{point}", _record),
    "withdraw": ("withdraw.{point}", _withdraw),
    "dissent": ("dissent.{point}", _dissent),
    "attendance": ("attendance", _take),
    "without-quorum": ("attendance", _without_quorum),
    "sign": ("sign", _sign),
}


@router.post(f"{HERE}/{{number}}/{{step}}")
async def take_step(official: CurrentOfficial, number: str, step: str) -> Response:
    official.act(READING)
    form = Form.of(await official.request.form())
    if step not in STEPS:
        raise NotFoundError(DETAILS[404])
    await find_forum(official.office, number)
    field, command = STEPS[step]

    async def done() -> str:
        await command(official, number, form)
        return f"{HERE}/{number}"

    return await submitted(
        official.request,
        form,
        field.format(point=form.value("point")),
        done(),
        partial(_minutes, official, number),
    )
