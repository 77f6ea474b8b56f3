"""The read models say what the events say: of one case, of many, page by page, on either database."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from random import Random
from statistics import median_low
from uuid import UUID

import pytest
from tests.certificates.inside import ticket_of
from tests.umkm.house import House
from tests.umkm.inside import SAMBAL, Inside
from tests.umkm.steps import DAY, HOUR, NUMBERED, TICKET, changed, named

from zi_chassis.storage.database import Row, Tx
from zi_umkm.domain.case.messages import MentoringCommands, RegisterMentoring, Restate
from zi_umkm.domain.case.state import OVER, MentoringStatus
from zi_umkm.domain.corrective_action import Progress
from zi_umkm.messaging.published import cases
from zi_umkm.read.board import (
    Attention,
    CaseCount,
    CaseFilter,
    Load,
    PageCursor,
    actions_to_verify,
    attention,
    case_rows,
    counts,
    loads,
)
from zi_umkm.read.cases import MentoringRow, case_of, case_row, findings_of
from zi_umkm.read.outcomes import Duration, durations
from zi_umkm.read.visits import visits_under_way


@pytest.mark.parametrize("seed", range(12))
async def test_a_row_says_what_its_case_is_whatever_people_try(inside: Inside, seed: int) -> None:
    house, id = House(Random(seed)), named("case")
    house.run(120)
    for command in house.accepted:
        await inside.office.store.handle(cases, id, command)
    _, state = await inside.office.store.fetch(cases, id)
    assert state == house.state
    row = await inside.office.store.query(lambda tx: case_of(tx, TICKET))
    assert row is not None
    assert (row.status, row.holder, row.business_ref) == (state.status, state.holder, state.business_ref)
    assert (row.mentors, row.mentor) == (state.mentors, state.mentors[-1] if state.mentors else None)
    assert (row.slept or row.status, row.heard_at) == (
        state.slept if state.status is MentoringStatus.DORMANT else state.status,
        state.heard_at,
    )
    assert row.numbers == len(state.all_numbers)
    assert state.numbers or row.check_due is None
    waiting = await inside.office.store.query(lambda tx: products_of(tx, "number_checks", id))
    assert waiting == (set() if state.status in OVER else state.unchecked_numbers)
    for table in ("number_owners", "number_checks"):
        for copied in await inside.office.store.query(lambda tx, name=table: rows_of(tx, name, id)):
            assert (copied["ticket"], copied["business_ref"]) == (TICKET, state.business_ref)
            assert state.business is not None
            assert copied["district"] == state.business.district
            if state.status not in OVER:
                assert bool(copied["asleep"]) == (state.status is MentoringStatus.DORMANT)
    assert len(await inside.office.store.query(lambda tx: rows_of(tx, "number_owners", id))) == 1
    stages = await inside.office.store.query(lambda tx: tx.execute("SELECT stage, fit_by FROM permit_files"))
    if state.permit.is_at_work:
        [file] = stages
        assert (file["stage"], file["fit_by"]) == (state.permit.stage, state.permit.fit_by)
    promised = await inside.office.store.query(lambda tx: tx.execute("SELECT due FROM promised_visits"))
    assert state.obtained_at is not None or not promised
    found = await inside.office.store.query(lambda tx: findings_of(tx, id))
    assert sorted(found, key=lambda each: each.item) == sorted(state.findings, key=lambda each: each.item)
    assert row.critical_open == len(state.blocking)
    assert row.findings_open == sum(each.is_open for each in state.findings)
    assert row.evidenced == sum(each.progress is Progress.EVIDENCED for each in state.findings)


def rows_of(tx: Tx, table: str, id: UUID) -> list[Row]:
    return list(tx.execute(f"SELECT * FROM {table} WHERE case_id = ?", str(id)))


def products_of(tx: Tx, table: str, id: UUID) -> set[int]:
    rows = tx.execute(f"SELECT product FROM {table} WHERE case_id = ? AND product > 0", str(id))
    return {row["product"] for row in rows}


async def test_the_board_is_read_page_by_page_and_every_case_once(either: Inside) -> None:
    tickets = []
    for number in range(5):
        either.clock.at += HOUR
        tickets.append((await either.requested(f"case {number}")).ticket)

    async def page(after: PageCursor | None) -> list[str]:
        rows = await either.office.store.query(lambda tx: case_rows(tx, after=after, limit=2))
        return (
            []
            if not rows
            else [each.ticket for each in rows] + await page(PageCursor(rows[-1].since, rows[-1].ticket))
        )

    assert await page(None) == tickets


async def test_cases_are_found_by_district_state_mentor_and_holder(either: Inside) -> None:
    first_case = await either.mentored("one", district="nunukan")
    two = await either.mentored("two", district="malinau", mentor="mentor-dodi")
    three = await either.requested("three", "malinau")
    await either.visited(first_case)
    await either.office.mentoring.close(two, either.business(two), None, "business_stopped")

    async def found(**wanted: object) -> set[str]:
        case_filter = CaseFilter(**wanted)  # type: ignore[arg-type]
        return {
            each.ticket for each in await either.office.store.query(lambda tx: case_rows(tx, case_filter))
        }

    assert await found() == {first_case.ticket, three.ticket}
    assert await found(district="malinau") == {three.ticket}
    assert await found(status=MentoringStatus.CLOSED) == {two.ticket}
    assert await found(mentor="mentor-ani") == {first_case.ticket}
    assert await found(mentor="") == {three.ticket}
    assert await found(holder="citizen") == {first_case.ticket}


async def test_figures_are_of_open_cases_and_counts_of_all(either: Inside) -> None:
    first_case = await either.numbered("one")
    two = await either.mentored("two", district="malinau", mentor="mentor-dodi")
    await either.requested("three", "malinau")
    await either.office.mentoring.close(two, either.business(two), None, "business_stopped")
    store = either.office.store
    by_kind = {(each.district, each.status): each for each in await store.query(counts)}
    assert set(by_kind) == {
        ("nunukan", MentoringStatus.NUMBER_OBTAINED),
        ("malinau", MentoringStatus.CLOSED),
        ("malinau", MentoringStatus.REGISTERED),
    }
    assert by_kind["nunukan", MentoringStatus.NUMBER_OBTAINED].numbers == 1
    assert {each.mentor: each.cases for each in await store.query(loads)} == {"mentor-ani": 1, None: 1}
    by_district = {each.district: each for each in await store.query(attention)}
    assert (by_district["malinau"].without_mentor, by_district["malinau"].never_visited) == (1, 1)
    assert by_district["nunukan"].last_visit == either.clock.now()
    assert await store.query(durations) == [Duration("nunukan", businesses=1, days=0)]
    row = await store.query(lambda tx: case_of(tx, first_case.ticket))
    assert row is not None
    assert row.check_due is not None
    assert row.check_due > either.clock.now() + 150 * DAY
    await either.visited(first_case, wrong=(), visit="last")
    checked = await store.query(lambda tx: case_of(tx, first_case.ticket))
    assert checked is not None
    assert (checked.check_due, checked.points) == (None, 100)


@pytest.mark.parametrize(("hours", "days"), [(0, 0), (1, 1), (24, 1), (25, 2)])
async def test_a_day_that_was_begun_counts_on_the_way_to_a_number(
    inside: Inside, hours: int, days: int
) -> None:
    *before, number = NUMBERED
    late = changed(number, by=number.by.model_copy(update={"at": before[0].by.at + hours * HOUR}))
    for command in (*before, late):
        await inside.office.store.handle(cases, named("case"), command)
    [found] = await inside.office.store.query(durations)
    assert (found.businesses, found.days) == (1, days)


@pytest.mark.parametrize("seed", range(4))
async def test_kept_figures_are_those_of_a_plain_recount_whatever_people_try(
    either: Inside, seed: int
) -> None:
    store, chance = either.office.store, Random(seed)
    histories = [_history(number, chance) for number in range(6)]
    while histories:
        history = chance.choice(histories)
        if (step := next(history, None)) is None:
            histories.remove(history)
        else:
            await store.handle(cases, *step)
            store.read(_recounted)


def _history(number: int, chance: Random) -> Iterator[tuple[UUID, MentoringCommands]]:
    """Of one business somewhere, which may move."""
    house = House(chance)
    house.run(60)
    for command in house.accepted:
        if isinstance(command, RegisterMentoring | Restate):
            place = {"district": chance.choice(("malinau", "nunukan", "tarakan"))}
            command = changed(command, business=command.business.model_copy(update=place))
        if isinstance(command, RegisterMentoring):
            command = changed(command, ticket=ticket_of(f"case {number}"))
        yield named(f"case {number}"), command


def _recounted(tx: Tx) -> None:
    found = tx.execute("SELECT case_id FROM cases")
    rows = [row for each in found if (row := case_row(tx, UUID(each["case_id"]))) is not None]
    running = [each for each in rows if each.status not in OVER]
    mentors, districts = {each.mentor for each in running}, {each.district for each in running}
    assert len(rows) == len(found)
    assert sorted(counts(tx), key=repr) == sorted(_counts(rows), key=repr)
    assert loads(tx) == sorted(
        (_load(mentor, [each for each in running if each.mentor == mentor]) for mentor in mentors),
        key=lambda each: (-each.cases, each.mentor or ""),
    )
    assert attention(tx) == [
        _attention(district, [each for each in running if each.district == district])
        for district in sorted(districts)
    ]
    assert durations(tx) == _durations(
        tx.execute("SELECT district, days_to_number AS days FROM cases WHERE numbers > 0")
    )


def _durations(rows: Iterable[Row]) -> list[Duration]:
    days: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        days[row["district"]].append(row["days"])
    return [Duration(district, len(each), median_low(each)) for district, each in sorted(days.items())]


def _counts(rows: Iterable[MentoringRow]) -> Iterator[CaseCount]:
    there: dict[tuple[str, MentoringStatus], list[int]] = defaultdict(list)
    for each in rows:
        there[each.district, each.status].append(each.numbers)
    return (CaseCount(*place, len(numbers), sum(numbers)) for place, numbers in there.items())  # type: ignore[arg-type]


def _load(mentor: str | None, rows: list[MentoringRow]) -> Load:
    return Load(
        mentor=mentor,
        cases=len(rows),
        with_office=sum(each.holder == "office" for each in rows),
        critical=sum(each.critical_open for each in rows),
        overdue=sum(each.overdue for each in rows),
        longest=min(each.since for each in rows),
    )


def _attention(district: str, rows: list[MentoringRow]) -> Attention:
    return Attention(
        district=district,  # type: ignore[arg-type]
        cases=len(rows),
        without_mentor=sum(each.mentor is None for each in rows),
        never_visited=sum(each.visited_at is None for each in rows),
        last_visit=max((each.visited_at for each in rows if each.visited_at), default=None),
        last_attended=max((each.attended_at for each in rows if each.attended_at), default=None),
        longest=min(each.since for each in rows),
    )


async def test_evidence_waits_in_its_order_and_visits_under_way_are_their_mentors(either: Inside) -> None:
    for name in ("one", "two"):
        request = await either.mentored(name)
        await either.visited(request)
        await either.office.mentoring.agree(request, either.business(request), None, "fifo")
        either.clock.at += HOUR
        await either.evidenced(request, "fifo")
    waiting = (await either.office.store.query(actions_to_verify)).rows
    assert [each.finding.item for each in waiting] == ["fifo", "fifo"]
    assert waiting[0].since < waiting[1].since
    assert str(request.data_subject) in waiting[1].finding.authors
    under_way = await either.office.store.query(lambda tx: visits_under_way(tx, "mentor-ani").rows)
    assert under_way == []


async def test_read_models_are_rebuilt_as_they_were(inside: Inside) -> None:
    request = await inside.numbered()
    await inside.mentored("two", SAMBAL)
    store = inside.office.store

    def everything() -> list[object]:
        return [
            [
                tuple(row)
                for row in store.read(lambda tx, t=table: tx.execute(f"SELECT * FROM {t} ORDER BY 1, 2"))
            ]
            for table in (
                "cases",
                "tallies",
                "findings",
                "mentorships",
                "evaluations",
                "case_files",
                "visits",
                "due_timers",
            )
        ]

    before = everything()
    with store.database.transaction() as tx:
        tx.execute("UPDATE read_models SET version = 0")
    store.catch_up()
    assert everything() == before
    assert request.ticket in str(before)
