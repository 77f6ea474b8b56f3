"""The office's rules as the service asks them: which hold for a case, its times, and how a number is written."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.umkm import steps as usual
from tests.umkm.steps import MONDAY, after, changed

from zi_contracts.umkm import RuleVersion
from zi_umkm.domain import errors
from zi_umkm.domain.rule_evaluation import pin_of, version_of
from zi_umkm.use_cases.rulebook import load_rulebook

RULES = load_rulebook(Path("no folder of the office"))
NOW = RULES.in_force(MONDAY)


def test_a_case_keeps_the_rules_of_its_triage() -> None:
    assert RULES.of(after(usual.REGISTER), MONDAY) == NOW
    triaged = after(*usual.ASSIGNED, changed(usual.TRIAGE, rules=pin_of(NOW, None)))
    assert RULES.of(triaged, MONDAY + timedelta(days=3_000)) == NOW


def test_the_checklist_in_force_comes_first_and_none_comes_twice() -> None:
    form = RULES.checklist_in_force(MONDAY)
    assert RULES.checklist(version_of(form)) == form
    result = usual.result().model_copy(update={"checklist": version_of(form)})
    assessed = after(*usual.TRIAGED, changed(usual.ASSESS, result=result))
    listed = RULES.checklists_for(assessed, MONDAY)
    assert listed[0] == form
    assert len({(each.id, each.version) for each in listed}) == len(listed) == len(RULES.checklists)
    with pytest.raises(errors.UnknownChecklistError):
        RULES.checklist(RuleVersion(id="nobody-has-it", version=1))


def test_every_term_ends_later_than_it_began() -> None:
    due, promised_by = RULES.correction_due(after(usual.REGISTER), MONDAY)
    terms = (RULES.silent_until, RULES.sleeps_until, RULES.check_due)
    assert min(due, *(term(MONDAY) for term in terms)) > MONDAY
    assert promised_by.rules.id == NOW.id
    assert promised_by.calendar.id == RULES.calendars.current.id


@pytest.mark.parametrize(
    ("number", "shape"),
    [
        ("MD 123456789012", "expected"),
        ("ML 123456789012", "unknown"),
        ("NA18201234567", "other_commodity"),
        ("nothing of ours", "unknown"),
    ],
)
def test_a_number_of_food_made_here_begins_with_md(number: str, shape: str) -> None:
    assert RULES.number_shape(number) == shape
    assert RULES.number_pin.id == RULES.numbers[0].id


def test_a_number_is_stored_in_one_spelling() -> None:
    assert RULES.written("md 123456789012") == RULES.written("MD123456789012")


def test_only_products_and_properties_of_the_rules_are_stated() -> None:
    RULES.refuse_unknown_goods(usual.BUSINESS, MONDAY)
    for wrong in (changed(usual.FISH, kind="gold"), changed(usual.FISH, traits=("shiny",))):
        with pytest.raises(errors.UnknownGoodsError):
            RULES.refuse_unknown_goods(changed(usual.BUSINESS, products=(wrong,)), MONDAY)


def test_only_documents_and_parts_of_a_label_that_are_required_are_taken() -> None:
    case = after(usual.REGISTER)
    RULES.refuse_unasked(frozenset({"layout"}), case, MONDAY, label=False)
    for codes, label in ((frozenset({"layout"}), True), (frozenset({"diary"}), False)):
        with pytest.raises(errors.NotAskedForError):
            RULES.refuse_unasked(codes, case, MONDAY, label=label)


def test_every_edition_of_the_rules_is_a_configuration_of_the_office() -> None:
    assert NOW.id in {each.id for each in RULES.configurations}
    assert "nunukan" in {each.code for each in RULES.districts}
