"""The answers of the API about a case, and its refusals. Other programs rely on them: fields may only be added."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from zi_chassis.web.history import TimelineStepAnswer
from zi_chassis.web.refusals import ProblemFields
from zi_contracts.configuration import Pinned
from zi_contracts.intake import Holder
from zi_contracts.umkm import Assessor, MentoringPin, MentoringState, RuleVersion, TrackName
from zi_rules.mentoring.assessment import ChecklistAnswer
from zi_rules.provenance import SourceStatus
from zi_umkm.domain.corrective_action import Progress
from zi_umkm.web.board_answers import TrainingAnswer
from zi_umkm.web.permit_answers import PermitFileAnswer


class SourcedAnswer(BaseModel):
    """Something that the rules say, in the caller's language, and where they have it from."""

    code: str
    text: str
    source: str | None
    source_status: SourceStatus


class RequirementAnswer(SourcedAnswer):
    """`part` is where it is asked for: business, permit, label or registration."""

    part: str


class CostAnswer(BaseModel):
    """In rupiah, after the reduction that small businesses get."""

    least: int
    most: int
    source: str | None
    source_status: SourceStatus
    reduction_source: str | None


class NextAnswer(BaseModel):
    """The next step; `holder` of the case says by whom. `step` is its code, `text` a sentence in the language that was asked for."""

    step: str
    text: str
    source: str | None
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
    number_confirmed: bool = False


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

    kind: Literal["document", "evidence", "label"]
    code: str
    product: int | None
    item: UUID
    at: datetime


class LabelCheckAnswer(BaseModel):
    """A look at the label of a product: how many of its parts are as they should be, and the id that a photo or a second look names."""

    check: UUID | None
    product: int
    at: datetime
    parts: int
    met: int
    photos: int
    waits: bool


class StateQuestionAnswer(BaseModel):
    """A question of the state about a product; its text lies in the vault."""

    question: UUID
    product: int
    due: datetime
    recorded_at: datetime
    answered_at: datetime | None
    is_missed: bool


class ListedVisit(BaseModel):
    visit: UUID
    assessor: Assessor
    checklist: RuleVersion
    begun: datetime
    finished: datetime | None
    answers: int
    photos: int


class CaseLinks(BaseModel):
    page: str
    case: str


class PinnedRulesAnswer(MentoringPin):
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
    business_ref: str = ""
    business_number: Literal["missing", "unchecked", "confirmed", "refuted"] = "missing"
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
    label_checks: list[LabelCheckAnswer] = []
    state_questions: list[StateQuestionAnswer] = []
    visits: list[ListedVisit]
    trainings: list["TrainingAnswer"]
    consents: list[str]
    check_due: datetime | None
    permit: PermitFileAnswer | None = None
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


class MentoringProblemAnswer(ProblemFields):
    """RFC 9457: `type` names the broken rule and stays the same for ever, `detail` is for a person.

    Invalid fields stand in `errors`; what the rules miss in `missing`; in `step` the step that was left out; in `items` those of the
    checklist that it is about.
    """

    missing: list[RequirementAnswer] | None = None
    step: str | None = None
    items: list[str] | None = None
