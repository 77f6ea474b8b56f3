"""Messages about surveys: windows, answers without any reference, flags, results and what follows from them.

The subject of all of them is `survey`, the aggregate is the window. A result can be computed again from the answers alone.
"""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from zi_contracts.configuration import Pin
from zi_contracts.data import Data
from zi_contracts.message import Sha256Hex, ShortText, Slug
from zi_contracts.vault import ItemRef

QuestionnaireKind = Literal["skm", "spkp", "spak", "own"]
Quarter = Annotated[str, Field(pattern=r"^\d{4}-Q[1-4]$")]
ExactDecimal = Annotated[str, Field(pattern=r"^\d{1,3}\.\d{2}$")]
FlagKind = Literal["burst", "identical", "office_network", "paper"]
FlagFinding = Literal["explained", "unexplained"]
CommentDecision = Literal["shown", "withheld"]
WithholdingReason = Literal["personal_data", "accuses_a_person", "insult", "advertising", "unrelated"]
_Count = Annotated[int, Field(ge=0)]
_Number = Annotated[int, Field(ge=1)]


class QuestionnairePin(Pin):
    """The questionnaire that a window asks, by its adopted version."""


class ServiceTarget(BaseModel):
    """The users who finished this service in the period before, and how many answers are wanted of them (Krejcie-Morgan)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    service: Slug
    finished: _Count
    target: _Count


class ServiceResult(BaseModel):
    """`service` is null for all services together. Under the least number of answers there are no sums and no index, and beside a
    single such service neither of the next smallest, from which its own could be reckoned."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    service: Slug | None
    answers: _Count
    on_paper: _Count
    target: _Count
    sums: dict[Slug, _Count]
    index: ExactDecimal | None
    low: ExactDecimal | None
    high: ExactDecimal | None
    grade: Slug | None


class SurveyWindowOpened(Data):
    """A survey can be answered from `opens` to the end of `closes`."""

    type: ClassVar[str] = "zi.integrity.survey_window_opened"

    kind: QuestionnaireKind
    questionnaire: QuestionnairePin
    quarter: Quarter
    opens: date
    closes: date
    scale: Annotated[int, Field(ge=2, le=10)]
    elements: tuple[Slug, ...]
    conversion: Slug
    least_answers: _Number
    targets: tuple[ServiceTarget, ...]


class SurveyAnswerRecorded(Data):
    """One filled questionnaire: raw values by element, nothing about who gave it, and of its time the day of its collection."""

    type: ClassVar[str] = "zi.integrity.survey_answer_recorded"

    kind: QuestionnaireKind
    service: Slug
    day: date
    scale: Annotated[int, Field(ge=2, le=10)]
    values: dict[Slug, _Number]
    on_paper: bool
    comment: ItemRef | None = None


class SurveyOriginsCounted(Data):
    """Of the answers of a service that were collected on a day, so many came from the office's own network; which ones is not recorded."""

    type: ClassVar[str] = "zi.integrity.survey_origins_counted"

    service: Slug
    day: date
    answers: _Count
    from_office: _Count


class SurveyAnswersUncounted(Data):
    """So many answers were collected when the window could not take them any more, or do not fit its questionnaire."""

    type: ClassVar[str] = "zi.integrity.survey_answers_uncounted"

    service: Slug
    day: date
    count: _Number


class SurveyWindowClosed(Data):
    """The window takes no more answers."""

    type: ClassVar[str] = "zi.integrity.survey_window_closed"

    answers: _Count


class SurveyFlagRaised(Data):
    """Answers look as if somebody had helped: `count` of `of`. No answer is dropped for it."""

    type: ClassVar[str] = "zi.integrity.survey_flag_raised"

    number: _Number
    flag: FlagKind
    service: Slug | None
    day: date | None
    count: _Count
    of: _Count


class SurveyFlagAssessed(Data):
    """An officer looked into a flag and wrote down what was found."""

    type: ClassVar[str] = "zi.integrity.survey_flag_assessed"

    number: _Number
    finding: FlagFinding
    note: ShortText


class SurveyResultPublished(Data):
    """The result, for all services together and for each; `seed` is what the interval was drawn with."""

    type: ClassVar[str] = "zi.integrity.survey_result_published"

    kind: QuestionnaireKind
    quarter: Quarter
    questionnaire: QuestionnairePin
    conversion: Slug
    interval: Slug
    seed: Sha256Hex
    results: tuple[ServiceResult, ...]


class SurveyCommentModerated(Data):
    """Free words of an answer are shown, or withheld with a reason that everybody sees."""

    type: ClassVar[str] = "zi.integrity.survey_comment_moderated"

    comment: ItemRef
    decision: CommentDecision
    reason: WithholdingReason | None = None


class SurveyFollowUpOpened(Data):
    """An element was among the weakest of a result: the office owes an action on it until `until`."""

    type: ClassVar[str] = "zi.integrity.survey_follow_up_opened"

    number: _Number
    element: Slug
    until: date


class SurveyFollowUpPlanned(Data):
    """The office decided on the action: the text is the office's own and public."""

    type: ClassVar[str] = "zi.integrity.survey_follow_up_planned"

    number: _Number
    element: Slug
    action: ShortText
    responsible: ShortText
    until: date


class SurveyFollowUpClosed(Data):
    """The action was carried out; `evidence` names where that can be seen."""

    type: ClassVar[str] = "zi.integrity.survey_follow_up_closed"

    number: _Number
    element: Slug
    evidence: ShortText


MODELS: tuple[type[Data], ...] = (
    SurveyWindowOpened,
    SurveyAnswerRecorded,
    SurveyOriginsCounted,
    SurveyAnswersUncounted,
    SurveyWindowClosed,
    SurveyFlagRaised,
    SurveyFlagAssessed,
    SurveyResultPublished,
    SurveyCommentModerated,
    SurveyFollowUpOpened,
    SurveyFollowUpPlanned,
    SurveyFollowUpClosed,
)
