"""The messages about acting signers, field by field."""

from typing import assert_never

from zi_certificates.domain.appointment import (
    ActingSignerAppointed,
    ActingSignerEnded,
    Appointed,
    AppointmentEvents,
)
from zi_chassis.domain import Disclosure
from zi_contracts import certificates as contract
from zi_contracts.data import Data

SUBJECT_OF_APPOINTMENTS = "acting-signer"  # they are about no case


def publish(event: AppointmentEvents, _: Appointed) -> Disclosure:
    return Disclosure(SUBJECT_OF_APPOINTMENTS, _appointment_data(event))


def _appointment_data(event: AppointmentEvents) -> Data:
    match event:
        case ActingSignerAppointed(official=official, begins=begins, ends=ends):
            return contract.ActingSignerAppointed(official=official, begins=begins, ends=ends)
        case ActingSignerEnded(official=official):
            return contract.ActingSignerEnded(official=official)
        case _:
            assert_never(event)
