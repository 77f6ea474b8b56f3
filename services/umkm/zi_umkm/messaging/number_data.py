"""The data of each message about a number: one function an event, which names each field that is disclosed."""

from zi_contracts import umkm as contract
from zi_umkm.domain.case import numbers
from zi_umkm.messaging.case_data import CaseStatus


def number_obtained(event: numbers.NumberObtained, status: CaseStatus) -> contract.NumberObtained:
    return contract.NumberObtained(
        **status, product=event.product, number=event.number, numbers=event.numbers
    )


def referred_number_obtained(
    event: numbers.ReferredNumberObtained, status: CaseStatus
) -> contract.ReferredNumberObtained:
    return contract.ReferredNumberObtained(
        **status, product=event.product, number=event.number, numbers=event.numbers
    )


def registration_number_corrected(
    event: numbers.RegistrationNumberCorrected, status: CaseStatus
) -> contract.RegistrationNumberCorrected:
    return contract.RegistrationNumberCorrected(
        **status, product=event.product, former=event.former, number=event.number, numbers=event.numbers
    )


def registration_number_checked(
    event: numbers.RegistrationNumberChecked, status: CaseStatus
) -> contract.RegistrationNumberChecked:
    return contract.RegistrationNumberChecked(
        **status, product=event.product, number=event.number, outcome=event.outcome
    )


def business_number_checked(
    event: numbers.BusinessNumberChecked, status: CaseStatus
) -> contract.BusinessNumberChecked:
    return contract.BusinessNumberChecked(**status, business_ref=event.business_ref, outcome=event.outcome)
