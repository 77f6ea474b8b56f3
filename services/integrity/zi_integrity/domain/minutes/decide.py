"""The decisions on minutes: which command is accepted, and what it changes."""

from dataclasses import replace
from typing import assert_never

from zi_chassis.domain import Command, refuse_other_roles
from zi_integrity.domain.attendance import PROVIDER
from zi_integrity.domain.minutes import errors
from zi_integrity.domain.minutes.messages import (
    AGREEMENT,
    FEWEST_PUBLIC_SIGNATURES,
    PARTIES,
    AttendanceTaken,
    DissentRecorded,
    ForumWithoutQuorum,
    MinutesAgreed,
    MinutesCommands,
    MinutesEvents,
    MinutesPointRecorded,
    MinutesPointWithdrawn,
    MinutesSignaturesVoided,
    MinutesSigned,
    QuorumRule,
    RecordDissent,
    RecordPoint,
    RecordWithoutQuorum,
    SignMinutes,
    TakeAttendance,
    WithdrawPoint,
)
from zi_integrity.domain.minutes.state import ForumMinutes, MinutesPoint
from zi_integrity.domain.sent_once import is_repeat


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
    if is_repeat(command.request, command.body_digest, minutes.requests):
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
    if is_repeat(command.request, command.body_digest, minutes.requests):
        return []
    point = _point(minutes, command.point)
    revision, forum = point.text.revision, point.text.forum
    return _changed(command, minutes, DissentRecorded(**dict(command), forum=forum, revision=revision))


def _take_attendance(command: TakeAttendance, minutes: ForumMinutes) -> list[MinutesEvents]:
    fields = command.model_dump(include={"forum", "groups_reached"})
    taken = AttendanceTaken(
        by=command.by, counts=command.counts, rule=command.rule, quorum=has_quorum(command), **fields
    )
    before = minutes.attendance
    if before is not None and _is_as_before(before, taken):
        return []
    return _changed(command, minutes, taken)


def _is_as_before(before: AttendanceTaken, taken: AttendanceTaken) -> bool:
    """Compare the groups where they were recorded."""
    differing = {"by"} if before.groups_reached is not None else {"by", "groups_reached"}
    return before.model_dump(exclude=differing) == taken.model_dump(exclude=differing)


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
    _refuse_other_signers(command)
    same = [each for each in minutes.signatures if each.participant == command.participant]
    if same and same[0].digest == command.digest:
        return []
    _refuse_unsignable(command, minutes)
    content = minutes.signatures[0].content if minutes.signatures else command.content
    assert minutes.forum is not None
    assert minutes.attendance is not None
    assert content is not None
    signed = MinutesSigned(
        **command.model_dump(exclude={"by", "edition", "content", "name"}),
        by=command.by,
        forum=minutes.forum,
        signature=len(minutes.signatures) + 1,
        content=content,
        name=command.name,
    )
    after = replace(minutes, signatures=(*minutes.signatures, signed))
    return [signed, *_agreement(after, signed, needed_signatures(minutes.attendance.rule))]


def _refuse_other_signers(command: SignMinutes) -> None:
    """Bind a signature of the public to the person behind its code."""
    is_public = command.participant is not None
    is_theirs = not is_public or command.by.actor == str(command.participant)
    if not is_theirs or not is_public == (command.by.role == "public") == (command.group is not None):
        raise errors.SignatureRoleError


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


def has_quorum(command: TakeAttendance) -> bool:
    """Tell if as many groups took part as the office demands, by the verdict of the forum once it has closed, and never fewer people of the
    public came than must sign."""
    public = [each for each in command.counts if each.group != PROVIDER and each.people]
    people = sum(each.people for each in public)
    groups = len(public) if command.groups_reached is None else command.groups_reached
    is_met = groups >= command.rule.groups
    if command.forum_quorum is not None:
        is_met = command.forum_quorum
    return is_met and people >= needed_signatures(command.rule)


def needed_signatures(rule: QuorumRule) -> int:
    return max(rule.public_signatures, FEWEST_PUBLIC_SIGNATURES)
