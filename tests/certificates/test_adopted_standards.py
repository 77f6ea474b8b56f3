"""The office's decrees on letters: an application is judged by the one of its submission to the end, and is billed once by its tariff."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests import adopted
from tests.certificates.calling import Calling
from tests.certificates.inside import DEMO_RULES, Inside, named, opened
from tests.certificates.visiting import Visiting
from tests.web import browsing

from zi_certificates.domain.application.errors import IncompleteError
from zi_certificates.domain.application.state import Application
from zi_chassis.bus.lanes import BlockedLaneError
from zi_contracts.message import Message

KIND = "ski_post_border"
DECREE = adopted.letters(
    "ski",
    tiers={"letter": adopted.tier(9)},
    first_tier={KIND: "letter"},
    fees={KIND: {"rupiah": 123_000, **adopted.SOURCED}},
)
NOTE = "adopted by this office, number SP-2026-000001, from Thursday, 1 January 2026"
ENGLISH = {"Accept-Language": "en"}
PINNED = ("due", "findings", "bill", "pinned", "deadline")


@asynccontextmanager
async def started(folder: Path, positions: dict[str, int] | None = None) -> AsyncIterator[Visiting]:
    async with browsing.visited(opened(folder, rules=DEMO_RULES), folder) as visiting:
        visiting.inside.positions |= positions or {}
        yield visiting


async def adopt(inside: Inside, table: dict[str, Any] = DECREE, **changes: Any) -> None:
    data = adopted.adoption(table, **changes)
    await inside.hear("integrity", "standard_adopted", data, aggregate=named("standard"))


async def withdraw(inside: Inside, table: dict[str, Any] = DECREE) -> None:
    data = adopted.withdrawal(table)
    await inside.hear("integrity", "standard_withdrawn", data, aggregate=named("standard"))


def data_of(inside: Inside, event: str) -> list[dict[str, Any]]:
    rows = (Message.parse(row.message) for row in inside.office.store.messages(0, 1_000))
    return [each.data for each in rows if each.event == event]


async def test_the_next_application_has_the_decrees_time_and_tariff_and_the_one_before_keeps_its_own(
    tmp_path: Path,
) -> None:
    async with started(tmp_path) as visiting:
        inside = visiting.inside
        before = await inside.paid()
        was = await Calling(visiting).read(before)
        await adopt(inside)
        after = await inside.paid("two", business="d" * 64)
        answer = await Calling(visiting).read(after)
        assert answer["bill"]["amount"] == 123_000 != was["bill"]["amount"]
        assert answer["due"] > was["due"]
        assert answer["pinned"]["standard"]["digest"] == adopted.adoption(DECREE)["digest"]
        assert was["pinned"]["standard"] is None
        positions = dict(inside.positions)
    async with started(tmp_path, positions) as visiting:
        again = [await Calling(visiting).read(each) for each in (before, after)]
        assert [{name: each[name] for name in PINNED} for each in again] == [
            {name: each[name] for name in PINNED} for each in (was, answer)
        ]
        desk = visiting.person("evaluator-ani", "evaluator")
        pages = [
            await desk.get(f"/certificates/desk/applications/{each.ticket}", **ENGLISH)
            for each in (before, after)
        ]
        assert [NOTE in each.text for each in pages] == [False, True]
        home = (await desk.get("/certificates/", **ENGLISH)).text
        assert NOTE in home
        assert "123,000" in home
        assert "9 working days" in home


async def test_a_later_decree_does_not_move_what_is_under_way(tmp_path: Path) -> None:
    async with started(tmp_path) as visiting:
        inside = visiting.inside
        await adopt(inside)
        request = await inside.paid()
        was = await Calling(visiting).read(request)
        dearer = {KIND: {"rupiah": 999_000, **adopted.SOURCED}}
        await adopt(inside, DECREE | {"version": 2, "fees": dearer}, number="SP-2026-000002")
        now = await Calling(visiting).read(request)
        assert {name: now[name] for name in PINNED} == {name: was[name] for name in PINNED}
        assert (await Calling(visiting).read(await inside.paid("two", business="d" * 64)))["bill"][
            "amount"
        ] == 999_000
        await withdraw(inside, DECREE | {"version": 2, "fees": dearer})
        await withdraw(inside)
        third = await Calling(visiting).read(await inside.paid("three", business="e" * 64))
        assert third["pinned"]["standard"] is None
        assert NOTE not in (await visiting.person("x", "evaluator").get("/certificates/", **ENGLISH)).text


async def test_a_document_that_the_decree_asks_for_is_asked_of_a_draft_that_was_begun_before(
    tmp_path: Path,
) -> None:
    documents = {KIND: [{"any_of": {"halal_certificate": adopted.TEXT}, **adopted.SOURCED}]}
    async with opened(tmp_path) as inside:
        request = await inside.requested()
        await inside.verified(request)
        await inside.drafted(request)
        await adopt(inside, DECREE | {"documents": documents})
        missing = (await inside.office.applying.examination(request)).missing
        assert [each.any_of for each in missing] == [("halal_certificate",)]
        assert missing[0].source.endswith("standar-ski 1")
        assert "halal_certificate" in inside.office.rules.document_kinds(Application(), inside.clock.now())
        revision = (await inside.state(request)).revision
        with pytest.raises(IncompleteError):
            await inside.office.applying.submit(request, inside.citizen(request), None, revision)
        await withdraw(inside, DECREE | {"documents": documents})
        assert "halal_certificate" in inside.office.rules.document_kinds(Application(), inside.clock.now())
        await inside.office.applying.submit(request, inside.citizen(request), None, revision)


async def test_a_decree_on_export_letters_leaves_import_letters_alone(tmp_path: Path) -> None:
    async with started(tmp_path) as visiting:
        await adopt(visiting.inside, adopted.letters("ske"))
        answer = await Calling(visiting).read(await visiting.inside.paid())
        assert answer["pinned"]["standard"] is None


async def test_a_decree_holds_from_its_first_day(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        tomorrow = (inside.clock.now()).date().replace(year=inside.clock.now().year + 1)
        await adopt(inside, DECREE | {"effective_from": tomorrow})
        state = await inside.state(await inside.submitted())
        assert state.submission is not None
        assert state.submission.rules.standard is None


@pytest.mark.parametrize(
    ("table", "why"),
    [
        (DECREE | {"first_tier": {"ske_health": "letter"}}, "no letters of this standard: ske_health"),
        (DECREE | {"fees": {KIND: {"rupiah": 0, **adopted.SOURCED}}}, "at least one rupiah"),
        (DECREE | {"fees": {"ski_air": {"rupiah": 1, **adopted.SOURCED}}}, "'ski_air' is not a valid"),
    ],
)
async def test_a_decree_that_letters_can_not_follow_stands_in_the_way(
    tmp_path: Path, table: dict[str, Any], why: str
) -> None:
    async with opened(tmp_path) as inside:
        before = inside.office.store.last()
        with pytest.raises(BlockedLaneError, match=why):
            await adopt(inside, table)
        assert inside.office.store.last() == before


async def test_the_same_message_again_changes_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        await adopt(inside)
        last = inside.office.store.last()
        await adopt(inside)
        assert inside.office.store.last() == last
        assert [each["number"] for each in data_of(inside, "configuration_adopted") if each["number"]] == [
            "SP-2026-000001"
        ]
