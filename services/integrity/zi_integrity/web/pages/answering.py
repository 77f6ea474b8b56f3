"""The pages on which whoever holds an invitation answers a survey: no account, no case, and nothing of the token in an address."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from zi_chassis.web.form import Form
from zi_chassis.web.limits import client_address
from zi_chassis.web.page import pages_of
from zi_chassis.web.refused_form import REFUSED, refused_at, status_of
from zi_integrity.container import IntegrityOffice
from zi_integrity.domain.survey.ids import survey_window_id
from zi_integrity.domain.survey_token import SurveyToken
from zi_integrity.use_cases.answer_pool import FilledForm
from zi_integrity.web import survey_labels as labels
from zi_integrity.web.current_office import TheOffice
from zi_integrity.web.survey_form import comment_of, is_touched, survey_form, values_of
from zi_rules.survey.questionnaire import Questionnaire

HERE = "/integrity/surveys/answer"
THANKS = "/integrity/surveys/thanks"

router = APIRouter(include_in_schema=False)


@router.get(HERE)
async def paste(request: Request) -> Response:
    return _paste_page(request, Form())


def _paste_page(request: Request, form: Form, status: int = 200) -> Response:
    return pages_of(request).render(request, "survey_token.html", status, form=form)


@router.post(HERE)
async def answer(request: Request, office: TheOffice) -> Response:
    """Show the questions to whoever comes with a token; with `send` record what they answered."""
    form = Form.of(await request.form())
    try:
        token = await office.answering.checked(form.value("token"))
        questionnaires = await office.surveys.answerable(token.quarter)
    except REFUSED as error:
        return _paste_page(request, refused_at(request, form, error, "token"), status_of(error))
    if not form.value("send"):
        return _questions_page(request, office, token, questionnaires, form)
    try:
        fills = _fills(form, token, questionnaires)
        from_office = office.invitation_rules[0].is_of_office(client_address(request))
        await office.answering.accept(token.text, fills, from_office=from_office)
    except REFUSED as error:
        first = f"{questionnaires[0].kind}.{questionnaires[0].codes[0]}" if questionnaires else "token"
        refused = refused_at(request, form, error, first)
        return _questions_page(request, office, token, questionnaires, refused, status_of(error))
    return RedirectResponse(THANKS, 303)


def _questions_page(
    request: Request,
    office: IntegrityOffice,
    token: SurveyToken,
    questionnaires: Sequence[Questionnaire],
    form: Form,
    status: int = 200,
) -> Response:
    say = partial(pages_of(request).say, request)
    context: dict[str, Any] = {
        "token": token,
        "service": say(labels.service_label(token.service)),
        "surveys": [survey_form(each, say) for each in questionnaires],
        "others": office.invitation_rules[0].smallest_group - 1,
        "form": form,
    }
    return pages_of(request).render(request, "survey_answer.html", status, **context)


def _fills(form: Form, token: SurveyToken, questionnaires: Sequence[Questionnaire]) -> list[FilledForm]:
    """Read the questionnaires that were touched; of each that was, every question is needed. Raises ChoiceError."""
    touched = [each for each in questionnaires if is_touched(form, each)] or questionnaires[:1]
    comment = comment_of(form) or ""
    return [
        FilledForm(
            window=survey_window_id(each.kind, token.quarter),
            kind=each.kind,
            scale=each.scale,
            values=values_of(form, each),
            comment="" if number else comment,
        )
        for number, each in enumerate(touched)
    ]


@router.get(THANKS)
async def thanks(request: Request) -> Response:
    return pages_of(request).render(request, "survey_thanks.html", 200)
