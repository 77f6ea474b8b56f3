"""Texts about entries and waiting."""

from functools import partial
from typing import Any, Literal, get_args, get_origin

import pytest

from zi_audit.domain.chain import Break
from zi_audit.domain.facets import FACETS, NAMES
from zi_audit.domain.question import ANY_ANOMALY, Wrong
from zi_audit.files.halt import Reason
from zi_audit.files.status import Fault
from zi_audit.web import facet_texts, texts
from zi_audit.web.access_log import AccessPurpose
from zi_chassis.web.language import Catalogue
from zi_contracts.registry import MODELS
from zi_contracts.vault import AuditPurpose

english, indonesian = (partial(Catalogue("zi_audit").count, code) for code in ("en", "id"))


@pytest.mark.parametrize(
    ("seconds", "text"),
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
def test_a_duration_is_said_in_its_two_largest_units(seconds: float, text: str) -> None:
    assert texts.duration(seconds, english) == text


def test_a_duration_is_said_in_indonesian_too() -> None:
    assert texts.duration(176_400, indonesian) == "2 hari 1 jam"


def test_every_break_fault_reason_and_purpose_has_its_words() -> None:
    assert set(texts.BREAKS) == {each.value for each in Break}
    assert set(texts.PURPOSES) == set(AccessPurpose)
    assert set(texts.FAULTS) == set(Fault)
    assert set(texts.REASONS) == set(Reason)


def test_every_break_can_be_asked_for() -> None:
    assert set(get_args(Wrong)) == {ANY_ANOMALY, *(each.value for each in Break)}


def test_the_vault_knows_the_purposes_of_auditors() -> None:
    assert {purpose.value for purpose in AccessPurpose} == set(AuditPurpose.__args__)  # type: ignore[attr-defined]


def test_every_facet_has_its_name() -> None:
    assert set(facet_texts.LABELS) >= set(NAMES)


def test_every_value_that_a_contract_names_has_its_words() -> None:
    """States are told by the sentence of the event."""
    wordless = {
        (facet.name, value)
        for facet in FACETS
        for path in facet.fields
        for value in literals(path)
        if facet.name != "state" and value not in facet_texts.VALUES.get(facet.name, {})
    }
    assert wordless == set()


def literals(path: str) -> set[str]:
    """The values that contracts list for this field."""
    [*parts, name] = path.split(".")
    found: set[str] = set()
    for model in MODELS.values():
        models: list[Any] = [model]
        for part in parts:
            models = [
                m
                for each in models
                if part in each.model_fields
                for m in inner(each.model_fields[part].annotation)
            ]
        for each in models:
            if name in each.model_fields:
                found |= set(named(each.model_fields[name].annotation))
    return found


def inner(annotation: Any) -> list[Any]:
    if hasattr(annotation, "model_fields"):
        return [annotation]
    return [model for each in get_args(annotation) for model in inner(each)]


def named(annotation: Any) -> list[str]:
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    return [value for each in get_args(annotation) if not isinstance(each, str) for value in named(each)]


def test_a_time_is_told_from_other_values() -> None:
    assert facet_texts.moment("2026-12-01T00:00:00Z") is not None
    for other in ("2026-12-01", "2026 boxes", "tarakan", 2026, None, "2026-12-01T00:00:00"):
        assert facet_texts.moment(other) is None
