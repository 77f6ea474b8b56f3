"""The register of a series and a year, which issues: a letter's number is the version of its event, so numbers have neither gap nor
repeat. Nothing but an issue is ever an event here. Pure.
"""

from dataclasses import dataclass, replace
from typing import ClassVar
from uuid import UUID

from zi_chassis.domain import Command, DomainError, Event, Parties, refuse_other_roles, services
from zi_contracts.certificates import Series


class RegisterError(DomainError):
    """Base of the errors that the register raises."""

    sentence: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(self.sentence)


class WrongRegisterError(RegisterError):
    sentence = "This is the register of another year or series: issue the letter in its own."


class AnotherLetterError(RegisterError):
    sentence = "This letter has its number already, with another content: sign for a new letter."


class Issue(Command):
    """One letter that was signed for; `content` and `template` are digests that bind what will be shown."""

    series: Series
    year: int
    ticket: str
    application: UUID
    letter: UUID
    kind: str
    business_ref: str
    content: str
    template: str
    evaluators: tuple[str, ...]
    signer: str
    acting: UUID | None = None


class CertificateIssued(Event):
    series: Series
    year: int
    ticket: str
    application: UUID
    letter: UUID
    kind: str
    business_ref: str
    content: str
    template: str
    evaluators: tuple[str, ...]
    signer: str
    acting: UUID | None = None


@dataclass(frozen=True)
class RegisterEntry:
    number: int
    content: str


PARTIES: Parties = {Issue: services("certificates")}
BUCKETS = 1_024
Bucket = dict[UUID, RegisterEntry]


@dataclass(frozen=True)
class Register:
    """The issued letters, in many small buckets, so that the year's last letter costs no more than its first."""

    series: Series | None = None
    year: int = 0
    last: int = 0
    buckets: tuple[Bucket, ...] = ({},) * BUCKETS

    def entry(self, letter: UUID) -> RegisterEntry | None:
        return self.buckets[letter.int % BUCKETS].get(letter)


initial = Register()


def decide(command: Issue, register: Register) -> list[CertificateIssued]:
    refuse_other_roles(command, PARTIES)
    if register.series is not None and (command.series, command.year) != (register.series, register.year):
        raise WrongRegisterError
    issued = register.entry(command.letter)
    if issued is None:
        return [CertificateIssued(**dict(command))]
    if issued.content != command.content:
        raise AnotherLetterError
    return []


def evolve(register: Register, event: CertificateIssued) -> Register:
    number, place = register.last + 1, event.letter.int % BUCKETS
    bucket = register.buckets[place] | {event.letter: RegisterEntry(number, event.content)}
    buckets = (*register.buckets[:place], bucket, *register.buckets[place + 1 :])
    return replace(register, series=event.series, year=event.year, last=number, buckets=buckets)
