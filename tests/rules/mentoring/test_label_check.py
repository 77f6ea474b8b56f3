"""The office's rules for looking at a label: every part is judged, and left out only where the data allow it."""

import pytest
from pydantic import ValidationError

from zi_rules.mentoring.label_check import LabelCheckRules, UnfitLabelError, load_label_checks
from zi_rules.mentoring.rule_set import Part, load_mentoring_rules

RULES = load_label_checks()[0]


def test_every_part_of_a_label_that_the_rules_ask_for_says_what_to_look_for() -> None:
    codes = {
        each.code
        for rules in load_mentoring_rules()
        for each in rules.requirements
        if each.part is Part.LABEL
    }
    assert codes == {each.code for each in RULES.items}


def test_nothing_of_it_is_presented_as_law() -> None:
    assert RULES.source_status == "unverified"
    assert not RULES.second_look


def test_every_part_is_judged() -> None:
    with pytest.raises(UnfitLabelError) as refused:
        RULES.refuse_unjudged(("label_expiry", "label_halal"), {"label_expiry": "ok"})
    assert refused.value.items == ("label_halal",)
    RULES.refuse_unjudged(("label_expiry",), {"label_expiry": "not_ok"})


def test_a_part_is_left_out_only_where_the_data_allow_it() -> None:
    RULES.refuse_unjudged(("label_halal",), {"label_halal": "not_applicable"})
    for code in ("label_expiry", "label_of_another_office"):
        with pytest.raises(UnfitLabelError):
            RULES.refuse_unjudged((code,), {code: "not_applicable"})


def test_no_part_stands_there_twice() -> None:
    item = RULES.items[0].model_dump()
    with pytest.raises(ValidationError):
        LabelCheckRules.model_validate(
            {"id": "x", "version": 1, "source": "s", "source_status": "unverified", "items": [item, item]}
        )
