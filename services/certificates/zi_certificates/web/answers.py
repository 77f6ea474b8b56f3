"""Answers of the API; programs of others read them: fields may only be added."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from zi_certificates.domain.account import Check
from zi_certificates.domain.master_content import UsedEntry
from zi_certificates.domain.standing import Standing
from zi_certificates.domain.statement import StatedProduct
from zi_certificates.web.amendment_answers import AmendmentAnswer
from zi_certificates.web.overtaking_answers import OvertakingCount as OvertakingCount
from zi_chassis.web import refusals
from zi_chassis.web.history import TimelineStepAnswer
from zi_chassis.web.refusals import ProblemFields
from zi_contracts.certificates import (
    AmendmentReason,
    ApplicationState,
    OvertakingReason,
    PaymentRefusal,
    PinnedRules,
    Series,
)
from zi_contracts.configuration import Pinned
from zi_contracts.intake import Holder
from zi_rules.certificate.reason import LineFault
from zi_rules.provenance import SourceStatus


class FindingAnswer(BaseModel):
    """`source` and `source_status` are null for what an official found; `sentence` is in the caller's language."""

    reason: str
    where: str
    item: int | None
    sentence: str
    what: str | None = None
    expected: str | None = None
    source: str | None = None
    source_status: SourceStatus | None = None


# -- an application


class AccountAnswer(BaseModel):
    """The account of a company, without the fields that are in the vault."""

    reference: str
    check: Check
    revision: int
    is_verified: bool
    acts_for_others: bool
    hs_codes: list[str]
    documents: list["DocumentAnswer"]


class DocumentAnswer(BaseModel):
    kind: str
    item: UUID
    products: list[int]


class BillAnswer(BaseModel):
    """`pay_at` is the gateway's page."""

    bill: str
    amount: int
    pay_by: datetime
    is_paid: bool
    pay_at: str | None


class QueuePlace(BaseModel):
    """`place` counts from 1; `waiting` is the number of all that wait."""

    place: int
    waiting: int


class ParkedTimeAnswer(BaseModel):
    """The number of requests for data, whole hours of waiting for it in all, since when it waits now, and how many applications that were complete
    later were taken meanwhile."""

    times: int
    hours: int
    since: datetime | None
    overtaken_by: int


class OvertakenBy(BaseModel):
    """An application that was complete later and was taken before."""

    ticket: str
    at: datetime
    reason: OvertakingReason
    sentence: str


class StatementAnswer(BaseModel):
    """As it was stated; `replaces` is the number of the letter whose place the new one is to take, `amendment` why it is amended, if it is."""

    revision: int
    kinds: list[str]
    goods: str
    country: str | None
    circumstances: list[str]
    annex_fields: dict[str, str]
    arrives: date | None
    products: list[StatedProduct]
    documents: list[DocumentAnswer]
    replaces: str | None
    amendment: AmendmentReason | None
    used: list[UsedEntry]


class DecisionAnswer(BaseModel):
    """An official's act and role, without a name."""

    event_id: UUID
    event: str
    role: str
    at: datetime


class LetterLinks(BaseModel):
    verify: str | None
    file: str | None


class LetterAnswer(BaseModel):
    """`standing` is null until the letter is sealed; `reason` says why it is suspended or revoked."""

    letter: UUID
    kind: str
    number: str | None
    standing: Standing | None
    since: datetime | None
    reason: str | None
    replaced_by: str | None
    amendments: list[AmendmentAnswer]
    valid_until: date | None
    links: LetterLinks


class ApplicationLinks(BaseModel):
    page: str
    case: str


class PinnedAnswer(PinnedRules):
    """The rules that the application is judged by. `pinned` is `by_content` where digests name their text, and `before_digests` where they
    were pinned before digests were recorded.
    """

    pinned: Pinned


class ApplicationAnswer(BaseModel):
    """An application. Without a draft yet `statement` is null; `findings` is everything that is missing or wrong now.

    `asked` are the office's questions, or its reasons to reject; `note` is its text for the applicant alone, and null also
    when it can't be read just now. `rules` are those that the application is judged by, `pinned` from its submission on. `mentoring_cases` are those that may be taken
    over into it, for the applicant alone.
    """

    ticket: str
    series: Series
    state: ApplicationState | Literal["unknown"]
    holder: Holder
    due: datetime | None
    complete_at: datetime | None
    deadline: datetime | None
    resubmissions_left: int
    rules: str
    pinned: PinnedAnswer | None = None
    statement: StatementAnswer | None
    account: AccountAnswer | None
    bill: BillAnswer | None
    findings: list[FindingAnswer]
    asked: list[FindingAnswer]
    note: str | None
    queue: QueuePlace | None
    overtaken_by: list[OvertakenBy]
    parked: ParkedTimeAnswer | None
    decisions: list[DecisionAnswer]
    refused: list[FindingAnswer]
    letters: list[LetterAnswer]
    timeline: list[TimelineStepAnswer]
    mentoring_cases: list[str]
    links: ApplicationLinks


class ApplicationDoneAnswer(BaseModel):
    """`event_id` is null when the command repeated an earlier one and changed nothing."""

    ticket: str
    state: ApplicationState | Literal["unknown"]
    holder: Holder
    revision: int
    due: datetime | None
    event_id: UUID | None


class SubmittedAnswer(ApplicationDoneAnswer):
    bill: BillAnswer | None


class DocumentAttachedAnswer(ApplicationDoneAnswer):
    """`item` is the id of the file in the vault."""

    item: UUID


class TakenOverAnswer(BaseModel):
    """Fields of the mentoring case that an application may take over; nothing of them is recorded here. Null or empty where there are none."""

    case: str
    warehouse: str | None
    products: list[str]


class LineAnswer(BaseModel):
    """One thing that can't be read; `line` counts as a spreadsheet does, `what` is the beginning of the cell."""

    line: int
    column: str
    fault: LineFault
    sentence: str
    what: str


# -- the desk


class QueuedAnswer(BaseModel):
    """`passed_over` says why the one who asks would not get it: null if they may have it."""

    place: int
    ticket: str
    series: Series
    state: ApplicationState
    complete_at: datetime | None
    due: datetime | None
    second: bool
    passed_over: OvertakingReason | None


class QueueAnswer(BaseModel):
    """In the order in which they are taken; `counts` is of all applications, by state, `total` of all that wait. `after` is the ticket
    that the next page begins after, null on the last one."""

    waiting: list[QueuedAnswer]
    counts: dict[str, int]
    total: int
    after: str | None


class DeskListedApplication(BaseModel):
    ticket: str
    series: Series
    kinds: list[str]
    goods: str
    item_count: int
    state: ApplicationState
    holder: Holder
    officer: str | None
    complete_at: datetime | None
    due: datetime | None
    ends_soon: datetime | None
    override_for: str | None


class DeskListAnswer(BaseModel):
    """The most urgent first; `total` is of all pages, `after` the ticket that the next page begins after, null on the last one."""

    applications: list[DeskListedApplication]
    total: int
    after: str | None


class ListedAccount(BaseModel):
    reference: str
    check: Check
    revision: int
    is_verified: bool
    since: datetime


class VerifiableAccount(BaseModel):
    account: AccountAnswer
    findings: list[FindingAnswer]


class AccountDoneAnswer(BaseModel):
    reference: str
    check: Check
    revision: int
    event_id: UUID | None


class AccountAttachedAnswer(AccountDoneAnswer):
    item: UUID


class AppointmentAnswer(BaseModel):
    appointment: UUID
    official: str
    begins: datetime
    ends: datetime
    ended: datetime | None


class AppointmentDoneAnswer(BaseModel):
    appointment: UUID
    event_id: UUID | None


class ParkedMonthAnswer(BaseModel):
    """Of the requests for data of a month, times in whole hours, rounded up; `overtaken` counts in this month how often an application that
    was complete later was taken while an earlier one waited for its applicant's data."""

    month: str
    requests: int
    ended: int
    median: int
    longest: int
    overtaken: int


class RequestCountAnswer(BaseModel):
    """`beyond` are those for a document that no rule names; `official` is null where officials are not told apart."""

    month: str
    kind: str
    count: int
    beyond: int
    official: str | None


class DecisionMonthAnswer(BaseModel):
    """Decisions about one kind of letter; `in_time` kept the promised time, `attainment` percent of them and of `undecided_late`, rounded down."""

    month: str
    kind: str
    issued: int
    rejected: int
    in_time: int
    undecided_late: int
    attainment: int


class RejectionCount(BaseModel):
    month: str
    reason: str
    sentence: str
    count: int


class UndecidedAnswer(BaseModel):
    at_office: int
    overdue: int


class DecisionStatisticsAnswer(BaseModel):
    """24 months at most; an application that was rejected for several reasons counts for each."""

    undecided: UndecidedAnswer
    decisions: list[DecisionMonthAnswer]
    rejections: list[RejectionCount]


# -- the payment gateway


class NoticeAnswer(BaseModel):
    """The same for the same notice, however often it comes, until its payment is paid back."""

    bill: str
    payment: str
    outcome: Literal["paid", "refused", "refunded"]
    reason: PaymentRefusal | None


# -- refusals


class ProblemAnswer(ProblemFields):
    """RFC 9457: `type` names the broken rule and stays the same for ever, `detail` is for a person.

    Invalid fields stand in `errors`, what the rules miss in `findings`, unreadable lines of a list in `lines`.
    """

    findings: list[FindingAnswer] | None = None
    lines: list[LineAnswer] | None = None


REFUSALS = {**refusals.REFUSALS, 403: "This role, or this sender, may not do it"}
