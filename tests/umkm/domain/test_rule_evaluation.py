"""The rules as shipped and the case together: from the answers on a device to a permit, by each form, and a third that is data only."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, get_args

import pytest
from tests.rules.mentoring.forms import FORMS, THIRD, all_well
from tests.umkm import steps as usual
from tests.umkm.steps import MONDAY, after, changed, item, mentor, named

from zi_contracts.umkm import MentoringState
from zi_rules.mentoring.assessment import Answers, ChecklistAnswer, score
from zi_rules.mentoring.checklist import Checklist
from zi_rules.mentoring.rule_set import load_mentoring_rules
from zi_umkm.domain import corrective_action as actions
from zi_umkm.domain import errors, visit
from zi_umkm.domain.case.decide import decide
from zi_umkm.domain.case.state import MentoringCase, MentoringStatus, initial
from zi_umkm.domain.rule_evaluation import (
    UnratedError,
    answers_of,
    missing_for_permit,
    missing_for_registration,
    outcomes,
    pin_of,
    ready,
    refuse_unfit,
    result_of,
    score_now,
    version_of,
)
from zi_umkm.domain.visit import Visit

(RULES,) = load_mentoring_rules()
BY_FORM = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)


def visited(form: Checklist, answers: Answers) -> Visit:
    """Filled in on a device, signed by both sides."""
    begin = visit.BeginVisit(
        by=mentor(),
        visit=named("first"),
        case=named("case"),
        ticket=usual.TICKET,
        assessor="official",
        checklist=version_of(form),
    )
    state = visit.initial
    for command in (begin, *(_answered(code, each) for code, each in answers.items())):
        for event in visit.decide(command, state):
            state = visit.evolve(state, event)
    return state


def _answered(code: str, answer: ChecklistAnswer) -> visit.AnswerItem:
    return visit.AnswerItem(
        by=mentor(), answer=named(code), item=code, said=answer.said, grade=answer.grade, claimed_at=MONDAY
    )


def with_critical_finding(form: Checklist) -> Answers:
    critical = next(each for each in form.items if form.critical in each.grades)
    wrong = ChecklistAnswer(said="no" if form.fulfilled == "yes" else "yes", grade=form.critical)
    return {**all_well(form), critical.code: wrong}


def assessed(form: Checklist, answers: Answers) -> MentoringCase:
    triage = changed(usual.TRIAGE, outcomes=outcomes(usual.BUSINESS, RULES), rules=pin_of(RULES, None))
    assess = changed(usual.ASSESS, result=result_of(form, answers_of(visited(form, answers))))
    return after(*usual.ASSIGNED, triage, assess)


@BY_FORM
def test_a_critical_finding_blocks_until_it_was_verified_and_then_the_rating_is_enough(
    form: Checklist,
) -> None:
    answers = with_critical_finding(form)
    state = assessed(form, answers)
    [blocked] = state.blocking
    with pytest.raises(errors.CriticalOpenError):
        decide(usual.APPLY, state)
    assert not score_now(form, answers, state).enough
    corrected = after(*corrections(blocked), state=state)
    assert score_now(form, answers, corrected) == score(form, all_well(form))
    assert after(usual.APPLY, state=corrected).status is MentoringStatus.PERMIT_APPLIED


def corrections(code: str) -> Sequence[actions.ActionCommands]:
    return [changed(each, item=code) for each in (usual.AGREE, usual.EVIDENCE, usual.VERIFY)]


@BY_FORM
def test_a_result_is_the_score_of_what_was_answered(form: Checklist) -> None:
    good = result_of(form, all_well(form))
    assert (good.points, good.rating, good.checklist) == (100, form.ratings[0].code, version_of(form))
    assert result_of(form, with_critical_finding(form)).critical == 1


def test_what_is_in_dispute_counts_for_nothing_yet() -> None:
    state = visited(THIRD, all_well(THIRD))
    other = changed(
        _answered("no_ice", ChecklistAnswer(said="yes")), answer=named("other"), by=mentor("mentor-dodi")
    )
    for event in visit.decide(other, state):
        state = visit.evolve(state, event)
    assert set(answers_of(state)) == {"bad_water", "wet_floor"}
    with pytest.raises(UnratedError, match=r"Answer no_ice\."):
        result_of(THIRD, answers_of(state))


@BY_FORM
def test_an_answer_that_the_form_does_not_know_is_refused_before_it_is_kept(form: Checklist) -> None:
    code, fits = next(iter(all_well(form).items()))
    refuse_unfit(form, code, fits)
    wrong = "no" if form.fulfilled == "yes" else "yes"
    with pytest.raises(errors.UnfitAnswerError):
        refuse_unfit(form, code, ChecklistAnswer(said=wrong, grade="of another form"))


def test_products_go_the_way_that_the_rules_say() -> None:
    first, second = outcomes(usual.TWO_PRODUCTS, RULES)
    assert (first.track, first.track_ruling, first.risk) == ("md", "outside_pirt", "medium_low")
    assert (second.track, second.track_ruling, second.risk) == ("pirt", "home_industry", "low")


def document(code: str) -> Any:
    return changed(usual.ADD_DOCUMENT, document=code, items=(item("attachment"),))


def test_everything_missing_for_the_permit_is_named_and_then_nothing_is() -> None:
    state = assessed(THIRD, all_well(THIRD))
    good = score(THIRD, all_well(THIRD))
    wanted = missing_for_permit(state, good, RULES, False)
    assert {"nib", "kbli", "layout", "self_assessment"} <= set(wanted)
    assert "cppob_reached" not in wanted
    assert "cppob_reached" in missing_for_permit(
        state, score(THIRD, with_critical_finding(THIRD)), RULES, False
    )
    number = changed(usual.RESTATE, business=usual.WITH_NUMBER)
    complete = after(number, usual.SELF, *(document(code) for code in wanted), state=state)
    assert missing_for_permit(complete, good, RULES, True) == ()


def test_a_self_assessment_below_b_is_none_for_a_product_of_medium_risk() -> None:
    state = after(usual.SELF, state=assessed(THIRD, all_well(THIRD)))
    good = score(THIRD, all_well(THIRD))
    assert "self_assessment" in missing_for_permit(state, good, RULES, self_enough=False)
    assert "self_assessment" not in missing_for_permit(state, good, RULES, self_enough=True)


def test_nothing_is_missing_for_a_permit_that_no_product_needs() -> None:
    good = score(THIRD, all_well(THIRD))
    assert missing_for_permit(after(*usual.ASSIGNED, usual.NOT_OURS), good, RULES, False) == ()


def test_a_dossier_is_complete_with_its_label_and_its_documents() -> None:
    state = assessed(THIRD, all_well(THIRD))
    [product] = state.triaged
    wanted = missing_for_registration(state, product, RULES)
    assert {"label_expiry", "label_storage", "lab_results", "composition"} <= set(wanted)
    labels = frozenset(code for code in wanted if code.startswith("label_") and code != "label_design")
    papers = [document(code) for code in wanted if code not in labels]
    whole = after(changed(usual.CHECK_LABEL, parts=labels), *papers, state=state)
    assert missing_for_registration(whole, product, RULES) == ()
    good, bad = (score(THIRD, each) for each in (all_well(THIRD), with_critical_finding(THIRD)))
    assert ready(state, product, good, RULES, False).share < ready(whole, product, good, RULES, False).share
    assert "cppob_reached" in {each.code for each in ready(whole, product, bad, RULES, False).missing}
    assert "cppob_reached" not in {each.code for each in ready(whole, product, good, RULES, False).missing}


def test_a_product_of_another_risk_than_its_permit_was_given_for_asks_for_what_that_permit_needs() -> None:
    """Whoever applied with a harmless product and makes another one now meets what the permit of that one needs."""
    harmless = changed(usual.BUSINESS, products=(changed(usual.FISH, traits=()),))
    [low], [risky] = (outcomes(each, RULES) for each in (harmless, usual.BUSINESS))
    assert low.risk != risky.risk
    state = replace(assessed(THIRD, all_well(THIRD)), permitted=frozenset({(1, low.risk)}))
    wanted = missing_for_registration(state, risky, RULES)
    assert {"standard_statement", "self_assessment", "label_expiry"} <= set(wanted)
    assert "cppob_reached" not in wanted
    covered = replace(state, permitted=frozenset({(1, risky.risk)}))
    assert "standard_statement" not in missing_for_registration(covered, risky, RULES)


def test_papers_of_a_product_prove_nothing_of_what_is_made_in_its_place() -> None:
    state = after(
        changed(document("composition"), product=1),
        changed(document("layout"), product=None),
        changed(usual.CHECK_LABEL, parts=frozenset({"label_expiry"})),
        state=assessed(THIRD, all_well(THIRD)),
    )
    assert {"composition", "layout", "label_expiry"} <= state.present(1)
    sambal = changed(usual.FISH, kind="sambal")
    other = after(changed(usual.RESTATE, business=changed(usual.BUSINESS, products=(sambal,))), state=state)
    assert {"composition", "layout", "label_expiry"} & other.present(1) == {"layout"}
    dyed = changed(usual.FISH, traits=(*usual.FISH.traits, "additives"))
    same = after(changed(usual.RESTATE, business=changed(usual.BUSINESS, products=(dyed,))), state=state)
    assert {"composition", "layout", "label_expiry"} <= same.present(1)


def test_what_a_product_must_prove_hangs_on_its_traits() -> None:
    state = assessed(THIRD, all_well(THIRD))
    [product] = state.triaged
    assert "additive_specification" not in missing_for_registration(state, product, RULES)
    assert state.business is not None
    dyed = changed(usual.FISH, traits=(*usual.FISH.traits, "additives"))
    stated = replace(state, business=changed(state.business, products=(dyed,)))
    assert "additive_specification" in missing_for_registration(stated, product, RULES)
    scored = score(THIRD, all_well(THIRD))
    assert (
        ready(stated, product, scored, RULES, False).share < ready(state, product, scored, RULES, False).share
    )


def test_a_product_that_is_gone_has_no_kind() -> None:
    for state in (initial, after(usual.REGISTER)):
        with pytest.raises(errors.UnknownProductError):
            state.stated(7)


def test_every_state_of_a_case_is_told_and_has_a_next_step() -> None:
    states = {status.value for status in MentoringStatus} - {"unknown"}
    assert set(get_args(MentoringState)) == states == set(RULES.steps)
