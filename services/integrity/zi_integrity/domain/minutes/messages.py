"""Commands and events of the minutes; texts are items of the vault."""

from datetime import date
from uuid import UUID

from zi_chassis.domain import Command, Event, Parties, Value, officials
from zi_contracts.intake import Items
from zi_contracts.vault import ItemRef
from zi_integrity.domain.action import ActionOwner
from zi_integrity.domain.attendance import Group
from zi_integrity.roles import HEAD, ZONE_TEAM

FEWEST_PUBLIC_SIGNATURES = 2
AGREEMENT = "minutes.agreement"  # the field of an agreement's text in the vault


class GroupAttendance(Value):
    """People who came from a group, and the target of the plan."""

    group: Group
    people: int
    target: int


class QuorumRule(Value):
    """The office's demands on a forum: the pin of its rules, signatures of the public, and groups that must come (0: none decided)."""

    id: str
    version: int
    digest: str
    public_signatures: int
    groups: int = 0


class RecordPoint(Command):
    """A point of the minutes, new or in place of `point`; issue and agreement are texts in the vault.

    `owner` and `due` belong to an agreement: who acts, until when. A point without them records an issue without agreement."""

    forum: UUID
    request: UUID
    point: int | None
    owner: ActionOwner | None
    due: date | None
    proposals: tuple[UUID, ...] = ()
    body_digest: str
    items: Items


class WithdrawPoint(Command):
    point: int


class RecordDissent(Command):
    """A person disagrees with a point; their sentence is in the vault."""

    request: UUID
    point: int
    group: Group
    body_digest: str
    items: Items


class TakeAttendance(Command):
    """The attendance as it is goes into the minutes, and is judged by the office's rule.

    `groups_reached` is the number of invited groups that took part, None where the attendance alone is judged; `forum_quorum` is the verdict
    of a forum that has closed."""

    forum: UUID
    counts: tuple[GroupAttendance, ...]
    rule: QuorumRule
    groups_reached: int | None
    forum_quorum: bool | None = None


class SignMinutes(Command):
    """A signature for the content with this digest, which was made from `edition`; a participant of the public signs with their code.

    `content` is the frozen content in the vault, for the first signature; `name` is the head's, for the letter."""

    edition: int
    digest: str
    content: ItemRef | None = None
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
    body_digest: str | None = None
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
    body_digest: str | None = None
    items: Items


class AttendanceTaken(Event):
    """`groups_reached` is None where the groups on the attendance alone were judged."""

    forum: UUID
    counts: tuple[GroupAttendance, ...]
    rule: QuorumRule
    quorum: bool
    groups_reached: int | None = None


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
