"""The data of compensation: an apology where the office has decided nothing, and rules that say nonsense are not read."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from zi_rules.compensation import CompensationRules, compensation_rules_of, load_compensation_rules

SHIPPED = load_compensation_rules()[0]


def changed(**changes: Any) -> CompensationRules:
    return CompensationRules.model_validate(SHIPPED.model_dump() | changes)


def test_an_office_that_has_decided_nothing_owes_an_apology() -> None:
    assert SHIPPED.owed == {}
    for service in ("complaint", "consultation", "mentoring", "ski", "ske", "another"):
        assert (SHIPPED.owed_for(service), SHIPPED.is_decided(service)) == (("apology",), False)


def test_a_decided_service_owes_what_was_decided() -> None:
    forms = SHIPPED.model_dump()["forms"] | {"souvenir": {"id": "Cendera mata", "en": "A souvenir"}}
    rules = changed(owed={"ski": ("souvenir",)}, forms=forms)
    assert (rules.owed_for("ski"), rules.is_decided("ski"), rules.is_decided("ske")) == (
        ("souvenir",),
        True,
        False,
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"owed": {"ski": ("souvenir",)}}, "forms must name souvenir"),
        ({"owed": {"ski": ()}}, "leave the service out"),
        ({"forms": {}}, "forms must name apology"),
        ({"causes": {}}, "at least one root cause"),
    ],
)
def test_rules_that_leave_something_open_are_not_read(changes: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        changed(**changes)


def test_the_newest_in_force_holds_and_before_all_of_them_the_newest_that_comes() -> None:
    old, new = changed(effective_from=date(2026, 1, 1)), changed(version=2, effective_from=date(2026, 7, 1))
    assert compensation_rules_of([old, new], date(2026, 3, 1)) == old
    assert compensation_rules_of([old, new], date(2026, 8, 1)) == new
    assert compensation_rules_of([old, new], date(2025, 8, 1)) == new


def test_an_office_brings_its_own(tmp_path: Path) -> None:
    assert load_compensation_rules(tmp_path)[0].digest == SHIPPED.digest
