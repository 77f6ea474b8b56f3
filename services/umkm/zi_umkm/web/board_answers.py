"""The answers of the API about many cases: desk, board, trainings and public counts. Other programs rely on them: fields may only be added."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from zi_contracts.intake import Holder
from zi_contracts.umkm import MentoringState


class ListedMentoring(BaseModel):
    """`mentor` is the identity provider's opaque name, `nickname` what the business calls itself. `since` is when it came into its state."""

    ticket: str
    nickname: str | None
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
    """Those that have stood in their state for longest come first; `total` counts all that the
    filter finds, `next` is the cursor of the next page."""

    cases: list[ListedMentoring]
    total: int
    next: str | None
    counts: list[CountAnswer]
    loads: list[LoadAnswer]
    attention: list[AttentionAnswer]


class ToVerifyAnswer(BaseModel):
    """Evidence that waits; `own` where the reader is its author, or raised the finding and it is critical: somebody else verifies it."""

    ticket: str
    district: str
    item: str
    grade: str
    critical: bool
    since: datetime
    own: bool


class TripAnswer(BaseModel):
    """The own cases of one district, how many there are in all, and how many of them wait for the office."""

    district: str
    cases: list[ListedMentoring]
    total: int
    with_office: int


class DeskTotals(BaseModel):
    """The true counts of the lists, also of those that are cut off."""

    own: int
    free: int
    to_verify: int
    visits: int


class DeskAnswer(BaseModel):
    totals: DeskTotals
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


# -- the lists of the desk, page by page; `total` counts all that the search finds


class CasesAnswer(BaseModel):
    cases: list[ListedMentoring]
    total: int


class FindingsAnswer(BaseModel):
    findings: list[ToVerifyAnswer]
    total: int


class NumberToCheckAnswer(BaseModel):
    ticket: str
    district: str
    product: int | None
    since: datetime


class NumbersAnswer(BaseModel):
    numbers: list[NumberToCheckAnswer]
    total: int


class DeskVisitsAnswer(BaseModel):
    visits: list[DeskVisit]
    total: int
