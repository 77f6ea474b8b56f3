"""The messages about the certificates of signatories, field by field."""

from typing import assert_never

from zi_certificates.domain import signatory as domain
from zi_certificates.domain.signatory import (
    BoundSignatory,
    SignatoryCertificateChanged,
    SignatoryCertificateDeclined,
    SignatoryCertificateOffered,
    SignatoryCertificatePinned,
    SignatoryEvents,
)
from zi_chassis.domain import Decider, Disclosure
from zi_contracts import certificates as contract
from zi_contracts.data import Data

SUBJECT_OF_SIGNATORIES = "signatory"  # they are about no case


def publish(event: SignatoryEvents, _: BoundSignatory) -> Disclosure:
    return Disclosure(SUBJECT_OF_SIGNATORIES, _signatory_data(event))


def _signatory_data(event: SignatoryEvents) -> Data:
    official, certificate = event.official, event.certificate
    match event:
        case SignatoryCertificatePinned():
            return contract.SignatoryCertificatePinned(official=official, certificate=certificate)
        case SignatoryCertificateOffered():
            return contract.SignatoryCertificateOffered(official=official, certificate=certificate)
        case SignatoryCertificateChanged(former_certificate=former):
            return contract.SignatoryCertificateChanged(
                official=official, certificate=certificate, former_certificate=former
            )
        case SignatoryCertificateDeclined():
            return contract.SignatoryCertificateDeclined(official=official, certificate=certificate)
        case _:
            assert_never(event)


signatories: Decider[BoundSignatory] = Decider(
    name="signatory",
    initial=domain.initial,
    decide=domain.decide,
    evolve=domain.evolve,
    events=SignatoryEvents.__args__,
    publish=publish,
)
