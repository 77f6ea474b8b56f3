"""Decide about what a citizen adds to a case, and how they rate its answer. Pure."""

from typing import assert_never

from zi_intake.domain.case import refusals
from zi_intake.domain.case.state import Case, Status, refuse_ended
from zi_intake.domain.case.word_messages import (
    AddWords,
    AnswerRated,
    CitizenCommands,
    CitizenEvents,
    RateAnswer,
    WordsAdded,
)

MOST_ADDED = 30  # of one case


def decide_of_citizen(command: CitizenCommands, case: Case) -> list[CitizenEvents]:
    match command:
        case AddWords():
            return _add(command, case)
        case RateAnswer():
            return _rate(command, case)
    assert_never(command)


def _add(command: AddWords, case: Case) -> list[CitizenEvents]:
    """Add words while the office works on the case. Where the citizen has to reply, or to reopen, words beside that would be lost: the
    case would close by itself."""
    refuse_ended(case)
    if case.status is Status.CLARIFICATION_ASKED:
        raise refusals.ReplyInsteadError
    if case.status is Status.ANSWERED:
        raise refusals.ReopenInsteadError
    if case.added >= MOST_ADDED:
        raise refusals.TooManyAdditionsError(limit=MOST_ADDED)
    return [WordsAdded(**dict(command))]


def _rate(command: RateAnswer, case: Case) -> list[CitizenEvents]:
    """Rate the answer that stands; another rating takes the place of the one before."""
    if not case.is_answered:
        raise refusals.NoAnswerToRateError
    return [] if command.rating == case.rating else [AnswerRated(**dict(command))]
