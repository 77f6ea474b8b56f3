"""The office's rules as the service asks them: which hold for a case, its times, and how a number is written."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from tests import adopted
from tests.umkm import steps as usual
from tests.umkm.steps import MONDAY, after, changed

from zi_contracts.configuration import Pin
from zi_contracts.umkm import RuleVersion
from zi_rules.mentoring.decreed import UnfitDecreeError
from zi_rules.period import WorkingDays
from zi_rules.standard import ServiceStandard, standard_content
from zi_umkm.domain import errors
from zi_umkm.domain.rule_evaluation import pin_of, version_of
from zi_umkm.domain.rulebook import MentoringRulebook, OutdatedGoodsError
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


def test_a_district_has_its_name_and_an_unlisted_one_keeps_its_code() -> None:
    district = RULES.districts[0]
    assert RULES.district_name(district.code) == district.name.id
    assert RULES.district_name("nobody-has-it") == "nobody-has-it"


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


def test_what_the_rules_no_longer_know_hinders_no_other_product_and_is_named_before_a_triage() -> None:
    old = changed(usual.FISH, traits=("smoked_over_coconut",))
    before = changed(usual.BUSINESS, products=(old,))
    with_another = changed(usual.BUSINESS, products=(old, usual.SAMBAL))
    RULES.refuse_unknown_goods(with_another, MONDAY, before)
    with pytest.raises(errors.UnknownGoodsError):
        RULES.refuse_unknown_goods(with_another, MONDAY, usual.BUSINESS)
    with pytest.raises(OutdatedGoodsError, match="about product 1:"):
        RULES.refuse_outdated_goods(with_another, MONDAY)
    RULES.refuse_outdated_goods(usual.BUSINESS, MONDAY)


def test_only_documents_and_parts_of_a_label_that_are_required_are_taken() -> None:
    case = after(usual.REGISTER)
    RULES.refuse_unasked(frozenset({"layout"}), case, MONDAY, label=False)
    for codes, label in ((frozenset({"layout"}), True), (frozenset({"diary"}), False)):
        with pytest.raises(errors.NotAskedForError):
            RULES.refuse_unasked(codes, case, MONDAY, label=label)


def test_every_edition_of_the_rules_is_a_configuration_of_the_office() -> None:
    assert NOW.id in {each.id for each in RULES.configurations}
    assert "nunukan" in {each.code for each in RULES.districts}


def test_the_districts_are_those_of_the_office() -> None:
    assert RULES.district_codes == tuple(each.code for each in RULES.districts)


def test_a_label_is_asked_for_what_fits_the_product() -> None:
    case = after(*usual.ASSIGNED, changed(usual.TRIAGE, rules=pin_of(NOW, None)))
    requirements = RULES.on_label(case, 1, MONDAY)
    assert {each.part.value for each in requirements} == {"label"}
    assert {each.code for each in requirements} < {each.code for each in NOW.requirements}


def test_a_self_assessment_is_enough_by_its_own_form() -> None:
    form = version_of(RULES.checklist_in_force(MONDAY))
    best = usual.result(rating="a").model_copy(update={"checklist": form})
    worst = usual.result(rating="d").model_copy(update={"checklist": form})
    assert not RULES.self_enough(after(*usual.TRIAGED))
    assert RULES.self_enough(after(*usual.TRIAGED, changed(usual.SELF, result=best)))
    assert not RULES.self_enough(after(*usual.TRIAGED, changed(usual.SELF, result=worst)))


def test_a_question_is_reminded_of_some_days_before_or_on_its_day() -> None:
    far, near = MONDAY + timedelta(days=60), MONDAY + timedelta(hours=1)
    assert MONDAY < RULES.question_reminder(far, MONDAY) < far
    assert RULES.question_reminder(near, MONDAY) == near


# -- the office's decree


@dataclass
class StoredDecree:
    """A decree as the service keeps it."""

    table: dict[str, Any]
    adopted_at: datetime = MONDAY
    ended_at: datetime | None = None
    number: str | None = "SP-2026-000001"

    @property
    def id(self) -> str:
        return str(self.table["decree_id"])

    @property
    def version(self) -> int:
        return int(self.table["version"])

    @property
    def content(self) -> bytes:
        return standard_content(self.table)


def decreed(*decrees: StoredDecree) -> MentoringRulebook:
    """The rules with these decrees, and an archive that has their content."""
    contents = {("standard", each.id, each.version): each.content for each in decrees}
    rules = load_rulebook(Path("no folder of the office"), lambda *key: contents.get(key))
    rules.standards.take(decrees)
    return rules


def test_a_case_is_judged_by_the_decree_of_its_triage_and_before_it_by_the_one_in_force() -> None:
    newer = adopted.mentoring(version=2, tiers={"correction": adopted.tier(4)})
    rules = decreed(StoredDecree(adopted.mentoring()), StoredDecree(newer))
    fresh = after(usual.REGISTER)
    assert (
        rules.of(fresh, MONDAY).correction.period
        == rules.in_force(MONDAY).correction.period
        == WorkingDays(4)
    )
    assert rules.in_force(MONDAY) is rules.in_force(MONDAY)
    decree = rules.decree_of(fresh, MONDAY)
    assert decree is not None
    assert decree.standard.version == 2
    pin = Pin(id="standar-mentoring", version=1)
    triaged = after(*usual.ASSIGNED, changed(usual.TRIAGE, rules=pin_of(NOW, pin)))
    assert rules.of(triaged, MONDAY).correction.period == WorkingDays(12)
    assert rules.decree_pin(triaged, MONDAY) == pin
    older = rules.decree_of(triaged, MONDAY)
    assert older is not None
    assert older.standard.version == 1
    due, promised_by = rules.correction_due(fresh, MONDAY)
    assert promised_by.standard == Pin(
        id="standar-mentoring", version=2, digest=sha256(standard_content(newer)).hexdigest()
    )
    assert due < rules.correction_due(triaged, MONDAY)[0]


def test_a_case_that_was_triaged_without_a_decree_never_gets_one() -> None:
    rules = decreed(StoredDecree(adopted.mentoring()))
    triaged = after(*usual.ASSIGNED, changed(usual.TRIAGE, rules=pin_of(NOW, None)))
    assert rules.of(triaged, MONDAY) == NOW
    assert rules.decree_of(triaged, MONDAY) is None
    assert rules.decree_pin(triaged, MONDAY) is None
    assert RULES.decree_pin(after(usual.REGISTER), MONDAY) is None


def test_a_moment_before_the_decree_was_heard_has_the_rules_alone() -> None:
    rules = decreed(StoredDecree(adopted.mentoring(tiers={"silence": adopted.tier(1)})))
    assert rules.silent_until(MONDAY) < RULES.silent_until(MONDAY)
    before = MONDAY - timedelta(seconds=1)
    assert rules.silent_until(before) == RULES.silent_until(before)


def test_a_decree_that_does_not_fit_the_rules_is_refused() -> None:
    fitting = ServiceStandard.model_validate(adopted.mentoring())
    RULES.refuse_unfit(fitting)
    unfit = ServiceStandard.model_validate(
        adopted.mentoring(tiers={"corection": adopted.tier(1)}, digest="c" * 64)
    )
    with pytest.raises(UnfitDecreeError, match="corection"):
        RULES.refuse_unfit(unfit)
