"""Attendance of a forum: signed with a code, entered from a printed list, struck with a reason, its signed list kept as a sealed file.

A file of the signed list goes into the vault as it came and is opened by nobody here; its digest is in the ledger.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from zi_chassis.domain import Act, Decider, DomainError, ErasedError
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Store
from zi_chassis.vault.vault import Sealed, Vault
from zi_integrity.domain import attendance as domain
from zi_integrity.domain.attendance import Attendance, AttendanceCommands, ListedPerson, StrikeReason
from zi_integrity.domain.attendance_list import BrokenLine, ListLine, parse_list
from zi_integrity.domain.minutes.errors import ForumEndedError, ForumNotBegunError, MinutesAgreedError
from zi_integrity.domain.minutes_ids import attendance_id, minutes_id
from zi_integrity.messaging.minutes_published import attendances, minutes_of_forums
from zi_integrity.read.forums import ForumParticipant, ForumRow, mark_absent, mark_present, present
from zi_integrity.use_cases.forum_names import ForumNames
from zi_integrity.use_cases.participation import Participation

NAME, SCAN = "contact.name", "attendance.scan"
LINES_OF_A_PART = 50
LARGEST_SCAN = 5_000_000
SCAN_TYPES = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n": "image/png"}


class ScanRefusedError(DomainError):
    def __init__(self) -> None:
        super().__init__("Send the photo of the signed list as PDF, JPEG or PNG, of at most 5 MB.")


@dataclass(frozen=True)
class ListOutcome:
    """The number of people who were entered now, and the lines that were not."""

    entered: int
    broken: tuple[BrokenLine, ...]


class ForumAttendance:
    def __init__(self, store: Store, vault: Vault, names: ForumNames, participation: Participation) -> None:
        self._store = store
        self._vault = vault
        self._names = names
        self._participation = participation
        self._list_turn = asyncio.Lock()

    async def state(self, forum: UUID) -> Attendance:
        return (await self._store.fetch(attendances, attendance_id(forum)))[1]

    def attendee(self, participant: ForumParticipant) -> UUID:
        """Return the reference under which a participant attends and signs: it leads to none of their proposals."""
        return self._names.entry("attendee", str(participant.reference), participant.forum)

    async def sign(self, number: str, code: str, at: datetime) -> Attendance:
        """Sign with a code. Raises UnknownCodeError, ForumNotBegunError."""
        row = await self._participation.forum(number)

        def found(tx: Tx) -> tuple[Decider[Attendance], UUID, AttendanceCommands]:
            person = self._participation.participant_in(tx, code, row.forum)
            self.refuse_closed(tx, row, at)
            mark_present(tx, person)
            attendee = self.attendee(person)
            by = Act(at=at, actor=str(attendee), role="public")
            command = domain.SignAttendance(by=by, forum=row.forum, participant=attendee, group=person.group)
            return attendances, attendance_id(row.forum), command

        return (await self._store.decide(found)).state

    async def enter_list(self, number: str, by: Act, key: UUID, content: bytes) -> ListOutcome:
        """Enter the good lines; a repeat enters nobody twice, and goes on where an attempt has stopped.

        A list that is sent twice at once is entered by the first and waited for by the second: its parts are many decisions.
        Raises NoListError, ListTooLongError, AttendanceChangedError (another process entered people meanwhile)."""
        row = await self._participation.forum(number)
        async with self._list_turn:
            return await self._enter(row, by, key, content)

    async def _enter(self, row: ForumRow, by: Act, key: UUID, content: bytes) -> ListOutcome:
        state = await self.state(row.forum)
        parsed = parse_list(content, await self._present_names(state))
        parts = [
            parsed.lines[at : at + LINES_OF_A_PART] for at in range(0, len(parsed.lines), LINES_OF_A_PART)
        ]
        list_id = self._list_id(key, parsed.lines)
        entered, after = 0, len(state.listed)
        for nth, lines in enumerate(parts, start=1):
            sealed = [self._sealed(list_id, line) for line in lines]
            people = tuple(person for person, _ in sealed)
            command = domain.ListAttendance(
                by=by, forum=row.forum, list=list_id, part=nth, after=after, people=people
            )
            recorded = await self._decide(row, command, tuple(each for _, each in sealed))
            entered += len(people) if recorded else 0
            after += len(people)
        return ListOutcome(entered, parsed.broken)

    def _list_id(self, key: UUID, lines: tuple[ListLine, ...]) -> UUID:
        """Return the id of these lines under a form's key: other lines are another list, so none passes for a part that was entered."""
        content = "\n".join(f"{line.number}\t{line.group}\t{line.name}" for line in lines)
        return self._names.entry("attendance list", content, key)

    def _sealed(self, list: UUID, line: ListLine) -> tuple[ListedPerson, Sealed]:
        data_subject = self._names.data_subject(uuid5(list, str(line.number)))
        sealed = self._vault.seal(data_subject, {NAME: line.name}, fresh=True)
        return ListedPerson(group=line.group, data_subject=data_subject, name=sealed.refs[0]), sealed

    async def _present_names(self, state: Attendance) -> list[str]:
        """Read the names that were entered, for a program to compare them: nobody sees them."""
        items = [person.name.item for person in state.listed]
        return await self._store.query(lambda tx: [name for item in items for name in self._name(tx, item)])

    def _name(self, tx: Tx, item: UUID) -> list[str]:
        try:
            return [self._vault.open(tx, [item])[item].text]
        except ErasedError:
            return []

    async def keep_scan(self, number: str, by: Act, content: bytes) -> None:
        """Seal the signed list. Raises ScanRefusedError."""
        row = await self._participation.forum(number)
        media_type = next((kind for start, kind in SCAN_TYPES.items() if content.startswith(start)), None)
        if media_type is None or len(content) > LARGEST_SCAN:
            raise ScanRefusedError
        data_subject = self._names.data_subject(attendance_id(row.forum))
        sealed = self._vault.seal(data_subject, {SCAN: content}, {SCAN: media_type})
        await self._decide(row, domain.ScanAttendance(by=by, forum=row.forum, scan=sealed.refs[0]), sealed)

    async def strike(self, number: str, by: Act, attendee: int, reason: StrikeReason) -> None:
        row = await self._participation.forum(number)

        def found(tx: Tx) -> tuple[Decider[Attendance], UUID, AttendanceCommands]:
            self.refuse_closed(tx, row, by.at)
            self._take_back(tx, row.forum, attendee)
            command = domain.StrikeAttendance(by=by, number=attendee, reason=reason)
            return attendances, attendance_id(row.forum), command

        await self._store.decide(found)

    def _take_back(self, tx: Tx, forum: UUID, number: int) -> None:
        """Whoever is struck here is not counted as present; whoever has signed again after it is."""
        id = attendance_id(forum)
        state: Attendance = self._store.states(tx, {id: attendances})[id][1]
        struck = state.people.get(number)
        if struck is None or struck.participant is None or struck.is_struck:
            return
        for each in present(tx, forum):
            if self._names.entry("attendee", each, forum) == struck.participant:
                mark_absent(tx, forum, each)

    async def _decide(self, row: ForumRow, command: AttendanceCommands, keep: object = None) -> bool:
        def found(tx: Tx) -> tuple[Decider[Attendance], UUID, AttendanceCommands]:
            self.refuse_closed(tx, row, command.by.at)
            return attendances, attendance_id(row.forum), command

        return bool((await self._store.decide(found, keep=keep)).recorded)

    def refuse_closed(self, tx: Tx, row: ForumRow, at: datetime) -> None:
        """Refuse before the forum has begun and after its minutes are final."""
        if at < row.begins or row.status == "cancelled":
            raise ForumNotBegunError
        id = minutes_id(row.forum)
        minutes: Any = self._store.states(tx, {id: minutes_of_forums})[id][1]
        if minutes.agreed is not None:
            raise MinutesAgreedError
        if minutes.without_quorum is not None:
            raise ForumEndedError
