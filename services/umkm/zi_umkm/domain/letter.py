"""The letters of mentoring: the register of a series and a year, which numbers them, and the sealed file of each.

A letter's number is the version of its event in the register, where nothing but an issue is ever an event, so that numbers have neither gap
nor repeat. Pure.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never
from uuid import UUID, uuid5

from zi_chassis.domain import (
    Command,
    Event,
    Parties,
    Roles,
    WrongRoleError,
    officials,
    refuse_other_roles,
    services,
)
from zi_contracts.umkm.letters import MentoringLetterKind, MentoringLetterSeries
from zi_contracts.vault import ItemRef
from zi_umkm.domain.errors import MentoringError
from zi_umkm.roles import MENTORING, SIGNING, SUPERVISING

YEARLY_REGISTERS = UUID("0b6e7a54-7f9d-4c3e-9d06-2f6a8c1be0aa")
SERIES_OF: dict[MentoringLetterKind, MentoringLetterSeries] = {
    "pirt_referral": "sr",
    "cppob_permit": "ipc",
    "trip_assignment": "spt",
}
# Who gives a letter of a kind.
GIVEN_BY: dict[MentoringLetterKind, Roles] = {
    "pirt_referral": officials(*MENTORING),
    "cppob_permit": officials(*SIGNING),
    "trip_assignment": officials(*SUPERVISING),
}


class OtherYearError(MentoringError):
    sentence = "This register is of another year or series: a letter is numbered in its own."


class OtherContentError(MentoringError):
    sentence = "This letter was numbered with another content: write a new letter."


class OtherFileError(MentoringError):
    sentence = "This letter was sealed as another file, and its file never changes."


class IssueMentoringLetter(Command):
    """`content` and `template` are digests of what the letter will show; `ticket` is of its case, or what trips have in its place."""

    ticket: str
    letter: UUID
    kind: MentoringLetterKind
    series: MentoringLetterSeries
    year: int
    template: str
    content: str
    item: ItemRef


class MentoringLetterIssued(Event):
    ticket: str
    letter: UUID
    kind: MentoringLetterKind
    series: MentoringLetterSeries
    year: int
    template: str
    content: str
    item: ItemRef


class RecordLetterFile(Command):
    """`file` is the digest of the file, which lies in the vault as `item`; its last timestamp holds until `holds_until`."""

    ticket: str
    number: str
    letter: UUID
    file: str
    item: ItemRef
    holds_until: datetime | None = None


class SealMentoringLetter(RecordLetterFile):
    pass


class RenewMentoringLetter(RecordLetterFile):
    pass


class LetterFileRecorded(Event):
    ticket: str
    number: str
    letter: UUID
    file: str
    item: ItemRef
    holds_until: datetime | None = None


class MentoringLetterSealed(LetterFileRecorded):
    pass


class MentoringLetterRenewed(LetterFileRecorded):
    pass


MentoringLetterFiles = MentoringLetterSealed | MentoringLetterRenewed


@dataclass(frozen=True)
class MentoringLetterRegister:
    """The numbers and the digests of the letters that were issued."""

    issued: dict[UUID, tuple[int, str]] = field(default_factory=dict)
    of: tuple[str, int] | None = None

    @property
    def next(self) -> int:
        return len(self.issued) + 1


@dataclass(frozen=True)
class MentoringLetterFile:
    """`sealed` is the digest of the file as it was sealed, `latest` that of the file with its last timestamp."""

    sealed: str | None = None
    latest: str | None = None


REGISTER_PARTIES: Parties = {IssueMentoringLetter: officials(*MENTORING, *SIGNING, *SUPERVISING)}
FILE_PARTIES: Parties = {SealMentoringLetter: services("umkm"), RenewMentoringLetter: services("umkm")}


def letter_register_id(office: str, series: MentoringLetterSeries, year: int) -> UUID:
    """Return an id that anybody can compute: a register is no secret."""
    return uuid5(YEARLY_REGISTERS, f"{office} {series} {year}")


def printed_number(series: MentoringLetterSeries, year: int, number: int) -> str:
    """Return the number as it is printed: SR-2026-000017."""
    return f"{series.upper()}-{year}-{number:06}"


def number_letter(
    command: IssueMentoringLetter, register: MentoringLetterRegister
) -> list[MentoringLetterIssued]:
    refuse_other_roles(command, REGISTER_PARTIES)
    if command.by.role not in GIVEN_BY[command.kind]:
        raise WrongRoleError
    if register.of not in (None, (command.series, command.year)):
        raise OtherYearError
    if command.letter not in register.issued:
        return [MentoringLetterIssued(**dict(command))]
    _, content = register.issued[command.letter]
    if content != command.content:
        raise OtherContentError
    return []


def numbered(register: MentoringLetterRegister, event: MentoringLetterIssued) -> MentoringLetterRegister:
    issued = register.issued | {event.letter: (register.next, event.content)}
    return MentoringLetterRegister(issued, (event.series, event.year))


def decide(
    command: SealMentoringLetter | RenewMentoringLetter, letter: MentoringLetterFile
) -> list[MentoringLetterFiles]:
    refuse_other_roles(command, FILE_PARTIES)
    match command:
        case SealMentoringLetter():
            if letter.sealed not in (None, command.file):
                raise OtherFileError
            return [] if letter.sealed else [MentoringLetterSealed(**dict(command))]
        case RenewMentoringLetter():
            if letter.sealed is None:
                raise OtherFileError
            return [] if letter.latest == command.file else [MentoringLetterRenewed(**dict(command))]
        case _:
            assert_never(command)


def evolve(letter: MentoringLetterFile, event: MentoringLetterFiles) -> MentoringLetterFile:
    match event:
        case MentoringLetterSealed(file=file):
            return MentoringLetterFile(file, file)
        case MentoringLetterRenewed(file=file):
            return replace(letter, latest=file)
        case _:
            assert_never(event)
