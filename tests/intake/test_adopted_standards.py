"""A standard that the office adopts is what the next complaint is promised; the open one keeps its own, through restarts and whatever comes
over the bus."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests import adopted
from tests.intake.front import CONSULTATION, Front, opened
from tests.intake.test_configurations import adopted as configurations
from tests.intake.test_configurations import due, reopened, rules
from tests.intake.test_policies import message
from tests.rules.office_files import COMPLAINTS, LONGER, NEXT, office_with

from zi_chassis.bus.lanes import BlockedLaneError
from zi_chassis.storage.archive import LostConfigurationError
from zi_chassis.storage.configuration import ConfigurationChangedError
from zi_chassis.storage.database import Database
from zi_contracts.message import Message

DECREE = adopted.complaint(7)
LAST = "2026-03-11"  # seven working days after the Monday of the tests
NOTE = "adopted by this office, number SP-2026-000001, from Thursday, 1 January 2026"
ENGLISH = {"Accept-Language": "en"}


async def hear(front: Front, position: int, event: str, data: dict[str, Any]) -> None:
    lane_message = message(position, "standard", event, sender="integrity", **data)
    assert await front.office.store.receive("integrity", [lane_message], front.office.react) == position


async def adopt(front: Front, position: int, table: dict[str, Any], **changes: Any) -> None:
    await hear(front, position, "standard_adopted", adopted.adoption(table, **changes))


async def withdraw(front: Front, position: int, table: dict[str, Any], **changes: Any) -> None:
    await hear(front, position, "standard_withdrawn", adopted.withdrawal(table, **changes))


async def standard(front: Front, filed: Any) -> tuple[str, int]:
    answer = (await front.track(filed))["standard"]
    return answer["id"], answer["version"]


async def test_the_next_complaint_gets_the_adopted_period_and_the_open_one_keeps_its_own(
    front: Front,
) -> None:
    before = await front.file()
    promised = await due(front, before)
    await adopt(front, 1, DECREE)
    after = await front.file()
    assert (await due(front, after))[:10] == LAST
    assert await due(front, before) == promised > LAST
    assert await reopened(front, before) > await reopened(front, after)
    pinned = (await front.track(after))["standard"]
    assert (pinned["version"], pinned["pinned"], pinned["source_status"]) == (2, "by_content", "verified")
    assert pinned["digest"] == adopted.adoption(DECREE)["digest"]


async def test_the_public_pages_name_the_letter_instead_of_saying_that_it_is_not_law(front: Front) -> None:
    await adopt(front, 1, DECREE)
    home = (await front.client.get("/", headers=ENGLISH)).text
    complaints, questions = home.split("<h3>Questions</h3>")
    assert NOTE in complaints
    assert "not decided yet" not in complaints
    assert "not decided yet" in questions
    assert "7 working days" in complaints
    await adopt(front, 2, adopted.complaint(9, version=3, effective_from=date(2026, 2, 1)), number=None)
    assert (
        "(adopted by this office, from Sunday, 1 February 2026)"
        in (await front.client.get("/", headers=ENGLISH)).text
    )


async def test_the_case_says_to_its_citizen_and_to_officers_by_which_letter_it_is_promised(
    front: Front,
) -> None:
    before = await front.file()
    await adopt(front, 1, DECREE)
    after = await front.file()
    desk = [
        (await front.client.get(f"/desk/cases/{each['ticket']}", headers=ENGLISH | front.staff())).text
        for each in (before, after)
    ]
    assert [(NOTE in page, "not decided yet" in page) for page in desk] == [(False, True), (True, False)]
    tracked = [await front.track(each) for each in (before, after)]
    assert [each["standard"]["number"] for each in tracked] == [None, "SP-2026-000001"]
    await withdraw(front, 2, DECREE)
    assert (await front.track(after))["standard"]["number"] == "SP-2026-000001"
    form = {"ticket": after["ticket"], "code": after["code"]}
    assert (await front.client.post("/track", data=form)).status_code == 303
    page = await front.client.get(f"/track/{after['ticket']}", headers=ENGLISH)
    assert NOTE in page.text


async def test_the_entry_of_the_case_pins_what_the_adoption_before_it_names(front: Front) -> None:
    await adopt(front, 1, DECREE)
    filed = await front.file()
    messages = [Message.parse(row.message) for row in front.office.store.messages(0, 99)]
    [adoption] = [each for each in messages if each.data.get("number") == "SP-2026-000001"]
    [case] = [each for each in messages if each.subject == filed["ticket"]]
    assert case.data["standard"]["digest"] == adoption.data["digest"]
    assert adoption.position < case.position
    assert adoption.causation == str(UUID(int=1))  # the message of integrity


async def test_a_decree_holds_from_its_first_day_and_not_before(front: Front) -> None:
    await adopt(front, 1, adopted.complaint(7, effective_from=date(2026, 3, 3)))
    assert (await standard(front, await front.file()))[1] == 1
    front.clock.pass_days(1)
    assert (await standard(front, await front.file()))[1] == 2


async def test_what_was_heard_is_in_use_after_a_restart_without_a_bus(tmp_path: Path) -> None:
    async with opened(tmp_path) as front:
        await adopt(front, 1, DECREE)
        filed = await front.file()
        promised = await due(front, filed)
        entries = configurations(front)
    assert entries[-1] == ("adopted", "rancangan-pengaduan", 2, "now")
    async with opened(tmp_path) as front:
        assert configurations(front) == entries
        assert await due(front, filed) == promised == await due(front, await front.file())
        assert NOTE in (await front.client.get("/", headers=ENGLISH)).text
        [listed] = [
            each for each in (await front.client.get("/intake/api/configurations")).json() if each["number"]
        ]
        assert (listed["version"], listed["number"], listed["in_use"]) == (2, "SP-2026-000001", True)
        content = await front.client.get(f"/intake/api/configurations/{listed['digest']}")
        assert content.text == adopted.adoption(DECREE)["content"]


async def test_a_repeated_message_changes_nothing(front: Front) -> None:
    await adopt(front, 1, DECREE)
    entries = front.office.store.last()
    lane_message = message(1, "standard", "standard_adopted", sender="integrity", **adopted.adoption(DECREE))
    assert await front.office.store.receive("integrity", [lane_message], front.office.react) == 1
    await adopt(front, 2, DECREE)  # and the same once more, as a message of its own
    assert front.office.store.last() == entries


async def test_a_lost_message_is_noticed_and_waited_for(front: Front) -> None:
    later = message(2, "standard", "standard_adopted", sender="integrity", **adopted.adoption(DECREE))
    with pytest.raises(BlockedLaneError, match="The message before it, at 1, never came"):
        await front.office.store.receive("integrity", [later], front.office.react)
    assert (await standard(front, await front.file()))[1] == 1


async def test_a_withdrawn_decree_is_used_for_nothing_new_and_its_cases_keep_it(tmp_path: Path) -> None:
    newer = adopted.complaint(9, version=3, effective_from=date(2026, 2, 1))
    async with opened(tmp_path) as front:
        await adopt(front, 1, DECREE)
        await adopt(front, 2, newer, number="SP-2026-000002")
        filed = await front.file()
        promised = await due(front, filed)
        await withdraw(front, 3, newer)
        assert (await standard(front, await front.file()))[1] == 2  # the one that was in force before it
        await withdraw(front, 4, newer)
        await withdraw(front, 5, DECREE)
        assert (await standard(front, await front.file()))[1] == 1
        assert await due(front, filed) == promised
        await adopt(front, 6, DECREE)  # an old message again brings nothing back
        assert configurations(front, "standard")[-2:] == [
            ("withdrawn", "rancangan-pengaduan", 3, ""),
            ("withdrawn", "rancangan-pengaduan", 2, ""),
        ]
    async with opened(tmp_path) as front:
        assert (await standard(front, await front.file()))[1] == 1
        assert await due(front, filed) == promised
        assert await reopened(front, filed) == promised  # by the decree's own nine days


async def test_a_decree_that_was_taken_back_does_not_come_again_as_a_file(tmp_path: Path) -> None:
    async with opened(tmp_path) as front:
        await withdraw(front, 1, DECREE)  # of what never came here: nothing happens
        await adopt(front, 2, DECREE)
        await withdraw(front, 3, DECREE)
    office_with(rules(tmp_path), COMPLAINTS, NEXT, LONGER)
    with pytest.raises(
        ConfigurationChangedError, match="rancangan-pengaduan version 2 has had another content"
    ):
        async with opened(tmp_path):
            pass


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"digest": "0" * 64}, "has not the content of its digest 0000"),
        ({"content": "{}"}, "has not the content of its digest"),
        ({"version": 3}, "is named"),
        ({"effective_from": date(2026, 9, 1)}, "is named"),
        ({"effective_to": date(2026, 9, 1)}, "is named"),
        ({"service": "consultation"}, "is named"),
        ({"id": "another"}, "is named"),
    ],
)
async def test_a_message_that_is_not_what_it_says_stands_in_the_way(
    front: Front, changes: dict[str, Any], why: str
) -> None:
    before = front.office.store.last()
    with pytest.raises(BlockedLaneError, match=f"integrity 1 zi.integrity.standard_adopted: .*{why}"):
        await adopt(front, 1, DECREE, **changes)
    assert front.office.store.last() == before
    assert (await standard(front, await front.file()))[1] == 1


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (
            {"first_tier": {"product": "normative"}},
            "can't be decided by here. Choose one of the standard's kinds",
        ),
        ({"first_tier": {}}, "must state first_tier and process"),
        ({"process": {}}, "process"),
        ({"tiers": {}}, "tiers"),
    ],
)
async def test_a_decree_by_which_not_every_complaint_can_be_filed_is_refused(
    front: Front, change: dict[str, Any], why: str
) -> None:
    data = adopted.unread_adoption(DECREE | change)
    with pytest.raises(BlockedLaneError, match=why):
        await hear(front, 1, "standard_adopted", data)
    await front.file()


async def test_one_version_does_not_come_with_two_contents(front: Front) -> None:
    await adopt(front, 1, DECREE)
    with pytest.raises(BlockedLaneError, match="one version has one content"):
        await adopt(front, 2, adopted.complaint(60))
    with pytest.raises(BlockedLaneError, match="one version has one content"):
        await withdraw(front, 2, DECREE, digest="0" * 64)
    shipped = adopted.complaint(60, version=1)
    with pytest.raises(BlockedLaneError, match="one version has one content"):
        await adopt(front, 2, shipped)


async def test_decrees_about_other_services_are_not_of_intake(front: Front) -> None:
    before = front.office.store.last()
    await adopt(front, 1, adopted.decree("laboratory_tour", tiers={"answer": adopted.tier(3)}))
    await hear(front, 2, "standard_withdrawn", adopted.withdrawal(DECREE, service="mentoring"))
    assert front.office.store.last() == before


async def test_a_decree_on_questions_leaves_complaints_alone(front: Front) -> None:
    table = adopted.shipped("consultation")
    tiers = {name: {**each, **adopted.period(2)} for name, each in table["tiers"].items()}
    await adopt(front, 1, table | {"version": 2, "effective_from": adopted.FROM, "tiers": tiers})
    assert (await standard(front, await front.file()))[1] == 1
    question = await front.file(CONSULTATION, to="consultations")
    assert (await standard(front, question))[1] == 2


async def test_a_decree_that_was_changed_in_the_store_stops_the_start(tmp_path: Path) -> None:
    async with opened(tmp_path) as front:
        await adopt(front, 1, DECREE)
    database = Database(tmp_path / "intake" / "store.db")
    with database.transaction() as tx:
        tx.execute("UPDATE configurations SET content = ? WHERE version = 2", b"{}")
    database.close()
    with pytest.raises(LostConfigurationError, match="rancangan-pengaduan version 2"):
        async with opened(tmp_path):
            pass


async def test_a_decree_and_its_file_are_the_same_standard_once(tmp_path: Path) -> None:
    """An operator who also puts the decree among the files changes nothing, and taking the file away changes nothing either."""
    table = adopted.shipped("complaint") | {"version": 2}
    async with opened(tmp_path) as front:
        await adopt(front, 1, table)
    office_with(rules(tmp_path), COMPLAINTS, NEXT)
    async with opened(tmp_path) as front:
        assert configurations(front, "standard")[-1] == ("withdrawn", "rancangan-pengaduan", 1, "")
        assert "number SP-2026-000001" in (await front.client.get("/", headers=ENGLISH)).text
    (rules(tmp_path) / COMPLAINTS).unlink()
    async with opened(tmp_path) as front:
        assert configurations(front, "standard")[-1] == ("adopted", "rancangan-pengaduan", 1, "now")
        assert (await standard(front, await front.file()))[1] == 2
