"""The state's further questions about a dossier: recorded once, answered once, reminded of before their day and missed after it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.umkm.steps import (
    ANSWERED_QUESTION,
    ASKED_QUESTION,
    CLOSE,
    MONDAY,
    NUMBER,
    PERMITTED,
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
)

from zi_chassis.domain import DomainError
from zi_umkm.domain import errors
from zi_umkm.domain.case import messages
from zi_umkm.domain.case import state_questions as questions
from zi_umkm.domain.case.decide import decide

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
