"""The office's decree on mentoring, laid over the rules."""

from typing import Any

import pytest
from pydantic import ValidationError
from tests import adopted

from zi_rules.mentoring.decreed import UnfitDecreeError, decreed
from zi_rules.mentoring.next_step import next_step
from zi_rules.mentoring.readiness import readiness
from zi_rules.mentoring.rule_set import MentoringRules, Part, load_mentoring_rules
from zi_rules.period import CalendarDays, WorkingDays
from zi_rules.provenance import SourceStatus
from zi_rules.standard import ServiceStandard

(RULES,) = load_mentoring_rules()


def document(*codes: str, **more: Any) -> dict[str, Any]:
    return {"any_of": dict.fromkeys(codes, adopted.TEXT), **adopted.SOURCED, **more}


def fee(rupiah: int, **more: Any) -> dict[str, Any]:
    return {"rupiah": rupiah, **adopted.SOURCED, **more}


def under(**changes: Any) -> MentoringRules:
    table = adopted.mentoring(**changes)
    return decreed(RULES, ServiceStandard.model_validate(table))


def test_the_decree_gives_the_periods_that_it_states_and_the_rules_keep_the_others() -> None:
    rules = under(tiers={"correction": adopted.tier(12), "sleep": adopted.tier(100, "calendar_days")})
    assert rules.correction.period == WorkingDays(12)
    assert rules.correction.source.endswith("standar-mentoring 1")
    assert rules.correction.source_status is SourceStatus.VERIFIED
    assert rules.sleep.period == CalendarDays(100)
    assert (rules.silence, rules.later_check) == (RULES.silence, RULES.later_check)
    same = (rules.id, rules.version, rules.digest, rules.requirements, rules.referral, rules.fees)
    assert same == (RULES.id, RULES.version, RULES.digest, RULES.requirements, RULES.referral, RULES.fees)


def test_the_next_step_costs_what_the_decree_says() -> None:
    rules = under(fees={"permit": fee(30_000), "registration": fee(0, up_to=100_000)})
    permit, registration = (next_step(state, rules).cost for state in ("corrected", "permit_issued"))
    assert permit is not None
    assert registration is not None
    assert (permit.least, permit.most) == (15_000, 15_000)  # after the reduction of the rules
    assert (registration.least, registration.most) == (0, 50_000)


def test_a_part_that_the_decree_names_asks_for_its_documents_alone() -> None:
    for_water = document("water_report", only_for=["bottled_water", "high"])
    rules = under(documents={"permit": [document("layout"), for_water], "label": []})
    assert {each.code for each in rules.requirements if each.part is Part.PERMIT} == {
        "layout",
        "water_report",
    }
    assert not [each for each in rules.requirements if each.part is Part.LABEL]
    untouched = (Part.BUSINESS, Part.REGISTRATION)
    assert [each for each in rules.requirements if each.part in untouched] == [
        each for each in RULES.requirements if each.part in untouched
    ]

    def missing(product: str, risk: str) -> set[str]:
        found = readiness(product, risk, (), {"layout"}, rules, parts=(Part.PERMIT,))
        return {each.code for each in found.missing}

    assert missing("bottled_water", "high") == {"water_report"}
    assert missing("bottled_water", "low") == missing("cookies", "high") == set()


def test_a_document_for_a_trait_is_asked_of_products_that_have_it() -> None:
    rules = under(documents={"registration": [document("dye_report", only_for=["additives"])]})

    def missing(*traits: str) -> set[str]:
        found = readiness("sambal", "low", traits, (), rules, parts=(Part.REGISTRATION,))
        return {each.code for each in found.missing}

    assert missing("additives") == {"dye_report"}
    assert missing("bulk") == missing() == set()


def test_the_papers_for_the_health_office_are_a_track_too() -> None:
    assert [each.code for each in under(documents={"referral": [document("letter")]}).referral] == ["letter"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"tiers": {"corection": adopted.tier(3)}}, "no periods of the name corection"),
        ({"fees": {"stamp": fee(1)}}, "no fees of the name stamp"),
        ({"documents": {"permits": []}}, "no documents of the name permits"),
        (
            {"documents": {"permit": [document("a", only_for=["gold"])]}},
            "no risks, products and traits of the name gold",
        ),
        ({"documents": {"permit": [document("a", "b")]}}, "one document at a time.*: a, b"),
        ({"documents": {"permit": [document("a", per="item")]}}, "one document at a time"),
        ({"documents": {"permit": [document("a", when="rich")]}}, "one document at a time"),
        ({"documents": {"permit": [document("a", unless="rich")]}}, "one document at a time"),
        ({"documents": {"referral": [document("a", only_for=["drink"])]}}, "taken along for every product"),
    ],
)
def test_something_that_nobody_would_get_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(UnfitDecreeError, match=why):
        under(**changes)


def test_a_document_is_asked_for_once() -> None:
    with pytest.raises(ValidationError, match="must occur only once: layout"):
        under(documents={"permit": [document("layout"), document("layout")]})
