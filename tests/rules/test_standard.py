"""The standard in force on a day, its due dates, its 14 components, and the form in which it is sent."""

import json
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from zi_rules.calendar import Pause, load_calendar
from zi_rules.configuration import UnusableConfigurationError, canonical
from zi_rules.period import WorkingDays
from zi_rules.provenance import SourceStatus
from zi_rules.standard import (
    DELIVERY,
    MOST_CONTENT,
    Component,
    NoStandardError,
    OverlappingPausesError,
    ServiceKind,
    ServiceStandard,
    Term,
    UnknownTierError,
    due_date,
    load_standards,
    missing_components,
    standard_configuration,
    standard_content,
    standard_in_force,
)

CALENDAR = load_calendar()
STANDARDS = load_standards()
TODAY = date(2026, 7, 6)
COMPLAINT = standard_in_force(STANDARDS, ServiceKind.COMPLAINT, TODAY)
CONSULTATION = standard_in_force(STANDARDS, ServiceKind.CONSULTATION, TODAY)


def wita(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Makassar"))


def changed(**changes: Any) -> ServiceStandard:
    return ServiceStandard.model_validate(COMPLAINT.model_dump() | changes)


@pytest.mark.parametrize(
    ("tier", "due"),
    [
        ("normative", "2026-05-22T16:30"),
        ("without_inspection", "2026-06-09T16:00"),
        ("with_inspection", "2026-08-13T16:00"),
    ],
)
def test_a_complaint_is_due_by_its_tier(tier: str, due: str) -> None:
    assert due_date(COMPLAINT, tier, wita("2026-05-13T09:00"), CALENDAR) == wita(due)


@pytest.mark.parametrize(
    ("tier", "due"),
    [("desk", "2026-05-18T16:00"), ("information", "2026-05-22T16:30"), ("referred", "2026-06-03T16:00")],
)
def test_a_consultation_is_due_by_its_tier(tier: str, due: str) -> None:
    assert due_date(CONSULTATION, tier, wita("2026-05-13T09:00"), CALENDAR) == wita(due)


def test_the_clock_stops_while_the_applicant_owes_something() -> None:
    pauses = [
        Pause(began=wita("2026-07-07T10:00"), ended=wita("2026-07-09T10:00")),
        Pause(began=wita("2026-07-10T10:00"), ended=wita("2026-07-13T10:00")),
    ]
    assert due_date(COMPLAINT, "normative", wita("2026-07-06T09:00"), CALENDAR, pauses) == wita(
        "2026-07-16T16:00"
    )


def test_a_pause_after_a_missed_due_date_changes_nothing() -> None:
    pause = Pause(began=wita("2026-07-14T10:00"), ended=wita("2026-07-24T10:00"))
    assert due_date(COMPLAINT, "normative", wita("2026-07-06T09:00"), CALENDAR, [pause]) == wita(
        "2026-07-13T16:00"
    )


def test_overlapping_pauses_are_refused() -> None:
    pauses = [
        Pause(began=wita("2026-07-07T10:00"), ended=wita("2026-07-09T10:00")),
        Pause(began=wita("2026-07-08T10:00"), ended=wita("2026-07-13T10:00")),
    ]
    with pytest.raises(OverlappingPausesError) as refused:
        due_date(COMPLAINT, "normative", wita("2026-07-06T09:00"), CALENDAR, pauses)
    assert str(refused.value) == "Give the pauses in order, each beginning after the one before has ended."


def test_a_pause_may_begin_as_the_one_before_ends() -> None:
    first = Pause(began=wita("2026-07-07T10:00"), ended=wita("2026-07-08T10:00"))
    second = Pause(began=wita("2026-07-08T10:00"), ended=wita("2026-07-13T10:00"))
    whole = Pause(began=wita("2026-07-07T10:00"), ended=wita("2026-07-13T10:00"))
    received = wita("2026-07-06T09:00")
    assert due_date(COMPLAINT, "normative", received, CALENDAR, [first, second]) == due_date(
        COMPLAINT, "normative", received, CALENDAR, [whole]
    )


def test_an_unknown_tier_is_refused_with_those_that_exist() -> None:
    with pytest.raises(UnknownTierError, match="normative, without_inspection, with_inspection"):
        COMPLAINT.tier("urgent")


def test_a_new_case_starts_in_the_tier_of_its_kind() -> None:
    assert COMPLAINT.tier_at_filing("product") == "with_inspection"
    assert COMPLAINT.tier_at_filing("service") == "normative"
    assert CONSULTATION.tier_at_filing("consultation") == "information"


def test_an_unknown_kind_has_no_first_tier() -> None:
    with pytest.raises(UnknownTierError, match="product, service"):
        COMPLAINT.tier_at_filing("question")


@pytest.mark.parametrize("standard", STANDARDS, ids=lambda each: each.decree_id)
def test_the_process_waits_as_long_as_shipped(standard: ServiceStandard) -> None:
    process = standard.waits
    assert process.acknowledge.period == WorkingDays(3)
    assert process.citizen_completes.period == WorkingDays(10)
    assert process.silence_closes.period == WorkingDays(10)
    assert process.reopen.period == WorkingDays(10)


@pytest.mark.parametrize("standard", STANDARDS, ids=lambda each: each.decree_id)
def test_nothing_shipped_passes_for_law_and_everything_names_its_source(standard: ServiceStandard) -> None:
    process = standard.waits
    waits = [process.acknowledge, process.citizen_completes, process.silence_closes, process.reopen]
    terms: list[Term] = [*standard.tiers.values(), *waits]
    assert standard.source_status is SourceStatus.UNVERIFIED
    assert all(term.source_status is SourceStatus.UNVERIFIED and term.source for term in terms)


def test_a_standard_states_all_published_components() -> None:
    components = {part: text for part, text in COMPLAINT.components.items() if part is not Component.BIAYA}
    with pytest.raises(ValidationError, match="must state biaya"):
        changed(components=components)


def test_a_first_tier_must_exist() -> None:
    with pytest.raises(ValidationError, match="don't exist: urgent"):
        changed(first_tier={"product": "urgent"})


def test_a_standard_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValidationError, match="before it begins"):
        changed(effective_to=date(2023, 12, 31))


def test_a_later_decree_replaces_an_earlier_one_from_its_first_day() -> None:
    later = changed(version=2, effective_from=date(2026, 8, 1))
    standards = (later, *STANDARDS)
    assert standard_in_force(standards, ServiceKind.COMPLAINT, date(2026, 7, 31)) == COMPLAINT
    assert standard_in_force(standards, ServiceKind.COMPLAINT, date(2026, 8, 1)) == later


def test_a_standard_is_in_force_through_its_last_day() -> None:
    ended = changed(effective_to=TODAY)
    assert standard_in_force((ended,), ServiceKind.COMPLAINT, TODAY) == ended
    with pytest.raises(
        NoStandardError, match="publish a service standard for complaint that is in force on 2026-07-07"
    ):
        standard_in_force((ended,), ServiceKind.COMPLAINT, date(2026, 7, 7))


def shipped_complaint_text() -> str:
    shipped = files("zi_rules") / "data/demo/office/standards/complaint.toml"
    return shipped.read_text("utf-8")


def test_an_office_adds_its_own_decree_beside_the_shipped_ones(tmp_path: Path) -> None:
    office_standard = (
        shipped_complaint_text().replace("version = 1", "version = 2").replace("2024-01-01", "2026-07-01")
    )
    (tmp_path / "standards").mkdir()
    (tmp_path / "standards/complaint-2.toml").write_text(office_standard, "utf-8")
    standards = load_standards(tmp_path)
    assert len(standards) == len(STANDARDS) + 1
    assert standard_in_force(standards, ServiceKind.COMPLAINT, TODAY).version == 2


def test_an_office_file_of_the_same_name_replaces_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "standards").mkdir()
    (tmp_path / "standards/complaint.toml").write_text(
        shipped_complaint_text().replace("version = 1", "version = 7")
    )
    versions = {each.version for each in load_standards(tmp_path) if each.service is ServiceKind.COMPLAINT}
    assert versions == {7}


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("2024-01-01", "2026-07-01", "rancangan-pengaduan, 1"),
        ("version = 1", "version = 2", "complaint, 2024-01-01"),
    ],
)
def test_two_standards_that_can_not_be_told_apart_are_refused(
    tmp_path: Path, old: str, new: str, same: str
) -> None:
    (tmp_path / "standards").mkdir()
    (tmp_path / "standards/second.toml").write_text(shipped_complaint_text().replace(old, new), "utf-8")
    with pytest.raises(ValueError, match=f"^two service standards say the same {same}: give"):
        load_standards(tmp_path)


TEXT = {"id": "Isi.", "en": "Content."}
TERM = {"period": {"amount": 4, "unit": "working_days"}, "source": "Forum", "source_status": "unverified"}


def letters(**changes: Any) -> dict[str, Any]:
    """The terms of a decree about import letters; a change to None leaves a field out."""
    stated = {
        "service": "ski",
        "office": "Balai POM di Tarakan",
        "decree_id": "standar_ski",
        "decree_title": TEXT,
        "version": 1,
        "effective_from": "2026-08-01",
        "source": "Decree of the office",
        "source_status": "verified",
        "tiers": {"border": {**TERM, "title": TEXT}},
        "first_tier": {"ski_border": "border"},
        "documents": {
            "ski_border": [
                {"any_of": {"invoice": TEXT}, "source": "Decree", "source_status": "verified"},
            ]
        },
        "fees": {"ski_border.obat": {"rupiah": 50_000, "source": "Decree", "source_status": "verified"}},
        "components": {part.value: TEXT for part in Component},
    }
    return {field: value for field, value in (stated | changes).items() if value is not None}


def read_letters(**changes: Any) -> ServiceStandard:
    return ServiceStandard.model_validate(letters(**changes))


def test_a_standard_of_letters_states_documents_and_fees_and_needs_no_periods_of_a_case() -> None:
    standard = read_letters()
    assert standard.service is ServiceKind.SKI
    assert standard.documents["ski_border"][0].per == "application"
    assert standard.fees["ski_border.obat"].rupiah == 50_000
    with pytest.raises(NoStandardError, match="ski states no periods of a case"):
        assert standard.waits


def test_an_office_has_standards_for_services_of_its_own() -> None:
    standard = read_letters(service="laboratory_tour", documents=None, fees=None, first_tier=None)
    assert standard.service == "laboratory_tour"
    assert standard_in_force([standard], "laboratory_tour", date(2026, 8, 1)) == standard
    with pytest.raises(ValidationError):
        read_letters(service="Laboratory tour")


@pytest.mark.parametrize("without", ["first_tier", "process"])
def test_cases_of_complaints_and_questions_need_a_first_tier_and_their_periods(without: str) -> None:
    stated = COMPLAINT.model_dump(mode="json")
    del stated[without]
    with pytest.raises(ValidationError, match="for complaint must state first_tier and process"):
        ServiceStandard.model_validate(stated)


def test_a_standard_has_one_name() -> None:
    with pytest.raises(ValidationError, match="one name: standar_ski or another"):
        read_letters(id="another")


def test_a_fee_is_an_amount_or_a_range_upwards() -> None:
    sourced = {"rupiah": 5, "source": "Decree", "source_status": "verified"}
    assert read_letters(fees={"permit": {**sourced, "up_to": 5}}).fees["permit"].up_to == 5
    with pytest.raises(ValidationError, match="can't end below its beginning"):
        read_letters(fees={"permit": {**sourced, "up_to": 4}})


@pytest.mark.parametrize("track", ["", "Border", "ski_border.", "ski_border.obat.tablet"])
def test_a_track_is_a_kind_or_a_kind_and_its_goods(track: str) -> None:
    with pytest.raises(ValidationError):
        read_letters(fees={track: {"rupiah": 5, "source": "Decree", "source_status": "verified"}})


def test_to_adopt_it_all_14_components_are_needed_and_none_may_be_blank() -> None:
    assert len(Component) == 14
    assert missing_components(read_letters()) == ()
    assert missing_components(COMPLAINT) == tuple(part for part in Component if part not in DELIVERY)
    blank = {"biaya": {"id": "Gratis.", "en": " "}, "dasar_hukum": {"id": "", "en": "Law"}}
    parts = letters()["components"] | blank
    assert missing_components(read_letters(components=parts)) == (Component.BIAYA, Component.DASAR_HUKUM)


def test_a_standard_is_sent_in_one_form_and_read_from_it() -> None:
    content = standard_content(letters())
    configuration = standard_configuration(content, "a message")
    assert (configuration.kind, configuration.id, configuration.version) == ("standard", "standar_ski", 1)
    assert configuration.content == content
    assert configuration.effective_from == date(2026, 8, 1)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\xff", "is not JSON"),
        (b"{", "is not JSON"),
        (b"[" * MOST_CONTENT, "is not JSON"),
        (b"[]", "is not a table"),
        (b"{}", "can't be used"),
        (json.dumps(letters()).encode(), "not written in the canonical form"),
        (canonical(letters())[:-1] + b',"version":1}', "not written in the canonical form"),
        (canonical(letters(office="x" * MOST_CONTENT)), "longer than 24576 bytes"),
        (canonical(letters(tiers={})), "tiers"),
        (canonical(letters(surprise=1)), "surprise"),
        (canonical(letters(effective_from="first of August")), "effective_from"),
        (canonical(letters(effective_from="20260801")), "not written in the canonical form"),
        (canonical(letters(effective_from=None)), "effective_from"),
    ],
)
def test_what_is_no_standard_is_refused_with_the_reason(content: bytes, why: str) -> None:
    with pytest.raises(UnusableConfigurationError, match=f"^a message .*{why}"):
        standard_configuration(content, "a message")
