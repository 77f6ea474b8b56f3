"""The commands and events of how a case is worked on besides questions and answers: incidents with many reporters, visits, referrals to
another body, and answers that a second person approves. The name of an event's class is stored."""

from datetime import date, datetime
from uuid import UUID

from zi_contracts.intake import Items, VisitOutcome
from zi_intake.domain.case.filings import CaseCommand, CaseEvent


class LinkCase(CaseCommand):
    """Put the case with the others about one incident, for the reason in `items`."""

    incident: UUID
    items: Items


class JoinIncident(CaseCommand):
    """Put a complaint into a published incident as it is filed, because its citizen wants that."""

    incident: UUID


class UnlinkCase(CaseCommand):
    """Take the case out of its incident, for the reason in `items`."""

    items: Items


class RecordVisit(CaseCommand):
    """Record a visit to the place, with the findings in `items`; `today` is the day of the office."""

    visited_on: date
    today: date
    outcome: VisitOutcome
    items: Items


class ReferCase(CaseCommand):
    """Refer the case to another body. `items` are what this is told, and the answer that tells the citizen to whom and why. `draft` is the
    id under which it waits for a second person."""

    body: str
    items: Items
    closes_on: datetime
    draft: UUID | None = None


class DecideContact(CaseCommand):
    """Let the body to which the case was referred have the name and the contact, or no longer."""

    allowed: bool


class ApproveDraft(CaseCommand):
    """Send the answer that a colleague wrote; `draft` is the one that was read."""

    draft: UUID
    closes_on: datetime


class ReturnDraft(CaseCommand):
    """Give the answer back to whoever wrote it, for the reason in `items`."""

    draft: UUID
    items: Items


DraftDecision = ApproveDraft | ReturnDraft
HandlingCommands = (
    LinkCase | JoinIncident | UnlinkCase | RecordVisit | ReferCase | DecideContact | DraftDecision
)


class CaseLinked(CaseEvent):
    """`incident` is not published: a citizen's evidence would lead to other reporters. `items` has the reason of an official; whoever joined as
    they filed gave none."""

    incident: UUID
    items: Items


class CaseUnlinked(CaseEvent):
    items: Items


class VisitRecorded(CaseEvent):
    visited_on: date
    outcome: VisitOutcome
    items: Items


class CaseReferred(CaseEvent):
    """The answer that tells the citizen follows it."""

    body: str
    items: Items


class ContactDecided(CaseEvent):
    body: str
    allowed: bool


class AnswerDrafted(CaseEvent):
    """An answer waits for a second person; with `body` it refers the case to that body."""

    draft: UUID
    items: Items
    body: str | None = None
    refusal: str | None = None


class DraftReturned(CaseEvent):
    items: Items
    drafted_by: str


HandlingEvents = (
    CaseLinked | CaseUnlinked | VisitRecorded | CaseReferred | ContactDecided | AnswerDrafted | DraftReturned
)
