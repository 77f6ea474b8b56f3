"""Impartiality: an official with a known interest in a business, or who mentored it, does not decide about it. Pure."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from zi_certificates.roles import SIGNING, SIGNING_BY_ROLE
from zi_chassis.domain import Act, DomainError, Value, officials
from zi_contracts.certificates import FactKind, KnownFacts

SIGNERS = officials(*SIGNING)


class ImpartialityError(DomainError):
    """Base of the errors of a person who may not decide."""

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
    """An interest or a mentorship of an official in the business at hand, and the message that reported it."""

    official: str
    kind: FactKind
    event: UUID
    position: int


class Interest(Value):
    """An interest or a mentorship that hinders an official, and the business."""

    kind: FactKind
    business_ref: str


class Known(Value):
    """All facts about officials and the business at hand, up to the messages in `seen`."""

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


def was_unknown(fact: Fact, known: KnownFacts) -> bool:
    """Compare positions: conflicts come from integrity, mentorships from umkm."""
    return fact.position > (known.integrity if fact.kind == "conflict" else known.umkm)


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
