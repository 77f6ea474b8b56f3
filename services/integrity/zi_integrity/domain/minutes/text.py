"""The minutes as one text with one spelling: its digest is what the head and the public sign for. Pure."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from zi_chassis.domain import Value
from zi_contracts.vault import ItemRef
from zi_integrity.domain.action import ActionOwner
from zi_integrity.domain.attendance import Group
from zi_integrity.domain.minutes.messages import AGREEMENT, GroupAttendance
from zi_integrity.domain.minutes.state import ForumMinutes, MinutesPoint

ISSUE, DISSENT = "minutes.issue", "minutes.dissent"


class MinutesDissent(Value):
    """`revision` is that of the point when somebody disagreed; without a text it was erased."""

    group: Group
    revision: int
    text: str | None


class MinutesEntry(Value):
    point: int
    revision: int
    issue: str | None
    agreement: str | None
    owner: ActionOwner | None
    due: date | None
    proposals: tuple[UUID, ...]
    dissents: tuple[MinutesDissent, ...]


class ForumFacts(Value):
    """The forum as its plan has it."""

    forum: UUID
    number: str
    theme: str
    begins: datetime
    place: str | None


class MinutesText(Value):
    forum: ForumFacts
    edition: int
    attendance: tuple[GroupAttendance, ...]
    quorum: bool | None
    entries: tuple[MinutesEntry, ...]

    def render(self) -> bytes:
        """Return the only spelling."""
        fields = self.model_dump(mode="json")
        return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    @property
    def digest(self) -> str:
        return sha256(self.render()).hexdigest()


def items_of(minutes: ForumMinutes) -> list[ItemRef]:
    """Return the items of the vault that the text needs."""
    of_points = [point.text.items for point in minutes.standing_points]
    of_dissents = [each.items for point in minutes.standing_points for each in point.dissents]
    return [item for items in (*of_points, *of_dissents) for item in items]


def minutes_text(forum: ForumFacts, minutes: ForumMinutes, texts: Mapping[UUID, str]) -> MinutesText:
    taken = minutes.attendance
    return MinutesText(
        forum=forum,
        edition=minutes.edition,
        attendance=() if taken is None else taken.counts,
        quorum=None if taken is None else taken.quorum,
        entries=tuple(_entry(point, texts) for point in minutes.standing_points),
    )


def _entry(point: MinutesPoint, texts: Mapping[UUID, str]) -> MinutesEntry:
    written = point.text
    return MinutesEntry(
        point=written.point,
        revision=written.revision,
        issue=_text(written.items, ISSUE, texts),
        agreement=_text(written.items, AGREEMENT, texts),
        owner=written.owner,
        due=written.due,
        proposals=written.proposals,
        dissents=tuple(
            MinutesDissent(group=each.group, revision=each.revision, text=_text(each.items, DISSENT, texts))
            for each in point.dissents
        ),
    )


def _text(items: tuple[ItemRef, ...], field: str, texts: Mapping[UUID, str]) -> str | None:
    return next((texts.get(item.item) for item in items if item.field == field), None)
