"""The public pages of surveys: all windows, the result of one, its comments, its raw answers, and the actions that follow."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from zi_chassis.web.history import LedgerEntryLink
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_integrity.container import IntegrityOffice
from zi_integrity.domain.survey.errors import SurveyNotOpenedError
from zi_integrity.domain.survey.ids import survey_window_id
from zi_integrity.domain.survey.messages import SurveyWindowOpened
from zi_integrity.domain.survey.state import SurveyWindow
from zi_integrity.read import surveys as tables
from zi_integrity.read.survey_chart import index_chart
from zi_integrity.web import survey_labels as labels
from zi_integrity.web.current_office import TheOffice
from zi_integrity.web.paging import page_number, pages_for
from zi_integrity.web.survey_csv import answers_csv
from zi_rules.survey.arithmetic import decimal_text
from zi_rules.survey.questionnaire import Questionnaire

HERE = "/integrity/surveys"
COMMENTS = 20
FIRST_COMMENTS = 5

router = APIRouter(include_in_schema=False)


@router.get(HERE)
async def windows(request: Request, office: TheOffice) -> Response:
    page = page_number(request)
    rows, count = await office.store.query(lambda tx: tables.survey_window_rows(tx, page))
    context = {
        "rows": rows,
        "count": count,
        "paging": pages_for(count, page, tables.PAGE),
        "labels": labels,
        "late": await late_actions(office),
    }
    return pages_of(request).render(request, "surveys.html", 200, **context)


async def late_actions(office: IntegrityOffice) -> int:
    return await office.store.query(lambda tx: tables.count_late_follow_ups(tx, office.surveys.today()))


@router.get(f"{HERE}/")
async def with_slash() -> Response:
    return RedirectResponse(HERE, 308)


@router.get(f"{HERE}/actions")
async def actions(request: Request, office: TheOffice) -> Response:
    page, today = page_number(request), office.surveys.today()
    rows, count = await office.store.query(lambda tx: tables.survey_follow_ups(tx, page))
    context = {
        "rows": rows,
        "count": count,
        "paging": pages_for(count, page, tables.PAGE),
        "labels": labels,
        "today": today,
        "late": await late_actions(office),
        "element_names": element_names(office, [(each.kind, each.element) for each in rows]),
    }
    return pages_of(request).render(request, "survey_actions.html", 200, **context)


def element_names(office: IntegrityOffice, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Any]:
    """Return the names of elements in the questionnaires of today; one that is asked no more keeps its code."""
    known: dict[tuple[str, str], Any] = {
        (form.kind, each.code): each.name for form in office.surveys.questionnaires for each in form.elements
    }
    return {each: known.get(each, each[1]) for each in wanted}


async def window_of(
    office: IntegrityOffice, quarter: str, kind: str
) -> tuple[UUID, SurveyWindow, SurveyWindowOpened]:
    """Find a window by its address. Raises NotFoundError."""
    window = survey_window_id(kind, quarter)
    try:
        state, opened = await office.surveys.window(window)
    except SurveyNotOpenedError:
        raise NotFoundError(DETAILS[404]) from None
    return window, state, opened


@router.get(f"{HERE}/{{quarter}}/{{kind}}")
async def result(request: Request, office: TheOffice, quarter: str, kind: str) -> Response:
    window, state, opened = await window_of(office, quarter, kind)
    form = office.surveys.questionnaire_of(opened)
    former = await office.store.query(
        lambda tx: tables.published_survey_windows(tx, opened.kind, opened.opens)
    )
    published = published_comments(state)
    context = {
        "state": state,
        "opened": opened,
        "survey": form,
        "labels": labels,
        "today": office.surveys.today(),
        "former": former,
        "chart": index_chart(former, opened.conversion),
        "means": means(state, form),
        "grades": {each.code: each.name for each in form.grades},
        "comments": await office.personal_data.public_texts(published[:FIRST_COMMENTS]),
        "comment_count": len(published),
        "withheld": withheld(state),
        "undecided": len(office.surveys.waiting_comments(state)),
        "in_ledger": await _entry(office, window),
    }
    return pages_of(request).render(request, "survey_result.html", 200, **context)


async def _entry(office: IntegrityOffice, window: UUID) -> LedgerEntryLink | None:
    """Find the ledger's entry of the published result; None while there is none."""
    event = await office.store.query(lambda tx: tables.result_event_of(tx, window))
    indexes = await office.ledger.indexes([event] if event else [])
    receipt = f"{office.settings.public_url}/audit/api/receipts/{event}"
    return LedgerEntryLink(indexes[event], receipt) if event in indexes else None


def means(state: SurveyWindow, form: Questionnaire) -> list[tuple[Any, str]]:
    """Return the name and the mean of raw values of each element, in the order of the questions; none where no result is shown."""
    whole = state.result.results[0] if state.result else None
    if whole is None or not whole.sums:
        return []
    return [
        (each.name, decimal_text(Fraction(whole.sums[each.code], whole.answers))) for each in form.elements
    ]


def published_comments(state: SurveyWindow) -> list[UUID]:
    """Return the comments that everybody may read, in an order that shows no time; none before the result."""
    if state.result is None or state.result.results[0].index is None:
        return []
    return sorted((item for item, each in state.decisions.items() if each.decision == "shown"), key=str)


def withheld(state: SurveyWindow) -> Mapping[str, int]:
    """Count the withheld comments by reason."""
    reasons = [each.reason for each in state.decisions.values() if each.reason is not None]
    return {reason: reasons.count(reason) for reason in sorted(set(reasons))}


@router.get(f"{HERE}/{{quarter}}/{{kind}}/comments")
async def comments(request: Request, office: TheOffice, quarter: str, kind: str) -> Response:
    _, state, opened = await window_of(office, quarter, kind)
    page, published = page_number(request), published_comments(state)
    chosen = published[(page - 1) * COMMENTS : page * COMMENTS]
    context = {
        "opened": opened,
        "labels": labels,
        "count": len(published),
        "comments": await office.personal_data.public_texts(chosen),
        "erased": len(chosen),
        "withheld": withheld(state),
        "undecided": len(office.surveys.waiting_comments(state)),
        "paging": pages_for(len(published), page, COMMENTS),
    }
    return pages_of(request).render(request, "survey_comments.html", 200, **context)


@router.get(f"{HERE}/{{quarter}}/{{kind}}/answers.csv")
async def answers(office: TheOffice, quarter: str, kind: str) -> Response:
    """Serve the raw answers with scale and method; not before the result, and not of fewer than the least number."""
    _, state, opened = await window_of(office, quarter, kind)
    if state.result is None or state.result.results[0].index is None:
        raise NotFoundError(DETAILS[404])
    name = f"{opened.kind}-{opened.quarter}.csv"
    return Response(
        answers_csv(opened, state),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
