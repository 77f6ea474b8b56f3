"""Words and files that a citizen adds to a case, and the rating of its answer."""

import pytest
from tests.intake import acts
from tests.intake.acts import ADD_WORDS, RATE, after, events

from zi_chassis.domain import ErasedError
from zi_intake.domain.case import refusals
from zi_intake.domain.case.messages import CaseCommands
from zi_intake.domain.case.word_decisions import MOST_ADDED
from zi_intake.domain.case.word_messages import AnswerRated, WordsAdded
from zi_intake.read.progress import progress_of

NO_HELP = RATE.model_copy(update={"rating": "no_help"})


@pytest.mark.parametrize("case", [acts.FILED, acts.ACKNOWLEDGED, acts.ASSIGNED])
def test_words_are_added_while_the_office_works_and_change_nothing_else(
    case: tuple[CaseCommands, ...],
) -> None:
    before, with_words = after(*case), after(*case, ADD_WORDS)
    assert isinstance(events(*case, ADD_WORDS)[-1], WordsAdded)
    assert (with_words.status, with_words.due, with_words.added) == (before.status, before.due, 1)
    assert with_words.items == before.items + ADD_WORDS.items


@pytest.mark.parametrize(
    ("case", "refusal"),
    [
        (acts.CLARIFICATION_ASKED, refusals.ReplyInsteadError),
        (acts.ANSWERED, refusals.ReopenInsteadError),
        (acts.CLOSED, refusals.EndedError),
        (acts.PASSED_ON, refusals.PassedOnError),
        (acts.ERASED, ErasedError),
    ],
)
def test_words_that_would_be_lost_are_refused_with_the_way(
    case: tuple[CaseCommands, ...], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        after(*case, ADD_WORDS)


def test_only_so_many_words_are_added() -> None:
    full = after(*acts.ASSIGNED, *[ADD_WORDS] * MOST_ADDED)
    with pytest.raises(refusals.TooManyAdditionsError):
        after(ADD_WORDS, state=full)


def test_an_answer_is_rated_once_until_it_is_rated_otherwise() -> None:
    assert isinstance(events(*acts.ANSWERED, RATE)[-1], AnswerRated)
    assert events(*acts.ANSWERED, RATE, RATE) == events(*acts.ANSWERED, RATE)
    assert after(*acts.CLOSED, RATE, NO_HELP).rating == "no_help"


def test_without_an_answer_that_stands_nothing_is_rated() -> None:
    for case in (acts.ASSIGNED, (*acts.CLOSED, acts.REOPEN)):
        with pytest.raises(refusals.NoAnswerToRateError):
            after(*case, RATE)
    assert after(*acts.ANSWERED, RATE, acts.REOPEN).rating is None


@pytest.mark.parametrize(
    ("case", "statuses"),
    [
        (acts.FILED, ["now", "later", "later", "later"]),
        (acts.ACKNOWLEDGED, ["done", "now", "later", "later"]),
        (acts.ASSIGNED, ["done", "done", "now", "later"]),
        (acts.CLARIFICATION_ASKED, ["done", "done", "now", "later"]),
        (acts.ANSWERED, ["done"] * 4),
        (acts.CLOSED, ["done"] * 4),
        ((*acts.CLARIFICATION_ASKED, acts.UNANSWERED), []),
        ((*acts.FILED, acts.WITHDRAW), []),
        (acts.PASSED_ON, []),
        (acts.ERASED, []),
    ],
)
def test_a_case_goes_on_in_four_steps(case: tuple[CaseCommands, ...], statuses: list[str]) -> None:
    assert [step.status for step in progress_of(after(*case))] == statuses
