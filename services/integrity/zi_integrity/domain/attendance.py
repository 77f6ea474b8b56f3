"""The attendance of a forum: signed with a code or entered from a printed list, each person once, struck with a reason and never deleted.

Names are in the vault. Pure.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, assert_never
from uuid import UUID

from zi_chassis.domain import Command, DomainError, Event, Parties, Value, officials, refuse_other_roles
from zi_contracts.vault import ItemRef
from zi_integrity.roles import ZONE_TEAM

Group = Literal["users", "stakeholders", "experts", "civil_society", "media", "provider"]
PROVIDER: Group = "provider"
GROUPS: tuple[Group, ...] = ("users", "stakeholders", "experts", "civil_society", "media", PROVIDER)
PUBLIC_GROUPS: tuple[Group, ...] = GROUPS[:-1]
StrikeReason = Literal["entered_twice", "was_absent", "wrong_group"]


class ProviderGroupError(DomainError):
    """The office's side does not sign with a code of the public."""

    def __init__(self) -> None:
        super().__init__(
            "This code is for people who are not of this office: choose the group that you come from."
        )


class AnotherCodeError(DomainError):
    """A person signs for themselves."""

    def __init__(self) -> None:
        super().__init__("Each person signs with their own code.")


class AttendanceChangedError(DomainError):
    """Somebody else has entered people since the list was compared with what was there."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody entered people at the same moment. Send the list again: nobody is entered twice."
        )


class UnknownAttendeeError(DomainError):
    """The attendance has no such number."""

    def __init__(self) -> None:
        super().__init__("Nobody has this number in the attendance of this forum. Look at the list again.")


class ListedPerson(Value):
    """A line of a printed list; the name is in the vault, under a data subject of its own."""

    group: Group
    data_subject: UUID
    name: ItemRef


class SignAttendance(Command):
    """A person signs with their code; `participant` is the reference behind it, and no name is left."""

    forum: UUID
    participant: UUID
    group: Group


class ListAttendance(Command):
    """A part of a printed list; `after` is the number of listed people with whom it was compared."""

    forum: UUID
    list: UUID
    part: int
    after: int
    people: tuple[ListedPerson, ...]


class ScanAttendance(Command):
    """The signed list itself, as a sealed file in the vault that its digest names."""

    forum: UUID
    scan: ItemRef


class StrikeAttendance(Command):
    number: int
    reason: StrikeReason


AttendanceCommands = SignAttendance | ListAttendance | ScanAttendance | StrikeAttendance
TEAM = officials(*ZONE_TEAM)
PARTIES: Parties = {
    SignAttendance: frozenset({"public"}),
    ListAttendance: TEAM,
    ScanAttendance: TEAM,
    StrikeAttendance: TEAM,
}


class AttendanceSigned(Event):
    forum: UUID
    participant: UUID
    group: Group


class AttendanceListed(Event):
    forum: UUID
    list: UUID
    part: int
    people: tuple[ListedPerson, ...]


class AttendanceScanned(Event):
    forum: UUID
    scan: ItemRef


class AttendanceStruck(Event):
    forum: UUID
    number: int
    group: Group
    reason: StrikeReason


AttendanceEvents = AttendanceSigned | AttendanceListed | AttendanceScanned | AttendanceStruck


class Attendee(Value):
    """A person by their number in this forum: who signed with a code, or was entered from a list."""

    number: int
    group: Group
    participant: UUID | None = None
    listed: ListedPerson | None = None
    is_struck: bool = False


@dataclass(frozen=True)
class Attendance:
    forum: UUID | None = None
    people: Mapping[int, Attendee] = field(default_factory=dict)
    parts: frozenset[tuple[UUID, int]] = frozenset()
    scans: frozenset[str] = frozenset()  # digests

    @property
    def counts(self) -> dict[Group, int]:
        """Count the people who came, by group; those who were struck did not."""
        came = Counter(each.group for each in self.people.values() if not each.is_struck)
        return {group: came[group] for group in GROUPS}

    @property
    def without_code(self) -> dict[Group, int]:
        """Count the people who came and signed on a printed list alone, by group."""
        came = Counter(each.group for each in self.people.values() if each.listed and not each.is_struck)
        return {group: came[group] for group in GROUPS}

    @property
    def listed(self) -> list[ListedPerson]:
        return [each.listed for each in self.people.values() if each.listed is not None]

    def attendee(self, participant: UUID) -> Attendee | None:
        """Find the person who signed with this code and was not struck."""
        found = (each for each in self.people.values() if each.participant == participant)
        return next((each for each in found if not each.is_struck), None)


initial = Attendance()


def decide(command: AttendanceCommands, attendance: Attendance) -> list[AttendanceEvents]:
    refuse_other_roles(command, PARTIES)
    match command:
        case SignAttendance():
            return _sign(command, attendance)
        case ListAttendance():
            return _list(command, attendance)
        case ScanAttendance():
            known = command.scan.digest in attendance.scans
            return [] if known else [AttendanceScanned(**dict(command))]
        case StrikeAttendance():
            return _strike(command, attendance)
        case _:
            assert_never(command)


def _sign(command: SignAttendance, attendance: Attendance) -> list[AttendanceEvents]:
    if command.by.actor != str(command.participant):
        raise AnotherCodeError
    if command.group == PROVIDER:
        raise ProviderGroupError
    if attendance.attendee(command.participant) is not None:
        return []
    return [AttendanceSigned(**dict(command))]


def _list(command: ListAttendance, attendance: Attendance) -> list[AttendanceEvents]:
    if not command.people or (command.list, command.part) in attendance.parts:
        return []
    if command.after != len(attendance.listed):
        raise AttendanceChangedError
    return [
        AttendanceListed(
            **command.model_dump(exclude={"after", "by", "people"}), by=command.by, people=command.people
        )
    ]


def _strike(command: StrikeAttendance, attendance: Attendance) -> list[AttendanceEvents]:
    person = attendance.people.get(command.number)
    if person is None or attendance.forum is None:
        raise UnknownAttendeeError
    if person.is_struck:
        return []
    return [AttendanceStruck(**dict(command), forum=attendance.forum, group=person.group)]


def evolve(attendance: Attendance, event: AttendanceEvents) -> Attendance:
    people, next_number = dict(attendance.people), len(attendance.people) + 1
    match event:
        case AttendanceSigned():
            people[next_number] = Attendee(
                number=next_number, group=event.group, participant=event.participant
            )
        case AttendanceListed():
            for number, person in enumerate(event.people, start=next_number):
                people[number] = Attendee(number=number, group=person.group, listed=person)
            parts = attendance.parts | {(event.list, event.part)}
            return replace(attendance, forum=event.forum, people=people, parts=parts)
        case AttendanceScanned():
            scans = attendance.scans | {event.scan.digest}
            return replace(attendance, forum=event.forum, scans=scans)
        case AttendanceStruck():
            people[event.number] = people[event.number].model_copy(update={"is_struck": True})
        case _:
            assert_never(event)
    return replace(attendance, forum=event.forum, people=people)
