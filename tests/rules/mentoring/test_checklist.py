"""Checklists as data: the forms in use are whole, and what no document says is not shown as law."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from tests.rules.mentoring.forms import INVENTED, NEWER, OLDER, THIRD

from zi_rules.mentoring.checklist import Checklist, load_checklists
from zi_rules.provenance import SourceStatus

SHIPPED = Path(str(files("zi_rules") / "data/mentoring/checklists/psb_2013.toml"))


def invented(**changes: Any) -> Checklist:
    return Checklist.model_validate(INVENTED | changes)


@pytest.mark.parametrize("form", [NEWER, OLDER])
def test_a_form_in_use_has_the_eighteen_aspects_each_with_an_item(form: Checklist) -> None:
    assert len(form.aspects) == 18
    assert {item.aspect for item in form.items} == {aspect.code for aspect in form.aspects}


def test_both_schemes_of_grades_are_in_use() -> None:
    assert [grade.code for grade in NEWER.grades] == ["minor", "major", "critical"]
    assert [grade.code for grade in OLDER.grades] == ["minor", "major", "serious", "critical"]
    assert (NEWER.phrasing, OLDER.phrasing) == ("positive", "negative")


def test_the_heaviest_grade_is_the_critical_one() -> None:
    assert [form.critical for form in (NEWER, OLDER, THIRD)] == ["critical", "critical", "grave"]


def test_thresholds_and_grades_that_no_document_shows_are_not_shown_as_law() -> None:
    assert NEWER.source_status is OLDER.source_status is SourceStatus.UNVERIFIED
    for form in (NEWER, OLDER):
        assert all(form.source_of(item).source_status is SourceStatus.UNVERIFIED for item in form.items)
    assert (NEWER.enough.rating, NEWER.enough.source_status) == ("b", SourceStatus.VERIFIED)


def test_an_item_says_the_document_that_confirms_it() -> None:
    by_code = {item.code: item for item in NEWER.items}
    assert "mouldy ceiling" in NEWER.source_of(by_code["langit_langit_bersih"]).source
    assert NEWER.source_of(by_code["saluran_air"]).source == NEWER.source


ITEM, *_ = INVENTED["items"]
GOLD, *_, TIN = INVENTED["ratings"]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"items": [ITEM, ITEM]}, "each of these must occur only once: bad_water"),
        ({"items": [ITEM | {"grades": ["huge"]}]}, "give grades that are there and are used: huge"),
        ({"ratings": [GOLD | {"most": {"huge": 1}}, TIN]}, "give grades that are there and are used: huge"),
        ({"items": [ITEM | {"aspect": "fire"}]}, "give aspects that are there and are used: fire, water"),
        (
            {"enough": INVENTED["enough"] | {"rating": "iron"}},
            "give ratings that are there and are used: iron",
        ),
        ({"ratings": [TIN, GOLD]}, "the last rating is for everybody"),
        ({"ratings": [TIN | {"most": {"grave": 3}}]}, "the last rating is for everybody"),
    ],
)
def test_a_form_that_contradicts_itself_is_refused(changes: dict[str, Any], complaint: str) -> None:
    enough = INVENTED["enough"] | {"rating": "tin"}
    with pytest.raises(ValidationError, match=complaint):
        invented(**{"enough": enough} | changes)


def test_a_form_survives_being_written_and_read() -> None:
    for form in (NEWER, OLDER, THIRD):
        assert Checklist.model_validate_json(form.model_dump_json()) == form


def test_an_office_adds_a_form_of_its_own_beside_the_shipped_ones(tmp_path: Path) -> None:
    office_form = (
        SHIPPED.read_text("utf-8")
        .replace("version = 1\n", "version = 2\n")
        .replace("2013-01-01", "2026-07-01")
    )
    (tmp_path / "mentoring/checklists").mkdir(parents=True)
    (tmp_path / "mentoring/checklists/own.toml").write_text(office_form, "utf-8")
    forms = load_checklists(tmp_path)
    assert sorted((each.id, each.version) for each in forms) == [
        ("penilaian_cppob", 1),
        ("psb_2013", 1),
        ("psb_2013", 2),
    ]
    assert list(load_checklists(None)) == [NEWER, OLDER]
