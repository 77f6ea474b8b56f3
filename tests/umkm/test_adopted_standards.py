"""The office's decree on mentoring: what is triaged under it is judged by it to the end, and what was triaged before keeps what it had."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests import adopted
from tests.rules.office_files import NEXT_MENTORING, office_with
from tests.umkm.calling import Calling
from tests.umkm.inside import Inside, opened
from tests.umkm.steps import named
from tests.umkm.test_configurations import RULES
from tests.umkm.visiting import Visiting
from tests.web import browsing

from zi_chassis.bus.lanes import BlockedLaneError
from zi_contracts.message import Message
from zi_rules.configuration import UnusableConfigurationError
from zi_umkm.messaging.upstream import MentoringRequest

DECREE = adopted.mentoring(
    tiers={"correction": adopted.tier(5), "silence": adopted.tier(10, "calendar_days")},
    fees={"permit": {"rupiah": 40_000, **adopted.SOURCED}},
    documents={"permit": [{"any_of": {"layout": adopted.TEXT}, **adopted.SOURCED}]},
)
NOTE = "adopted by this office, number SP-2026-000001, from Thursday, 1 January 2026"
ENGLISH = {"Accept-Language": "en"}


@asynccontextmanager
async def started(folder: Path, positions: dict[str, int] | None = None) -> AsyncIterator[Visiting]:
    async with browsing.visited(opened(folder), folder) as visiting:
        visiting.inside.positions |= positions or {}
        yield visiting


async def hear(inside: Inside, event: str, data: dict[str, Any]) -> None:
    await inside.hear(event, data, named("standard"), "standard", "head", "staff:head", "integrity")


async def adopt(inside: Inside, table: dict[str, Any] = DECREE, **changes: Any) -> None:
    await hear(inside, "standard_adopted", adopted.adoption(table, **changes))


def data_of(inside: Inside, event: str) -> list[dict[str, Any]]:
    rows = (Message.parse(row.message) for row in inside.office.store.messages(0, 1_000))
    return [each.data for each in rows if each.event == event]


async def agreed(inside: Inside, request: MentoringRequest, item: str = "cuci_tangan") -> dict[str, Any]:
    await inside.office.mentoring.agree(request, inside.business(request), None, item)
    return data_of(inside, "action_agreed")[-1]


async def test_what_is_triaged_under_a_decree_is_judged_by_it_and_what_was_before_is_not(
    tmp_path: Path,
) -> None:
    async with started(tmp_path) as visiting:
        inside = visiting.inside
        before = await inside.mentored("before")
        await adopt(inside)
        after = await inside.mentored("after")
        for request in (before, after):
            await inside.visited(request)
        old, new = await agreed(inside, before), await agreed(inside, after)
        assert new["due"] < old["due"]
        assert (old["promised_by"]["standard"], new["promised_by"]["standard"]["version"]) == (None, 1)
        missing = {
            name: (await Calling(visiting).read(each))["missing_for_permit"]
            for name, each in (("before", before), ("after", after))
        }
        codes = {name: {each["code"] for each in found} for name, found in missing.items()}
        assert codes["after"] < codes["before"]
        assert "layout" in codes["after"]
        positions = dict(inside.positions)
    async with started(tmp_path, positions) as visiting:
        inside = visiting.inside
        old_again, new_again = (await agreed(inside, before, "fifo"), await agreed(inside, after, "fifo"))
        assert (old_again["due"], new_again["due"]) == (old["due"], new["due"])
        pins = {
            each["rules"]["standard"] and each["rules"]["standard"]["digest"]
            for each in data_of(inside, "products_triaged")
        }
        assert pins == {None, adopted.adoption(DECREE)["digest"]}
        assert pins - {None} <= {each["digest"] for each in data_of(inside, "configuration_adopted")}
        desk = visiting.person("mentor-ani", "mentor")
        pages = [await desk.get(f"/umkm/desk/cases/{each.ticket}", **ENGLISH) for each in (before, after)]
        assert [NOTE in each.text for each in pages] == [False, True]
        assert (await Calling(visiting).read(after))["pinned"]["standard"]["version"] == 1
        home = (await visiting.person("somebody", "mentor").get("/umkm/", **ENGLISH)).text
        assert NOTE in home
        assert "Rp 20,000" in home or "Rp 20.000" in home  # half of the decree's fee, for a small business


async def test_the_timers_made_anew_are_those_that_were_set(tmp_path: Path) -> None:
    """A silence that began before the decree was heard keeps its length, in whatever order the store is read again."""
    async with started(tmp_path) as visiting:
        inside = visiting.inside
        await inside.mentored("before")
        inside.clock.at += timedelta(days=1)
        await adopt(inside)
        await inside.mentored("after")
        inside.clock.at += timedelta(days=1)
        await hear(inside, "standard_withdrawn", adopted.withdrawal(DECREE))
        await inside.mentored("later")
        timers = "SELECT * FROM due_timers ORDER BY aggregate, name"
        first = [dict(row) for row in inside.office.store.read(lambda tx: tx.execute(timers))]
        with inside.office.store.database.transaction() as tx:
            tx.execute("UPDATE read_models SET version = 0")
        positions = dict(inside.positions)
    async with started(tmp_path, positions) as visiting:
        inside = visiting.inside
        again = [dict(row) for row in inside.office.store.read(lambda tx: tx.execute(timers))]
        assert len({row["due"] for row in first}) == 3
        assert again == first


async def test_a_decree_that_ended_judges_nothing_new_and_its_cases_keep_it(tmp_path: Path) -> None:
    async with started(tmp_path) as visiting:
        inside = visiting.inside
        await adopt(inside)
        under = await inside.mentored("under")
        await inside.visited(under)
        await hear(inside, "standard_withdrawn", adopted.withdrawal(DECREE))
        await hear(inside, "standard_withdrawn", adopted.withdrawal(DECREE))
        after = await inside.mentored("after")
        await inside.visited(after)
        decreed_case, plain_case = await agreed(inside, under), await agreed(inside, after)
        assert decreed_case["due"] < plain_case["due"]
        assert plain_case["promised_by"]["standard"] is None
        assert len(data_of(inside, "configuration_withdrawn")) == 1
        assert NOTE not in (await visiting.person("x", "mentor").get("/umkm/", **ENGLISH)).text


@pytest.mark.parametrize(
    ("table", "why"),
    [
        (DECREE | {"tiers": {"corection": adopted.tier(3)}}, "no periods of the name corection"),
        (DECREE | {"fees": {"stamp": {"rupiah": 1, **adopted.SOURCED}}}, "no fees of the name stamp"),
    ],
)
async def test_a_decree_that_mentoring_can_not_follow_stands_in_the_way(
    tmp_path: Path, table: dict[str, Any], why: str
) -> None:
    async with opened(tmp_path) as inside:
        before = inside.office.store.last()
        with pytest.raises(BlockedLaneError, match=why):
            await adopt(inside, table)
        assert inside.office.store.last() == before


async def test_decrees_about_other_services_are_not_of_umkm(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        before = inside.office.store.last()
        await adopt(inside, adopted.complaint())
        await hear(inside, "standard_withdrawn", adopted.withdrawal(adopted.complaint()))
        assert inside.office.store.last() == before


async def test_rules_that_the_decree_no_longer_fits_stop_the_start_and_not_a_business(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        await adopt(inside)
    fees = ("[fees.permit]", "[fees.stamp]"), ('fee = "permit"', 'fee = "stamp"')
    office_with(tmp_path / "rules", RULES, NEXT_MENTORING, *fees)
    with pytest.raises(
        UnusableConfigurationError, match="standar-mentoring version 1 can't be decided by here"
    ):
        async with opened(tmp_path):
            pass
