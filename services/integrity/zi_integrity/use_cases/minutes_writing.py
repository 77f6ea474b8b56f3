"""The minutes of a forum as the zone team writes them, and as everybody reads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from zi_chassis.domain import Act, Decider
from zi_chassis.office_clock import office_zone
from zi_chassis.storage.database import Tx
from zi_chassis.storage.in_time import in_time
from zi_chassis.storage.store import Store
from zi_chassis.vault.vault import Vault
from zi_integrity.domain.action import ActionOwner
from zi_integrity.domain.attendance import GROUPS, Attendance, Group
from zi_integrity.domain.minutes import messages
from zi_integrity.domain.minutes.errors import AttendanceOutdatedError
from zi_integrity.domain.minutes.messages import AGREEMENT, GroupAttendance, MinutesCommands, QuorumRule
from zi_integrity.domain.minutes.state import ForumMinutes
from zi_integrity.domain.minutes.text import DISSENT, ISSUE, ForumFacts, MinutesText, items_of, minutes_text
from zi_integrity.domain.minutes_ids import attendance_id, minutes_id
from zi_integrity.messaging.forum_timers import took_part
from zi_integrity.messaging.minutes_published import attendances, minutes_of_forums
from zi_integrity.read.forums import ForumRow
from zi_integrity.use_cases.forum_attendance import ForumAttendance
from zi_integrity.use_cases.forum_names import ForumNames
from zi_integrity.use_cases.participation import Participation
from zi_integrity.use_cases.personal_data import PersonalData
from zi_rules.forum_minutes import MinutesRules
from zi_rules.version import Editions, in_force

VERDICTS: Mapping[str, bool] = {"closed": True, "no_quorum": False}  # of a forum that has closed


@dataclass(frozen=True)
class PointText:
    """A point as it was typed; an agreement has all of its three parts or none."""

    issue: str
    agreement: str | None
    owner: ActionOwner | None
    due: date | None
    proposals: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class WrittenMinutes:
    """The minutes of a forum: the state, and the text that is signed for."""

    row: ForumRow
    state: ForumMinutes
    text: MinutesText


class MinutesWriting:
    def __init__(
        self,
        store: Store,
        vault: Vault,
        names: ForumNames,
        participation: Participation,
        attendance: ForumAttendance,
        personal_data: PersonalData,
        rules: Editions[MinutesRules],
    ) -> None:
        self._store = store
        self._vault = vault
        self._names = names
        self._participation = participation
        self._attendance = attendance
        self._personal_data = personal_data
        self._rules = rules

    async def read(self, number: str) -> WrittenMinutes:
        """Raises ForumNotPlannedError."""
        row = await self._participation.forum(number)
        _, state = await self._store.fetch(minutes_of_forums, minutes_id(row.forum))
        texts = await self._personal_data.public_texts([each.item for each in items_of(state)])
        facts = ForumFacts(
            forum=row.forum, number=row.number, theme=row.theme, begins=row.begins, place=row.place
        )
        return WrittenMinutes(row, state, minutes_text(facts, state, texts))

    async def record_point(
        self, number: str, by: Act, request: UUID, text: PointText, point: int | None = None
    ) -> None:
        """Write a point, new or in place of another. Raises HalfAgreementError, NoPointError, MinutesAgreedError, AnotherTextError."""
        row = await self._participation.forum(number)
        texts = {ISSUE: text.issue} | ({AGREEMENT: text.agreement} if text.agreement else {})
        parts = (point, text.issue, text.agreement, text.owner, text.due, *text.proposals)
        digest = self._names.body_digest(*(str(part) for part in parts))

        def command(items: Any) -> MinutesCommands:
            return messages.RecordPoint(
                by=by,
                forum=row.forum,
                request=request,
                point=point,
                owner=text.owner,
                due=text.due,
                proposals=text.proposals,
                body_digest=digest,
                items=items,
            )

        sealed = await in_time(self._vault.seal, uuid5(minutes_id(row.forum), str(request)), texts)
        await self._decide(row, command(sealed.refs), sealed)

    async def withdraw_point(self, number: str, by: Act, point: int) -> None:
        row = await self._participation.forum(number)
        await self._decide(row, messages.WithdrawPoint(by=by, point=point))

    async def record_dissent(
        self, number: str, by: Act, request: UUID, point: int, group: Group, text: str
    ) -> None:
        row = await self._participation.forum(number)
        sealed = await in_time(self._vault.seal, uuid5(minutes_id(row.forum), str(request)), {DISSENT: text})
        command = messages.RecordDissent(
            by=by,
            request=request,
            point=point,
            group=group,
            body_digest=self._names.body_digest(str(point), group, text),
            items=sealed.refs,
        )
        await self._decide(row, command, sealed)

    async def take_attendance(self, number: str, by: Act) -> None:
        """Take the attendance as it is under the write lock into the minutes."""
        row = await self._participation.forum(number)
        rules = in_force(self._rules, row.begins.astimezone(office_zone()).date())
        rule = QuorumRule(
            id=rules.id,
            version=rules.version,
            digest=rules.digest,
            public_signatures=rules.public_signatures,
            groups=row.quorum,
        )

        def found(tx: Tx) -> tuple[Decider[ForumMinutes], UUID, MinutesCommands]:
            self._attendance.refuse_closed(tx, row, by.at)
            counts = self.counts(row, self.attendance_in(tx, row.forum))
            planned = self._participation.state(tx, row.forum)
            groups = took_part(self._store, tx, row.forum, planned) if planned.counts_once else None
            command = messages.TakeAttendance(
                by=by,
                forum=row.forum,
                counts=counts,
                rule=rule,
                groups_reached=None if groups is None else sum(each.count > 0 for each in groups),
                forum_quorum=None if groups is None else VERDICTS.get(planned.status),
            )
            return minutes_of_forums, minutes_id(row.forum), command

        await self._store.decide(found)

    async def record_without_quorum(self, number: str, by: Act) -> None:
        row = await self._participation.forum(number)

        def found(tx: Tx) -> tuple[Decider[ForumMinutes], UUID, MinutesCommands]:
            self.refuse_outdated(tx, row)
            return minutes_of_forums, minutes_id(row.forum), messages.RecordWithoutQuorum(by=by)

        await self._store.decide(found)

    async def _decide(self, row: ForumRow, command: MinutesCommands, keep: object = None) -> None:
        def found(_: Tx) -> tuple[Decider[ForumMinutes], UUID, MinutesCommands]:
            return minutes_of_forums, minutes_id(row.forum), command

        await self._store.decide(found, keep=keep)

    # -- under the write lock

    def refuse_outdated(self, tx: Tx, row: ForumRow) -> None:
        """Refuse where the attendance is not the one in the minutes. Raises AttendanceOutdatedError."""
        taken = self.minutes_in(tx, row.forum).attendance
        if taken is not None and taken.counts != self.counts(row, self.attendance_in(tx, row.forum)):
            raise AttendanceOutdatedError

    def minutes_in(self, tx: Tx, forum: UUID) -> ForumMinutes:
        id = minutes_id(forum)
        state: ForumMinutes = self._store.states(tx, {id: minutes_of_forums})[id][1]
        return state

    def attendance_in(self, tx: Tx, forum: UUID) -> Attendance:
        id = attendance_id(forum)
        state: Attendance = self._store.states(tx, {id: attendances})[id][1]
        return state

    @staticmethod
    def counts(row: ForumRow, attendance: Attendance) -> tuple[GroupAttendance, ...]:
        """Return the people of each group that was invited or came, with the target of the plan."""
        targets: Mapping[str, int] = {each.group: each.target for each in row.groups}
        people = attendance.counts
        return tuple(
            GroupAttendance(group=group, people=people[group], target=targets.get(group, 0))
            for group in GROUPS
            if people[group] or group in targets
        )
