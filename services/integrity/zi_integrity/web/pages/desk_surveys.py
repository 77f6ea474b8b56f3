"""The desk of the survey officer: open a window, look at flags, publish, follow up."""

from collections.abc import Awaitable
from functools import partial
from uuid import uuid4

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from pydantic import TypeAdapter

from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.page import pages_of
from zi_chassis.web.refused_form import REFUSED, refused_at, status_of
from zi_contracts.integrity.surveys import FlagFinding
from zi_integrity.domain.survey import messages
from zi_integrity.domain.survey.decide import quarter_of
from zi_integrity.read import surveys as tables
from zi_integrity.roles import HEAD, SURVEYING, ZONE_TEAM
from zi_integrity.use_cases.surveys import SERVICES
from zi_integrity.web import survey_labels as labels
from zi_integrity.web.form_fields import choice_of, needed_day
from zi_integrity.web.official import CurrentOfficial, ZoneOfficial
from zi_integrity.web.pages.surveys import window_of
from zi_integrity.web.paging import page_number, pages_for
from zi_integrity.web.survey_fields import line_of, users_of
from zi_integrity.web.survey_form import survey_form, values_of
from zi_rules.survey.flags import flags_of

HERE = "/integrity/desk/surveys"
READERS = (*SURVEYING, *HEAD)
FINDING = TypeAdapter[FlagFinding](FlagFinding)

router = APIRouter(include_in_schema=False)


@router.get(HERE)
async def windows(official: CurrentOfficial) -> Response:
    official.act(READERS)
    counted = await official.office.surveys.finished_before(official.office.surveys.today())
    return await _windows_page(
        official, Form({f"finished.{name}": str(number) for name, number in counted.items()})
    )


async def _windows_page(official: ZoneOfficial, form: Form, status: int = 200) -> Response:
    office, page = official.office, page_number(official.request)
    rows, count = await office.store.query(lambda tx: tables.survey_window_rows(tx, page))
    context = {
        "rows": rows,
        "count": count,
        "paging": pages_for(count, page, tables.PAGE),
        "labels": labels,
        "services": SERVICES,
        "may_open": official.has(*SURVEYING),
        "form": form,
        "today": office.surveys.today(),
    }
    return pages_of(official.request).render(official.request, "desk_surveys.html", status, **context)


@router.post(HERE)
async def open_window(official: CurrentOfficial) -> Response:
    form = Form.of(await official.request.form())
    by = official.act(SURVEYING)
    try:
        kind, opens, closes = (
            choice_of(form, "kind", labels.KINDS),
            needed_day(form, "opens"),
            needed_day(form, "closes"),
        )
        finished = {name: users_of(form, f"finished.{name}") for name in SERVICES}
        await official.office.surveys.open(by, kind, opens, closes, finished)
    except REFUSED as error:
        refused = refused_at(official.request, form, error, "opens")
        return await _windows_page(official, refused, status_of(error))
    return RedirectResponse(f"{HERE}/{quarter_of(opens)}/{kind}", 303)


@router.get(f"{HERE}/{{quarter}}/{{kind}}")
async def window(official: CurrentOfficial, quarter: str, kind: str) -> Response:
    official.act(READERS)
    return await _window_page(official, quarter, kind, Form())


async def _window_page(
    official: ZoneOfficial, quarter: str, kind: str, form: Form, status: int = 200
) -> Response:
    surveys = official.office.surveys
    _, state, opened = await window_of(official.office, quarter, kind)
    known = {(each.flag, each.service, each.day) for each in state.flags}
    coming = flags_of(state.answers, opened.practice)
    context = {
        "state": state,
        "opened": opened,
        "survey": surveys.questionnaire_of(opened),
        "labels": labels,
        "today": surveys.today(),
        "coming": [each for each in coming if (each.kind, each.service, each.day) not in known],
        "waiting": len(surveys.waiting_comments(state)),
        "may_survey": official.has(*SURVEYING),
        "may_assess": official.has(*ZONE_TEAM, *HEAD) and official.person.sub not in state.paper_by,
        "findings": [
            (code, pages_of(official.request).say(official.request, text))
            for code, text in labels.FINDINGS.items()
        ],
        "form": form,
    }
    return pages_of(official.request).render(official.request, "desk_survey.html", status, **context)


@router.post(f"{HERE}/{{quarter}}/{{kind}}/publish")
async def publish(official: CurrentOfficial, quarter: str, kind: str) -> Response:
    by = official.act(SURVEYING)
    window, _, _ = await window_of(official.office, quarter, kind)
    return await _done(
        official, quarter, kind, Form(), "publish", official.office.surveys.publish(window, by)
    )


@router.post(f"{HERE}/{{quarter}}/{{kind}}/flags/{{number}}")
async def assess(official: CurrentOfficial, quarter: str, kind: str, number: int) -> Response:
    form, by = Form.of(await official.request.form()), official.act((*ZONE_TEAM, *HEAD))
    note = f"note.{number}"

    async def done() -> None:
        finding = FINDING.validate_python(choice_of(form, f"finding.{number}", labels.FINDINGS))
        command = messages.AssessSurveyFlag(by=by, number=number, finding=finding, note=line_of(form, note))
        await _act(official, quarter, kind, command)

    return await _done(official, quarter, kind, form, note, done())


@router.post(f"{HERE}/{{quarter}}/{{kind}}/actions/{{number}}")
async def follow_up(official: CurrentOfficial, quarter: str, kind: str, number: int) -> Response:
    form, by = Form.of(await official.request.form()), official.act(READERS)
    field = f"evidence.{number}" if form.value("step") == "close" else f"action.{number}"

    async def done() -> None:
        command: messages.CloseSurveyFollowUp | messages.PlanSurveyFollowUp
        if form.value("step") == "close":
            command = messages.CloseSurveyFollowUp(by=by, number=number, evidence=line_of(form, field))
        else:
            command = messages.PlanSurveyFollowUp(
                by=by,
                number=number,
                action=line_of(form, field),
                responsible=line_of(form, f"responsible.{number}"),
                until=needed_day(form, f"until.{number}"),
            )
        await _act(official, quarter, kind, command)

    return await _done(official, quarter, kind, form, field, done())


async def _act(official: ZoneOfficial, quarter: str, kind: str, command: messages.SurveyCommands) -> None:
    window, _, _ = await window_of(official.office, quarter, kind)
    await official.office.surveys.act(window, command)


async def _done(
    official: ZoneOfficial, quarter: str, kind: str, form: Form, field: str, step: Awaitable[object]
) -> Response:
    """Do the step and go back to the window; show its page again where the step is refused."""
    try:
        await step
    except REFUSED as error:
        refused = refused_at(official.request, form, error, field)
        return await _window_page(official, quarter, kind, refused, status_of(error))
    return RedirectResponse(f"{HERE}/{quarter}/{kind}", 303)


# -- paper


@router.get(f"{HERE}/{{quarter}}/{{kind}}/paper")
async def paper(official: CurrentOfficial, quarter: str, kind: str) -> Response:
    official.act(SURVEYING)
    return await _paper_page(official, quarter, kind, Form())


async def _paper_page(
    official: ZoneOfficial, quarter: str, kind: str, form: Form, status: int = 200
) -> Response:
    _, state, opened = await window_of(official.office, quarter, kind)
    say = partial(pages_of(official.request).say, official.request)
    context = {
        "state": state,
        "opened": opened,
        "labels": labels,
        "survey": survey_form(official.office.surveys.questionnaire_of(opened), say),
        "services": [(each.service, say(labels.service_label(each.service))) for each in opened.targets],
        "form": form,
        "key": str(key_of(form) or uuid4()),
        "entered": official.request.query_params.get("entered") == "1",
    }
    return pages_of(official.request).render(official.request, "desk_survey_paper.html", status, **context)


@router.post(f"{HERE}/{{quarter}}/{{kind}}/paper")
async def enter_paper(official: CurrentOfficial, quarter: str, kind: str) -> Response:
    form, by = Form.of(await official.request.form()), official.act(SURVEYING)
    window, _, opened = await window_of(official.office, quarter, kind)
    surveys = official.office.surveys
    try:
        service = choice_of(form, "service", {each.service for each in opened.targets})
        values = values_of(form, surveys.questionnaire_of(opened))
        await surveys.enter_paper(window, by, key_of(form), service, values)
    except REFUSED as error:
        refused = refused_at(official.request, form, error, "service")
        return await _paper_page(official, quarter, kind, refused, status_of(error))
    return RedirectResponse(f"{HERE}/{quarter}/{kind}/paper?entered=1", 303)
