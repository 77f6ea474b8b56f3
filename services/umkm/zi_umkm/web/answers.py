"""The answers of the API. Other programs rely on them: fields may only be added."""

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


# -- the desk and the board


class ListedMentoring(BaseModel):
    """Nothing personal; `mentor` is the identity provider's opaque name. `since` is when it came into its state."""

    ticket: str
    district: str
    state: MentoringState
    holder: Holder
    mentor: str | None
    begun: datetime
    since: datetime
    heard_at: datetime
    attended_at: datetime | None
    visited_at: datetime | None
    rating: str | None
    points: int | None
    findings_open: int
    critical_open: int
    evidenced: int
    overdue: int
    numbers: int
    check_due: datetime | None


class CountAnswer(BaseModel):
    """`numbers` are registration numbers that were obtained."""

    district: str
    state: MentoringState
    cases: int
    numbers: int


class LoadAnswer(BaseModel):
    """Of open cases; `mentor` null are those that nobody has taken."""

    mentor: str | None
    cases: int
    with_office: int
    critical: int
    overdue: int
    longest: datetime


class AttentionAnswer(BaseModel):
    """The attention of the office to the open cases of a district."""

    district: str
    cases: int
    without_mentor: int
    never_visited: int
    last_visit: datetime | None
    last_attended: datetime | None
    longest: datetime


class BoardAnswer(BaseModel):
    """Those that have stood in their state for longest come first; `next` is the cursor of the next page."""

    cases: list[ListedMentoring]
    next: str | None
    counts: list[CountAnswer]
    loads: list[LoadAnswer]
    attention: list[AttentionAnswer]


class ToVerifyAnswer(BaseModel):
    """Evidence that waits; `own` when the one who asks is its author and so leaves it to somebody else."""

    ticket: str
    district: str
    item: str
    grade: str
    critical: bool
    since: datetime
    own: bool


class TripAnswer(BaseModel):
    """The own cases of one district, and how many of them wait for the office."""

    district: str
    cases: list[ListedMentoring]
    with_office: int


class DeskAnswer(BaseModel):
    trips: list[TripAnswer]
    free: list[ListedMentoring]
    to_verify: list[ToVerifyAnswer]
    visits: list["DeskVisit"]


class DeskVisit(BaseModel):
    """Begun and not finished."""

    visit: UUID
    case: str
    begun: datetime
    answers: int
    photos: int


# -- trainings


class TrainingAnswer(BaseModel):
    """`before` and `after` are the mean scores of those who have both, once it is over."""

    training: UUID
    district: str
    topic: str
    begins: datetime
    places: int
    enrolled: int
    attended: int
    held: datetime | None
    before: int | None
    after: int | None


class ParticipantAnswer(BaseModel):
    case: str
    came: bool
    before: int | None
    after: int | None


class GroupAnswer(TrainingAnswer):
    participants: list[ParticipantAnswer]


class TrainingDoneAnswer(BaseModel):
    training: UUID
    enrolled: int
    attended: int
    event_id: UUID | None


# -- the public


class OutcomeAnswer(BaseModel):
    """The results of the cases of a district (`counts`, by kind), and the registration numbers obtained; null is not told."""

    district: str
    cases: int
    counts: dict[str, int | None]
    numbers: int | None


class DurationAnswer(BaseModel):
    """From the request to the first number: half of these businesses took at most so many days."""

    district: str
    businesses: int
    days: int


class StuckAnswer(BaseModel):
    """Open cases in a state: half of them have stood there for at most so many days."""

    state: MentoringState | Literal["other"]
    cases: int
    days: int


class LearnedAnswer(BaseModel):
    """Trainings that were held in a district, and the mean scores before and after, weighed by those who came."""

    district: str
    trainings: int
    attended: int
    before: int | None
    after: int | None


class StatisticsAnswer(BaseModel):
    outcomes: list[OutcomeAnswer]
    durations: list[DurationAnswer]
    stuck: list[StuckAnswer]
    learned: list[LearnedAnswer]


# -- refusals


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
