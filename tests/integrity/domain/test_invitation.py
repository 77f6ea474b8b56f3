from datetime import date

import pytest
from tests.integrity.survey_token_steps import CITIZEN, INVITE, SIGN

from zi_integrity.domain import invitation
from zi_integrity.domain.invitation import (
    Invitation,
    InvitationOverError,
    InvitationTakenError,
    NotInvitedError,
    NotYourInvitationError,
    decide,
    evolve,
)


def invited() -> Invitation:
    [event] = decide(INVITE, invitation.initial)
    return evolve(invitation.initial, event)


def taken() -> Invitation:
    [event] = decide(SIGN, invited())
    return evolve(invited(), event)


def test_a_case_is_invited_once() -> None:
    assert decide(INVITE, invited()) == []


def test_a_repeat_of_the_same_blinded_message_changes_nothing() -> None:
    assert decide(SIGN, taken()) == []


def test_a_case_gives_one_signature() -> None:
    with pytest.raises(InvitationTakenError):
        decide(SIGN.model_copy(update={"blinded": "cd" * 32}), taken())


def test_a_case_without_invitation_gets_no_signature() -> None:
    with pytest.raises(NotInvitedError):
        decide(SIGN, invitation.initial)


def test_the_invitation_belongs_to_whoever_filed_the_case() -> None:
    other = CITIZEN.model_copy(update={"actor": "somebody else"})
    with pytest.raises(NotYourInvitationError):
        decide(SIGN.model_copy(update={"by": other}), invited())


def test_after_its_last_day_an_invitation_is_not_signed() -> None:
    assert decide(SIGN.model_copy(update={"day": INVITE.answer_until}), invited())
    with pytest.raises(InvitationOverError):
        decide(SIGN.model_copy(update={"day": date(2027, 1, 31)}), invited())
