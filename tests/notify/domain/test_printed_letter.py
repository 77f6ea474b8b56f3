"""A letter waits until an officer says what became of it, once."""

from typing import Any
from uuid import UUID

import pytest
from tests.notify.domain.test_delivery import BY, CAUSE

from zi_chassis.domain import WrongRoleError
from zi_notify.domain import printed_letter
from zi_notify.domain.printed_letter import Commands, Outcome, PrintedLetter, Settlement, letter_id
from zi_notify.texts.letter import VERSION

FIELDS: dict[str, Any] = {
    "ticket": "0EXAMP1E0",
    "template": "answered",
    "template_version": VERSION,
    "language": "id",
    "cause": CAUSE,
}
OFFICER = BY.model_copy(update={"actor": "officer-ani", "role": "staff:officer"})
queue = printed_letter.QueueLetter(by=BY, **FIELDS)
drop = printed_letter.DropLetter(by=BY)
queued = printed_letter.PrintedLetterQueued(by=BY, **FIELDS)


def settle(settlement: Settlement) -> printed_letter.SettleLetter:
    return printed_letter.SettleLetter(by=OFFICER, settlement=settlement)


def settled(settlement: Outcome) -> printed_letter.PrintedLetterSettled:
    return printed_letter.PrintedLetterSettled(by=OFFICER, settlement=settlement)


def when(command: Commands, *events: Any) -> list[Any]:
    state: PrintedLetter = printed_letter.initial
    for event in events:
        state = printed_letter.evolve(state, event)
    return list(printed_letter.decide(command, state))


def test_a_letter_is_queued_once() -> None:
    assert when(queue) == [queued]
    assert when(queue, queued) == []
    assert letter_id(UUID(int=1)) == letter_id(UUID(int=1)) != letter_id(UUID(int=2))


@pytest.mark.parametrize("settlement", ["posted", "no_postal_address", "reached_otherwise"])
def test_an_officer_says_once_what_became_of_it(settlement: Settlement) -> None:
    assert when(settle(settlement), queued) == [settled(settlement)]
    assert when(settle(settlement), queued, settled(settlement)) == []


def test_what_is_settled_stays_so() -> None:
    with pytest.raises(printed_letter.PrintedLetterSettledError):
        when(settle("reached_otherwise"), queued, settled("posted"))


@pytest.mark.parametrize("settlement", ["posted", "no_postal_address", "reached_otherwise"])
def test_a_letter_that_came_back_waits_again_until_an_officer_settles_it(settlement: Settlement) -> None:
    returned = (queued, settled("posted"), settled("came_back"))
    assert when(settle(settlement), *returned) == [settled(settlement)]
    assert when(settle(settlement), *returned, settled(settlement)) == []


def test_only_a_letter_that_was_sent_comes_back_each_time_once() -> None:
    assert when(settle("came_back"), queued, settled("posted")) == [settled("came_back")]
    assert when(settle("came_back"), queued, settled("posted"), settled("came_back")) == []
    with pytest.raises(printed_letter.LetterNotPostedError):
        when(settle("came_back"), queued)
    with pytest.raises(printed_letter.PrintedLetterSettledError):
        when(settle("came_back"), queued, settled("no_postal_address"))
    again = (queued, settled("posted"), settled("came_back"), settled("posted"))
    assert when(settle("came_back"), *again) == [settled("came_back")]


def test_the_letter_of_an_erased_case_leaves_the_queue() -> None:
    erased = printed_letter.PrintedLetterSettled(by=BY, settlement="erased")
    assert when(drop, queued) == [erased]
    assert when(drop, queued, settled("posted"), settled("came_back")) == [erased]
    assert when(drop, queued, erased) == when(drop, queued, settled("posted")) == when(drop) == []
    with pytest.raises(printed_letter.PrintedLetterSettledError):
        when(settle("posted"), queued, erased)


def test_a_letter_that_nobody_queued_can_t_be_settled() -> None:
    with pytest.raises(printed_letter.UnknownPrintedLetterError):
        when(settle("posted"))


def test_no_program_settles_and_no_official_queues() -> None:
    with pytest.raises(WrongRoleError):
        when(settle("posted").model_copy(update={"by": BY}), queued)
    with pytest.raises(WrongRoleError):
        when(drop.model_copy(update={"by": OFFICER}), queued)
    with pytest.raises(WrongRoleError):
        when(queue.model_copy(update={"by": OFFICER}))
