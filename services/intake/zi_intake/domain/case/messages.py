"""The commands that a filed case takes and the events that it records; the name of an event's class is stored."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from zi_chassis.domain import Command, Event, Value
from zi_contracts.intake import (
    ClosingReason,
    ErasureReason,
    Items,
    ObjectionOutcome,
    PinnedStandard,
    RefusalReason,
)
from zi_intake.domain.case.code_messages import CodeCommands, CodeEvents
from zi_intake.domain.case.disclosure_messages import DisclosureCommands, DisclosureEvents
from zi_intake.domain.case.filings import AnyFiled, AnyFiling, CaseCommand, CaseEvent
from zi_intake.domain.case.handling_messages import HandlingCommands, HandlingEvents
from zi_intake.domain.case.information_messages import InformationCommands, TimeExtended
from zi_intake.domain.case.moving_messages import MovedToAppointed, MoveToAppointed
from zi_intake.domain.case.web_push_messages import WebPushCommands, WebPushEvents
from zi_intake.domain.case.word_messages import CitizenCommands, CitizenEvents

Clock = Literal["acknowledge", "answer", "judge"]


class GiveNumber(CaseCommand):
    """Give the number (NIB) of a business that had none before, or correct it."""

    business_ref: str
    items: Items


class Acknowledge(CaseCommand):
    pass


class Assign(CaseCommand):
    """Give the case to an officer, whose roles are those that this office knows; `instead_of` leaves a case alone that somebody else has
    by now. `is_seen`: the officer is one of those who see a case of the `topic` that it had then; `holder_sees`: whoever has it is still one
    of them."""

    officer: str
    known_roles: frozenset[str] = frozenset()
    instead_of: str | None = None
    topic: str | None = None
    is_seen: bool = True
    holder_sees: bool = True


class TriageCase(CaseCommand):
    """Judge what the case needs: a tier of its standard, with the due date that follows, for the reason in `items`."""

    standard: PinnedStandard
    due: datetime
    emergency: bool
    items: Items


class AddNote(CaseCommand):
    """Write a note for colleagues."""

    items: Items


class Ask(CaseCommand):
    items: Items
    reply_by: datetime


class Reply(CaseCommand):
    """Reply to a question; `due` has the working time added that the office waited."""

    items: Items
    due: datetime


class Answer(CaseCommand):
    """Answer the citizen, with `files` of those that were added for it. `draft` is the id under which the answer waits for a second person;
    None where it needs none. `refusal` is the reason why information that was requested is not given, from the office's list."""

    items: Items
    files: tuple[UUID, ...] = ()
    refusal: str | None = None
    closes_on: datetime
    draft: UUID | None = None


class Close(CaseCommand):
    reopen_until: datetime


class CloseUnanswered(CaseCommand):
    """Close by the timer of a question; its due time says which question."""

    reply_by: datetime
    reopen_until: datetime


class CloseSilent(CaseCommand):
    """Close by the timer of an answer; its due time says which answer."""

    closes_on: datetime
    reopen_until: datetime


class Reopen(CaseCommand):
    items: Items
    due: datetime


class Withdraw(CaseCommand):
    pass


class StorageLimits(Value):
    """Bytes of files that a case takes: until an official has taken it, after that, and if another desk works on it."""

    untaken: int
    taken: int
    passed_on: int


class ReportMissedDeadline(CaseCommand):
    """Report that a clock of the office has passed; `reported_late` if it had before deadlines were reported at all."""

    clock: Clock
    due: datetime
    reported_late: bool = False


class AddAttachment(CaseCommand):
    items: Items
    media_type: str
    size: int
    limits: StorageLimits


class KeepData(CaseCommand):
    """Record the items that another desk has put into the vault."""

    items: Items


class AskErasure(CaseCommand):
    """`is_over`: the desk that works on the case says that the time for which its data are kept is over."""

    reason: ErasureReason
    is_over: bool = False


class ApproveErasure(CaseCommand):
    """`nobody_else`: by the office's data no supervisor could agree, so that the head decides, whatever the case is about."""

    is_over: bool = False
    nobody_else: bool = False


class RefuseErasure(CaseCommand):
    """`nobody_else` as for ApproveErasure."""

    reason: RefusalReason
    nobody_else: bool = False


class OpenPersonalData(Command):
    """Open items; every access is an act of its own, so it has no request id."""

    items: tuple[UUID, ...]
    purpose: str


class CountOpenings(Command):
    """Record that the hour that began with the event `opening` is over, with `count` repeated accesses."""

    opening: UUID
    official: str
    role: str
    purpose: str
    since: datetime
    count: int


ErasureCommands = AskErasure | ApproveErasure | RefuseErasure
CommandsOfFiled = (
    GiveNumber
    | Acknowledge
    | Assign
    | TriageCase
    | MoveToAppointed
    | AddNote
    | Ask
    | Reply
    | Answer
    | Close
    | CloseUnanswered
    | CloseSilent
    | Reopen
    | Withdraw
    | ReportMissedDeadline
    | AddAttachment
    | KeepData
    | ErasureCommands
    | DisclosureCommands
    | CodeCommands
    | WebPushCommands
    | HandlingCommands
    | CitizenCommands
    | InformationCommands
    | OpenPersonalData
    | CountOpenings
)
CaseCommands = AnyFiling | CommandsOfFiled


class BusinessNumberGiven(CaseEvent):
    business_ref: str
    former_ref: str
    items: Items


class CaseAcknowledged(CaseEvent):
    pass


class CaseAssigned(CaseEvent):
    officer: str


class CaseTriaged(CaseEvent):
    standard: PinnedStandard
    due: datetime
    emergency: bool
    items: Items


class NoteAdded(CaseEvent):
    items: Items


class ClarificationAsked(CaseEvent):
    items: Items
    reply_by: datetime


class CitizenReplied(CaseEvent):
    items: Items
    due: datetime


class CaseAnswered(CaseEvent):
    """`drafted_by` wrote what a second person approved. `refusal` is why information that was requested is not given; with `objection` it
    is the decision about one."""

    items: Items
    closes_on: datetime
    drafted_by: str | None = None
    refusal: str | None = None
    objection: ObjectionOutcome | None = None


class CaseClosed(CaseEvent):
    reason: ClosingReason
    reopen_until: datetime


class CaseReopened(CaseEvent):
    """`objection`: somebody who requested information objects to the answer, or to that there is none in time."""

    items: Items
    due: datetime
    objection: bool | None = None


class CaseWithdrawn(CaseEvent):
    pass


class DeadlineMissed(CaseEvent):
    clock: Clock
    due: datetime
    reported_late: bool = False


class AttachmentAdded(CaseEvent):
    items: Items
    media_type: str
    size: int


class DataKept(CaseEvent):
    items: Items


class ErasureRequested(CaseEvent):
    reason: ErasureReason


class ErasureRefused(CaseEvent):
    reason: RefusalReason


class DataSubjectErased(CaseEvent):
    """The key of the data subject is destroyed after this is on disk."""

    data_subject: UUID
    reason: ErasureReason
    asked_by: str
    person_ref: str | None = None


class PersonalDataOpened(Event):
    """`since` is the beginning of its hour; None in events from before there were hours, when every access was an event."""

    items: tuple[UUID, ...]
    purpose: str
    since: datetime | None = None


class OpeningsCounted(Event):
    opening: UUID
    official: str
    role: str
    purpose: str
    since: datetime
    count: int


# The events after which the status of the case is published.
Steps = (
    AnyFiled
    | BusinessNumberGiven
    | CaseAcknowledged
    | CaseAssigned
    | CaseTriaged
    | MovedToAppointed
    | ClarificationAsked
    | CitizenReplied
    | CaseAnswered
    | CaseClosed
    | CaseReopened
    | CaseWithdrawn
    | DeadlineMissed
    | TimeExtended
)
ErasureEvents = ErasureRequested | ErasureRefused | DataSubjectErased
AccessEvents = PersonalDataOpened | OpeningsCounted
WorkEvents = Steps | ErasureEvents | NoteAdded | AttachmentAdded | DataKept
CaseEvents = (
    WorkEvents | AccessEvents | DisclosureEvents | HandlingEvents | CodeEvents | CitizenEvents | WebPushEvents
)
