from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.certificates.officials import BUSINESS, named, system

from zi_certificates.domain import register
from zi_certificates.domain.register import (
    CertificateIssued,
    Issue,
    Register,
    decide,
    evolve,
)


def issue(letter: str = "first", **changes: Any) -> Issue:
    command = Issue(
        by=system(),
        series="ski",
        year=2026,
        ticket="3C7K9M2Q5",
        application=named("application"),
        letter=named(letter),
        kind="ski_post_border",
        business_ref=BUSINESS,
        content="c" * 64,
        template="d" * 64,
        evaluators=("evaluator-ani",),
        signer="signer-budi",
    )
    return command.model_copy(update=changes)


def issued(*commands: Issue) -> tuple[Register, list[CertificateIssued]]:
    state, recorded = register.initial, []
    for command in commands:
        for event in decide(command, state):
            state = evolve(state, event)
            recorded.append(event)
    return state, recorded


def test_an_issue_binds_what_was_signed_for() -> None:
    [event] = decide(issue(), register.initial)
    assert dict(event) == dict(issue())


def test_the_number_of_a_letter_is_the_version_of_its_event() -> None:
    state, recorded = issued(issue("a"), issue("b"), issue("c"))
    assert [state.entry(event.letter) for event in recorded] == [
        register.RegisterEntry(version, "c" * 64) for version in (1, 2, 3)
    ]
    assert state.entry(named("d")) is None


def test_the_same_letter_again_gets_no_second_number() -> None:
    state, _ = issued(issue("a"), issue("b"))
    assert decide(issue("a"), state) == []


def test_another_content_for_a_numbered_letter_is_refused() -> None:
    state, _ = issued(issue())
    with pytest.raises(register.AnotherLetterError, match="new letter"):
        decide(issue(content="e" * 64), state)


@pytest.mark.parametrize("changes", [{"year": 2027}, {"series": "ske"}])
def test_a_register_is_of_one_year_and_one_series(changes: dict[str, Any]) -> None:
    state, _ = issued(issue())
    with pytest.raises(register.WrongRegisterError, match="its own"):
        decide(issue("another", **changes), state)


@given(st.lists(st.integers(0, 60), max_size=80))
def test_numbers_have_no_gap_and_no_repeat_whoever_asks_how_often(letters: list[int]) -> None:
    state, recorded = issued(*[issue(str(number)) for number in letters])
    numbers = [entry.number for event in recorded if (entry := state.entry(event.letter))]
    assert numbers == list(range(1, len(set(letters)) + 1))
    assert state.last == len(recorded)


def test_letters_that_share_a_shelf_keep_their_own_numbers() -> None:
    crowd = [UUID(int=7 + register.BUCKETS * step) for step in range(3)]
    state, _ = issued(*[issue().model_copy(update={"letter": each}) for each in crowd])
    assert [entry.number for each in crowd if (entry := state.entry(each))] == [1, 2, 3]
