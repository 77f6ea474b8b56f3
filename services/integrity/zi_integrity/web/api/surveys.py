"""The API of surveys for everybody: windows, published results, comments, and the actions that follow; the same facts as the pages."""

from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel

from zi_chassis.web.entity_tag import TaggedRoute
from zi_integrity.domain.survey.messages import ResultOfService
from zi_integrity.domain.survey.state import SurveyFollowUp, SurveyWindow
from zi_integrity.read import surveys as tables
from zi_integrity.web.current_office import TheOffice
from zi_integrity.web.pages.surveys import COMMENTS, late_actions, published_comments, window_of, withheld
from zi_integrity.web.paging import PageQuery

router = APIRouter(prefix="/integrity/api/surveys", tags=["surveys"], route_class=TaggedRoute)


class SurveySummaryAnswer(BaseModel):
    """`index`, `low`, `high` and `grade` are of all services together, from the publication on; null under the least number of answers."""

    kind: str
    quarter: str
    opens: date
    closes: date
    status: str
    answers: int
    target: int
    index: str | None
    low: str | None
    high: str | None
    grade: str | None


class SurveyListAnswer(BaseModel):
    count: int
    page_size: int = tables.PAGE
    late_actions: int
    surveys: list[SurveySummaryAnswer]


class ServiceResultAnswer(BaseModel):
    """`service` is null for all services together. `sums` are of the raw values by element, empty where nothing is shown."""

    service: str | None
    answers: int
    on_paper: int
    target: int
    sums: dict[str, int]
    index: str | None
    low: str | None
    high: str | None
    grade: str | None


class SurveyFlagAnswer(BaseModel):
    flag: str
    service: str | None
    day: date | None
    count: int
    of: int
    finding: str | None
    note: str | None


class SurveyActionAnswer(BaseModel):
    kind: str
    quarter: str
    element: str
    until: date
    action: str | None
    responsible: str | None
    evidence: str | None
    late: bool


class SurveyActionListAnswer(BaseModel):
    count: int
    page_size: int = tables.PAGE
    late: int
    actions: list[SurveyActionAnswer]


class SurveyResultAnswer(BaseModel):
    """A window with its result, what looked unusual in it, and what the office does about it; `method` turns means into the index."""

    kind: str
    quarter: str
    opens: date
    closes: date
    closed: bool
    scale: int
    method: str
    least_answers: int
    answers: int
    uncounted: int
    results: list[ServiceResultAnswer]
    flags: list[SurveyFlagAnswer]
    actions: list[SurveyActionAnswer]


class SurveyCommentListAnswer(BaseModel):
    """Free words that were moderated and are shown, in an order that tells no time; `withheld` counts the others by reason."""

    count: int
    page_size: int = COMMENTS
    withheld: dict[str, int]
    undecided: int
    comments: list[str]


@router.get("")
async def surveys(office: TheOffice, page: PageQuery = 1) -> SurveyListAnswer:
    """List the survey windows, the newest first."""
    rows, count = await office.store.query(lambda tx: tables.survey_window_rows(tx, page))
    names = SurveySummaryAnswer.model_fields
    listed = [SurveySummaryAnswer(**{name: getattr(row, name) for name in names}) for row in rows]
    return SurveyListAnswer(count=count, late_actions=await late_actions(office), surveys=listed)


@router.get("/actions")
async def actions(office: TheOffice, page: PageQuery = 1) -> SurveyActionListAnswer:
    """List the actions that follow from results, those that are open and due first before the others."""
    today = office.surveys.today()
    rows, count = await office.store.query(lambda tx: tables.survey_follow_ups(tx, page))
    listed = [
        SurveyActionAnswer(
            kind=row.kind,
            quarter=row.quarter,
            element=row.element,
            until=row.until,
            action=row.action,
            responsible=row.responsible,
            evidence=row.evidence,
            late=row.is_late(today),
        )
        for row in rows
    ]
    return SurveyActionListAnswer(count=count, late=await late_actions(office), actions=listed)


@router.get("/{quarter}/{kind}")
async def result(office: TheOffice, quarter: str, kind: str) -> SurveyResultAnswer:
    """Read a survey window and, once it is published, its result."""
    _, state, opened = await window_of(office, quarter, kind)
    today, results = office.surveys.today(), state.result.results if state.result else ()
    return SurveyResultAnswer(
        kind=opened.kind,
        quarter=opened.quarter,
        opens=opened.opens,
        closes=opened.closes,
        closed=state.closed,
        scale=opened.scale,
        method=opened.conversion,
        least_answers=opened.practice.least_answers,
        answers=len(state.answers),
        uncounted=state.uncounted,
        results=[_result(each) for each in results],
        flags=_flags(state),
        actions=[_action(opened.kind, opened.quarter, each, today) for each in state.follow_ups.values()],
    )


@router.get("/{quarter}/{kind}/comments")
async def comments(
    office: TheOffice, quarter: str, kind: str, page: PageQuery = 1
) -> SurveyCommentListAnswer:
    """List the free words of a published survey; those that were erased are left out of the page and counted."""
    _, state, _ = await window_of(office, quarter, kind)
    published = published_comments(state)
    texts = await office.personal_data.public_texts(published[(page - 1) * COMMENTS : page * COMMENTS])
    return SurveyCommentListAnswer(
        count=len(published),
        withheld=dict(withheld(state)),
        undecided=len(office.surveys.waiting_comments(state)),
        comments=list(texts.values()),
    )


def _result(result: ResultOfService) -> ServiceResultAnswer:
    return ServiceResultAnswer(**result.model_dump())


def _flags(state: SurveyWindow) -> list[SurveyFlagAnswer]:
    answers = []
    for each in state.flags:
        found = state.findings.get(each.number)
        answers.append(
            SurveyFlagAnswer(
                flag=each.flag,
                service=each.service,
                day=each.day,
                count=each.count,
                of=each.of,
                finding=found and found.finding,
                note=found and found.note,
            )
        )
    return answers


def _action(kind: str, quarter: str, followed: SurveyFollowUp, today: date) -> SurveyActionAnswer:
    return SurveyActionAnswer(
        kind=kind,
        quarter=quarter,
        element=followed.opened.element,
        until=followed.until,
        action=followed.plan and followed.plan.action,
        responsible=followed.plan and followed.plan.responsible,
        evidence=followed.closing and followed.closing.evidence,
        late=followed.closing is None and followed.until < today,
    )
