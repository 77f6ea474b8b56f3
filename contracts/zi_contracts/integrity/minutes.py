"""Messages about a public forum that took place: who came, its minutes and their signatures, and the actions that follow from it."""

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from zi_contracts.configuration import Pin
from zi_contracts.data import Data
from zi_contracts.intake import Items
from zi_contracts.message import Sha256Hex, ShortText
from zi_contracts.vault import ItemRef

AttendanceGroup = Literal["users", "stakeholders", "experts", "civil_society", "media", "provider"]
StrikeReason = Literal["entered_twice", "was_absent", "wrong_group"]
ForumActionOwner = Literal[
    "head", "integrity", "upg", "survey", "supervisor", "officer", "evaluator", "signer", "mentor"
]
Count = Annotated[int, Field(ge=0)]
Ordinal = Annotated[int, Field(ge=1)]


class ListedAttendee(BaseModel):
    """A line of a printed list: the group, and the name as an item of the vault."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    group: AttendanceGroup
    name: ItemRef


class GroupCount(BaseModel):
    """The people of a group who came, and the number that the plan wanted."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    group: AttendanceGroup
    people: Count
    target: Count


class AttendanceSigned(Data):
    """A person signed the attendance of a forum with their code; not disclosed is with which."""

    type: ClassVar[str] = "zi.integrity.attendance_signed"

    forum: UUID
    group: AttendanceGroup


class AttendanceListed(Data):
    """An officer entered a part of the printed list of a forum."""

    type: ClassVar[str] = "zi.integrity.attendance_listed"

    forum: UUID
    people: tuple[ListedAttendee, ...]


class AttendanceScanned(Data):
    """The signed list lies in the vault as a sealed file."""

    type: ClassVar[str] = "zi.integrity.attendance_scanned"

    forum: UUID
    scan: ItemRef


class AttendanceStruck(Data):
    """A person was struck from the attendance; the entry stays."""

    type: ClassVar[str] = "zi.integrity.attendance_struck"

    forum: UUID
    attendee: Ordinal
    group: AttendanceGroup
    reason: StrikeReason


class MinutesPointRecorded(Data):
    """A point of the minutes was written: an issue, and an agreement if `owner` and `due` name who acts and until when."""

    type: ClassVar[str] = "zi.integrity.minutes_point_recorded"

    forum: UUID
    point: Ordinal
    revision: Ordinal
    owner: ForumActionOwner | None
    due: date | None
    proposals: tuple[UUID, ...]
    items: Items


class MinutesPointWithdrawn(Data):
    """A point that nobody disagreed with was taken out of the minutes."""

    type: ClassVar[str] = "zi.integrity.minutes_point_withdrawn"

    forum: UUID
    point: Ordinal


class DissentRecorded(Data):
    """A person of a group disagreed with this revision of a point."""

    type: ClassVar[str] = "zi.integrity.dissent_recorded"

    forum: UUID
    point: Ordinal
    revision: Ordinal
    group: AttendanceGroup
    items: Items


class AttendanceTaken(Data):
    """The attendance went into the minutes and was judged by the office's rule: `quorum` is the verdict.

    `groups_reached` is the number of invited groups that took part, with a code or on the attendance as the rules of the forum say."""

    type: ClassVar[str] = "zi.integrity.attendance_taken"

    forum: UUID
    counts: tuple[GroupCount, ...]
    rules: Pin
    quorum: bool
    groups_reached: Annotated[int, Field(ge=0)] | None = None


class MinutesSigned(Data):
    """The head (without `group`) or a person of the public signed the minutes, whose content has this digest; the first freezes it."""

    type: ClassVar[str] = "zi.integrity.minutes_signed"

    forum: UUID
    digest: Sha256Hex
    signature: Ordinal
    content: ItemRef
    group: AttendanceGroup | None
    name: ItemRef | None = None


class MinutesSignaturesVoided(Data):
    """The minutes were changed after these signatures, which are void."""

    type: ClassVar[str] = "zi.integrity.minutes_signatures_voided"

    forum: UUID
    digest: Sha256Hex
    signatures: Ordinal


class MinutesAgreed(Data):
    """The head and enough of the public signed the same content: nothing in it changes any more."""

    type: ClassVar[str] = "zi.integrity.minutes_agreed"

    forum: UUID
    digest: Sha256Hex
    public_signatures: Ordinal
    actions: Count


class ForumWithoutQuorum(Data):
    """Too few people of the public came: the forum is on record and agreed on nothing."""

    type: ClassVar[str] = "zi.integrity.forum_without_quorum"

    forum: UUID
    people: Count


class ForumActionOpened(Data):
    """An agreement of signed minutes is to be done by the role `owner` until the end of the day `due`."""

    type: ClassVar[str] = "zi.integrity.forum_action_opened"

    forum: UUID
    point: Ordinal
    owner: ForumActionOwner
    due: date
    proposals: tuple[UUID, ...]
    items: Items


class ForumActionReported(Data):
    """A note says how far an action is."""

    type: ClassVar[str] = "zi.integrity.forum_action_reported"

    forum: UUID
    point: Ordinal
    items: Items


class ForumActionEvidenced(Data):
    """There is evidence that an action was done; nobody has accepted it yet."""

    type: ClassVar[str] = "zi.integrity.forum_action_evidenced"

    forum: UUID
    point: Ordinal
    items: Items
    amended_standard: ShortText | None = None


class ForumActionClosed(Data):
    """Somebody else than the owner accepted the evidence; `late` tells if the due day had ended before."""

    type: ClassVar[str] = "zi.integrity.forum_action_closed"

    forum: UUID
    point: Ordinal
    late: bool


class ForumActionReopened(Data):
    """The zone team opened an action again; it is due when it was due before."""

    type: ClassVar[str] = "zi.integrity.forum_action_reopened"

    forum: UUID
    point: Ordinal
    due: date
    items: Items


class ForumActionLate(Data):
    """The due day has ended and the action is not closed."""

    type: ClassVar[str] = "zi.integrity.forum_action_late"

    forum: UUID
    point: Ordinal
    due: date


MODELS: tuple[type[Data], ...] = (
    AttendanceSigned,
    AttendanceListed,
    AttendanceScanned,
    AttendanceStruck,
    MinutesPointRecorded,
    MinutesPointWithdrawn,
    DissentRecorded,
    AttendanceTaken,
    MinutesSigned,
    MinutesSignaturesVoided,
    MinutesAgreed,
    ForumWithoutQuorum,
    ForumActionOpened,
    ForumActionReported,
    ForumActionEvidenced,
    ForumActionClosed,
    ForumActionReopened,
    ForumActionLate,
)
