"""The privacy border of filings but for complaints: what the message of each discloses. Each names each field, as in published.py."""

from typing import TypedDict, assert_never

from zi_contracts import intake as contract
from zi_contracts.data import Data
from zi_contracts.intake import CaseState, Channel, Holder, Language
from zi_intake.domain.case import filings

OtherFilings = (
    filings.ConsultationFiled | filings.InformationRequested | filings.SuggestionMade | filings.PassedOn
)


class StatusFields(TypedDict):
    """The fields of every message about the status of a case, so that its readers need no state of cases."""

    state: CaseState
    holder: Holder
    language: Language
    reachable_by: tuple[Channel, ...]


def publish(event: OtherFilings, status: StatusFields) -> Data:
    match event:
        case filings.ConsultationFiled():
            return _consultation_filed(event, status)
        case filings.InformationRequested():
            return _information_requested(event, status)
        case filings.SuggestionMade():
            return _suggestion_made(event, status)
        case filings.CertificateRequested():
            return _certificate_requested(event, status)
        case filings.MentoringRequested():
            return _mentoring_requested(event, status)
    assert_never(event)


def _consultation_filed(event: filings.ConsultationFiled, status: StatusFields) -> contract.ConsultationFiled:
    return contract.ConsultationFiled(
        **status,
        confidentiality=event.confidentiality,
        district=event.district,
        topic=event.topic,
        standard=event.standard,
        acknowledge_by=event.acknowledge_by,
        due=event.due,
        items=event.items,
        person_ref=event.person_ref,
        anonymous=event.anonymous,
        confidential=event.confidential,
        road=event.road,
        system=event.system,
    )


def _information_requested(
    event: filings.InformationRequested, status: StatusFields
) -> contract.InformationRequested:
    return contract.InformationRequested(
        **status,
        district=event.district,
        standard=event.standard,
        acknowledge_by=event.acknowledge_by,
        due=event.due,
        items=event.items,
        road=event.road,
        system=event.system,
    )


def _suggestion_made(event: filings.SuggestionMade, status: StatusFields) -> contract.SuggestionMade:
    return contract.SuggestionMade(
        **status,
        confidentiality=event.confidentiality,
        district=event.district,
        wants_answer=event.wants_answer,
        standard=event.standard,
        items=event.items,
        anonymous=event.is_anonymous,
        confidential=event.is_confidential,
        road=event.road,
        system=event.system,
    )


def _certificate_requested(
    event: filings.CertificateRequested, status: StatusFields
) -> contract.CertificateRequested:
    return contract.CertificateRequested(
        **status,
        series=event.series,
        business_ref=event.business_ref,
        data_subject=event.data_subject,
        account=event.account,
        items=event.items,
    )


def _mentoring_requested(
    event: filings.MentoringRequested, status: StatusFields
) -> contract.MentoringRequested:
    return contract.MentoringRequested(
        **status,
        business_ref=event.business_ref,
        data_subject=event.data_subject,
        district=event.district,
        has_nib=event.has_nib,
        products=event.products,
        items=event.items,
    )
