"""What is said of entries and of waiting."""

from functools import partial

import pytest

from zi_audit import words
from zi_audit.chain import Break
from zi_audit.halt import Reason
from zi_audit.looks import Purpose
from zi_audit.status import Fault
from zi_chassis.web.language import Catalogue
from zi_contracts.registry import MODELS
from zi_contracts.vault import AuditPurpose

english, indonesian = (partial(Catalogue("zi_audit").count, code) for code in ("en", "id"))


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 seconds"),
        (0.6, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (3_725, "1 hour 2 minutes"),
        (86_400, "1 day"),
        (90_061, "1 day 1 hour"),
        (86_460, "1 day"),
        (-5, "0 seconds"),
    ],
)
def test_a_duration_is_said_in_its_two_largest_units(seconds: float, said: str) -> None:
    assert words.duration(seconds, english) == said


def test_a_duration_is_said_in_indonesian_too() -> None:
    assert words.duration(176_400, indonesian) == "2 hari 1 jam"


def test_a_type_of_tomorrow_is_not_guessed() -> None:
    assert words.step("zi.umkm.case_opened") == words.step(None) == words.OTHERWISE


def test_every_type_that_is_published_has_its_words() -> None:
    told = {type_ for type_ in MODELS if words.step(type_) != words.OTHERWISE}
    assert told == set(MODELS)


def test_a_skip_is_said_whoever_skipped() -> None:
    assert words.step("zi.notify.message_skipped") == words.step("zi.intake.message_skipped") == words.SKIPPED


def test_every_break_fault_reason_and_purpose_has_its_words() -> None:
    assert set(words.BREAKS) == {each.value for each in Break}
    assert set(words.PURPOSES) == set(Purpose)
    assert set(words.FAULTS) == set(Fault)
    assert set(words.REASONS) == set(Reason)


def test_the_vault_knows_the_purposes_of_auditors() -> None:
    assert {purpose.value for purpose in Purpose} == set(AuditPurpose.__args__)  # type: ignore[attr-defined]
