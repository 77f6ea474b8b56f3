"""The privacy border of invitations: which message each event has."""

from typing import assert_never, get_args

from zi_chassis.domain import Decider, Disclosure
from zi_contracts.data import Data
from zi_integrity.domain import invitation, survey_key
from zi_integrity.domain.invitation import Invitation
from zi_integrity.domain.survey_key import SurveyKey
from zi_integrity.messaging.invitations import data

SUBJECT_OF_KEYS = "survey"  # they are about no case


def publish_survey_key(event: survey_key.SurveyKeyEvents, key: SurveyKey) -> Disclosure:
    return Disclosure(SUBJECT_OF_KEYS, _key_data(event, key))


def _key_data(event: survey_key.SurveyKeyEvents, key: SurveyKey) -> Data:
    match event:
        case survey_key.SurveyKeyPublished():
            return data.survey_key_published(event)
        case survey_key.SurveyTokensSpent():
            return data.survey_tokens_spent(event, key.known())
        case survey_key.SurveyKeyRetired():
            return data.survey_key_retired(event, key.known())
        case _:
            assert_never(event)


def publish_invitation(event: invitation.InvitationEvents, state: Invitation) -> Disclosure:
    assert state.invited is not None
    return Disclosure(state.invited.ticket, _invitation_data(event))


def _invitation_data(event: invitation.InvitationEvents) -> Data:
    match event:
        case invitation.SurveyInvited():
            return data.survey_invited(event)
        case invitation.InvitationSigned():
            return data.invitation_signed(event)
        case _:
            assert_never(event)


survey_keys: Decider[SurveyKey] = Decider(
    name="survey_key",
    initial=survey_key.initial,
    decide=survey_key.decide,
    evolve=survey_key.evolve,
    events=get_args(survey_key.SurveyKeyEvents),
    publish=publish_survey_key,
)
invitations: Decider[Invitation] = Decider(
    name="invitation",
    initial=invitation.initial,
    decide=invitation.decide,
    evolve=invitation.evolve,
    events=get_args(invitation.InvitationEvents),
    publish=publish_invitation,
)
