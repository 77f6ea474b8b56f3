"""The promised time of an application: reported once when it passes, not while it stands, and not hidden by a quick act."""

from typing import Any

import pytest
from tests.certificates.inside import Inside
from tests.certificates.officials import DAY, MONDAY, evaluator, signer, system
from tests.certificates.steps import (
    ASK,
    CHANGE,
    DUE,
    ISSUED,
    LATE,
    NUMBERED,
    PAID,
    PASSED,
    REJECT,
    REJECTED,
    RESUBMIT,
    SEAL,
    SEND,
    SIGNED,
    SUBMITTED,
    TAKEN,
    WITHDRAW,
    after,
)

from zi_certificates.domain.application.commands import ApplicationCommands
from zi_certificates.domain.application.decide import decide as decide_application
from zi_certificates.domain.application.events import DeadlineMissed
from zi_certificates.domain.application.evolve import evolve as evolve_application
from zi_certificates.domain.application.state import initial as no_application
from zi_certificates.messaging.published import applications
from zi_contracts import certificates as contract
from zi_contracts.message import Message
from zi_contracts.registry import data_of


def missed(*commands: ApplicationCommands) -> list[DeadlineMissed]:
    state, found = no_application, []
    for command in commands:
        for event in decide_application(command, state):
            state = evolve_application(state, event)
            if isinstance(event, DeadlineMissed):
                found.append(event)
    return found


def late(command: Any) -> Any:
    return command.model_copy(update={"by": command.by.model_copy(update={"at": DUE + DAY})})


@pytest.mark.parametrize("before", [PAID, TAKEN, PASSED, SIGNED, NUMBERED])
def test_it_is_late_until_the_letters_are_sealed(before: tuple[ApplicationCommands, ...]) -> None:
    assert len(missed(*before, LATE, LATE.model_copy(update={"by": system(DUE + 2 * DAY)}))) == 1


def test_it_is_not_late_at_the_due_second_itself() -> None:
    assert missed(*TAKEN, LATE.model_copy(update={"by": system(DUE)})) == []


@pytest.mark.parametrize("before", [SUBMITTED, (*TAKEN, ASK), REJECTED, ISSUED, (*PAID, WITHDRAW)])
def test_a_clock_that_stands_is_not_late(before: tuple[ApplicationCommands, ...]) -> None:
    assert missed(*before, LATE) == []


def test_data_that_was_asked_for_moves_the_date() -> None:
    moved = (*TAKEN, ASK, CHANGE, SEND)
    assert missed(*moved, LATE) == []
    assert [
        each.due
        for each in missed(*moved, LATE.model_copy(update={"due": SEND.due, "by": system(SEND.due + DAY)}))
    ] == [SEND.due]


def test_a_resubmission_has_a_new_promise() -> None:
    second = LATE.model_copy(update={"due": RESUBMIT.due, "by": system(RESUBMIT.due + DAY)})
    assert len(missed(*TAKEN, LATE, REJECT, RESUBMIT, second)) == 2


@pytest.mark.parametrize(
    ("before", "quick"), [(TAKEN, ASK), (TAKEN, REJECT), (NUMBERED, SEAL), (PAID, WITHDRAW)]
)
def test_being_quick_after_an_outage_hides_nothing(before: Any, quick: Any) -> None:
    [breach] = missed(*before, late(quick))
    assert (breach.by.actor, breach.due) == ("system:certificates", DUE)
    assert missed(*before, LATE, late(quick)) == [DeadlineMissed(by=LATE.by, due=DUE)]


async def test_the_loop_reports_it_once_with_who_had_it(inside: Inside) -> None:
    request = await inside.paid()
    await inside.office.deciding.take_next(inside.evaluator(), None)
    assert await inside.office.deadlines.tick() == 0
    inside.clock.pass_hours(40 * 24)
    assert [await inside.office.deadlines.tick(), await inside.office.deadlines.tick()] == [1, 0]
    [breach] = reported(inside)
    assert (breach.service, breach.clock, breach.reported_late) == ("ski", "decision", False)
    assert breach.officials == (evaluator().actor,)
    assert breach.due == (await inside.state(request)).due


async def test_what_was_late_before_deadlines_were_reported_is_marked(inside: Inside) -> None:
    await inside.paid()
    inside.clock.pass_hours(40 * 24)
    with inside.office.store.database.transaction() as tx:
        tx.execute("DELETE FROM deadline_reports")
    await inside.office.deadlines.begin()
    assert [each.reported_late for each in reported(inside)] == [True]


def reported(inside: Inside) -> list[contract.DeadlineMissed]:
    messages = (Message.parse(row.message) for row in inside.office.store.messages(0, 1_000))
    return [data for each in messages if isinstance(data := data_of(each), contract.DeadlineMissed)]


def test_signers_are_among_those_who_had_it() -> None:
    state = after(*SIGNED)
    [event] = decide_application(LATE, state)
    data = applications.publish(event, evolve_application(state, event)).data
    assert isinstance(data, contract.DeadlineMissed)
    assert set(data.officials) == {evaluator().actor, signer().actor}
    assert data.due > MONDAY
