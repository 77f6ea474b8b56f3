"""The lists of the desk over both databases: each list has exactly the cases that belong to it, on whatever page, and counts them."""

import html
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import get_args
from uuid import NAMESPACE_URL, UUID, uuid5

import pytest
from tests.intake import acts
from tests.intake.acts import DAY, MONDAY
from tests.intake.front import Front, opened

from zi_chassis.domain import Act
from zi_intake.domain.case.filings import AnswerableFiled, PassedOn
from zi_intake.domain.case.messages import AskErasure, Assign, CaseCommands
from zi_intake.domain.case.state import ENDED, Case, Status, kind_of
from zi_intake.messaging.published import decider
from zi_intake.read.case_statistics import StatisticsQuery, case_statistics
from zi_intake.read.desk_lists import CasePage, CaseQueue, Filter, case_page, queue_lengths
from zi_intake.read.visibility import CaseReader, is_visible
from zi_intake.web.pages import desk_list as desk_list_page
from zi_rules.ticket import ticket_from_number

ANI = CaseReader("officer-ani", frozenset({"officer"}))
BUDI = CaseReader("supervisor-budi", frozenset({"officer", "supervisor"}))
HANA = CaseReader("head-hana", frozenset({"head"}), taken=frozenset({"conduct"}))
LATER = MONDAY + 9 * DAY
QUEUES: tuple[CaseQueue, ...] = get_args(CaseQueue)
BY_BUDI = acts.ASK_ERASURE.model_copy(update={"by": acts.supervisor()})
OFFICIALS_REQUEST = acts.certificate_request().model_copy(
    update={"by": Act(at=MONDAY, actor="officer-ani", role="applicant")}
)
WAYS: tuple[tuple[CaseCommands, ...], ...] = (
    *(acts.FILED, acts.ACKNOWLEDGED, acts.ASSIGNED, acts.CLARIFICATION_ASKED, acts.ANSWERED, acts.CLOSED),
    *(acts.ERASURE_ASKED, acts.ERASED, (*acts.CLOSED, BY_BUDI), (*acts.FILED, acts.WITHDRAW)),
    *((*acts.ASSIGNED, acts.LATE), (*acts.ANSWERED, acts.REOPEN), (acts.consultation(),)),
    *(acts.MOVED, (*acts.CLARIFICATION_ASKED, acts.MOVE), (*acts.ANSWERED, acts.MOVE)),
    *(acts.FOR_APPOINTED, acts.CONFIDENTIAL, (*acts.CONFIDENTIAL, acts.ANSWER)),
    *(acts.PASSED_ON, acts.MENTORED, (OFFICIALS_REQUEST,)),
)
CASES = 3 * len(WAYS)
Belongs = Callable[[Case, CaseReader], bool]


def is_own(case: Case) -> bool:
    return not isinstance(case.filing, PassedOn)


def is_open(case: Case) -> bool:
    return is_own(case) and case.status not in ENDED


def is_late(case: Case) -> bool:
    assert case.due is not None
    assert not isinstance(case.filing, PassedOn | None)
    unconfirmed = case.status is Status.FILED and case.filing.acknowledge_by < LATER
    unjudged = case.judge_by is not None and case.judge_by < LATER
    return "answer" in case.missed or case.due < LATER or unconfirmed or unjudged


def decides_erasure(case: Case, reader: CaseReader) -> bool:
    return (
        "supervisor" in reader.roles and case.erasure is not None and case.erasure.by.actor != reader.official
    )


def outcome(case: Case) -> str:
    if is_open(case):
        return "open"
    if case.status is Status.WITHDRAWN:
        return "withdrawn"
    return "resolved"


def promise_to_confirm(case: Case) -> str:
    assert isinstance(case.filing, AnswerableFiled)
    if case.status is Status.WITHDRAWN:
        return ""
    if case.status is not Status.FILED:
        return "kept"
    return "broken" if case.filing.acknowledge_by < LATER else "running"


def promise_to_answer(case: Case) -> str:
    assert isinstance(case.filing, AnswerableFiled)
    was_reopened = case.due == acts.REOPEN.due
    if "answer" in case.missed or (was_reopened and case.filing.due < MONDAY):
        return "broken"  # for ever, whatever is promised since
    if case.closes_on or case.status is Status.CLOSED or was_reopened:
        return "kept"
    if not is_open(case):
        return ""
    assert case.due is not None
    return "broken" if case.holder == "office" and case.due < LATER else "running"


MEASURED: Mapping[str, Callable[[Case], str]] = {
    "kind": kind_of,
    "category": lambda case: getattr(case.filing, "commodity", None) or getattr(case.filing, "topic", ""),
    "district": lambda case: getattr(case.filing, "district", ""),
    "tier": lambda case: case.standard.tier,
    "road": lambda case: "own",
    "outcome": outcome,
    "age": lambda case: "14" if is_open(case) else "",
    "acknowledged": promise_to_confirm,
    "answered": promise_to_answer,
}
BELONGS: Mapping[CaseQueue, Belongs] = {
    "mine": lambda case, reader: is_open(case) and case.officer == reader.official,
    "waiting": lambda case, reader: (
        (is_open(case) and case.holder == "office" and case.officer == reader.official)
        or decides_erasure(case, reader)
    ),
    "acknowledge": lambda case, reader: case.status is Status.FILED,
    "late": lambda case, reader: is_open(case) and case.holder == "office" and is_late(case),
    "free": lambda case, reader: is_open(case) and case.officer is None,
    "team": lambda case, reader: is_open(case) and case.officer not in (None, reader.official),
    "open": lambda case, reader: is_open(case),
    "erasure": lambda case, reader: case.erasure is not None,
    "closed": lambda case, reader: is_own(case) and case.status in ENDED,
    "all": lambda case, reader: is_own(case),
    "passed_on": lambda case, reader: not is_own(case),
}


def commands(number: int) -> Iterator[CaseCommands]:
    """Make the commands of one case: its officer, its ticket and its times differ from those of the others."""
    officer = ("officer-ani", "officer-cici", "supervisor-budi")[number % 3]
    due = acts.DUE - 2 * number * timedelta(hours=11)
    filing, *more = WAYS[number // 3]
    times = {"due": due, "acknowledge_by": MONDAY + number % 17 * DAY} if hasattr(filing, "due") else {}
    filed: dict[str, object] = {"ticket": ticket(number), "data_subject": case_id(number), **times}
    if hasattr(filing, "district"):
        filed["district"] = "malinau" if number % 2 else "tarakan"
    yield with_owner(filing, number).model_copy(update=filed)
    for command in more:
        changes: dict[str, object] = {"officer": officer} if hasattr(command, "officer") else {}
        if command.by.role == "staff:officer" and not isinstance(command, AskErasure):
            changes["by"] = acts.officer(officer)
        if isinstance(command, Assign) and command.by.role == "staff:supervisor":
            changes["by"] = command.by.model_copy(update={"actor": "supervisor-dedi"})
        if hasattr(command, "clock"):
            changes |= {"due": due, "by": acts.timer(due + DAY)}
        yield with_owner(command, number).model_copy(update=changes)


def with_owner(command: CaseCommands, number: int) -> CaseCommands:
    if command.by.role != "public":
        return command
    by = command.by.model_copy(update={"actor": str(case_id(number))})
    return command.model_copy(update={"by": by})


def ticket(number: int) -> str:
    return ticket_from_number(1_000_003 * (number + 1))


def case_id(number: int) -> UUID:
    return uuid5(NAMESPACE_URL, ticket(number))


async def filled(front: Front) -> dict[str, Case]:
    states = {}
    for number in range(CASES):
        for command in commands(number):
            states[ticket(number)] = (
                await front.office.store.handle(decider, case_id(number), command)
            ).state
    return states


async def page(front: Front, query: Filter, reader: CaseReader) -> CasePage:
    return await front.office.store.query(lambda tx: case_page(tx, query, reader, LATER))


async def every_page(front: Front, query: Filter, reader: CaseReader) -> list[CasePage]:
    pages = [await page(front, query, reader)]
    while pages[-1].after is not None:
        pages.append(await page(front, query.model_copy(update={"after": pages[-1].after}), reader))
    return pages


async def lengths_for(front: Front, reader: CaseReader) -> Mapping[CaseQueue, int]:
    return await front.office.store.query(lambda tx: queue_lengths(tx, reader, LATER))


def in_order(pages: list[CasePage]) -> list[str]:
    return [row.cursor for each in pages for row in each.rows]


async def test_each_list_has_the_cases_that_belong_to_it_and_counts_them(tmp_path: Path, place: str) -> None:
    database = place if place.startswith("postgres") else ""
    async with opened(tmp_path, database=database) as front:
        cases = await filled(front)
        for reader in (ANI, BUDI):
            lengths = await lengths_for(front, reader)
            visible = {each: state for each, state in cases.items() if is_visible(state, reader)}
            for queue in QUEUES:
                pages = await every_page(front, Filter(show=queue, limit=5), reader)
                found = [row.ticket for each in pages for row in each.rows]
                expected = {each for each, state in visible.items() if BELONGS[queue](state, reader)}
                assert (set(found), len(found)) == (expected, len(expected)), (queue, reader)
                assert {each.total for each in pages} == {len(expected)}
                assert lengths.get(queue, len(expected)) == len(expected)
                assert in_order(pages) == sorted(in_order(pages), reverse=queue == "closed")
        assert ticket(CASES - 1) not in visible_to_ani(cases)
        await filters_narrow_down(front, cases)
        await statistics_count_what_the_store_has(front, cases)
        await a_case_that_moves_hides_no_other(front)


def visible_to_ani(cases: Mapping[str, Case]) -> set[str]:
    return {each for each, state in cases.items() if is_visible(state, ANI)}


async def filters_narrow_down(front: Front, cases: Mapping[str, Case]) -> None:
    everything = Filter(show="all")
    for changes, belongs in (
        ({"district": "malinau"}, lambda case: case.filing.district == "malinau"),
        ({"officer": "officer-cici"}, lambda case: case.officer == "officer-cici"),
        ({"text": f" {ticket(4)[:4].lower()}"}, lambda case: case.filing.ticket.startswith(ticket(4)[:4])),
        ({"text": "%"}, lambda case: False),
    ):
        found = await page(front, everything.model_copy(update=changes), BUDI)
        visible = {each: state for each, state in cases.items() if is_visible(state, BUDI)}
        expected = {each for each, state in visible.items() if is_own(state) and belongs(state)}
        assert {row.ticket for row in found.rows} == expected, changes
        assert found.total == len(expected)


async def statistics_count_what_the_store_has(front: Front, cases: Mapping[str, Case]) -> None:
    """Nobody counts a case that they don't see, and everybody all of the others."""
    appointed = CaseReader("officer-wati", frozenset({"supervisor"}), frozenset({"conduct"}))
    for reader in (BUDI, HANA, appointed):
        period = StatisticsQuery(until=LATER.date())
        counted = await front.office.store.query(lambda tx: case_statistics(tx, period, reader, LATER))  # noqa: B023
        visible = [each for each in cases.values() if is_own(each) and is_visible(each, reader)]
        assert counted.total == len(visible), reader
        for measure, of in MEASURED.items():
            expected = Counter(code for case in visible if (code := of(case)))
            assert counted.counts[measure] == expected, (measure, reader)
    malinau = StatisticsQuery(until=LATER.date(), district="malinau")
    found = await front.office.store.query(lambda tx: case_statistics(tx, malinau, BUDI, LATER))
    assert found.counts["district"].keys() == {"malinau"}
    before = StatisticsQuery(since=MONDAY.date() - DAY, until=MONDAY.date() - DAY)
    assert (await front.office.store.query(lambda tx: case_statistics(tx, before, BUDI, LATER))).total == 0


async def a_case_that_moves_hides_no_other(front: Front) -> None:
    """The last case of a page is closed before the next page is read."""
    query = Filter(show="open", limit=3)
    before = [row.ticket for each in await every_page(front, query, BUDI) for row in each.rows]
    first = await page(front, query, BUDI)
    moved = first.rows[-1]
    owner = acts.WITHDRAW.by.model_copy(update={"actor": str(moved.aggregate)})
    withdrawal = acts.WITHDRAW.model_copy(update={"by": owner})
    await front.office.store.handle(decider, moved.aggregate, withdrawal)
    after = await every_page(front, query.model_copy(update={"after": first.after}), BUDI)
    assert [row.ticket for each in after for row in each.rows] == before[3:]


async def test_what_is_no_cursor_begins_at_the_beginning(front: Front) -> None:
    filed = await front.file()
    beyond_the_database = f"{10**20} 2026-01-01T00:00:00+00:00 AAAA"
    for cursor in ("", "x", "1 2 3", "1 0001-01-01T00:00:00+23:00 x", beyond_the_database):
        listed = await front.client.get("/intake/api/cases", params={"after": cursor}, headers=front.staff())
        assert [each["ticket"] for each in listed.json()] == [filed["ticket"]], cursor


async def test_the_pages_of_the_api_lead_to_every_case(front: Front) -> None:
    filed: dict[str, object] = {(await front.file())["ticket"] for _ in range(3)}
    found, where = set(), "/intake/api/cases?show=acknowledge&limit=2"
    while where:
        answer = await front.client.get(where, headers=front.staff())
        assert answer.headers["X-Total-Count"] == "3"
        found |= {each["ticket"] for each in answer.json()}
        where = answer.links.get("next", {}).get("url", "")
    assert found == filed


async def test_the_pages_of_the_desk_lead_to_every_case(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_list_page, "DESK_PAGE", 2)
    filed: dict[str, object] = {(await front.file())["ticket"] for _ in range(3)}
    headers = front.staff() | {"Accept-Language": "en"}
    first = (await front.client.get("/desk/?show=acknowledge&district=tarakan", headers=headers)).text
    assert "3 cases, the most urgent first" in first
    assert "To be taken up (3)" in first
    [onward] = re.findall(r'href="(/desk/\?[^"]*after[^"]*)"', first)
    second = (await front.client.get(html.unescape(onward), headers=headers)).text
    assert {each for each in filed if each in first} | {each for each in filed if each in second} == filed
    assert 'rel="next"' not in second


async def test_an_official_does_not_see_the_case_that_they_filed(front: Front) -> None:
    filed = await front.request(front.staff("officer-ani", "applicant"))
    for where in (f"/desk/cases/{filed['ticket']}", "/desk/?show=passed_on"):
        assert filed["ticket"] not in (await front.client.get(where, headers=front.staff())).text
    assert (await front.act(filed, "acknowledge")).status_code == 404
    assert (
        await front.client.get(f"/desk/cases/{filed['ticket']}", headers=front.staff("officer-cici"))
    ).status_code == 200
