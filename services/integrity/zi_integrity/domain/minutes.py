"""The minutes of a forum (berita acara): drafted, frozen by digest at the first signature, signed by the head and by the public.

A dissent stays for ever, whatever becomes of its point; a change after a signature voids the signatures. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never
from uuid import UUID

from zi_chassis.domain import Command, Event, Parties, Value, officials, refuse_other_roles
from zi_contracts.intake import Items
from zi_contracts.vault import ItemRef
from zi_integrity.domain import minutes_errors as errors
from zi_integrity.domain.action import ActionOwner
from zi_integrity.domain.attendance import PROVIDER, Group
from zi_integrity.roles import HEAD, ZONE_TEAM

FEWEST_PUBLIC_SIGNATURES = 2
AGREEMENT = "minutes.agreement"  # the field of an agreement's text in the vault


class GroupAttendance(Value):
    """People who came from a group, and the target of the plan."""

    group: Group
    people: int
    target: int


class QuorumRule(Value):
    """The office's demands on a forum: the pin of its rule and the figures; None where it has decided none."""

    id: str
    version: int
    digest: str
    public_signatures: int
    people: int | None = None
    groups: int | None = None


class RecordPoint(Command):
    """A point of the minutes, new or in place of `point`; issue and agreement are texts in the vault.

    `owner` and `due` belong to an agreement: who acts, until when. A point without them records an issue without agreement."""

    forum: UUID
    request: UUID
    point: int | None
    owner: ActionOwner | None
    due: date | None
    proposals: tuple[UUID, ...] = ()
    items: Items


class WithdrawPoint(Command):
    point: int


class RecordDissent(Command):
    """A person disagrees with a point; their sentence is in the vault."""

    request: UUID
    point: int
    group: Group
    items: Items


class TakeAttendance(Command):
    """The attendance as it is goes into the minutes, and is judged by the office's rule."""

    forum: UUID
    counts: tuple[GroupAttendance, ...]
    rule: QuorumRule


class SignMinutes(Command):
    """A signature for the content with this digest, which was made from `edition`; a participant of the public signs with their code.

    `content` is the frozen content in the vault, for the first signature; `name` is there if the person wants it printed."""

    edition: int
    digest: str
    content: ItemRef
    participant: UUID | None = None
    group: Group | None = None
    name: ItemRef | None = None


class RecordWithoutQuorum(Command):
    """The forum took place with too few people: it stays on record, and nothing was agreed."""


MinutesCommands = (
    RecordPoint | WithdrawPoint | RecordDissent | TakeAttendance | SignMinutes | RecordWithoutQuorum
)
TEAM = officials(*ZONE_TEAM)
PARTIES: Parties = {
    RecordPoint: TEAM,
    WithdrawPoint: TEAM,
    RecordDissent: TEAM,
    TakeAttendance: TEAM,
    SignMinutes: officials(*HEAD) | {"public"},
    RecordWithoutQuorum: TEAM,
}


class MinutesPointRecorded(Event):
    """`revision` counts how often this point was written."""

    forum: UUID
    request: UUID
    point: int
    revision: int
    owner: ActionOwner | None
    due: date | None
    proposals: tuple[UUID, ...]
    items: Items


class MinutesPointWithdrawn(Event):
    forum: UUID
    point: int


class DissentRecorded(Event):
    """`revision` is that of the point which the dissent is about."""

    forum: UUID
    request: UUID
    point: int
    revision: int
    group: Group
    items: Items


class AttendanceTaken(Event):
    forum: UUID
    counts: tuple[GroupAttendance, ...]
    rule: QuorumRule
    quorum: bool


class MinutesSigned(Event):
    """`signature` counts those for this digest; `group` is the participant's, and the head has none."""

    forum: UUID
    digest: str
    signature: int
    content: ItemRef
    participant: UUID | None
    group: Group | None
    name: ItemRef | None


class MinutesSignaturesVoided(Event):
    """The minutes were changed after these signatures."""

    forum: UUID
    digest: str
    signatures: int


class MinutesAgreed(Event):
    """The head and enough of the public have signed the same: from now on nothing changes."""

    forum: UUID
    digest: str
    public_signatures: int
    actions: int
    content: ItemRef


class ForumWithoutQuorum(Event):
    forum: UUID
    people: int


MinutesEvents = (
    MinutesPointRecorded
    | MinutesPointWithdrawn
    | DissentRecorded
    | AttendanceTaken
    | MinutesSigned
    | MinutesSignaturesVoided
    | MinutesAgreed
    | ForumWithoutQuorum
)


@dataclass(frozen=True)
class MinutesPoint:
    text: MinutesPointRecorded
    dissents: tuple[DissentRecorded, ...] = ()
    is_withdrawn: bool = False

    @property
    def is_agreed(self) -> bool:
        return not self.is_withdrawn and self.text.owner is not None


@dataclass(frozen=True)
class ForumMinutes:
    """`edition` counts the changes; `signatures` are those that stand, all for the same digest."""

    forum: UUID | None = None
    points: Mapping[int, MinutesPoint] = field(default_factory=dict)
    attendance: AttendanceTaken | None = None
    edition: int = 0
    signatures: tuple[MinutesSigned, ...] = ()
    voided: tuple[MinutesSignaturesVoided, ...] = ()
    agreed: MinutesAgreed | None = None
    without_quorum: ForumWithoutQuorum | None = None
    requests: frozenset[UUID] = frozenset()

    @property
    def standing_points(self) -> list[MinutesPoint]:
        return [point for point in self.points.values() if not point.is_withdrawn]

    @property
    def agreed_points(self) -> list[MinutesPoint]:
        return [point for point in self.points.values() if point.is_agreed]

    @property
    def public_signatures(self) -> int:
        return sum(each.participant is not None for each in self.signatures)

    @property
    def is_signed_by_head(self) -> bool:
        return any(each.participant is None for each in self.signatures)

    @property
    def is_final(self) -> bool:
        return self.agreed is not None or self.without_quorum is not None


initial = ForumMinutes()


def has_quorum(counts: tuple[GroupAttendance, ...], rule: QuorumRule) -> bool:
    """Judge the attendance of the public: as many people and groups as the office demands, and never fewer people than must sign."""
    public = [each for each in counts if each.group != PROVIDER and each.people]
    people = sum(each.people for each in public)
    return people >= max(rule.people or 0, needed_signatures(rule)) and len(public) >= (rule.groups or 0)


def needed_signatures(rule: QuorumRule) -> int:
    return max(rule.public_signatures, FEWEST_PUBLIC_SIGNATURES)


def decide(command: MinutesCommands, minutes: ForumMinutes) -> list[MinutesEvents]:
    refuse_other_roles(command, PARTIES)
    match command:
        case RecordPoint():
            return _record_point(command, minutes)
        case WithdrawPoint():
            return _withdraw_point(command, minutes)
        case RecordDissent():
            return _record_dissent(command, minutes)
        case TakeAttendance():
            return _take_attendance(command, minutes)
        case SignMinutes():
            return _sign(command, minutes)
        case RecordWithoutQuorum():
            return _record_without_quorum(command, minutes)
        case _:
            assert_never(command)


def _record_point(command: RecordPoint, minutes: ForumMinutes) -> list[MinutesEvents]:
    if command.request in minutes.requests:
        return []
    has_text = any(item.field == AGREEMENT for item in command.items)
    if not (command.owner is None) == (command.due is None) == (not has_text):
        raise errors.HalfAgreementError
    before = None if command.point is None else _point(minutes, command.point)
    number = len(minutes.points) + 1 if command.point is None else command.point
    revision = 1 if before is None else before.text.revision + 1
    fields = command.model_dump(exclude={"by", "point", "items"})
    recorded = MinutesPointRecorded(
        by=command.by, point=number, revision=revision, items=command.items, **fields
    )
    return _changed(command, minutes, recorded)


def _withdraw_point(command: WithdrawPoint, minutes: ForumMinutes) -> list[MinutesEvents]:
    point = minutes.points.get(command.point)
    if point is not None and point.is_withdrawn:
        return []
    if _point(minutes, command.point).dissents:
        raise errors.PointHasDissentError
    assert minutes.forum is not None
    withdrawn = MinutesPointWithdrawn(by=command.by, forum=minutes.forum, point=command.point)
    return _changed(command, minutes, withdrawn)


def _record_dissent(command: RecordDissent, minutes: ForumMinutes) -> list[MinutesEvents]:
    if command.request in minutes.requests:
        return []
    point = _point(minutes, command.point)
    revision, forum = point.text.revision, point.text.forum
    return _changed(command, minutes, DissentRecorded(**dict(command), forum=forum, revision=revision))


def _take_attendance(command: TakeAttendance, minutes: ForumMinutes) -> list[MinutesEvents]:
    taken = AttendanceTaken(**dict(command), quorum=has_quorum(command.counts, command.rule))
    before = minutes.attendance
    if before is not None and (before.counts, before.rule) == (taken.counts, taken.rule):
        return []
    return _changed(command, minutes, taken)


def _changed(command: Command, minutes: ForumMinutes, change: MinutesEvents) -> list[MinutesEvents]:
    """Return the change; signatures for the text before it are void."""
    _refuse_final(minutes)
    if not minutes.signatures:
        return [change]
    first = minutes.signatures[0]
    voided = MinutesSignaturesVoided(
        by=command.by, forum=first.forum, digest=first.digest, signatures=len(minutes.signatures)
    )
    return [voided, change]


def _refuse_final(minutes: ForumMinutes) -> None:
    if minutes.agreed is not None:
        raise errors.MinutesAgreedError
    if minutes.without_quorum is not None:
        raise errors.ForumEndedError


def _point(minutes: ForumMinutes, number: int) -> MinutesPoint:
    point = minutes.points.get(number)
    if point is None or point.is_withdrawn:
        raise errors.NoPointError
    return point


def _sign(command: SignMinutes, minutes: ForumMinutes) -> list[MinutesEvents]:
    is_public = command.participant is not None
    if is_public != (command.by.role == "public") or is_public != (command.group is not None):
        raise errors.SignatureRoleError
    same = [each for each in minutes.signatures if each.participant == command.participant]
    if same and same[0].digest == command.digest:
        return []
    _refuse_unsignable(command, minutes)
    assert minutes.forum is not None
    assert minutes.attendance is not None
    signed = MinutesSigned(
        **command.model_dump(exclude={"by", "edition", "content", "name"}),
        by=command.by,
        forum=minutes.forum,
        signature=len(minutes.signatures) + 1,
        content=minutes.signatures[0].content if minutes.signatures else command.content,
        name=command.name,
    )
    after = replace(minutes, signatures=(*minutes.signatures, signed))
    return [signed, *_agreement(after, signed, needed_signatures(minutes.attendance.rule))]


def _refuse_unsignable(command: SignMinutes, minutes: ForumMinutes) -> None:
    _refuse_final(minutes)
    if minutes.attendance is None:
        raise errors.NoAttendanceError
    if not minutes.attendance.quorum:
        raise errors.NoQuorumError
    if not minutes.standing_points:
        raise errors.NoPointsError
    if command.group == PROVIDER:
        raise errors.OfficialSignsError
    frozen = {each.digest for each in minutes.signatures} or {command.digest}
    if command.edition != minutes.edition or command.digest not in frozen:
        raise errors.MinutesChangedError


def _agreement(minutes: ForumMinutes, last: MinutesSigned, needed: int) -> list[MinutesEvents]:
    if not minutes.is_signed_by_head or minutes.public_signatures < needed:
        return []
    return [
        MinutesAgreed(
            by=last.by,
            forum=last.forum,
            digest=last.digest,
            public_signatures=minutes.public_signatures,
            actions=len(minutes.agreed_points),
            content=last.content,
        )
    ]


def _record_without_quorum(command: RecordWithoutQuorum, minutes: ForumMinutes) -> list[MinutesEvents]:
    if minutes.without_quorum is not None:
        return []
    _refuse_final(minutes)
    taken = minutes.attendance
    if taken is None:
        raise errors.NoAttendanceError
    if taken.quorum:
        raise errors.QuorumReachedError
    people = sum(each.people for each in taken.counts if each.group != PROVIDER)
    return [ForumWithoutQuorum(by=command.by, forum=taken.forum, people=people)]


def evolve(minutes: ForumMinutes, event: MinutesEvents) -> ForumMinutes:
    match event:
        case MinutesSigned():
            return replace(minutes, signatures=(*minutes.signatures, event))
        case MinutesSignaturesVoided():
            return replace(minutes, signatures=(), voided=(*minutes.voided, event))
        case MinutesAgreed():
            return replace(minutes, agreed=event)
        case ForumWithoutQuorum():
            return replace(minutes, without_quorum=event)
        case AttendanceTaken():
            return replace(minutes, forum=event.forum, attendance=event, edition=minutes.edition + 1)
        case MinutesPointRecorded() | MinutesPointWithdrawn() | DissentRecorded():
            return _with_point(minutes, event)
        case _:
            assert_never(event)


def _with_point(
    minutes: ForumMinutes, event: MinutesPointRecorded | MinutesPointWithdrawn | DissentRecorded
) -> ForumMinutes:
    before, requests = minutes.points.get(event.point), minutes.requests
    match event:
        case MinutesPointRecorded():
            point = MinutesPoint(event) if before is None else replace(before, text=event)
            requests |= {event.request}
        case DissentRecorded():
            assert before is not None
            point = replace(before, dissents=(*before.dissents, event))
            requests |= {event.request}
        case MinutesPointWithdrawn():
            assert before is not None
            point = replace(before, is_withdrawn=True)
    return replace(
        minutes,
        forum=event.forum,
        points={**minutes.points, event.point: point},
        edition=minutes.edition + 1,
        requests=requests,
    )
