"""The minutes as they are after each event."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never
from uuid import UUID

from zi_integrity.domain.minutes.messages import (
    AttendanceTaken,
    DissentRecorded,
    ForumWithoutQuorum,
    MinutesAgreed,
    MinutesEvents,
    MinutesPointRecorded,
    MinutesPointWithdrawn,
    MinutesSignaturesVoided,
    MinutesSigned,
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
    """`edition` counts the changes; `signatures` are those that stand, all for the same digest; `requests` have the digest of what was
    sent under each key."""

    forum: UUID | None = None
    points: Mapping[int, MinutesPoint] = field(default_factory=dict)
    attendance: AttendanceTaken | None = None
    edition: int = 0
    signatures: tuple[MinutesSigned, ...] = ()
    voided: tuple[MinutesSignaturesVoided, ...] = ()
    agreed: MinutesAgreed | None = None
    without_quorum: ForumWithoutQuorum | None = None
    requests: Mapping[UUID, str | None] = field(default_factory=dict)

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
            requests = {**requests, event.request: event.body_digest}
        case DissentRecorded():
            assert before is not None
            point = replace(before, dissents=(*before.dissents, event))
            requests = {**requests, event.request: event.body_digest}
        case MinutesPointWithdrawn():
            assert before is not None
            point = replace(before, is_withdrawn=True)
        case _:
            assert_never(event)
    return replace(
        minutes,
        forum=event.forum,
        points={**minutes.points, event.point: point},
        edition=minutes.edition + 1,
        requests=requests,
    )
