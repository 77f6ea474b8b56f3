from collections.abc import Sequence
from typing import Any

import pytest
from tests.integrity.survey_token_steps import PROGRAM, PUBLISH, RETIRE, SPEND, token

from zi_chassis.domain import Act, WrongRoleError
from zi_integrity.domain import survey_key
from zi_integrity.domain.survey_key import (
    AnotherSurveyKeyError,
    NoSurveyKeyError,
    SpendTokens,
    SurveyKey,
    SurveyKeyRetiredError,
    TokenSpentError,
    decide,
    evolve,
)


def after(*commands: Any) -> SurveyKey:
    state = survey_key.initial
    for command in commands:
        for event in decide(command, state):
            state = evolve(state, event)
    return state


def spent(*numbers: int) -> SpendTokens:
    return SpendTokens(by=PROGRAM, tokens=tuple(token(number).spent for number in numbers))


def test_a_key_is_published_once() -> None:
    state = after(PUBLISH)
    assert state.known().modulus == PUBLISH.modulus
    assert decide(PUBLISH, state) == []


def test_nobody_gets_another_key_for_the_same_survey() -> None:
    with pytest.raises(AnotherSurveyKeyError):
        decide(PUBLISH.model_copy(update={"modulus": "d1" * 384}), after(PUBLISH))


def test_tokens_are_published_sorted() -> None:
    [event] = decide(SPEND, after(PUBLISH))
    assert isinstance(event, survey_key.SurveyTokensSpent)
    assert event.tokens == (token(1).spent, token(2).spent)


@pytest.mark.parametrize("numbers", [(1,), (3, 3), (3, 2)])
def test_a_token_is_spent_once(numbers: Sequence[int]) -> None:
    with pytest.raises(TokenSpentError):
        decide(spent(*numbers), after(PUBLISH, SPEND))


def test_another_signature_of_the_same_bytes_is_the_same_token() -> None:
    again = SpendTokens(by=PROGRAM, tokens=(token(1, signature=9).spent,))
    with pytest.raises(TokenSpentError):
        decide(again, after(PUBLISH, SPEND))


@pytest.mark.parametrize("command", [SPEND, RETIRE])
def test_a_key_that_was_never_published_does_nothing(command: Any) -> None:
    with pytest.raises(NoSurveyKeyError):
        decide(command, survey_key.initial)


def test_a_retired_key_says_what_was_spent_and_withheld_and_takes_nothing_more() -> None:
    state = after(PUBLISH, SPEND)
    [event] = decide(RETIRE, state)
    assert isinstance(event, survey_key.SurveyKeyRetired)
    assert (event.spent, event.withheld) == (2, 3)
    retired = evolve(state, event)
    assert decide(RETIRE, retired) == []
    with pytest.raises(SurveyKeyRetiredError):
        decide(spent(7), retired)


@pytest.mark.parametrize("command", [PUBLISH, SPEND, RETIRE])
def test_no_person_gives_these_commands(command: Any) -> None:
    head = Act(at=PROGRAM.at, actor="head", role="staff:head")
    with pytest.raises(WrongRoleError):
        decide(command.model_copy(update={"by": head}), after(PUBLISH))
