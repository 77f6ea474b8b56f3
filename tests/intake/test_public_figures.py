"""The figures of a quarter for the public: nothing small, nothing that changes once the quarter is over, nothing of complaints about officials."""

from datetime import timedelta
from typing import Any

import pytest
from tests.intake.front import COMPLAINT, CONSULTATION, MONDAY, Front, code
from tests.intake.lines import CONDUCT
from tests.intake.test_handling_api import REFER

from zi_intake.read.public_figures import (
    ENOUGH,
    next_quarter,
    publishable,
    quarter_figures,
    quarter_of,
    share_fulfilled,
)

LAST_DAYS, NEXT_QUARTER = timedelta(days=27), timedelta(days=5)
EN = {"Accept-Language": "en"}


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({}, {}),
        ({"a": 4}, {}),
        ({"a": 9, "b": 7}, {"a": 9, "b": 7}),
        ({"a": 9, "b": 7, "c": 1}, {"a": 9, "other": 8}),
        ({"a": 9, "b": 3, "c": 2}, {"a": 9, "other": 5}),
    ],
)
def test_small_groups_are_told_together(counts: dict[str, int], expected: dict[str, int]) -> None:
    assert publishable(counts) == expected


def test_a_share_is_told_in_steps_none_of_which_is_a_single_case() -> None:
    assert share_fulfilled({}) is None
    assert share_fulfilled({"kept": ENOUGH - 1}) is None
    assert share_fulfilled({"kept": ENOUGH}) == 100
    assert (
        share_fulfilled({"kept": ENOUGH, "broken": 1})
        == share_fulfilled({"kept": ENOUGH + 1, "broken": 1})
        == 95
    )


def test_a_quarter_begins_at_midnight_of_the_office() -> None:
    assert quarter_of(MONDAY.replace(month=3, day=31, hour=15, minute=59)) == "2026-Q1"
    assert quarter_of(MONDAY.replace(month=3, day=31, hour=16)) == "2026-Q2"


def test_the_fourth_quarter_leads_into_the_next_year() -> None:
    assert [next_quarter(each) for each in ("2026-Q1", "2026-Q4")] == ["2026-Q2", "2027-Q1"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 200),
        ("?since=&until=&district=", 200),
        ("?since=2026-03-02&district=tarakan", 200),
        ("?since=0001-01-01", 422),
        ("?until=9999-12-31", 422),
        ("?since=soon", 422),
    ],
)
async def test_the_statistics_of_the_desk_take_days(front: Front, query: str, status: int) -> None:
    await front.file()
    head = front.staff("head-hana", "head")
    answer = await front.client.get(f"/desk/statistics{query}", headers=EN | {"Accept": "text/html"} | head)
    assert answer.status_code == status
    assert ("Processed food or drink" in answer.text) == (status == 200)


async def page(front: Front, query: str = "") -> str:
    answer = await front.client.get(f"/statistics{query}", headers=EN)
    assert answer.status_code == 200, answer.text
    return answer.text.partition("<main")[2]


async def test_a_quarter_that_is_over_never_changes(front: Front) -> None:
    """Whoever compares the page of two days finds no case that moved between them."""
    front.clock.at += LAST_DAYS
    named = [await front.file() for _ in range(6)]
    officials = [await front.file(CONDUCT) for _ in range(5)]
    await front.file(COMPLAINT | {"district": "malinau"})
    answered = (("acknowledge", None), ("assign", {"officer": "officer-ani"}), ("answer", {"text": "Sudah."}))
    await front.client.get("/desk/", headers=front.staff())
    for filed in named[:5]:
        await front.handled(filed, *answered, ("close", None))
    assert "No quarter is over yet." in await page(front)
    front.clock.at += NEXT_QUARTER
    before = await page(front)
    assert "2026-Q1" in before
    assert ">7<" in before.replace("<span>", "").replace(
        "</span>", ""
    )  # all together: one district would give the other away
    assert "Complaint about our service" not in before, "of officials"
    assert "%" not in before.partition("<h2>2026-Q1")[2].partition("hint")[0], "too few promises"
    reopened = await front.client.post(
        f"/intake/api/cases/{named[0]['ticket']}/reopen", json={}, headers=code(named[0])
    )
    assert reopened.status_code == 200, reopened.text
    await front.handled(named[5], ("acknowledge", None))
    to_appointed = {"appointed_topic": "conduct", "moving_reason": "x"}
    assert (await front.act(named[4], "move-to-appointed", to_appointed)).status_code == 409, "closed"
    assert (await front.act(named[5], "move-to-appointed", to_appointed)).status_code == 204
    await front.client.post(f"/intake/api/cases/{named[5]['ticket']}/withdraw", headers=code(named[5]))
    for filed in officials:
        await front.client.post(f"/intake/api/cases/{filed['ticket']}/withdraw", headers=code(filed))
    assert await page(front, "?quarter=2026-Q1") == await page(front, "?quarter=nonsense") == before


def figures(front: Front) -> list[tuple[str, str, int]]:
    found = front.office.store.read(lambda tx: quarter_figures(tx, "2026-Q1"))
    rows = front.office.store.read(lambda tx: tx.execute("SELECT * FROM public_figures"))
    counted = sorted((row["measure"], row["code"], row["number"]) for row in rows)
    assert found.groups == {"about": {}, "district": {}, "outcome": {}}, "too few"
    return counted


async def test_they_are_the_same_when_they_are_built_anew(front: Front) -> None:
    filed, late = await front.file(), await front.file(CONSULTATION, to="consultations")
    await front.handled(filed, ("acknowledge", None))
    front.clock.pass_days(20)
    await front.handled(late, ("acknowledge", None))
    await front.act(late, "withdraw", headers=code(late))
    before = figures(front)
    assert before == [
        ("acknowledged", "broken", 1),
        ("acknowledged", "kept", 1),
        ("answered", "broken", 1),
        ("outcome", "withdrawn", 1),
    ]
    with front.office.store.database.transaction() as tx:
        tx.execute("UPDATE read_models SET version = 0 WHERE name = 'cases'")
    front.office.store.catch_up()
    assert figures(front) == before


TO_APPOINTED = {"appointed_topic": "conduct", "moving_reason": "x"}
LEAVE: dict[str, tuple[tuple[str, Any], ...]] = {
    "answered late": (
        ("acknowledge", None),
        ("assign", {"officer": "officer-ani"}),
        ("answer", {"text": "Sudah."}),
    ),
    "referred": (
        ("acknowledge", None),
        ("assign", {"officer": "officer-ani"}),
        ("refer", REFER),
    ),
    "moved": (("move-to-appointed", TO_APPOINTED),),
    "withdrawn": (("withdraw", None),),
    "asked, and closed without a reply": (
        ("acknowledge", None),
        ("assign", {"officer": "officer-ani"}),
        ("ask", {"text": "Kapan?"}),
    ),
    "still open": (),
}


@pytest.mark.parametrize("reported", [True, False], ids=["reported", "quick after an outage"])
@pytest.mark.parametrize("way", LEAVE)
async def test_a_broken_promise_counts_however_the_case_leaves(
    front: Front, way: str, reported: bool
) -> None:
    """Once, in the quarter in which its time passed; nobody makes it uncounted by sending the case away."""
    filed = await front.file()
    await front.client.get("/desk/", headers=front.staff())
    front.clock.pass_days(120)
    if reported or not LEAVE[way]:
        assert await front.office.deadlines.tick() == 2
    for command, body in LEAVE[way]:
        headers = code(filed) if command == "withdraw" else None
        done = await front.act(filed, command, body, headers)
        assert done.status_code in (200, 204), done.text
    assert await front.office.deadlines.tick() == 0
    counted = {(measure, outcome): number for measure, outcome, number in figures(front)}
    assert (counted.get(("answered", "broken")), counted.get(("answered", "kept"))) == (1, None)
    assert (counted.get(("acknowledged", "broken")), counted.get(("acknowledged", "kept"))) == (1, None)
