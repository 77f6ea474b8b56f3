"""The state's further questions about a dossier that was sent to be registered, each with the day that its letter names.

The business or its mentor records a question, corrects its day and records that it was answered; two timers remind of it and record that
its day passed. Nobody moves a day that has passed and that they recorded themselves; the business is the same whether it is signed in or has
the code of its ticket. Pure.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, assert_never
from uuid import UUID

from zi_chassis.domain import CITIZENS, Act, DomainError, Parties, Value, officials, services
from zi_contracts.intake import Items
from zi_contracts.umkm import QuestionDayReason
from zi_umkm.domain import errors
from zi_umkm.domain.case.envelope import MentoringCommand, MentoringEvent
from zi_umkm.roles import MENTORING

if TYPE_CHECKING:
    from zi_umkm.domain.case.state import MentoringCase


LAST_YEAR = 2099


class DayOfStateQuestionError(DomainError):
    def __init__(self, last: int) -> None:
        super().__init__(
            "Give the day as the letter of the state names it: from today on, and not after {last}.",
            last=last,
        )


class StateQuestionAnsweredError(errors.MentoringError):
    sentence = "This question was answered: its day does not matter any more."


class OwnDayOfStateQuestionError(errors.MentoringError):
    sentence = "You recorded this day yourself, and it has passed: let the other side correct it, the business or another mentor."


class RecordStateQuestion(MentoringCommand):
    """`question` is an id for it, `due` the end of the day that the state's letter names; the words are in the vault."""

    question: UUID
    product: int
    due: datetime
    items: Items = ()


class AnswerStateQuestion(MentoringCommand):
    question: UUID


class CorrectStateQuestion(MentoringCommand):
    """Put another day in place of the one that was recorded; `items` says in words why."""

    question: UUID
    due: datetime
    reason: QuestionDayReason
    items: Items = ()


class WatchStateQuestion(MentoringCommand):
    """The timer of a question: before its day it reminds, after it that the day passed is recorded."""

    question: UUID


StateQuestionActs = RecordStateQuestion | CorrectStateQuestion | AnswerStateQuestion
PARTIES: Parties = {
    RecordStateQuestion: CITIZENS | officials(*MENTORING),
    CorrectStateQuestion: CITIZENS | officials(*MENTORING),
    AnswerStateQuestion: CITIZENS | officials(*MENTORING),
    WatchStateQuestion: services("umkm"),
}


class OpenStateQuestion(Value):
    """A question without an answer about a product that is sent once more: its day holds again."""

    question: UUID
    due: datetime
    is_reminded: bool


class StateQuestionEvent(MentoringEvent):
    question: UUID
    product: int
    due: datetime


class StateQuestionRecorded(StateQuestionEvent):
    items: Items


class StateQuestionCorrected(StateQuestionEvent):
    """`former_due` is the day that was recorded before."""

    former_due: datetime
    reason: QuestionDayReason
    items: Items


class StateQuestionAnswered(StateQuestionEvent):
    pass


class StateQuestionReminded(StateQuestionEvent):
    pass


class StateQuestionMissed(StateQuestionEvent):
    pass


StateQuestionEvents = (
    StateQuestionRecorded
    | StateQuestionCorrected
    | StateQuestionAnswered
    | StateQuestionReminded
    | StateQuestionMissed
)


@dataclass(frozen=True)
class StateQuestion:
    """`recorded_by` is whoever said the day last, in `recorded_role`."""

    question: UUID
    product: int
    due: datetime
    recorded_at: datetime
    recorded_by: str
    items: Items
    answered_at: datetime | None = None
    is_reminded: bool = False
    is_missed: bool = False
    recorded_role: str = ""

    def was_recorded_by(self, by: Act) -> bool:
        same_side = by.role in CITIZENS and self.recorded_role in CITIZENS
        return same_side or by.actor == self.recorded_by


def decide_question(command: StateQuestionActs, case: "MentoringCase") -> list[StateQuestionEvents]:
    match command:
        case RecordStateQuestion():
            return _record(command, case)
        case CorrectStateQuestion():
            return _correct(command, _known(command.question, case))
        case AnswerStateQuestion():
            known = _known(command.question, case)
            if known.answered_at is not None:
                return []
            return [
                StateQuestionAnswered(
                    by=command.by,
                    request=command.request,
                    question=known.question,
                    product=known.product,
                    due=known.due,
                )
            ]
        case _:
            assert_never(command)


def _known(question: UUID, case: "MentoringCase") -> StateQuestion:
    known = case.state_question(question)
    if known is None:
        raise errors.NoStateQuestionError
    return known


def _correct(command: CorrectStateQuestion, known: StateQuestion) -> list[StateQuestionEvents]:
    if known.answered_at is not None:
        raise StateQuestionAnsweredError
    if command.due == known.due:
        return []
    refuse_other_day(command.due, command.by.at)
    if known.due <= command.by.at and known.was_recorded_by(command.by):
        raise OwnDayOfStateQuestionError
    return [StateQuestionCorrected(**dict(command), product=known.product, former_due=known.due)]


def refuse_other_day(due: datetime, at: datetime) -> None:
    """Refuse a day that has passed, and one that no letter names: a year that was mistyped."""
    if due < at or due.year > LAST_YEAR:
        raise DayOfStateQuestionError(LAST_YEAR)


def _record(command: RecordStateQuestion, case: "MentoringCase") -> list[StateQuestionEvents]:
    if case.state_question(command.question) is not None:
        return []
    if command.product not in case.sent:
        raise errors.NotSentError
    refuse_other_day(command.due, command.by.at)
    return [StateQuestionRecorded(**dict(command))]


def watch_question(command: WatchStateQuestion, case: "MentoringCase") -> list[StateQuestionEvents]:
    """Nothing is reminded of for a product that waits for its number no more."""
    known = case.state_question(command.question)
    if known is None or known.answered_at is not None or known.is_missed or known.product not in case.sent:
        return []
    is_late = command.by.at >= known.due
    if known.is_reminded and not is_late:
        return []
    kind = StateQuestionMissed if is_late else StateQuestionReminded
    return [kind(by=command.by, question=known.question, product=known.product, due=known.due)]


def open_questions(case: "MentoringCase", product: int) -> tuple[OpenStateQuestion, ...]:
    """Return the questions about a product that have neither an answer nor a missed day."""
    return tuple(
        OpenStateQuestion(question=each.question, due=each.due, is_reminded=each.is_reminded)
        for each in case.state_questions
        if each.product == product and each.answered_at is None and not each.is_missed
    )


def evolve_questions(
    questions: tuple[StateQuestion, ...], event: StateQuestionEvents
) -> tuple[StateQuestion, ...]:
    if isinstance(event, StateQuestionRecorded):
        by = event.by
        recorded = StateQuestion(event.question, event.product, event.due, by.at, by.actor, event.items)
        return (*questions, replace(recorded, recorded_role=by.role))
    return tuple(_evolved(each, event) if each.question == event.question else each for each in questions)


def _evolved(
    known: StateQuestion,
    event: StateQuestionCorrected | StateQuestionAnswered | StateQuestionReminded | StateQuestionMissed,
) -> StateQuestion:
    match event:
        case StateQuestionCorrected(due=due):
            moved = replace(known, due=due, recorded_by=event.by.actor, items=(*known.items, *event.items))
            return replace(moved, is_reminded=False, is_missed=False, recorded_role=event.by.role)
        case StateQuestionAnswered():
            return replace(known, answered_at=event.by.at)
        case StateQuestionReminded():
            return replace(known, is_reminded=True)
        case StateQuestionMissed():
            return replace(known, is_missed=True)
        case _:
            assert_never(event)
