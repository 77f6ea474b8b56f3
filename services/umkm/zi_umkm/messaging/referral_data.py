"""The data of each message about the letter of a referral: one function an event, which names each field that is disclosed."""

from zi_contracts import umkm as contract
from zi_umkm.domain.case import referral
from zi_umkm.messaging.case_data import CaseStatus


def referral_received(event: referral.ReferralReceived, status: CaseStatus) -> contract.ReferralReceived:
    return contract.ReferralReceived(
        **status, letter=event.letter, number=event.number, code_digest=event.code_digest
    )


def referral_questioned(
    event: referral.ReferralQuestioned, status: CaseStatus
) -> contract.ReferralQuestioned:
    return contract.ReferralQuestioned(
        **status,
        letter=event.letter,
        number=event.number,
        code_digest=event.code_digest,
        items=event.items,
    )


def referral_refused(event: referral.ReferralRefused, status: CaseStatus) -> contract.ReferralRefused:
    return contract.ReferralRefused(
        **status,
        letter=event.letter,
        number=event.number,
        code_digest=event.code_digest,
        product=event.product,
        items=event.items,
    )


def referral_number_given(
    event: referral.ReferralNumberGiven, status: CaseStatus
) -> contract.ReferralNumberGiven:
    return contract.ReferralNumberGiven(
        **status,
        letter=event.letter,
        number=event.number,
        code_digest=event.code_digest,
        product=event.product,
    )


def referral_code_renewed(
    event: referral.ReferralCodeRenewed, status: CaseStatus
) -> contract.ReferralCodeRenewed:
    return contract.ReferralCodeRenewed(
        **status,
        letter=event.letter,
        number=event.number,
        code_digest=event.code_digest,
        open_until=event.open_until,
    )
