"""The numbers of a case: a referral ends well with the health office's number, and a number counts once somebody else looked it up."""

import pytest
from tests.umkm.steps import (
    ADD_DOCUMENT,
    AGREE,
    APPLY,
    ASSIGN,
    ASSIGNED,
    CHECK,
    CLEAN,
    CLOSE,
    COLLEAGUE,
    CONFIRM,
    CONFIRM_BUSINESS,
    CONFIRM_PIRT,
    CORRECT,
    FISH,
    FIT,
    GRADUATE,
    GRADUATED,
    IDENTIFY,
    ISSUE,
    NOT_OURS,
    NUMBER,
    NUMBERED,
    ONLY_SECOND,
    OTHERWISE,
    PERMANENT,
    PIRT_NUMBER,
    REFER,
    REFERRED,
    REFUTE,
    REGISTERED_THERE,
    RELEASE,
    RESTATE,
    RETURN,
    SAMBAL,
    SECOND_NOT_OURS,
    SEND,
    SENT,
    SUPERVISOR,
    TRIAGE,
    TWO_PRODUCTS,
    VERIFY_ACCOUNT,
    WITH_NUMBER,
    after,
    changed,
    last,
    mentor,
    named,
    owner,
    triaged,
)

from zi_umkm.domain import errors
from zi_umkm.domain.case.decide import decide
from zi_umkm.domain.case.evolve import evolve
from zi_umkm.domain.case.messages import BusinessRestated
from zi_umkm.domain.case.numbers import RegistrationNumberCorrected
from zi_umkm.domain.case.state import MentoringStatus
from zi_umkm.domain.next_step import next_step, way

BOTH_THERE = (*ASSIGNED, RESTATE, NOT_OURS, SECOND_NOT_OURS, REFER)
MADE_OTHERWISE = changed(RESTATE, business=OTHERWISE)
SECOND = changed(PIRT_NUMBER, product=2, number="P-IRT2093471010002-29")
ONE_EACH = (*ASSIGNED, RESTATE, TRIAGE, SECOND_NOT_OURS, REFER)


# -- a referral that ends well


def test_the_number_of_the_health_office_ends_a_referral_well() -> None:
    case = after(*REGISTERED_THERE)
    assert (case.status, case.holder) == (MentoringStatus.NUMBER_OBTAINED, "office")
    assert case.all_numbers == {1: "P-IRT2093471010001-29"}
    assert next_step(case, permit_lacks=False, registration_lacks=False) == "await_number_check"
    graduated = after(*REGISTERED_THERE, CONFIRM_PIRT, GRADUATE)
    assert graduated.status is MentoringStatus.GRADUATED
    assert {stop.standing for stop in way(graduated)} == {"done"}
    assert next_step(graduated, permit_lacks=False, registration_lacks=False) == "done"


def test_the_way_to_the_health_office_shows_how_far_it_came() -> None:
    assert [stop.standing for stop in way(after(*REFERRED))] == ["done", "done", "done", "now", "ahead"]
    assert [stop.standing for stop in way(after(*REGISTERED_THERE))] == ["done"] * 4 + ["now"]


def test_no_last_visit_is_asked_of_a_business_that_bpom_never_visits() -> None:
    with pytest.raises(errors.NumberUncheckedError):
        decide(GRADUATE, after(*REGISTERED_THERE))
    with pytest.raises(errors.NotCheckedError):
        decide(GRADUATE, after(*NUMBERED, CONFIRM))


def test_a_referral_waits_for_every_number() -> None:
    assert after(*BOTH_THERE, PIRT_NUMBER).status is MentoringStatus.REFERRED
    assert after(*BOTH_THERE, PIRT_NUMBER, SECOND).status is MentoringStatus.NUMBER_OBTAINED


def test_what_came_back_is_decided_anew_and_what_is_registered_stays() -> None:
    back = after(*BOTH_THERE, PIRT_NUMBER, RETURN)
    assert back.status is MentoringStatus.REGISTERED
    assert ([each.product for each in back.triaged], back.referred_numbers.keys()) == ([1], {1})
    again = after(SECOND_NOT_OURS, REFER, state=back)
    assert (again.status, again.at_health_office) == (MentoringStatus.REFERRED, {2})
    assert after(SECOND, state=again).status is MentoringStatus.NUMBER_OBTAINED
    none = changed(SECOND_NOT_OURS, outcomes=(triaged(2, track="none", ruling="no_registration"),))
    assert after(none, state=back).status is MentoringStatus.NUMBER_OBTAINED


def test_nothing_comes_back_after_the_number_is_there() -> None:
    with pytest.raises(errors.NotReferredError):
        decide(RETURN, after(*REGISTERED_THERE))


def test_a_letter_names_no_product_that_has_its_number() -> None:
    case = after(*BOTH_THERE, PIRT_NUMBER, RETURN, SECOND_NOT_OURS)
    [event] = decide(REFER, case)
    assert event.model_dump()["products"] == (2,)
    assert decide(REFER, after(*REGISTERED_THERE)) == []


def test_a_number_of_the_health_office_opens_no_way_around_the_permit() -> None:
    new = changed(RESTATE, business=TWO_PRODUCTS)
    case = after(*REGISTERED_THERE, new, changed(TRIAGE, outcomes=(triaged(2),)))
    assert case.status is MentoringStatus.TRIAGED
    with pytest.raises(errors.NotAssessedError):
        decide(changed(SEND, product=2), case)
    with pytest.raises(errors.NotAssessedError):
        decide(APPLY, case)


def test_a_case_of_both_ways_goes_on_with_the_permit() -> None:
    second = changed(PIRT_NUMBER, product=2)
    case = after(*ONE_EACH, second)
    assert case.status is MentoringStatus.TRIAGED
    assert after(CLEAN, state=case).status is MentoringStatus.ASSESSED


def test_a_product_that_is_not_made_any_more_is_waited_for_no_more() -> None:
    only_second = changed(RESTATE, business=ONLY_SECOND)
    assert after(*BOTH_THERE, PIRT_NUMBER, only_second).status is MentoringStatus.REFERRED
    assert after(*BOTH_THERE, SECOND, only_second).status is MentoringStatus.NUMBER_OBTAINED
    assert after(*BOTH_THERE, PIRT_NUMBER, SECOND, only_second).unchecked_numbers == {2}


def test_a_referred_case_without_a_referred_product_is_stuck_no_more() -> None:
    other = SAMBAL.model_copy(update={"number": 3})
    restated = changed(RESTATE, business=WITH_NUMBER.model_copy(update={"products": (other,)}))
    assert after(*REFERRED, restated).status is MentoringStatus.REGISTERED


def test_a_referral_takes_documents_and_one_number_a_product() -> None:
    case = after(*REFERRED)
    assert decide(ADD_DOCUMENT, case)
    with pytest.raises(errors.NumberShapeError):
        decide(changed(PIRT_NUMBER, shape="unknown"), case)
    with pytest.raises(errors.NotReferredError):
        decide(changed(PIRT_NUMBER, product=2), case)
    with pytest.raises(errors.ReferredError):
        decide(TRIAGE, case)
    there = after(*REGISTERED_THERE)
    assert decide(PIRT_NUMBER, there) == []
    with pytest.raises(errors.OtherRegistrationNumberError):
        decide(changed(PIRT_NUMBER, number="P-IRT2093471010009-29"), there)


# -- numbers are looked up


def test_a_business_does_not_graduate_on_a_number_that_nobody_looked_up() -> None:
    with pytest.raises(errors.NumberUncheckedError):
        decide(GRADUATE, after(*NUMBERED, CHECK))
    assert decide(GRADUATE, after(*NUMBERED, CHECK, CONFIRM))


def test_a_number_that_nobody_looked_up_does_not_go_away_with_its_product() -> None:
    restated = changed(RESTATE, by=mentor(), business=ONLY_SECOND)
    case = after(*NUMBERED, CHECK, restated)
    with pytest.raises(errors.SkippedStepError):
        decide(GRADUATE, case)


@pytest.mark.parametrize("check", [CONFIRM, REFUTE])
def test_a_mentor_never_checks_the_numbers_of_the_business(check: object) -> None:
    both = mentor().model_copy(update={"role": "staff:officer"})
    with pytest.raises(errors.MentorChecksError):
        decide(changed(check, by=both), after(*NUMBERED))
    with pytest.raises(errors.MentorChecksError):
        decide(changed(check, by=both), after(*NUMBERED, RELEASE))
    elsewhere = changed(check, mentors=frozenset({COLLEAGUE.actor}))
    with pytest.raises(errors.MentorChecksError):
        decide(elsewhere, after(*NUMBERED))


def test_a_refuted_number_is_none() -> None:
    case = after(*NUMBERED, REFUTE)
    assert (case.status, case.sent, case.numbers) == (MentoringStatus.REGISTRATION, {1}, {})
    again = after(changed(NUMBER, number="MD123456789021"), state=case)
    assert (again.status, again.unchecked_numbers) == (MentoringStatus.NUMBER_OBTAINED, {1})
    there = after(*REGISTERED_THERE, CONFIRM_PIRT, changed(CONFIRM_PIRT, outcome="refuted"))
    assert (there.status, there.confirmed) == (MentoringStatus.REFERRED, frozenset())


def test_a_check_is_of_the_number_that_stands() -> None:
    with pytest.raises(errors.NoNumberToCheckError):
        decide(CONFIRM, after(*SENT))
    with pytest.raises(errors.OtherRegistrationNumberError):
        decide(CONFIRM, after(*NUMBERED, CORRECT))
    assert decide(CONFIRM, after(*NUMBERED, CONFIRM)) == []


def test_a_number_is_corrected_until_it_is_confirmed() -> None:
    corrected = last(*NUMBERED, CORRECT)
    assert isinstance(corrected, RegistrationNumberCorrected)
    assert (corrected.former, corrected.number) == ("MD123456789012", "MD123456789021")
    assert after(*NUMBERED, CORRECT).numbers == {1: "MD123456789021"}
    assert decide(CORRECT, after(*NUMBERED, CORRECT)) == []
    with pytest.raises(errors.NumberConfirmedError):
        decide(CORRECT, after(*NUMBERED, CONFIRM))
    with pytest.raises(errors.NoNumberToCheckError):
        decide(CORRECT, after(*SENT))
    with pytest.raises(errors.NumberShapeError):
        decide(changed(CORRECT, shape="unknown"), after(*NUMBERED))
    there = changed(CORRECT, number="P-IRT2093471010003-29")
    assert after(*REGISTERED_THERE, there).referred_numbers == {1: "P-IRT2093471010003-29"}
    with pytest.raises(errors.NotTheMentorError):
        decide(changed(CORRECT, by=mentor("mentor-dodi")), after(*NUMBERED))


def test_a_correction_leaves_the_other_products_unchecked_state_alone() -> None:
    case = after(*BOTH_THERE, PIRT_NUMBER, SECOND, CONFIRM_PIRT)
    assert case.unchecked_numbers == {2}


# -- a number is of the product that it was given to


def test_a_number_goes_when_its_product_is_made_in_another_way() -> None:
    case = after(*NUMBERED, CHECK, CONFIRM, MADE_OTHERWISE)
    assert (case.status, case.all_numbers, case.confirmed) == (MentoringStatus.PERMIT_ISSUED, {}, set())
    with pytest.raises(errors.NotSentError):
        decide(GRADUATE, case)
    with pytest.raises(errors.NotTriagedError):
        decide(SEND, case)
    again = after(TRIAGE, SEND, changed(NUMBER, number="MD123456789099"), CHECK, state=case)
    assert (again.status, again.unchecked_numbers) == (MentoringStatus.NUMBER_OBTAINED, {1})


def test_a_new_name_leaves_a_number_where_it_is() -> None:
    renamed = WITH_NUMBER.model_copy(update={"products": (changed(FISH, items=()),)})
    case = after(*NUMBERED, CHECK, CONFIRM, changed(RESTATE, business=renamed))
    assert (case.numbers.keys(), case.confirmed) == ({1}, {1})
    assert decide(GRADUATE, case)


def test_a_product_of_the_health_office_that_changed_is_referred_again() -> None:
    case = after(*REGISTERED_THERE, CONFIRM_PIRT, MADE_OTHERWISE, NOT_OURS)
    assert (case.status, case.all_numbers, case.confirmed) == (MentoringStatus.TRIAGED, {}, set())
    assert after(REFER, state=case).status is MentoringStatus.REFERRED


def test_the_numbers_of_the_others_stay() -> None:
    both = after(*NUMBERED, RESTATE, SECOND_NOT_OURS, REFER, SECOND)
    gone = after(changed(RESTATE, business=ONLY_SECOND), state=both)
    assert (gone.status, gone.all_numbers.keys()) == (MentoringStatus.NUMBER_OBTAINED, {2})
    ours = after(changed(RESTATE, business=WITH_NUMBER), state=both)
    assert (ours.status, ours.all_numbers.keys()) == (MentoringStatus.NUMBER_OBTAINED, {1})


def test_a_number_of_bpom_takes_the_place_of_one_of_the_health_office_and_is_looked_up() -> None:
    case = after(
        *REGISTERED_THERE, CONFIRM_PIRT, TRIAGE, CLEAN, APPLY, VERIFY_ACCOUNT, FIT, ISSUE, SEND, NUMBER, CHECK
    )
    assert (case.all_numbers, case.unchecked_numbers) == ({1: NUMBER.number}, {1})
    assert not case.at_health_office
    with pytest.raises(errors.NumberUncheckedError):
        decide(GRADUATE, case)
    assert decide(GRADUATE, after(CONFIRM, state=case))


def test_the_health_office_gives_no_number_to_a_product_of_bpom() -> None:
    case = after(*NUMBERED, CONFIRM, NOT_OURS, REFER)
    with pytest.raises(errors.OtherRegistrationNumberError):
        decide(PIRT_NUMBER, case)


def test_a_product_that_changed_in_registration_is_triaged_and_sent_anew_before_its_number() -> None:
    changed_there = after(*SENT, MADE_OTHERWISE)
    assert (changed_there.status, changed_there.sent) == (MentoringStatus.PERMIT_ISSUED, set())
    for before in ((), (TRIAGE,)):
        with pytest.raises(errors.NotSentError):
            decide(NUMBER, after(*SENT, MADE_OTHERWISE, *before))
    with pytest.raises(errors.MissingRequirementsError):
        decide(changed(SEND, missing=("additive_specification",)), after(*SENT, MADE_OTHERWISE, TRIAGE))
    assert decide(NUMBER, after(*SENT, MADE_OTHERWISE, TRIAGE, SEND))


def test_a_refuted_number_that_outlived_its_product_is_replaced_after_a_new_triage() -> None:
    """Events of a time that took no number away leave it with a product that is made in another way."""
    former = BusinessRestated(by=owner(), business=OTHERWISE)
    case = after(REFUTE, state=evolve(after(*NUMBERED), former))
    with pytest.raises(errors.NotTriagedError):
        decide(NUMBER, case)
    assert decide(NUMBER, after(TRIAGE, state=case))


# -- what is found out after the end


def test_a_number_is_refuted_after_graduation_and_its_product_is_registered_anew() -> None:
    case = after(*GRADUATED, REFUTE)
    assert (case.status, case.numbers, case.refuted) == (MentoringStatus.REGISTRATION, {}, {1: NUMBER.number})
    again = changed(NUMBER, number="MD123456789099")
    numbered = after(again, state=case)
    assert (numbered.status, numbered.refuted) == (MentoringStatus.NUMBER_OBTAINED, {})
    confirmed = changed(CONFIRM, number="MD123456789099")
    assert (
        after(changed(CHECK, visit=named("again")), confirmed, GRADUATE, state=numbered).status
        is MentoringStatus.GRADUATED
    )


def test_a_number_of_the_health_office_is_refuted_after_graduation() -> None:
    graduated = after(*REGISTERED_THERE, CONFIRM_PIRT, GRADUATE)
    refuted = after(changed(CONFIRM_PIRT, outcome="refuted"), state=graduated)
    assert (refuted.status, refuted.all_numbers) == (MentoringStatus.REFERRED, {})
    assert after(PIRT_NUMBER, state=refuted).refuted == {}


def test_a_number_is_refuted_in_a_closed_case_which_stays_closed() -> None:
    case = after(*NUMBERED, CONFIRM, CLOSE, REFUTE)
    assert (case.status, case.all_numbers, case.confirmed) == (MentoringStatus.CLOSED, {}, set())


def test_nobody_who_mentored_it_checks_a_number_after_the_end_either() -> None:
    with pytest.raises(errors.MentorChecksError):
        decide(changed(REFUTE, mentors=frozenset({COLLEAGUE.actor})), after(*GRADUATED))


def test_a_business_number_is_refuted_and_corrected_after_graduation() -> None:
    case = after(*GRADUATED, IDENTIFY, changed(CONFIRM_BUSINESS, outcome="refuted"))
    assert (case.status, case.business_number) == (MentoringStatus.GRADUATED, "refuted")
    corrected = after(changed(IDENTIFY, business_ref="d" * 64), state=case)
    assert (corrected.status, corrected.business_number) == (MentoringStatus.GRADUATED, "unchecked")


# -- the number of the business itself


def test_a_wrong_business_number_is_missing_until_it_is_corrected() -> None:
    known = (*ASSIGNED, IDENTIFY)
    refuted = after(*known, changed(CONFIRM_BUSINESS, outcome="refuted"))
    assert "nib" in after(*known).present(1)
    assert "nib" not in refuted.present(1)
    corrected = after(changed(IDENTIFY, business_ref="d" * 64), state=refuted)
    assert (corrected.business_number, "nib" in corrected.present(1)) == ("unchecked", True)
    assert after(*known, CONFIRM_BUSINESS).business_number == "confirmed"


def test_a_business_number_is_checked_as_it_stands_and_by_others() -> None:
    known = after(*ASSIGNED, IDENTIFY)
    with pytest.raises(errors.NoNumberToCheckError):
        decide(CONFIRM_BUSINESS, after(*ASSIGNED))
    with pytest.raises(errors.OtherBusinessNumberError):
        decide(changed(CONFIRM_BUSINESS, business_ref="d" * 64), known)
    with pytest.raises(errors.MentorChecksError):
        decide(changed(CONFIRM_BUSINESS, mentors=frozenset({COLLEAGUE.actor})), known)
    confirmed = after(*ASSIGNED, IDENTIFY, CONFIRM_BUSINESS)
    assert decide(CONFIRM_BUSINESS, confirmed) == []
    assert decide(changed(CONFIRM_BUSINESS, by=SUPERVISOR, outcome="refuted"), confirmed)
    assert confirmed.business_ref == PERMANENT


def test_a_mentor_can_be_given_while_the_health_office_has_the_case() -> None:
    assert decide(changed(ASSIGN, by=SUPERVISOR, mentor="mentor-dodi"), after(*REFERRED))
    with pytest.raises(errors.ReferredError):
        decide(AGREE, after(*REFERRED))
