"""Questionnaires: those shipped, and what makes one unusable."""

from typing import Any

import pytest
from pydantic import ValidationError

from zi_rules.provenance import SourceStatus
from zi_rules.survey.questionnaire import Questionnaire, load_questionnaires

SHIPPED = {each.kind: each for each in load_questionnaires()}


def test_the_shipped_questionnaires_ask_what_the_rules_name() -> None:
    assert {kind: len(each.elements) for kind, each in SHIPPED.items()} == {
        "skm": 9,
        "spkp": 8,
        "spak": 5,
        "own": 3,
    }
    assert set(SHIPPED["skm"].codes) == {
        *("persyaratan", "prosedur", "waktu", "biaya", "produk"),
        *("kompetensi", "perilaku", "pengaduan", "sarana"),
    }


def test_what_nobody_decided_is_marked_as_the_office_s_choice() -> None:
    for each in SHIPPED.values():
        assert each.practice.source_status is SourceStatus.UNVERIFIED
        if each.kind != "skm":
            assert each.conversion.source_status is SourceStatus.UNVERIFIED


def test_the_cost_question_has_its_own_words() -> None:
    skm = SHIPPED["skm"]
    assert [each.en for each in skm.answers_of(skm.element("biaya"))] == [
        *("Very dear", "Rather dear", "Cheap", "Free of charge")
    ]
    spak = SHIPPED["spak"]
    assert spak.answers_of(spak.elements[0]) == spak.answers


def changed(**fields: Any) -> Questionnaire:
    return Questionnaire.model_validate({**SHIPPED["skm"].model_dump(), **fields})


@pytest.mark.parametrize(
    "fields",
    [
        {"elements": SHIPPED["skm"].elements[:1] * 2},
        {"grades": SHIPPED["skm"].grades[:1] * 2},
        {"answers": SHIPPED["skm"].answers[:3]},
        {"scale": 6, "answers": SHIPPED["spak"].answers, "elements": SHIPPED["spak"].elements},
        {"grades": SHIPPED["skm"].grades[:-1]},
        {"grades": SHIPPED["skm"].grades[::-1]},
        {"surprise": 1},
    ],
)
def test_a_questionnaire_that_contradicts_itself_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        changed(**fields)
