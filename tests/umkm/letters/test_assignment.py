"""The letter of assignment: as it was approved, in the wording of then, with officials as the office names them."""

from pathlib import Path

import pytest
from tests.umkm.domain import test_trip as usual
from tests.umkm.steps import changed, staff

from zi_chassis.settings import Settings
from zi_contracts.configuration import Pin
from zi_rules.data_files import place_of
from zi_rules.mentoring.assignment_letter import load_assignment_letter
from zi_rules.version import NoVersionError
from zi_umkm.domain.trip import Trip
from zi_umkm.letters.assignment import AssignmentLetters

SHIPPED = place_of("assignment_letter.toml", None)
OFFICIAL = """
[[officials]]
account = "mentor-ani"
name = "Ani Contoh"
position = "Pendamping"
nip = "199001012020122001"

[[officials]]
account = "officer-budi"
name = "Budi Contoh"
position = "Petugas"

[[officials]]
account = "head-wati"
name = "Wati Contoh"
position = "Kepala Balai Contoh"
"""


@pytest.fixture
def letters(tmp_path: Path) -> AssignmentLetters:
    return AssignmentLetters(Settings(service="umkm", data=tmp_path), load_assignment_letter())


def approved(letters: AssignmentLetters, by: str = "supervisor-eka", role: str = "supervisor") -> Trip:
    return usual.state_after(usual.PLAN, changed(usual.APPROVE, by=staff(by, role), wording=letters.pin))


def test_it_names_who_goes_where_and_nothing_of_a_business_but_its_ticket(letters: AssignmentLetters) -> None:
    content = letters.content(approved(letters), "Malinau")
    assert content is not None
    assert content["number"] == usual.NUMBER
    facts = {each["label"]["en"]: each["value"] for each in content["facts"]}
    assert facts["Dates"] == "14-12-2026 – 16-12-2026"
    assert facts["Departure"] == "14-12-2026 08.30 WITA"
    assert facts["Mentoring tickets"] == "A, B"
    assert content["approver"] == {"name": "supervisor-eka", "position": "Penyelia"}
    assert content["officials"]["list"][0] == {"name": "mentor-ani", "position": "–"}


def test_it_names_officials_as_the_office_does(tmp_path: Path) -> None:
    shipped = SHIPPED.read_text(encoding="utf-8")
    (tmp_path / "assignment_letter.toml").write_text(
        shipped.replace("version = 1", "version = 2", 1) + OFFICIAL, encoding="utf-8"
    )
    letters = AssignmentLetters(Settings(service="umkm", data=tmp_path), load_assignment_letter(tmp_path))
    content = letters.content(approved(letters, "head-wati", "head"), "Malinau")
    assert content is not None
    assert content["approver"] == {"name": "Wati Contoh", "position": "Kepala Balai Contoh"}
    assert content["officials"]["list"] == [
        {"name": "Ani Contoh", "position": "Pendamping, NIP 199001012020122001"},
        {"name": "Budi Contoh", "position": "Petugas"},
    ]
    unlisted = letters.content(approved(letters, "head-other", "head"), "Malinau")
    assert unlisted is not None
    assert unlisted["approver"]["position"] == "Kepala Balai"


def test_a_trip_that_is_not_approved_or_cancelled_has_none(letters: AssignmentLetters) -> None:
    cancelled = usual.state_after(usual.PLAN, usual.APPROVE, usual.CANCEL)
    for trip in (Trip(), usual.state_after(usual.PLAN), cancelled):
        assert letters.content(trip, "Malinau") is None
    assert letters.content(usual.state_after(usual.PLAN, usual.APPROVE), "Malinau") is not None


def test_a_wording_that_is_gone_is_not_replaced_by_another(letters: AssignmentLetters) -> None:
    pinned = changed(usual.APPROVE, wording=Pin(id="assignment_letter", version=9, digest="0" * 64))
    with pytest.raises(NoVersionError):
        letters.content(usual.state_after(usual.PLAN, pinned), "Malinau")


async def test_the_same_trip_gives_the_same_file(letters: AssignmentLetters) -> None:
    trip = approved(letters)
    try:
        first, second = await letters.file(trip, "Malinau"), await letters.file(trip, "Malinau")
        assert await letters.file(Trip(), "Malinau") is None
    finally:
        await letters.close()
    assert first is not None
    assert first.startswith(b"%PDF-")
    assert first == second


def test_a_wording_without_a_label_is_refused(tmp_path: Path) -> None:
    shipped = SHIPPED.read_text(encoding="utf-8")
    lacking = shipped.replace('departs = { id = "Berangkat", en = "Departure" }\n', "")
    (tmp_path / "assignment_letter.toml").write_text(lacking, encoding="utf-8")
    with pytest.raises(Exception, match="departs"):
        load_assignment_letter(tmp_path)
