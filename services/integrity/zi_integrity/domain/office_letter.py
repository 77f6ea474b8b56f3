"""The register of a series and a year, which issues letters, and the sealed file of each letter.

A letter's number is the version of its event in the register, so numbers have neither gap nor repeat; nothing but an issue is ever an event
there. Pure.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import assert_never
from uuid import UUID, uuid5

from zi_chassis.domain import Command, DomainError, Event, Parties, officials, refuse_other_roles, services
from zi_contracts.integrity.office_letters import IssuedKind, OfficeLetterSeries
from zi_contracts.vault import ItemRef
from zi_integrity.roles import HEAD

REGISTERS = UUID("f1c0a5d8-98c5-4f0e-8f39-6d1a4f6f3b77")
SERIES: dict[IssuedKind, OfficeLetterSeries] = {
    "service_standard": "sp",
    "maklumat": "mp",
    "berita_acara": "ba",
}


class OfficeLetterError(DomainError):
    """Base of the errors that registers and letters raise."""


class OtherRegisterError(OfficeLetterError):
    def __init__(self) -> None:
        super().__init__("This is the register of another year or series: issue the letter in its own.")


class NumberedOtherwiseError(OfficeLetterError):
    def __init__(self) -> None:
        super().__init__("This letter has its number already, with another content: sign for a new letter.")


class AnotherFileError(OfficeLetterError):
    def __init__(self) -> None:
        super().__init__("This letter has its sealed file already: the file never changes.")


class IssueOfficeLetter(Command):
    """One letter that was signed for; `content` and `template` are digests that bind what will be shown."""

    series: OfficeLetterSeries
    year: int
    letter: UUID
    kind: IssuedKind
    matter: UUID
    content: str
    template: str
    item: ItemRef


class OfficeLetterIssued(Event):
    series: OfficeLetterSeries
    year: int
    letter: UUID
    kind: IssuedKind
    matter: UUID
    content: str
    template: str
    item: ItemRef


class RecordSealedFile(Command):
    """`file` is the digest of the sealed file, which lies in the vault as `item`."""

    letter: UUID
    number: str
    file: str
    item: ItemRef
    holds_until: datetime | None = None


class RecordRenewedFile(Command):
    """`file` is the digest of the file with one more archive timestamp, which holds until `holds_until`."""

    letter: UUID
    number: str
    file: str
    item: ItemRef
    holds_until: datetime | None


class OfficeLetterSealed(Event):
    letter: UUID
    number: str
    file: str
    item: ItemRef
    holds_until: datetime | None = None


class OfficeLetterRenewed(Event):
    letter: UUID
    number: str
    file: str
    item: ItemRef
    holds_until: datetime | None


LetterFileEvents = OfficeLetterSealed | OfficeLetterRenewed


@dataclass(frozen=True)
class OfficeRegister:
    """The letters with the digests of their contents, in the order of their numbers."""

    series: OfficeLetterSeries | None = None
    year: int = 0
    contents: dict[UUID, tuple[int, str]] = field(default_factory=dict)

    @property
    def last(self) -> int:
        return len(self.contents)


@dataclass(frozen=True)
class OfficeLetter:
    sealed: OfficeLetterSealed | None = None
    renewed: str | None = None


REGISTER_PARTIES: Parties = {IssueOfficeLetter: officials(*HEAD)}
PARTIES: Parties = {RecordSealedFile: services("integrity"), RecordRenewedFile: services("integrity")}
initial_register = OfficeRegister()
initial = OfficeLetter()


def office_register_id(office: str, series: OfficeLetterSeries, year: int) -> UUID:
    """Return an id that anybody can compute: a register is no secret."""
    return uuid5(REGISTERS, f"{office} {series} {year}")


def decide_issue(command: IssueOfficeLetter, register: OfficeRegister) -> list[OfficeLetterIssued]:
    refuse_other_roles(command, REGISTER_PARTIES)
    if register.series is not None and (command.series, command.year) != (register.series, register.year):
        raise OtherRegisterError
    issued = register.contents.get(command.letter)
    if issued is None:
        return [OfficeLetterIssued(**dict(command))]
    if issued[1] != command.content:
        raise NumberedOtherwiseError
    return []


def evolve_register(register: OfficeRegister, event: OfficeLetterIssued) -> OfficeRegister:
    contents = register.contents | {event.letter: (register.last + 1, event.content)}
    return OfficeRegister(event.series, event.year, contents)


def decide(command: RecordSealedFile | RecordRenewedFile, letter: OfficeLetter) -> list[LetterFileEvents]:
    refuse_other_roles(command, PARTIES)
    match command:
        case RecordSealedFile():
            return _seal(command, letter)
        case RecordRenewedFile():
            return _renew(command, letter)
        case _:
            assert_never(command)


def _renew(command: RecordRenewedFile, letter: OfficeLetter) -> list[LetterFileEvents]:
    if letter.sealed is None:
        raise AnotherFileError
    return [] if letter.renewed == command.file else [OfficeLetterRenewed(**dict(command))]


def _seal(command: RecordSealedFile, letter: OfficeLetter) -> list[LetterFileEvents]:
    if letter.sealed is None:
        return [OfficeLetterSealed(**dict(command))]
    if letter.sealed.file != command.file:
        raise AnotherFileError
    return []


def evolve(letter: OfficeLetter, event: LetterFileEvents) -> OfficeLetter:
    match event:
        case OfficeLetterSealed():
            return OfficeLetter(sealed=event)
        case OfficeLetterRenewed():
            return OfficeLetter(letter.sealed, event.file)
        case _:
            assert_never(event)
