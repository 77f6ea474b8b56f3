"""The wording of the letter of assignment: every label in both languages, and officials by their accounts."""

from typing import Any

import pytest
from pydantic import ValidationError

from zi_rules.mentoring.assignment_letter import AssignmentLetterWording, load_assignment_letter

OFFICIAL = {
    "account": "mentor-ani",
    "name": "Ani Contoh",
    "position": "Pengawas",
}


def changed(**changes: Any) -> AssignmentLetterWording:
    [wording] = load_assignment_letter()
    return AssignmentLetterWording.model_validate(wording.model_dump() | changes)


def test_an_official_is_found_by_the_account() -> None:
    wording = changed(officials=[OFFICIAL])
    found = wording.official("mentor-ani")
    assert found is not None
    assert (found.account, found.nip) == ("mentor-ani", None)
    assert wording.official("mentor-dodi") is None


def test_a_label_that_is_missing_is_named() -> None:
    [wording] = load_assignment_letter()
    labels = dict(wording.model_dump()["labels"])
    del labels["officials"]
    with pytest.raises(ValidationError, match=r"labels\.officials"):
        changed(labels=labels)


def test_an_account_stands_once() -> None:
    with pytest.raises(ValidationError):
        changed(officials=[OFFICIAL, OFFICIAL])
