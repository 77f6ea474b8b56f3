"""The commands and events of a survey window, and who may give each command."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from zi_chassis.domain import Command, Event, Parties, Value, officials, services
from zi_contracts.integrity import surveys as contract
from zi_contracts.message import ShortText, Slug
from zi_contracts.vault import ItemRef
from zi_integrity.roles import HEAD, SURVEYING, ZONE_TEAM
from zi_rules.survey.flags import SurveyFlagKind
from zi_rules.survey.questionnaire import Questionnaire, SurveyPractice

Kind = Literal["skm", "spkp", "spak", "own"]


class ServiceUsers(Value):
    """The number of users who finished this service in the period before."""

    service: Slug
    finished: Annotated[int, Field(ge=0)]


class OpenSurveyWindow(Command):
    """`today` is the day of the office's clock; `overlapping` the quarters of this questionnaire's other windows with days in common."""

    questionnaire: Questionnaire
    opens: date
    closes: date
    users: tuple[ServiceUsers, ...]
    today: date
    collected_until: datetime
    overlapping: tuple[str, ...] = ()


class RecordAnswer(Command):
    """`answer` is a random id that nothing else has: it makes a repeat harmless. `day` is the day of its collection; `by.at` has no time of
    day either, and a comment is sealed when the day is collected, because the id of a vault item holds the time of its sealing."""

    answer: UUID
    kind: Kind
    service: Slug
    day: date
    scale: int
    values: dict[str, int]
    on_paper: bool = False
    comment: ItemRef | None = None


class CountOrigins(Command):
    """Of the answers that were collected on `day`, so many came from the office's own network."""

    service: Slug
    day: date
    answers: Annotated[int, Field(ge=0)]
    from_office: Annotated[int, Field(ge=0)]


class CountUncountedAnswers(Command):
    """Answers that this window did not take: it was closed, or they do not fit."""

    service: Slug
    day: date
    count: Annotated[int, Field(ge=1)]


class CloseSurveyWindow(Command):
    """Given by the timer, at `collected_until`."""


class PublishSurveyResult(Command):
    questionnaire: Questionnaire
    today: date


class AssessSurveyFlag(Command):
    number: int
    finding: contract.FlagFinding
    note: ShortText


class ModerateSurveyComment(Command):
    item: UUID
    decision: contract.CommentDecision
    reason: contract.WithholdingReason | None = None


class PlanSurveyFollowUp(Command):
    number: int
    action: ShortText
    responsible: ShortText
    until: date


class CloseSurveyFollowUp(Command):
    number: int
    evidence: ShortText


SurveyCommands = (
    OpenSurveyWindow
    | RecordAnswer
    | CountOrigins
    | CountUncountedAnswers
    | CloseSurveyWindow
    | PublishSurveyResult
    | AssessSurveyFlag
    | ModerateSurveyComment
    | PlanSurveyFollowUp
    | CloseSurveyFollowUp
)
SURVEY_OFFICERS = officials(*SURVEYING)
PROGRAM = services("integrity")
PARTIES: Parties = {
    OpenSurveyWindow: SURVEY_OFFICERS,
    RecordAnswer: PROGRAM | SURVEY_OFFICERS,
    CountOrigins: PROGRAM,
    CountUncountedAnswers: PROGRAM,
    CloseSurveyWindow: PROGRAM,
    PublishSurveyResult: SURVEY_OFFICERS,
    AssessSurveyFlag: officials(*ZONE_TEAM, *HEAD),
    ModerateSurveyComment: SURVEY_OFFICERS,
    PlanSurveyFollowUp: officials(*SURVEYING, *HEAD),
    CloseSurveyFollowUp: officials(*SURVEYING, *HEAD),
}


class TargetOfService(Value):
    service: str
    finished: int
    target: int


class ResultOfService(Value):
    """`service` is None for all of them; `index`, `low`, `high` are decimals with two places."""

    service: str | None
    answers: int
    on_paper: int
    target: int
    sums: dict[str, int]
    index: str | None
    low: str | None
    high: str | None
    grade: str | None


class QuestionnaireVersion(Value):
    id: str
    version: int
    digest: str


class SurveyWindowOpened(Event):
    kind: Kind
    questionnaire: QuestionnaireVersion
    quarter: str
    opens: date
    closes: date
    scale: int
    elements: tuple[str, ...]
    conversion: str
    practice: SurveyPractice
    collected_until: datetime
    targets: tuple[TargetOfService, ...]


class SurveyAnswerRecorded(Event):
    answer: UUID
    kind: Kind
    service: str
    day: date
    scale: int
    values: dict[str, int]
    on_paper: bool
    comment: ItemRef | None


class SurveyOriginsCounted(Event):
    service: str
    day: date
    answers: int
    from_office: int


class SurveyAnswersUncounted(Event):
    service: str
    day: date
    count: int


class SurveyWindowClosed(Event):
    answers: int


class SurveyFlagRaised(Event):
    number: int
    flag: SurveyFlagKind
    service: str | None
    day: date | None
    count: int
    of: int


class SurveyFlagAssessed(Event):
    number: int
    finding: contract.FlagFinding
    note: str


class SurveyResultPublished(Event):
    kind: Kind
    quarter: str
    questionnaire: QuestionnaireVersion
    conversion: str
    interval: str
    seed: str
    results: tuple[ResultOfService, ...]


class SurveyCommentModerated(Event):
    comment: ItemRef
    decision: contract.CommentDecision
    reason: contract.WithholdingReason | None


class SurveyFollowUpOpened(Event):
    number: int
    element: str
    until: date


class SurveyFollowUpPlanned(Event):
    number: int
    element: str
    action: str
    responsible: str
    until: date


class SurveyFollowUpClosed(Event):
    number: int
    element: str
    evidence: str


SurveyEvents = (
    SurveyWindowOpened
    | SurveyAnswerRecorded
    | SurveyOriginsCounted
    | SurveyAnswersUncounted
    | SurveyWindowClosed
    | SurveyFlagRaised
    | SurveyFlagAssessed
    | SurveyResultPublished
    | SurveyCommentModerated
    | SurveyFollowUpOpened
    | SurveyFollowUpPlanned
    | SurveyFollowUpClosed
)
