"""Who may not decide about a business: who has an interest in it or mentored it, as far as that was heard. Pure."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from zi_certificates.roles import SIGNING, SIGNING_BY_ROLE
from zi_chassis.domain import Act, DomainError, Value, officials
from zi_contracts.certificates import FactKind, KnownFacts

SIGNERS = officials(*SIGNING)


class ImpartialityError(DomainError):
    """Why this person may not decide this."""

    sentence: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(self.sentence)


class HinderedError(ImpartialityError):
    sentence = (
        "You have declared an interest in this business or have mentored it: leave it to another official."
    )


class NotASignerError(ImpartialityError):
    sentence = "Only a signer may do this: ask one, or have the head appoint an acting signer."


class Fact(Value):
    """An interest or a mentorship of an official in the business at hand, and the message that told it."""

    official: str
    kind: FactKind
    event: UUID
    position: int


class Interest(Value):
    """What hinders an official, in which business."""

    kind: FactKind
    business_ref: str


class Known(Value):
    """All that was heard about officials and the business at hand, up to these messages."""

    seen: KnownFacts
    facts: tuple[Fact, ...] = ()


class Appointment(Value):
    """Of an acting signer, by the event that made it."""

    event: UUID
    official: str
    begins: datetime
    ends: datetime


def is_hindered(official: str, known: Known) -> bool:
    return any(fact.official == official for fact in known.facts)


def refuse_hindered(by: Act, known: Known) -> None:
    if is_hindered(by.actor, known):
        raise HinderedError


def was_unknown(fact: Fact, seen: KnownFacts) -> bool:
    """Conflicts are told by integrity, mentorships by umkm."""
    return fact.position > (seen.integrity if fact.kind == "conflict" else seen.umkm)


def refuse_unless_signer(by: Act, appointment: Appointment | None) -> None:
    if by.role not in officials(*SIGNING_BY_ROLE) and not _is_acting(by, appointment):
        raise NotASignerError


def _is_acting(by: Act, appointment: Appointment | None) -> bool:
    """Of the staff, named, and within the time."""
    return (
        appointment is not None
        and by.role in SIGNERS
        and by.actor == appointment.official
        and appointment.begins <= by.at < appointment.ends
    )
