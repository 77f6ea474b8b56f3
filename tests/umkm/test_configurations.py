"""Mentored businesses when the office's rules or forms are replaced, honestly or not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.rules.office_files import NEXT, NEXT_MENTORING, office_with
from tests.umkm.calling import Calling
from tests.umkm.inside import opened
from tests.umkm.visiting import Visiting
from tests.web import browsing

from zi_chassis.storage.configuration import ConfigurationChangedError
from zi_contracts.message import Message
from zi_contracts.umkm import RuleVersion
from zi_rules.configuration import UnusableConfigurationError
from zi_umkm.domain import rule_evaluation

RULES, CHECKLIST = "mentoring/rules/rancangan.toml", "mentoring/checklists/penilaian_cppob.toml"
RENAMED = ("Penilaian penerapan CPPOB (tiga tingkat temuan)", "Penilaian baru")


@asynccontextmanager
async def started(folder: Path, positions: dict[str, int] | None = None) -> AsyncIterator[Visiting]:
    async with browsing.visited(opened(folder), folder) as visiting:
        visiting.inside.positions |= positions or {}
        yield visiting


def data_of(visiting: Visiting, *events: str) -> list[dict[str, Any]]:
    rows = visiting.inside.office.store.messages(0, 1_000)
    return [each.data for each in (Message.parse(row.message) for row in rows) if each.event in events]


async def test_a_business_is_judged_by_the_rules_and_the_form_that_it_was_begun_under(tmp_path: Path) -> None:
    """A new version in the place of the old file made every page of the case answer 500."""
    async with started(tmp_path) as visiting:
        request = await visiting.inside.mentored()
        await visiting.inside.visited(request)
        before = await Calling(visiting).read(request)
        positions = visiting.inside.positions
    office_with(tmp_path / "rules", RULES, NEXT_MENTORING)
    office_with(tmp_path / "rules", CHECKLIST, NEXT, RENAMED, ('code = "cuci_tangan"', 'code = "cuci"'))
    async with started(tmp_path, positions) as visiting:
        after = await Calling(visiting).read(request)
        same = ("rules", "pinned", "findings", "assessments", "missing_for_permit")
        assert {name: after[name] for name in same} == {name: before[name] for name in same}
        mentor = visiting.person("mentor-ani", "mentor")
        for page in ("", "/findings/cuci_tangan"):
            owner = await visiting.owner(request).get(f"/umkm/cases/{request.ticket}{page}")
            assert owner.status_code == 200
        desk = await mentor.get(f"/umkm/desk/cases/{request.ticket}")
        assert desk.status_code == 200
        assert "there is a place to wash hands" in desk.text  # what the form asked then, not a bare code
        await visiting.inside.put_right(request)
        assert (await visiting.inside.mentored("two")).ticket != request.ticket
        assert data_of(visiting, "products_triaged")[-1]["rules"]["version"] == 6


@pytest.mark.parametrize(
    ("file", "change"),
    [
        (RULES, ("Produk rumahan", "Semua produk")),
        (CHECKLIST, RENAMED),
        ("registration_numbers.toml", (r"\d{12}", r"\d{11}")),
        ("districts.toml", ("Kota Tarakan", "Kota Lain")),
        ("calendar.toml", ("16:30:00", "18:30:00")),
    ],
)
async def test_what_decides_about_businesses_does_not_change_in_place(
    tmp_path: Path, file: str, change: tuple[str, str]
) -> None:
    async with started(tmp_path):
        pass
    office_with(tmp_path / "rules", file, change)
    with pytest.raises(ConfigurationChangedError, match=file):
        async with started(tmp_path):
            pass


@pytest.mark.parametrize(("file", "newer"), [(RULES, NEXT_MENTORING), (CHECKLIST, NEXT)])
async def test_rules_of_a_later_day_do_not_start_alone(
    tmp_path: Path, file: str, newer: tuple[str, str]
) -> None:
    """Until then nobody could be mentored."""
    text = office_with(tmp_path / "rules", file, newer) / file
    begins = next(line for line in text.read_text("utf-8").splitlines() if line.startswith("effective_from"))
    office_with(tmp_path / "rules", file, newer, (begins, "effective_from = 2040-01-01"))
    with pytest.raises(UnusableConfigurationError, match="Keep the file of those that hold today"):
        async with started(tmp_path):
            pass


async def test_what_is_decided_by_rules_pins_them_and_the_days_that_they_count(tmp_path: Path) -> None:
    async with started(tmp_path) as visiting:
        request = await visiting.inside.mentored()
        await visiting.inside.visited(request)
        inside = visiting.inside
        await inside.office.mentoring.agree(request, inside.business(request), None, "cuci_tangan")
        due = inside.clock.now().replace(year=2027)
        await inside.office.mentoring.agree(request, inside.business(request), None, "fifo", due)
        adopted = {each["digest"] for each in data_of(visiting, "configuration_adopted")}
        [triaged] = data_of(visiting, "products_triaged")
        [begun] = data_of(visiting, "visit_begun")
        by_rules, chosen = data_of(visiting, "action_agreed")
        assert (triaged["rules"].pop("standard"), by_rules["promised_by"].pop("standard")) == (None, None)
        pins = (triaged["rules"], begun["checklist"], *by_rules["promised_by"].values())
        assert {each["digest"] for each in pins} <= adopted
        assert chosen["promised_by"] is None


async def test_a_case_from_before_digests_says_so_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(*of: Any) -> None:
        pass

    def without(rules: Any) -> RuleVersion:
        return RuleVersion(id=rules.id, version=rules.version)

    monkeypatch.setattr("zi_umkm.container.adopt", nothing)
    monkeypatch.setattr(rule_evaluation, "version_of", without)
    async with started(tmp_path) as visiting:
        request = await visiting.inside.mentored()
        await visiting.inside.assessed_itself(request)
        positions = visiting.inside.positions
    monkeypatch.undo()
    async with started(tmp_path, positions) as visiting:
        assert {each["since"] for each in data_of(visiting, "configuration_adopted")} == {"unknown"}
        case = await Calling(visiting).read(request)
        assert (case["pinned"]["pinned"], case["pinned"]["digest"]) == ("before_digests", None)
        desk = await visiting.person("mentor-ani", "mentor").get(f"/umkm/desk/cases/{request.ticket}")
        assert "before the texts of rules were recorded" in desk.text
        await visiting.inside.assessed_itself(request)
        assert len(data_of(visiting, "visit_finished")) == 1
