"""The answer to a letter of a referral: with the code that holds, once for each product, and never the last word about a number."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.umkm.steps import (
    ASSIGNED,
    CONFIRM_PIRT,
    GIVE_NUMBER,
    LETTER,
    NOT_OURS,
    PAUSE,
    QUESTION,
    RECEIVE,
    REFER,
    REFER_BY_LETTER,
    REFERRED_BY_LETTER,
    REFUSE_REFERRAL,
    RENEW_CODE,
    RESTATE,
    RETURN,
    SECOND_NOT_OURS,
    after,
    changed,
    last,
    mentor,
    named,
    staff,
)

from zi_chassis.domain import DomainError
from zi_umkm.domain import errors
from zi_umkm.domain.case import messages, numbers, referral
from zi_umkm.domain.case.decide import decide
from zi_umkm.domain.case.evolve import evolve
from zi_umkm.domain.case.status import MentoringStatus
from zi_umkm.domain.referral_code import LENGTH, code_digest, printed_code, referral_code, typed_code

TWO_THERE = (*ASSIGNED, RESTATE, NOT_OURS, SECOND_NOT_OURS, REFER_BY_LETTER)
FINAL = messages.CloseMentoring(by=mentor(), reason="business_stopped")


def refused(command: Any, *before: Any) -> type[DomainError]:
    with pytest.raises(DomainError) as raised:
        decide(command, after(*before))
    return type(raised.value)


def test_a_referral_with_a_letter_begins_its_code() -> None:
    event = last(*REFERRED_BY_LETTER)
    assert isinstance(event, messages.ProductsReferred)
    assert event.letter == LETTER
    letter = after(*REFERRED_BY_LETTER).referral
    assert letter is not None
    assert (letter.number, letter.products, letter.round) == (LETTER.number, (1,), 1)


def test_the_letter_names_its_products_by_number_and_one_from_before_in_its_own_order() -> None:
    backwards = (*ASSIGNED, RESTATE, SECOND_NOT_OURS, NOT_OURS)
    case = after(*backwards)
    assert case.to_refer == (1, 2)
    [event] = decide(REFER_BY_LETTER, case)
    assert isinstance(event, messages.ProductsReferred)
    assert event.products == (1, 2)
    before = evolve(case, event.model_copy(update={"products": (2, 1)})).referral
    assert before is not None
    assert before.products == (2, 1)


def test_a_referral_from_before_gets_its_letter_and_one_with_a_letter_no_other() -> None:
    before = after(*ASSIGNED, NOT_OURS, REFER)
    assert before.referral is None
    assert decide(REFER, before) == []
    [event] = decide(REFER_BY_LETTER, before)
    assert isinstance(event, messages.ProductsReferred)
    assert decide(REFER_BY_LETTER, after(*REFERRED_BY_LETTER)) == []


def test_that_the_letter_arrived_is_noted_once() -> None:
    assert isinstance(last(*REFERRED_BY_LETTER, RECEIVE), referral.ReferralReceived)
    assert decide(RECEIVE, after(*REFERRED_BY_LETTER, RECEIVE)) == []


def test_questions_may_come_again_and_keep_the_code() -> None:
    case = after(*REFERRED_BY_LETTER, QUESTION, QUESTION)
    assert case.referral is not None
    assert (case.referral.is_received, case.referral.has_questions) == (True, True)
    assert len(decide(GIVE_NUMBER, case)) == 2


def test_a_number_is_recorded_as_any_number_of_the_health_office_and_waits_for_an_official() -> None:
    answered, obtained = decide(GIVE_NUMBER, after(*REFERRED_BY_LETTER))
    assert isinstance(answered, referral.ReferralNumberGiven)
    assert isinstance(obtained, numbers.ReferredNumberObtained)
    case = after(*REFERRED_BY_LETTER, GIVE_NUMBER)
    assert (case.status, case.unchecked_numbers) == (MentoringStatus.NUMBER_OBTAINED, frozenset({1}))
    confirmed = after(CONFIRM_PIRT, state=case)
    assert confirmed.unchecked_numbers == frozenset()


def test_nobody_answers_twice_for_a_product() -> None:
    two = (*TWO_THERE, GIVE_NUMBER)
    assert decide(GIVE_NUMBER, after(*two)) == []
    assert refused(changed(GIVE_NUMBER, number="P-IRT4"), *two) is errors.ProductAnsweredError
    assert refused(REFUSE_REFERRAL, *two) is errors.ProductAnsweredError
    refusal = (*TWO_THERE, REFUSE_REFERRAL)
    assert refused(GIVE_NUMBER, *refusal) is errors.ProductAnsweredError


@pytest.mark.parametrize("final", [GIVE_NUMBER, REFUSE_REFERRAL])
def test_a_code_is_used_when_every_product_has_its_answer(final: Any) -> None:
    for command in (RECEIVE, QUESTION, REFUSE_REFERRAL, changed(GIVE_NUMBER, number="P-IRT9")):
        assert refused(command, *REFERRED_BY_LETTER, final) is errors.CodeUsedError


def test_a_code_answers_until_its_time_and_not_after() -> None:
    at = {"by": RECEIVE.by.model_copy(update={"at": LETTER.open_until})}
    assert decide(changed(RECEIVE, **at), after(*REFERRED_BY_LETTER))
    late = {"by": RECEIVE.by.model_copy(update={"at": LETTER.open_until + timedelta(seconds=1)})}
    assert refused(changed(RECEIVE, **late), *REFERRED_BY_LETTER) is errors.CodeExpiredError


def test_a_new_code_replaces_the_last_one_also_after_a_refusal() -> None:
    renewed = (*REFERRED_BY_LETTER, REFUSE_REFERRAL, RENEW_CODE)
    assert refused(RECEIVE, *renewed) is errors.CodeReplacedError
    again = changed(GIVE_NUMBER, code_digest=RENEW_CODE.code_digest)
    assert len(decide(again, after(*renewed))) == 2
    letter = after(*renewed).referral
    assert letter is not None
    assert (letter.round, letter.open_until) == (2, RENEW_CODE.open_until)


def test_a_refuted_number_is_answered_again_with_a_new_code_only() -> None:
    refuted = (*REFERRED_BY_LETTER, GIVE_NUMBER, changed(CONFIRM_PIRT, outcome="refuted"))
    anew = changed(GIVE_NUMBER, number="P-IRT5")
    assert refused(anew, *refuted) is errors.CodeUsedError
    assert decide(changed(anew, code_digest=RENEW_CODE.code_digest), after(*refuted, RENEW_CODE))


def test_only_its_mentor_makes_a_new_code_so_that_nobody_who_has_it_checks_the_number() -> None:
    other = changed(RENEW_CODE, by=mentor("mentor-dodi"))
    assert refused(other, *REFERRED_BY_LETTER) is errors.NotTheMentorError
    checks = changed(CONFIRM_PIRT, by=staff("mentor-ani", "officer"))
    give_number = changed(GIVE_NUMBER, code_digest=RENEW_CODE.code_digest)
    assert refused(checks, *REFERRED_BY_LETTER, RENEW_CODE, give_number) is errors.MentorChecksError


def test_no_code_is_made_for_a_letter_that_waits_for_nothing() -> None:
    assert refused(RENEW_CODE, *REFERRED_BY_LETTER, GIVE_NUMBER) is errors.ReferralOverError
    assert refused(RENEW_CODE, *REFERRED_BY_LETTER, RETURN) is errors.ReferralOverError


@pytest.mark.parametrize("end", [RETURN, FINAL])
def test_a_letter_ends_with_its_referral(end: Any) -> None:
    for command in (RECEIVE, QUESTION, REFUSE_REFERRAL, GIVE_NUMBER):
        assert refused(command, *REFERRED_BY_LETTER, end) is errors.ReferralOverError


def test_a_letter_that_was_never_written_or_is_another_answers_nothing() -> None:
    assert refused(RECEIVE, *ASSIGNED, NOT_OURS, REFER) is errors.ReferralOverError
    other = changed(RECEIVE, letter=named("other letter"))
    assert refused(other, *REFERRED_BY_LETTER) is errors.ReferralOverError


def test_the_second_letter_counts_after_the_business_came_back() -> None:
    second = LETTER.model_copy(update={"letter": named("second"), "code_digest": "e" * 64})
    anew = (*REFERRED_BY_LETTER, RETURN, NOT_OURS, changed(REFER, letter=second))
    assert refused(RECEIVE, *anew) is errors.ReferralOverError
    assert decide(changed(RECEIVE, letter=second.letter, code_digest="e" * 64), after(*anew))


def test_a_letter_whose_products_came_back_in_part_is_over_for_them() -> None:
    case = after(*TWO_THERE, GIVE_NUMBER, RETURN)
    assert case.referral is not None
    with pytest.raises(errors.CodeUsedError):
        decide(changed(RECEIVE), case)


def test_an_answer_wakes_a_sleeping_case_and_a_repeat_does_not() -> None:
    asleep = after(*REFERRED_BY_LETTER, RECEIVE, PAUSE)
    assert asleep.status is MentoringStatus.DORMANT
    assert decide(RECEIVE, asleep) == []
    woken, *rest = decide(GIVE_NUMBER, asleep)
    assert isinstance(woken, messages.MentoringResumed)
    assert len(rest) == 2
    assert after(GIVE_NUMBER, state=asleep).status is MentoringStatus.NUMBER_OBTAINED


def test_a_number_of_another_shape_is_refused() -> None:
    assert refused(changed(GIVE_NUMBER, shape="unknown"), *REFERRED_BY_LETTER) is errors.NumberShapeError


def test_the_request_of_an_answer_is_done_once() -> None:
    question = changed(QUESTION, request=named("request"))
    case = after(*REFERRED_BY_LETTER, question)
    assert decide(question, case) == []


# -- the code


def test_a_code_is_made_anew_from_the_secret_alone() -> None:
    code = referral_code(bytes(32), LETTER.letter, 1)
    assert (len(code), referral_code(bytes(32), LETTER.letter, 1)) == (LENGTH, code)
    others = {
        referral_code(bytes(32), LETTER.letter, 2),
        referral_code(bytes(32), named("other"), 1),
        referral_code(bytes(31) + b"1", LETTER.letter, 1),
    }
    assert len({code, *others}) == 4
    assert len(code_digest(code)) == 64


@given(st.uuids(), st.integers(min_value=1, max_value=99))
def test_a_printed_code_is_read_however_it_is_typed(letter: Any, round: int) -> None:
    code = referral_code(b"secret", letter, round)
    assert typed_code(printed_code(code)) == typed_code(f" {printed_code(code).lower()} ") == code
    assert typed_code(code.replace("0", "O").replace("1", "l")) == code
