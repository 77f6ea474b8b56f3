"""The state's further questions about a dossier: recorded once, answered once, reminded of before their day and missed after it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.umkm.steps import (
    ANSWERED_QUESTION,
    ASKED_QUESTION,
    CLOSE,
    CONFIRM,
    CORRECTED_DAY,
    MONDAY,
    NUMBER,
    PERMITTED,
    REFUTE,
    RETURN_REGISTRATION,
    SEND,
    SENT,
    WATCH_LATE,
    WATCH_QUESTION,
    after,
    changed,
    last,
    mentor,
    named,
    owner,
)

from zi_chassis.domain import Act, DomainError
from zi_umkm.domain import errors
from zi_umkm.domain.case import messages
from zi_umkm.domain.case import state_questions as questions
from zi_umkm.domain.case.decide import decide
from zi_umkm.domain.case.numbers import RegistrationNumberChecked

RECORDED = (*SENT, ASKED_QUESTION)


def refused(command: Any, *before: Any) -> type[DomainError]:
    with pytest.raises(DomainError) as raised:
        decide(command, after(*before))
    return type(raised.value)


def test_a_question_is_recorded_for_a_product_that_waits_for_its_number() -> None:
    event = last(*RECORDED)
    assert isinstance(event, questions.StateQuestionRecorded)
    assert (event.product, event.due) == (1, ASKED_QUESTION.due)
    assert decide(ASKED_QUESTION, after(*RECORDED)) == []
    assert refused(ASKED_QUESTION, *PERMITTED) is errors.NotSentError
    assert refused(changed(ASKED_QUESTION, by=mentor("mentor-dodi")), *SENT) is errors.NotTheMentorError


@pytest.mark.parametrize(
    "due", [MONDAY - timedelta(seconds=1), datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
)
def test_a_day_that_no_letter_names_is_refused(due: datetime) -> None:
    assert refused(changed(ASKED_QUESTION, due=due), *SENT) is questions.DayOfStateQuestionError
    assert decide(changed(ASKED_QUESTION, due=MONDAY), after(*SENT))


def test_it_is_answered_once_also_after_its_day() -> None:
    assert isinstance(last(*RECORDED, ANSWERED_QUESTION), questions.StateQuestionAnswered)
    assert decide(ANSWERED_QUESTION, after(*RECORDED, ANSWERED_QUESTION)) == []
    assert isinstance(last(*RECORDED, WATCH_LATE, ANSWERED_QUESTION), questions.StateQuestionAnswered)
    assert (
        refused(changed(ANSWERED_QUESTION, question=named("other")), *RECORDED) is errors.NoStateQuestionError
    )


def test_its_day_is_corrected_until_it_is_answered() -> None:
    event = last(*RECORDED, CORRECTED_DAY)
    assert isinstance(event, questions.StateQuestionCorrected)
    assert (event.product, event.former_due, event.due) == (1, ASKED_QUESTION.due, CORRECTED_DAY.due)
    [known] = after(*RECORDED, WATCH_QUESTION, CORRECTED_DAY).state_questions
    assert (known.due, known.is_reminded, len(known.items)) == (CORRECTED_DAY.due, False, 2)
    assert decide(CORRECTED_DAY, after(*RECORDED, CORRECTED_DAY)) == []
    assert refused(CORRECTED_DAY, *RECORDED, ANSWERED_QUESTION) is questions.StateQuestionAnsweredError
    assert refused(CORRECTED_DAY, *SENT) is errors.NoStateQuestionError
    early = changed(CORRECTED_DAY, due=MONDAY - timedelta(days=1))
    assert refused(early, *RECORDED) is questions.DayOfStateQuestionError
    assert refused(changed(CORRECTED_DAY, by=mentor("mentor-dodi")), *RECORDED) is errors.NotTheMentorError


def test_a_day_that_has_passed_is_corrected_by_the_other_side() -> None:
    """Otherwise whoever let it pass could move it, and nothing was missed."""
    late = ASKED_QUESTION.due + timedelta(hours=1)
    missed = (*RECORDED, WATCH_LATE)
    by_owner = changed(CORRECTED_DAY, by=owner(late))
    for before in (RECORDED, missed):
        assert refused(by_owner, *before) is questions.OwnDayOfStateQuestionError
    signed_in = changed(by_owner, by=Act(at=late, actor="applicant-sari", role="applicant"))
    with pytest.raises(questions.OwnDayOfStateQuestionError):
        questions.decide_question(signed_in, after(*missed))
    other = changed(by_owner, by=mentor(at=late))
    assert isinstance(last(*missed, other), questions.StateQuestionCorrected)
    [known] = after(*missed, other).state_questions
    assert (known.is_missed, known.recorded_by) == (False, "mentor-ani")
    again = changed(other, by=mentor(at=other.due + timedelta(hours=1)), due=other.due + timedelta(days=9))
    assert refused(again, *missed, other) is questions.OwnDayOfStateQuestionError


def test_it_is_reminded_of_once_and_missed_once() -> None:
    assert isinstance(last(*RECORDED, WATCH_QUESTION), questions.StateQuestionReminded)
    assert decide(WATCH_QUESTION, after(*RECORDED, WATCH_QUESTION)) == []
    assert isinstance(last(*RECORDED, WATCH_QUESTION, WATCH_LATE), questions.StateQuestionMissed)
    assert isinstance(last(*RECORDED, WATCH_LATE), questions.StateQuestionMissed)
    assert decide(WATCH_LATE, after(*RECORDED, WATCH_LATE)) == []


@pytest.mark.parametrize("end", [(ANSWERED_QUESTION,), (NUMBER,), (RETURN_REGISTRATION,), (CLOSE,)])
def test_nothing_is_reminded_of_once_nobody_waits_for_it(end: tuple[Any, ...]) -> None:
    assert decide(WATCH_LATE, after(*RECORDED, *end)) == []
    assert decide(changed(WATCH_LATE, question=named("other")), after(*RECORDED)) == []


def test_a_second_question_stands_beside_the_first() -> None:
    second = changed(ASKED_QUESTION, question=named("second"), due=ASKED_QUESTION.due + timedelta(days=5))
    case = after(*RECORDED, second, ANSWERED_QUESTION)
    answered, waits = case.state_questions
    assert answered.answered_at is not None
    assert waits.answered_at is None


def test_a_refuted_number_brings_the_open_questions_of_its_product_again() -> None:
    for open_, questions_ in ((RECORDED, [ASKED_QUESTION.question]), ((*RECORDED, ANSWERED_QUESTION), [])):
        event = last(*open_, NUMBER, REFUTE)
        assert isinstance(event, RegistrationNumberChecked)
        assert [each.question for each in event.questions] == questions_
        assert isinstance(last(*open_, NUMBER, CONFIRM), RegistrationNumberChecked)
    assert decide(WATCH_LATE, after(*RECORDED, NUMBER, REFUTE))


def test_a_product_that_is_sent_once_more_brings_its_open_questions_again() -> None:
    second = changed(ASKED_QUESTION, question=named("second"))
    returned = (*RECORDED, second, WATCH_QUESTION, RETURN_REGISTRATION)
    event = last(*returned, SEND)
    assert isinstance(event, messages.RegistrationSent)
    assert [(each.question, each.is_reminded) for each in event.questions] == [
        (ASKED_QUESTION.question, True),
        (second.question, False),
    ]
    event = last(*RECORDED, second, ANSWERED_QUESTION, RETURN_REGISTRATION, SEND)
    assert isinstance(event, messages.RegistrationSent)
    assert [each.question for each in event.questions] == [second.question]
    event = last(*RECORDED, WATCH_LATE, RETURN_REGISTRATION, SEND)
    assert isinstance(event, messages.RegistrationSent)
    assert event.questions == ()
