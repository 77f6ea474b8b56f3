"""The attempts of a dishonest official with the office's files, calendar and store, and what becomes of a case that was received before."""

from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from tests.intake.front import Front, code, opened
from tests.rules.office_files import CALENDAR, CLOSED, COMPLAINTS, LONGER, NEXT, office_with

from zi_chassis.settings import NoRulesError
from zi_chassis.storage.archive import LostConfigurationError
from zi_chassis.storage.configuration import ConfigurationChangedError
from zi_chassis.storage.database import Database
from zi_contracts.intake import PinnedStandard
from zi_contracts.message import Message
from zi_intake import terms
from zi_intake.use_cases.office_lists import load_lists
from zi_rules.configuration import UnusableConfigurationError


def rules(folder: Path) -> Path:
    return folder / "rules"


def adopted(front: Front, kind: str = "") -> list[tuple[str, str, int, str]]:
    """Return the published configurations of intake: adopted or withdrawn, which, and since when."""
    messages = [Message.parse(row.message) for row in front.office.store.messages(0, 1_000)]
    return [
        (
            each.event.removeprefix("configuration_"),
            each.data["id"],
            each.data["version"],
            each.data.get("since", ""),
        )
        for each in messages
        if each.subject == "configuration" and kind in ("", each.data["kind"])
    ]


async def due(front: Front, filed: Any) -> str:
    due: str = (await front.track(filed))["due"]
    return due


async def reopened(front: Front, filed: Any) -> str:
    """Return the due date of a case that was reopened."""
    steps = (("acknowledge", None), ("assign", {"officer": "officer-ani"}), ("answer", {"text": "Selesai."}))
    await front.handled(filed, *steps)
    answer = await front.act(filed, "reopen", {"text": "Belum."}, code(filed))
    assert answer.status_code == 200, answer.text
    due: str = answer.json()["due"]
    return due


async def test_a_new_office_tells_the_ledger_what_it_decides_by_before_anything_else(tmp_path: Path) -> None:
    async with opened(tmp_path) as front:
        await front.file()
        first = [Message.parse(row.message) for row in front.office.store.messages(0, 99)]
        assert [each.event for each in first] == [*["configuration_adopted"] * 13, "complaint_filed"]
        assert {since for _, _, _, since in adopted(front)} == {"start"}
        pinned = first[-1].data["standard"]
        digests = {each.data["digest"] for each in first[:-1]}
        assert {pinned["digest"], pinned["calendar"]["digest"], pinned["holidays"]["digest"]} <= digests
    async with opened(tmp_path) as front:
        assert front.recorded == 1


async def test_a_standard_edited_in_place_stops_the_start_and_names_the_file(tmp_path: Path) -> None:
    async with opened(tmp_path) as front:
        filed = await front.file()
        promised = await due(front, filed)
    office_with(rules(tmp_path), COMPLAINTS, LONGER)
    with pytest.raises(ConfigurationChangedError) as refused:
        async with opened(tmp_path):
            pass
    assert str(refused.value).startswith(
        f"{rules(tmp_path) / COMPLAINTS} can't be used: standard rancangan-pengaduan version 1 has had another content"
    )
    assert str(refused.value).endswith("give the new one the version 2.")
    (rules(tmp_path) / COMPLAINTS).unlink()
    async with opened(tmp_path) as front:
        assert await due(front, filed) == promised
        assert len(adopted(front)) == 13


async def test_a_comment_in_a_file_stops_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path):
        pass
    file = office_with(rules(tmp_path), COMPLAINTS) / COMPLAINTS
    file.write_text(f"# Read on Monday.\n\n{file.read_text()}")
    async with opened(tmp_path) as front:
        assert len(adopted(front)) == 13


async def test_a_standard_with_a_new_version_is_an_entry_and_moves_no_case_of_before(tmp_path: Path) -> None:
    async with opened(tmp_path) as front:
        before, twin = await front.file(), await front.file()
        promised, again = await due(front, before), await reopened(front, twin)
    office_with(rules(tmp_path), COMPLAINTS, NEXT, LONGER)
    async with opened(tmp_path) as front:
        assert await due(front, before) == promised
        assert await reopened(front, before) == again
        assert await due(front, await front.file()) > "2027-04"
        assert adopted(front, "standard")[3:] == [
            ("adopted", "rancangan-pengaduan", 2, "now"),
            ("withdrawn", "rancangan-pengaduan", 1, ""),
        ]


async def test_days_that_the_office_closes_later_move_no_case_of_before(tmp_path: Path) -> None:
    async with opened(tmp_path) as front:
        before, twin = await front.file(), await front.file()
        again = await reopened(front, twin)
    closed = ("2026-12-02", "2026-03-04")
    office_with(rules(tmp_path), CALENDAR, CLOSED, closed)
    with pytest.raises(ConfigurationChangedError, match="calendar calendar version 1"):
        async with opened(tmp_path):
            pass
    office_with(rules(tmp_path), CALENDAR, CLOSED, closed, NEXT)
    async with opened(tmp_path) as front:
        assert await reopened(front, before) == again
        assert await due(front, await front.file()) > again
        assert adopted(front, "calendar")[1:] == [
            ("adopted", "calendar", 2, "now"),
            ("withdrawn", "calendar", 1, ""),
        ]


async def test_an_old_file_that_is_put_back_is_an_entry(tmp_path: Path) -> None:
    async with opened(tmp_path):
        pass
    file = office_with(rules(tmp_path), COMPLAINTS, NEXT, LONGER) / COMPLAINTS
    async with opened(tmp_path) as front:
        between = await front.file()
        promised = await due(front, between)
    file.unlink()
    async with opened(tmp_path) as front:
        assert adopted(front, "standard")[-2:] == [
            ("adopted", "rancangan-pengaduan", 1, "now"),
            ("withdrawn", "rancangan-pengaduan", 2, ""),
        ]
        assert await due(front, await front.file()) < "2026-07"
        assert await due(front, between) == promised
        assert (await reopened(front, between)) == promised


async def test_what_the_store_keeps_is_not_judged_by_after_somebody_changed_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as front:
        filed = await front.file()
        again = await reopened(front, await front.file())
    file = office_with(rules(tmp_path), COMPLAINTS, NEXT, LONGER) / COMPLAINTS
    async with opened(tmp_path):
        pass
    database = Database(tmp_path / "intake/store.db")
    with database.transaction() as tx:
        tx.execute("UPDATE configurations SET content = ? WHERE kind = 'standard'", b"{}")
    database.close()
    with pytest.raises(LostConfigurationError, match="rancangan-pengaduan version 1"):
        async with opened(tmp_path):
            pass
    second = file.read_text()
    file.unlink()  # so that the first one, which is shipped, is there to be kept again
    with pytest.raises(LostConfigurationError, match="rancangan-pengaduan version 2"):
        async with opened(tmp_path):
            pass
    file.write_text(second)
    async with opened(tmp_path) as front:
        assert await reopened(front, filed) == again


@pytest.fixture
def from_before(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A program that pinned no digest and recorded nothing of what it decided by; `undo` updates it."""
    named = terms._pin

    def without(*of: Any) -> PinnedStandard:
        pin = named(*of)
        return PinnedStandard(id=pin.id, version=pin.version, tier=pin.tier, source_status=pin.source_status)

    async def nothing(*of: Any) -> None:
        pass

    monkeypatch.setattr(terms, "_pin", without)
    monkeypatch.setattr("zi_intake.container.adopt", nothing)
    return monkeypatch


async def test_an_old_data_folder_starts_and_says_that_nobody_knows_since_when(
    tmp_path: Path, from_before: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path) as front:
        filed = await front.file()
        assert adopted(front) == []
    from_before.undo()
    async with opened(tmp_path) as front:
        assert {since for _, _, _, since in adopted(front)} == {"unknown"}
        assert (await front.track(filed))["state"] == "filed"
        assert await reopened(front, filed)


async def page(front: Front, path: str, **headers: str) -> str:
    answer = await front.client.get(path, headers={"Accept": "text/html", "Accept-Language": "en"} | headers)
    assert answer.status_code == 200, answer.text
    return answer.text


async def signed_in(front: Front, filed: Any) -> None:
    answer = await front.client.post("/track", data={"ticket": filed["ticket"], "code": filed["code"]})
    assert answer.status_code == 303, answer.text


async def test_a_case_from_before_says_so_at_the_desk_in_the_api_and_to_its_citizen(
    tmp_path: Path, from_before: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path) as front:
        old = await front.file()
    from_before.undo()
    async with opened(tmp_path) as front:
        new = await front.file()
        for filed, pinned in ((old, "before_digests"), (new, "by_content")):
            standard = (await front.track(filed))["standard"]
            assert (standard["pinned"], standard["id"]) == (pinned, "rancangan-pengaduan")
            assert (standard["digest"] is None) == (pinned == "before_digests")
            desk = await page(front, f"/desk/cases/{filed['ticket']}", **front.staff())
            assert ("received before the texts of standards were recorded" in desk) == (filed is old)
            await signed_in(front, filed)
            tracked_page = await page(front, f"/track/{filed['ticket']}")
            assert "What we promise: Draft service standard for complaints" in tracked_page
            assert ("its exact text was not kept in the ledger yet" in tracked_page) == (filed is old)
            assert "digest" not in tracked_page


async def test_a_case_whose_standard_nobody_has_is_told_and_not_judged_by_another(
    tmp_path: Path, from_before: pytest.MonkeyPatch
) -> None:
    """Received before contents were kept, and the file was replaced before the update."""
    async with opened(tmp_path) as front:
        filed = await front.file()
    from_before.undo()
    office_with(rules(tmp_path), COMPLAINTS, NEXT, LONGER)
    async with opened(tmp_path) as front:
        assert (await front.track(filed))["standard"]["title"] is None
        await front.handled(filed, ("acknowledge", None), ("assign", {"officer": "officer-ani"}))
        refused = await front.act(filed, "answer", {"text": "Selesai."})
        assert (refused.status_code, refused.json()["type"]) == (503, "urn:zona:problem:rules_lost")
        assert (await front.track(filed))["state"] == "assigned"


async def test_everybody_can_read_what_a_case_is_held_to(front: Front) -> None:
    pinned = (await front.track(await front.file()))["standard"]
    content = await front.client.get(f"/intake/api/configurations/{pinned['digest']}")
    assert orjson.loads(content.content)["decree_id"] == pinned["id"]
    listed: httpx.Response = await front.client.get("/intake/api/configurations")
    assert {
        *("standard", "calendar", "holidays", "districts", "topics", "emergency"),
        *("people", "appointed_topics", "disclosure", "referral_bodies", "information_refusals"),
    } == {each["kind"] for each in listed.json()}
    unknown = await front.client.get("/intake/api/configurations/nothing")
    assert unknown.status_code == 422


async def test_an_office_s_own_districts_are_asked_for(tmp_path: Path) -> None:
    office_with(rules(tmp_path), "districts.toml", ("Kota Tarakan", "Kota Contoh"))
    async with opened(tmp_path) as front:
        assert "Kota Contoh" in await page(front, "/complaints/new", **{"Accept-Language": "id"})


async def test_the_shipped_rules_never_stand_in_for_those_of_a_folder_that_is_not_there(
    tmp_path: Path,
) -> None:
    with pytest.raises(NoRulesError, match="there is no such folder"):
        async with opened(tmp_path, rules=tmp_path / "lost"):
            pass


async def test_a_file_that_can_not_be_used_is_named(tmp_path: Path) -> None:
    office_with(rules(tmp_path), CALENDAR, ("late_receipt", "late_reciept"))
    with pytest.raises(ValueError, match=r"calendar\.toml can't be used\. late_receipt: "):
        async with opened(tmp_path):
            pass


def test_an_appointment_for_a_topic_that_is_not_listed_is_refused(tmp_path: Path) -> None:
    appointed = '[[official]]\naccount = "ani"\nroles = ["officer"]\nappointed_for = ["gone"]\n'
    (tmp_path / "people.toml").write_text(f"version = 2\n{appointed}")
    with pytest.raises(UnusableConfigurationError, match="gone is not in appointed_topics"):
        load_lists(tmp_path)
