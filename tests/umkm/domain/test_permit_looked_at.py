"""A permit that its official looked at before somebody else did something about it: nothing newer is decided unseen."""

import pytest
from tests.umkm.steps import (
    ADD_DOCUMENT,
    ANNOUNCE_REVOCATION,
    APPLIED,
    APPLY,
    AT_ONCE,
    CONFIRM_REVOCATION,
    CONTESTED,
    DROP,
    EVALUATED,
    FIT,
    FOUND_FIT,
    ISSUE,
    PERMITTED,
    PERMITTED_FOR_YEARS,
    PROPOSE,
    PROPOSED,
    REMIND_OF_RENEWAL,
    RESTATE,
    RETURN_PERMIT,
    SECOND_NOT_OURS,
    SELF,
    VERIFY_ACCOUNT,
    after,
    changed,
)

from zi_umkm.domain.case.decide import decide
from zi_umkm.domain.case.messages import MentoringCommands
from zi_umkm.domain.case.permit_errors import PermitChangedError


@pytest.mark.parametrize(
    ("before", "command"),
    [
        (APPLIED, VERIFY_ACCOUNT),
        (EVALUATED, RETURN_PERMIT),
        (EVALUATED, FIT),
        (FOUND_FIT, ISSUE),
        (PERMITTED, PROPOSE),
        (PROPOSED, ANNOUNCE_REVOCATION),
        (PROPOSED, AT_ONCE),
        (PROPOSED, DROP),
        (CONTESTED, CONFIRM_REVOCATION),
        (CONTESTED, changed(DROP, by=CONFIRM_REVOCATION.by)),
    ],
    ids=lambda each: type(each).__name__,
)
def test_an_official_decides_about_what_they_looked_at(
    before: tuple[MentoringCommands, ...], command: MentoringCommands
) -> None:
    """A program that does not say when it looked is believed."""
    steps = after(*before).permit.steps
    assert decide(command, after(*before))
    assert decide(changed(command, step=steps), after(*before))
    for other in (steps - 1, steps + 1):
        with pytest.raises(PermitChangedError):
            decide(changed(command, step=other), after(*before))


def test_a_proposal_that_came_after_another_is_not_the_one_that_was_looked_at() -> None:
    looked_at = after(*PROPOSED).permit.steps
    with pytest.raises(PermitChangedError):
        decide(changed(AT_ONCE, step=looked_at), after(*PROPOSED, DROP, PROPOSE))


def test_what_was_returned_and_comes_again_is_not_what_was_looked_at() -> None:
    looked_at = after(*EVALUATED).permit.steps
    with pytest.raises(PermitChangedError):
        decide(changed(FIT, step=looked_at), after(*EVALUATED, RETURN_PERMIT, APPLY))


def test_a_reminder_of_the_program_makes_no_page_old() -> None:
    before, reminded = after(*PERMITTED_FOR_YEARS), after(*PERMITTED_FOR_YEARS, REMIND_OF_RENEWAL)
    assert (before.permit.steps, reminded.permit.reminded) == (reminded.permit.steps, True)


@pytest.mark.parametrize(
    ("before", "meanwhile", "command"),
    [
        (EVALUATED, RESTATE, FIT),
        (EVALUATED, ADD_DOCUMENT, FIT),
        (EVALUATED, SELF, FIT),
        ((*APPLIED, RESTATE), SECOND_NOT_OURS, VERIFY_ACCOUNT),
        (FOUND_FIT, ADD_DOCUMENT, ISSUE),
        (APPLIED, ADD_DOCUMENT, VERIFY_ACCOUNT),
    ],
    ids=lambda each: type(each).__name__,
)
def test_what_is_decided_about_is_looked_at_again_where_it_has_changed(
    before: tuple[MentoringCommands, ...], meanwhile: MentoringCommands, command: MentoringCommands
) -> None:
    looked_at = after(*before).permit.steps
    assert decide(changed(command, step=looked_at), after(*before))
    with pytest.raises(PermitChangedError):
        decide(changed(command, step=looked_at), after(*before, meanwhile))


def test_what_was_looked_at_to_be_signed_is_not_returned_where_it_is_evaluated_again() -> None:
    """By somebody who may do both."""
    looked_at, signer = after(*FOUND_FIT).permit.steps, changed(RETURN_PERMIT, by=ISSUE.by)
    assert decide(changed(signer, step=looked_at), after(*FOUND_FIT))
    with pytest.raises(PermitChangedError):
        decide(changed(RETURN_PERMIT, step=looked_at), after(*FOUND_FIT, RESTATE))


@pytest.mark.parametrize("before", [PERMITTED, PROPOSED, CONTESTED], ids=len)
def test_no_business_holds_up_a_revocation_by_what_it_sends(before: tuple[MentoringCommands, ...]) -> None:
    assert after(*before, ADD_DOCUMENT, RESTATE).permit.steps == after(*before).permit.steps
