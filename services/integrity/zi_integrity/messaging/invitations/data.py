"""The data of each message about invitations: one function an event, which names each field that is disclosed."""

from zi_contracts.integrity import invitations as contract
from zi_integrity.domain import invitation, survey_key


def survey_key_published(event: survey_key.SurveyKeyPublished) -> contract.SurveyKeyPublished:
    return contract.SurveyKeyPublished(
        service=event.service,
        quarter=event.quarter,
        scheme=event.scheme,
        modulus=event.modulus,
        exponent=event.exponent,
        answer_until=event.answer_until,
        smallest_group=event.smallest_group,
    )


def survey_tokens_spent(
    event: survey_key.SurveyTokensSpent, key: survey_key.SurveyKeyPublished
) -> contract.SurveyTokensSpent:
    return contract.SurveyTokensSpent(service=key.service, quarter=key.quarter, tokens=event.tokens)


def survey_key_retired(
    event: survey_key.SurveyKeyRetired, key: survey_key.SurveyKeyPublished
) -> contract.SurveyKeyRetired:
    return contract.SurveyKeyRetired(
        service=key.service, quarter=key.quarter, spent=event.spent, withheld=event.withheld
    )


def survey_invited(event: invitation.SurveyInvited) -> contract.SurveyInvited:
    return contract.SurveyInvited(
        service=event.service,
        quarter=event.quarter,
        key=event.key,
        answer_until=event.answer_until,
        language=event.language,
        reachable_by=event.reachable_by,
    )


def invitation_signed(event: invitation.InvitationSigned) -> contract.InvitationSigned:
    return contract.InvitationSigned(blinded=event.blinded)
