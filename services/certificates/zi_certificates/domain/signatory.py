"""The certificate that an official signs letters with: bound to the account at its first use, and changed by a second person only. Pure."""

from typing import ClassVar, assert_never
from uuid import UUID, uuid5

from zi_certificates.roles import OVERRIDING, SIGNING_PERSONALLY
from zi_chassis.domain import Command, DomainError, Event, Parties, Value, officials, refuse_other_roles

SIGNATORIES = UUID("5b1d8d0e-6f4c-4a55-9a58-0b7f0f0c1b35")


class SignatoryError(DomainError):
    """Base of the errors about the certificates of signatories."""

    sentence: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(self.sentence)


class OtherCertificateError(SignatoryError):
    sentence = (
        "The signing service signed with another certificate than the one that is recorded for you, so your signature is not on the letter."
        " If your certificate is new, have a supervisor or the head confirm it at the desk, and sign again."
    )


class CertificateOfOtherError(SignatoryError):
    sentence = "The signing service signed with a certificate that is recorded for another official, so nothing was signed: tell the operator."


class OwnCertificateError(SignatoryError, kind="four_eyes"):
    sentence = "This is your own certificate: somebody else has to decide about it."


class NoCertificateOfferedError(SignatoryError):
    sentence = "This certificate does not wait for a decision any more: look at the list again."


class PresentCertificate(Command):
    """The official has signed with the certificate of this digest; `others` are those that are recorded for other officials."""

    certificate: str
    others: frozenset[str] = frozenset()


class DecideCertificate(Command):
    """`certificate` is the digest that was read."""

    certificate: str


class ConfirmCertificate(DecideCertificate):
    """`others` are the certificates that are recorded for other officials."""

    others: frozenset[str] = frozenset()


class DeclineCertificate(DecideCertificate):
    pass


class SignatoryEvent(Event):
    """`certificate` is the SHA-256 of an official's certificate."""

    official: str
    certificate: str


class SignatoryCertificatePinned(SignatoryEvent):
    pass


class SignatoryCertificateOffered(SignatoryEvent):
    """The official signed with another certificate than the one that is recorded; nothing of it was used."""


class SignatoryCertificateChanged(SignatoryEvent):
    """A second person has confirmed the other certificate; it takes the place of `former_certificate`."""

    former_certificate: str


class SignatoryCertificateDeclined(SignatoryEvent):
    pass


SignatoryCommands = PresentCertificate | ConfirmCertificate | DeclineCertificate
SignatoryEvents = (
    SignatoryCertificatePinned
    | SignatoryCertificateOffered
    | SignatoryCertificateChanged
    | SignatoryCertificateDeclined
)
DECIDERS = officials(*OVERRIDING)
PARTIES: Parties = {
    PresentCertificate: officials(*SIGNING_PERSONALLY),
    ConfirmCertificate: DECIDERS,
    DeclineCertificate: DECIDERS,
}


class BoundSignatory(Value):
    """`certificate` is recorded, `offered` waits for a second person."""

    official: str = ""
    certificate: str | None = None
    offered: str | None = None


initial = BoundSignatory()


def signatory_id(office: str, official: str) -> UUID:
    """Return an id that anybody can compute: the name of the account is in the entry as well."""
    return uuid5(SIGNATORIES, f"{office} {official}")


def decide(command: SignatoryCommands, state: BoundSignatory) -> list[SignatoryEvents]:
    refuse_other_roles(command, PARTIES)
    match command:
        case PresentCertificate():
            return _present(command, state)
        case ConfirmCertificate():
            return _confirm(command, state)
        case DeclineCertificate():
            return _decline(command, state)
        case _:
            assert_never(command)


def _present(command: PresentCertificate, state: BoundSignatory) -> list[SignatoryEvents]:
    if command.certificate in command.others:
        raise CertificateOfOtherError
    fields = {"by": command.by, "official": command.by.actor, "certificate": command.certificate}
    if state.certificate is None:
        return [SignatoryCertificatePinned(**fields)]
    if command.certificate in (state.certificate, state.offered):
        return []
    return [SignatoryCertificateOffered(**fields)]


def _confirm(command: ConfirmCertificate, state: BoundSignatory) -> list[SignatoryEvents]:
    if command.certificate == state.certificate:
        return []
    former = _replaced(command, state)
    if command.certificate in command.others:
        raise CertificateOfOtherError
    return [
        SignatoryCertificateChanged(
            by=command.by, official=state.official, certificate=command.certificate, former_certificate=former
        )
    ]


def _decline(command: DeclineCertificate, state: BoundSignatory) -> list[SignatoryEvents]:
    _replaced(command, state)
    return [
        SignatoryCertificateDeclined(by=command.by, official=state.official, certificate=command.certificate)
    ]


def _replaced(command: DecideCertificate, state: BoundSignatory) -> str:
    """Return the certificate that is recorded, where the other one waits for this person."""
    if state.certificate is None or state.offered != command.certificate:
        raise NoCertificateOfferedError
    if command.by.actor == state.official:
        raise OwnCertificateError
    return state.certificate


def evolve(state: BoundSignatory, event: SignatoryEvents) -> BoundSignatory:
    match event:
        case SignatoryCertificatePinned() | SignatoryCertificateChanged():
            return BoundSignatory(official=event.official, certificate=event.certificate)
        case SignatoryCertificateOffered():
            return state.model_copy(update={"offered": event.certificate})
        case SignatoryCertificateDeclined():
            return state.model_copy(update={"offered": None})
        case _:
            assert_never(event)
