"""Codes of participants: issued to an address a limited number of times, printed in batches."""

from typing import Any
from uuid import UUID

import pytest
from tests.integrity.domain.test_conflict import act

from zi_chassis.domain import WrongRoleError
from zi_contracts.vault import ItemRef
from zi_integrity.domain import participant
from zi_integrity.domain.participant import CodeBatch, Participant

PUBLIC, OFFICER = act("p-1", "public"), act("officer-budi", "staff:officer")
FORUM = UUID(int=9)
ADDRESS = ItemRef(item=UUID(int=3), field="participant.email", digest="0" * 64)
ISSUE = participant.IssueCode(
    by=PUBLIC,
    forum=FORUM,
    number="2026-1",
    group="users",
    language="id",
    code_digest="a" * 64,
    data_subject=UUID(int=4),
    items=(ADDRESS,),
    request=UUID(int=1),
    most=2,
)
PRINT = participant.PrintCodes(
    by=OFFICER,
    forum=FORUM,
    number="2026-1",
    kind="counter",
    group="users",
    code_digests=("a" * 64, "b" * 64),
    most=2,
)


def changed(command: Any, **values: Any) -> Any:
    return type(command)(**dict(command) | values)


def issued(*commands: participant.IssueCode) -> Participant:
    state = Participant()
    for command in commands:
        for event in participant.decide_participant(command, state):
            state = participant.evolve_participant(state, event)
    return state


def test_a_new_code_takes_the_place_of_the_last_and_the_group_stays() -> None:
    state = issued(ISSUE, ISSUE, changed(ISSUE, request=UUID(int=2), group="media", code_digest="c" * 64))
    assert state.issued is not None
    assert (state.issued.attempt, state.issued.code_digest, state.issued.group) == (2, "c" * 64, "users")


def test_an_address_gets_no_more_codes_than_the_limit() -> None:
    state = issued(ISSUE, changed(ISSUE, request=UUID(int=2)))
    with pytest.raises(participant.TooManyCodesError):
        participant.decide_participant(changed(ISSUE, request=UUID(int=3)), state)
    assert participant.decide_participant(ISSUE, state) == []


def test_an_official_gets_no_code_for_an_address() -> None:
    with pytest.raises(WrongRoleError):
        participant.decide_participant(changed(ISSUE, by=OFFICER), Participant())


def test_a_batch_is_printed_once() -> None:
    [event] = participant.decide_batch(PRINT, CodeBatch())
    batch = participant.evolve_batch(CodeBatch(), event)
    assert participant.decide_batch(PRINT, batch) == []
    with pytest.raises(participant.PrintedAlreadyError):
        participant.decide_batch(changed(PRINT, kind="attendance"), batch)


@pytest.mark.parametrize("digests", [(), ("a" * 64, "b" * 64, "c" * 64)])
def test_a_batch_has_at_least_one_code_and_not_too_many(digests: tuple[str, ...]) -> None:
    with pytest.raises(participant.BatchSizeError):
        participant.decide_batch(changed(PRINT, code_digests=digests), CodeBatch())


def test_the_public_prints_no_codes() -> None:
    with pytest.raises(WrongRoleError):
        participant.decide_batch(changed(PRINT, by=PUBLIC), CodeBatch())
