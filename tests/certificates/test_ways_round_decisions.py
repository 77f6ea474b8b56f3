"""Ways in which an official tries to get around a rule of an application, and which its decider refuses."""

import pytest
from tests.certificates.officials import DAY, MONDAY, evaluator, known_of, named, staff
from tests.certificates.steps import (
    APPROVE_OVERRIDE,
    ASK,
    ASK_OVERRIDE,
    ISSUED,
    PAID,
    PASSED,
    REFUSE_OVERRIDE,
    REINSTATE,
    REJECT,
    RELEASE,
    SEND_BACK,
    SUSPEND,
    TAKEN,
    after,
    last,
)

from zi_certificates.domain.application import errors
from zi_certificates.domain.application.commands import ApplicationCommands
from zi_certificates.domain.application.decide import decide
from zi_certificates.domain.application.events import ApplicationReleased, LetterReinstated
from zi_certificates.domain.impartiality import Appointment, HinderedError

SUPERVISOR = staff("supervisor-eka", "supervisor")
EXCUSED = (*PAID, ASK_OVERRIDE)


def acting(official: str) -> Appointment:
    return Appointment(event=named("plh"), official=official, begins=MONDAY, ends=MONDAY + DAY)


@pytest.mark.parametrize("role", ["evaluator", "signer", "head"])
def test_whoever_evaluated_it_does_not_make_its_suspended_letter_valid_again(role: str) -> None:
    by = staff("evaluator-ani", role)
    again = REINSTATE.model_copy(update={"by": by, "appointment": acting("evaluator-ani")})
    with pytest.raises(errors.SamePersonError):
        decide(again, after(*ISSUED, SUSPEND))


def test_an_acting_signer_who_never_had_it_in_hand_makes_it_valid_again() -> None:
    by = evaluator("evaluator-cici")
    again = REINSTATE.model_copy(update={"by": by, "appointment": acting("evaluator-cici")})
    assert isinstance(last(*ISSUED, SUSPEND, again), LetterReinstated)


@pytest.mark.parametrize(
    ("before", "command"),
    [
        (TAKEN, RELEASE.model_copy(update={"by": SUPERVISOR})),
        (PAID, ASK_OVERRIDE),
        (EXCUSED, APPROVE_OVERRIDE),
        (EXCUSED, REFUSE_OVERRIDE),
    ],
    ids=lambda each: type(each).__name__,
)
def test_a_superior_with_an_interest_chooses_nobody_to_decide(
    before: tuple[ApplicationCommands, ...], command: ApplicationCommands
) -> None:
    """Neither by taking it from its evaluator nor by an exception for another one."""
    assert decide(command, after(*before))
    with pytest.raises(HinderedError):
        decide(command.model_copy(update={"known": known_of(command.by.actor)}), after(*before))


def test_whoever_has_it_in_hand_gives_it_back_whatever_is_known_of_them() -> None:
    release = RELEASE.model_copy(update={"known": known_of("evaluator-ani")})
    assert isinstance(last(*TAKEN, release), ApplicationReleased)


@pytest.mark.parametrize(
    ("before", "command"),
    [(TAKEN, ASK), (TAKEN, REJECT), (PASSED, SEND_BACK)],
    ids=lambda each: type(each).__name__,
)
def test_nothing_is_judged_but_the_revision_that_was_looked_at(
    before: tuple[ApplicationCommands, ...], command: ApplicationCommands
) -> None:
    """A program that does not say which it looked at is believed."""
    revision = after(*before).revision
    assert decide(command, after(*before))
    assert decide(command.model_copy(update={"revision": revision}), after(*before))
    with pytest.raises(errors.ChangedMeanwhileError):
        decide(command.model_copy(update={"revision": revision + 1}), after(*before))


@pytest.mark.parametrize("command", [APPROVE_OVERRIDE, REFUSE_OVERRIDE], ids=lambda each: type(each).__name__)
def test_no_other_exception_is_decided_than_the_one_that_was_looked_at(command: ApplicationCommands) -> None:
    looked_at = {"official": ASK_OVERRIDE.official, "reason": ASK_OVERRIDE.reason}
    assert decide(command.model_copy(update=looked_at), after(*EXCUSED))
    for other in ({"official": "evaluator-cici"}, {"reason": "emergency"}):
        with pytest.raises(errors.ChangedMeanwhileError):
            decide(command.model_copy(update=looked_at | other), after(*EXCUSED))
