"""The answers of the API about a case, and its refusals. Other programs rely on them: fields may only be added."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from zi_contracts.configuration import Pinned
from zi_contracts.intake import Holder
from zi_contracts.umkm import Assessor, MentoringState, RuleVersion, TrackName
from zi_rules.mentoring.assessment import ChecklistAnswer
from zi_rules.provenance import SourceStatus
from zi_umkm.domain.corrective_action import Progress
from zi_umkm.web.board_answers import TrainingAnswer


class SourcedAnswer(BaseModel):
    """Something that the rules say, in the caller's language, and where they have it from."""

    code: str
    text: str
    source: str
    source_status: SourceStatus


class RequirementAnswer(SourcedAnswer):
    """`part` is where it is asked for: business, permit, label or registration."""

    part: str


class CostAnswer(BaseModel):
    """In rupiah, after the reduction that small businesses get."""

    least: int
    most: int
    source: str
    source_status: SourceStatus
    reduction_source: str


class NextAnswer(BaseModel):
    """The next step; `holder` of the case says by whom."""

    text: str
    source: str
    source_status: SourceStatus
    cost: CostAnswer | None


class ProductAnswer(BaseModel):
    """`track` and `risk` are null before triage; `ready` is how much of a hundred of what the rules ask for is there, with what is missing.

    Its name lies in the vault. `number` is its place in the case, `registration_number` that of its registration.
    """

    number: int
    kind: str
    traits: list[str]
    track: TrackName | None
    track_reason: SourcedAnswer | None
    risk: str | None
    risk_reason: SourcedAnswer | None
    referred: bool
    ready: int | None
    missing: list[RequirementAnswer]
    sent: bool
    registration_number: str | None


class TrackedFindingAnswer(BaseModel):
    """`own` as long as only the business itself has found it; an open critical finding blocks, always."""

    item: str
    text: str
    grade: str
    critical: bool
    own: bool
    progress: Progress
    due: datetime | None
    overdue: bool


class AssessmentAnswer(BaseModel):
    visit: UUID
    assessor: Assessor
    checklist: RuleVersion
    rating: str
    points: int
    findings: int
    critical: int
    at: datetime


class DifferenceAnswer(BaseModel):
    """An item that the business and the official judge differently; null is no answer."""

    item: str
    text: str
    own: ChecklistAnswer | None
    official: ChecklistAnswer | None


class CaseFileAnswer(BaseModel):
    """`code` is a document of the rules, or the item whose finding it is evidence for; the file lies in the vault."""

    kind: Literal["document", "evidence"]
    code: str
    product: int | None
    item: UUID
    at: datetime


class ListedVisit(BaseModel):
    visit: UUID
    assessor: Assessor
    checklist: RuleVersion
    begun: datetime
    finished: datetime | None
    answers: int
    photos: int


class LedgerEntryAnswer(BaseModel):
    index: int
    receipt: str


class TimelineStepAnswer(BaseModel):
    event_id: UUID
    event: str
    at: datetime
    role: str
    text: str
    ledger: LedgerEntryAnswer | None


class CaseLinks(BaseModel):
    page: str
    case: str


class PinnedRulesAnswer(RuleVersion):
    """The rules of a case; `pinned` is `by_content` where digests identify their text, `before_digests` where none was recorded yet."""

    pinned: Pinned


class MentoringCaseAnswer(BaseModel):
    """The state of a case; a sleeping one resumes in `slept`. `rules` are its rules, `pinned` from its triage on."""

    ticket: str
    state: MentoringState | Literal["unknown"]
    slept: MentoringState | None
    holder: Holder
    since: datetime | None
    district: str
    has_nib: bool
    kbli: list[str]
    mentored: bool
    rules: str
    pinned: PinnedRulesAnswer | None = None
    next: NextAnswer | None
    products: list[ProductAnswer]
    findings: list[TrackedFindingAnswer]
    assessments: list[AssessmentAnswer]
    differences: list[DifferenceAnswer]
    missing_for_permit: list[RequirementAnswer]
    files: list[CaseFileAnswer]
    visits: list[ListedVisit]
    trainings: list["TrainingAnswer"]
    consents: list[str]
    check_due: datetime | None
    timeline: list[TimelineStepAnswer]
    links: CaseLinks


class StepDoneAnswer(BaseModel):
    """`event_id` is null when the command repeated an earlier one and changed nothing."""

    ticket: str
    state: MentoringState | Literal["unknown"]
    holder: Holder
    event_id: UUID | None


class AddedFileAnswer(StepDoneAnswer):
    """`item` names the file, wherever it is spoken of."""

    item: UUID


class BadFieldAnswer(BaseModel):
    place: Annotated[Literal["body", "query", "path", "header", "cookie"], Field(alias="in")]
    field: str
    detail: str


class MentoringProblemAnswer(BaseModel):
    """RFC 9457: `type` names the broken rule and stays the same for ever, `detail` is for a person.

    Invalid fields stand in `errors`; what the rules miss in `missing`; in `step` the step that was left out; in `items` those of the
    checklist that it is about.
    """

    type: str
    title: str
    status: int
    detail: str
    request: str | None = None
    errors: list[BadFieldAnswer] | None = None
    missing: list[RequirementAnswer] | None = None
    step: str | None = None
    items: list[str] | None = None


REFUSALS: Mapping[int, str] = {
    400: "The request can't be read",
    401: "No case token and no sign-in, or one that has expired",
    403: "This role may not do it",
    404: "There is no such thing",
    405: "Not a method of this address",
    409: "A rule says no, and what to do instead",
    413: "Too large",
    415: "A kind of content that is not accepted",
    422: "Bad fields, all of them named",
    429: "Too many attempts",
    503: "Not now; nothing was recorded",
}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe the refusals of a route for OpenAPI; each is a problem document."""
    schema = {"$ref": "#/components/schemas/MentoringProblemAnswer"}
    content = {"application/problem+json": {"schema": schema}}
    return {status: {"description": REFUSALS[status], "content": content} for status in statuses}
