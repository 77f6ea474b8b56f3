"""The desk of officials, each by their role: trips by district, what waits to be looked at, permits; for supervisors load, stuck cases
and what each district gets. Lists show no personal data.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from fastapi.responses import RedirectResponse, Response

from zi_chassis.storage.database import Tx
from zi_chassis.storage.recorded import rfc3339
from zi_chassis.storage.searching import first_signs
from zi_chassis.web.form import Form
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import DETAILS, ForbiddenError
from zi_contracts.intake import Holder
from zi_umkm.domain.case.state import MentoringStatus
from zi_umkm.messaging.upstream import request_of
from zi_umkm.read.board import (
    Attention,
    CaseFilter,
    Load,
    PageCursor,
    TripCount,
    actions_to_verify,
    attention,
    case_rows,
    count_cases,
    first_of_districts,
    loads,
    trip_counts,
)
from zi_umkm.read.cases import MentoringRow
from zi_umkm.read.charts import bars
from zi_umkm.read.nicknames import nicknames_of
from zi_umkm.read.number_checks import numbers_to_check
from zi_umkm.read.outcomes import FILLS
from zi_umkm.read.permit_queue import waiting_permits
from zi_umkm.read.visits import visits_under_way
from zi_umkm.roles import CHECKING, DECIDING, SUPERVISING, VERIFYING
from zi_umkm.web import permit_labels
from zi_umkm.web.labels import STATES
from zi_umkm.web.official import CurrentOfficial, DeskOfficial
from zi_umkm.web.page_context import ruled, say_of
from zi_umkm.web.pages import case_letters, desk_case, desk_commands, desk_label, desk_lists, desk_products
from zi_umkm.web.pages import trainings as training_pages
from zi_umkm.web.pages import trips as trip_pages
from zi_umkm.web.rule_names import RuleNames

DESK = "/umkm/desk/"
MOST_OF_TRIP, MOST_LISTED, MOST_STUCK = 3, 5, 20  # of cases on one page, which is read on a phone
DATA_SUBJECT = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DAY = timedelta(days=1)
LOAD_KINDS: Mapping[str, str] = {"office": "The office must act", "business": "The business must act"}
ATTENTION_KINDS: Mapping[str, str] = {"visited": "Visited", "never_visited": "Never visited"}
COLOURS: Mapping[str, str] = {
    "office": "var(--blue)",
    "business": "var(--violet)",
    "visited": "var(--green)",
    "never_visited": "var(--red)",
}

router = APIRouter(include_in_schema=False)


# -- the desk


@router.get("/umkm/desk")
async def without_slash() -> Response:
    return RedirectResponse(DESK, 308)


@router.get(DESK)
async def desk(official: CurrentOfficial) -> Response:
    return await _desk(official, Form())


@dataclass(frozen=True)
class DistrictCases:
    """The first cases of one district, with true counts of all of them there."""

    count: TripCount
    rows: Sequence[MentoringRow]


def trips(tx: Tx, mentor: str, now: datetime, reader: str | None = None) -> list[DistrictCases]:
    """Return trips by district, the most visits first; in each the longest wait first. `mentor` "" is nobody."""
    counted = trip_counts(tx, mentor, now, reader)
    of_mentor = CaseFilter(mentor=mentor, reader=reader)
    rows = first_of_districts(tx, of_mentor, [each.district for each in counted], MOST_OF_TRIP)
    return [DistrictCases(each, rows[each.district]) for each in counted]


async def _desk(official: DeskOfficial, form: Form, status: int = 200) -> Response:
    office, now = official.office, official.office.clock.now()

    def question(tx: Tx) -> dict[str, Any]:
        lists = _lists(official, tx, now)
        return lists | {"nicknames": nicknames_of(tx, desk_lists.tickets_in(lists))}

    context = {
        **ruled(official.request, office, office.rules.in_force(now)),
        **await office.store.query(question),
        "person": official.person,
        "is_mentor": official.has("mentor"),
        "is_supervisor": official.has(*SUPERVISING),
        "form": form,
        "permit_labels": permit_labels,
        "now": now,
    }
    return pages_of(official.request).render(official.request, "desk.html", status, **context)


def _lists(official: DeskOfficial, tx: Tx, now: datetime) -> dict[str, Any]:
    """Return the beginning of each list that the official's roles have, and how long the whole of it is."""
    sub, mentors, checks = official.person.sub, official.has("mentor"), official.has(*CHECKING)
    verifies, takes = official.has(*VERIFYING), official.has("mentor", *SUPERVISING)
    decides, tasks = official.has(*DECIDING), desk_lists.permit_tasks(official)
    return {
        "to_verify": actions_to_verify(tx, MOST_LISTED, sub, alone=True) if verifies else None,
        "checks": numbers_to_check(tx, sub, MOST_LISTED) if checks else None,
        "permits": waiting_permits(tx, tasks, MOST_LISTED) if decides else None,
        "trips": trips(tx, sub, now) if mentors else [],
        "under_way": visits_under_way(tx, sub, MOST_LISTED) if mentors else None,
        "free": trips(tx, "", now, sub) if takes else None,
    }


@router.get("/umkm/desk/find")
async def find(official: CurrentOfficial, wanted: str = "") -> Response:
    ticket = desk_case.ticket_or_nothing(wanted)
    if await official.office.store.query(lambda tx: request_of(tx, ticket)) is None:
        form = Form({"wanted": wanted[:20]}).refused({"wanted": say_of(official.request)(DETAILS[404])})
        return await _desk(official, form, 404)
    return RedirectResponse(f"{DESK}cases/{ticket}", 303)


# -- for supervisors


async def supervisor(official: CurrentOfficial) -> DeskOfficial:
    if not official.has(*SUPERVISING):
        raise ForbiddenError("Your account does not have the role for this. Ask your supervisor.")
    return official


@router.get("/umkm/desk/board")
async def board(official: Annotated[DeskOfficial, Depends(supervisor)]) -> Response:
    return await official.office.store.query(lambda tx: _board(official, tx))


def _board(official: DeskOfficial, tx: Tx) -> Response:
    office, now, say = official.office, official.office.clock.now(), say_of(official.request)
    form = Form(dict(official.request.query_params))
    stuck = case_rows(tx, _wanted(form, official), _after(form), MOST_STUCK + 1)
    carried, districts_served = loads(tx), attention(tx)
    rules = ruled(official.request, office, office.rules.in_force(now))
    named: RuleNames = rules["names"]
    context = {
        **rules,
        "fills": {**FILLS, **COLOURS},
        "loads": carried,
        "load_kinds": LOAD_KINDS,
        "loads_chart": loads_chart(carried, say("Nobody yet")),
        "attention": districts_served,
        "attention_kinds": ATTENTION_KINDS,
        "attention_chart": attention_chart(districts_served, named.district),
        "stuck": stuck[:MOST_STUCK],
        "onward": _onward(form, stuck[MOST_STUCK - 1]) if len(stuck) > MOST_STUCK else None,
        "to_verify": actions_to_verify(tx, MOST_LISTED, official.person.sub),
        "count_stuck": count_cases(tx, _wanted(form, official)),
        "officials": officials,
        "days": lambda since: (now - since) // DAY,
        "districts": {each.code: named.text(each.name) for each in office.rules.districts},
        "states": {code: say(name) for code, name in STATES.items()},
        "holders": [("office", say("The office")), ("citizen", say("The business"))],
        "form": form,
    }
    context["nicknames"] = nicknames_of(tx, desk_lists.tickets_in(context["to_verify"]))
    return pages_of(official.request).render(official.request, "board.html", 200, **context)


def officials(authors: Iterable[str]) -> list[str]:
    """Drop the business, whose name here is a data subject's."""
    return sorted(each for each in authors if not DATA_SUBJECT.fullmatch(each))


def loads_chart(carried: Iterable[Load], nobody: str) -> Any:
    lines = [
        (each.mentor or nobody, {"office": each.with_office, "business": each.cases - each.with_office})
        for each in carried
    ]
    return bars(lines, tuple(LOAD_KINDS))


def attention_chart(rows: Iterable[Attention], name: Callable[[str], str]) -> Any:
    lines = [
        (
            name(each.district),
            {"visited": each.cases - each.never_visited, "never_visited": each.never_visited},
        )
        for each in rows
    ]
    return bars(lines, tuple(ATTENTION_KINDS))


def _wanted(form: Form, official: DeskOfficial) -> CaseFilter:
    """Parse the filter of the board; ignore values that can't be read."""
    district, status, holder = (form.value(name) for name in ("district", "status", "holder"))
    known = {each.code for each in official.office.rules.districts}
    holders: Mapping[str, Holder] = {"office": "office", "citizen": "citizen"}
    return CaseFilter(
        district=district if district in known else None,
        status=MentoringStatus(status) if status in set(MentoringStatus) else None,
        holder=holders.get(holder),
        reader=official.person.sub,
        ticket=first_signs(form.value("ticket")),
    )


def _after(form: Form) -> PageCursor | None:
    try:
        since = datetime.fromisoformat(form.value("since")).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return PageCursor(since, desk_case.ticket_or_nothing(form.value("after")))


def _onward(form: Form, last: MentoringRow) -> str:
    query = {
        name: form.value(name) for name in ("district", "status", "holder", "ticket") if form.value(name)
    }
    return f"{DESK}board?{urlencode({**query, 'since': rfc3339(last.since), 'after': last.ticket})}#stuck"


router.include_router(training_pages.router)
router.include_router(trip_pages.router)
router.include_router(desk_lists.router)
router.include_router(desk_case.router)
router.include_router(case_letters.router)
router.include_router(desk_products.router)
router.include_router(desk_label.router)
router.include_router(desk_commands.router)  # takes any name of a command, so it comes last
