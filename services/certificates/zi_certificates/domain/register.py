"""The register of a series and a year, which issues: a letter's number is the version of its event, so numbers have neither gap nor
repeat. Nothing but an issue is ever an event here. Pure.
"""

from dataclasses import dataclass, replace
from typing import ClassVar
from uuid import UUID

from zi_chassis.domain import Command, DomainError, Event, Parties, refuse_other_roles, services
from zi_contracts.certificates import Series


class RegisterError(DomainError):
    """What the register does not allow."""

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
class Entry:
    number: int
    content: str


PARTIES: Parties = {Issue: services("certificates")}
SHELVES = 1_024
Shelf = dict[UUID, Entry]


@dataclass(frozen=True)
class Register:
    """What was issued, on many small shelves, so that the year's last letter costs no more than its first."""

    series: Series | None = None
    year: int = 0
    last: int = 0
    shelves: tuple[Shelf, ...] = ({},) * SHELVES

    def entry(self, letter: UUID) -> Entry | None:
        return self.shelves[letter.int % SHELVES].get(letter)


initial = Register()


def official_number(series: Series, year: int, number: int) -> str:
    """As it is printed, asked for and spoken: SKI-2026-000017."""
    return f"{series.upper()}-{year}-{number:06}"


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
    number, place = register.last + 1, event.letter.int % SHELVES
    shelf = register.shelves[place] | {event.letter: Entry(number, event.content)}
    shelves = (*register.shelves[:place], shelf, *register.shelves[place + 1 :])
    return replace(register, series=event.series, year=event.year, last=number, shelves=shelves)
