"""Commands and events of a service standard, with the roles in which each command may be given."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from zi_chassis.domain import Command, Event, Parties, Value, officials, services
from zi_contracts.integrity.standards import (
    ConsultationManner,
    ConsultationWaiver,
    DraftEnd,
    DraftOrigin,
    ReviewOutcome,
    StandardEnd,
)
from zi_contracts.text import VisibleText
from zi_integrity.domain.forum import ForumStatus
from zi_integrity.roles import HEAD, ZONE_TEAM

Lines = Annotated[str, VisibleText(lines=True)]


class ServiceRecord(Value):
    """The other versions of the service, read under the write lock in which the command is decided.

    `latest` is the highest version that was published, `terms` those in force, `begins` the latest day on which an adopted version takes
    effect, `consulted` the draft about which the public is asked just now."""

    latest: int = 0
    terms: str = "{}"
    begins: date | None = None
    consulted: UUID | None = None


class AcceptedProposal(Value):
    """A public proposal that its forum accepted, in whole or in part, with the time and the office's day on which it was made.

    `components` are those of a standard that it is about, as the office's answer names them."""

    reference: str
    forum: str
    at: datetime
    day: date
    components: tuple[str, ...] = ()


class BeginStandardDraft(Command):
    draft: UUID
    service: str
    id: str
    origin: DraftOrigin
    terms: str
    record: ServiceRecord


class ReviseStandard(Command):
    """`before` is the digest of the text that was open when the change was made; `proposals` are those of `follows` that are known."""

    before: str
    terms: str
    follows: tuple[str, ...] = ()
    proposals: tuple[AcceptedProposal, ...] = ()
    record: ServiceRecord


class OpenStandardConsultation(Command):
    """`first` is the first day that may be the last one of the consultation; `forum_status` is None where there is no such forum."""

    draft: UUID
    manner: ConsultationManner
    forum: str | None = None
    forum_status: ForumStatus | None = None
    until: date
    first: date
    record: ServiceRecord


class CloseStandardConsultation(Command):
    summary: Lines
    today: date


class WithdrawStandardDraft(Command):
    reason: DraftEnd


class AdoptStandard(Command):
    """`number` and `letter` are those of the decree that shows the standard; `review_due` is the day of the first review,
    `forum_status` that of the forum in which the public was asked, `followed` are the proposals that the text follows; `unnamed_reason`
    says why components change that none of them names."""

    draft: UUID
    before: str
    effective_from: date
    effective_to: date | None = None
    waiver: ConsultationWaiver | None = None
    waiver_statement: str | None = None
    number: str
    letter: UUID
    today: date
    review_due: date
    forum_status: ForumStatus | None = None
    followed: tuple[AcceptedProposal, ...] = ()
    unnamed_reason: str | None = None
    record: ServiceRecord


class WithdrawStandard(Command):
    reason: StandardEnd


class ReviewStandard(Command):
    """`latest` is the latest day that may be the next review's."""

    outcome: ReviewOutcome
    next_due: date
    latest: date


class RemindOfStandardReview(Command):
    due: date


class FlagOverdueStandardReview(Command):
    due: date


StandardCommands = (
    BeginStandardDraft
    | ReviseStandard
    | OpenStandardConsultation
    | CloseStandardConsultation
    | WithdrawStandardDraft
    | AdoptStandard
    | WithdrawStandard
    | ReviewStandard
    | RemindOfStandardReview
    | FlagOverdueStandardReview
)
DRAFTERS = officials(*ZONE_TEAM, *HEAD)
PARTIES: Parties = {
    BeginStandardDraft: DRAFTERS,
    ReviseStandard: DRAFTERS,
    OpenStandardConsultation: DRAFTERS,
    CloseStandardConsultation: DRAFTERS,
    WithdrawStandardDraft: DRAFTERS,
    AdoptStandard: officials(*HEAD),
    WithdrawStandard: officials(*HEAD),
    ReviewStandard: DRAFTERS,
    RemindOfStandardReview: services("integrity"),
    FlagOverdueStandardReview: services("integrity"),
}


class StandardDrafted(Event):
    service: str
    id: str
    origin: DraftOrigin
    after: int
    terms: str


class StandardRevised(Event):
    after: int
    terms: str
    follows: tuple[str, ...]


class StandardConsultationOpened(Event):
    manner: ConsultationManner
    forum: str | None
    until: date


class StandardConsultationClosed(Event):
    summary: str


class StandardDraftWithdrawn(Event):
    reason: DraftEnd


class StandardAdopted(Event):
    version: int
    effective_from: date
    effective_to: date | None
    waiver: ConsultationWaiver | None
    waiver_statement: str | None
    number: str
    letter: UUID
    content: str
    review_due: date
    changed_components: tuple[str, ...] = ()
    unnamed_reason: str | None = None


class StandardWithdrawn(Event):
    reason: StandardEnd


class StandardReviewed(Event):
    outcome: ReviewOutcome
    next_due: date


class StandardReviewDue(Event):
    due: date


class StandardReviewOverdue(Event):
    due: date


StandardEvents = (
    StandardDrafted
    | StandardRevised
    | StandardConsultationOpened
    | StandardConsultationClosed
    | StandardDraftWithdrawn
    | StandardAdopted
    | StandardWithdrawn
    | StandardReviewed
    | StandardReviewDue
    | StandardReviewOverdue
)
