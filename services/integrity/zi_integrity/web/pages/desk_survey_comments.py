"""The desk's page of comments that wait for a decision: each is opened as a recorded act, then shown or withheld with a reason."""

from collections.abc import Mapping
from functools import partial
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from pydantic import TypeAdapter

from zi_chassis.domain import ErasedError
from zi_chassis.vault.vault import VaultLockedError
from zi_chassis.web.form import Form
from zi_chassis.web.page import pages_of
from zi_chassis.web.refused_form import REFUSED, ChoiceError, refused_at, status_of
from zi_contracts.integrity.surveys import CommentDecision, WithholdingReason
from zi_integrity.domain.survey import messages
from zi_integrity.roles import SURVEYING, ZONE_TEAM
from zi_integrity.web import survey_labels as labels
from zi_integrity.web.form_fields import choice_of
from zi_integrity.web.official import CurrentOfficial, ZoneOfficial
from zi_integrity.web.pages.desk_surveys import HERE
from zi_integrity.web.pages.surveys import window_of
from zi_integrity.web.paging import page_number, pages_for
from zi_integrity.web.survey_fields import item_of

PAGE = 10
DECISION = TypeAdapter[CommentDecision](CommentDecision)
REASON = TypeAdapter[WithholdingReason](WithholdingReason)

router = APIRouter(include_in_schema=False)


@router.get(f"{HERE}/{{quarter}}/{{kind}}/comments")
async def comments(official: CurrentOfficial, quarter: str, kind: str) -> Response:
    official.act(SURVEYING)
    return await _page(official, quarter, kind, Form(), {})


async def _page(
    official: ZoneOfficial,
    quarter: str,
    kind: str,
    form: Form,
    texts: Mapping[UUID, str],
    status: int = 200,
    author: UUID | None = None,
) -> Response:
    _, state, opened = await window_of(official.office, quarter, kind)
    waiting, page = official.office.surveys.waiting_comments(state), page_number(official.request)
    say = partial(pages_of(official.request).say, official.request)
    context = {
        "opened": opened,
        "labels": labels,
        "count": len(waiting),
        "items": waiting[(page - 1) * PAGE : page * PAGE],
        "decided": len(state.decisions),
        "texts": texts,
        "author": author if official.has(*ZONE_TEAM) else None,
        "reasons": [(code, say(text)) for code, text in labels.WITHHOLDING.items()],
        "paging": pages_for(len(waiting), page, PAGE),
        "form": form,
    }
    return pages_of(official.request).render(official.request, "desk_survey_comments.html", status, **context)


@router.post(f"{HERE}/{{quarter}}/{{kind}}/comments/open")
async def open_comment(official: CurrentOfficial, quarter: str, kind: str) -> Response:
    """Show the words on the answer itself, after the opening was recorded."""
    form, by = Form.of(await official.request.form()), official.act(SURVEYING)
    _, state, _ = await window_of(official.office, quarter, kind)
    data = official.office.personal_data
    try:
        item = item_of(form)
        owner = await data.owner_of(item) if item in state.comments else None
        if owner is None:
            raise ChoiceError("This comment is not in the survey.", "item")
        opened = await data.open(owner, by, "handling", [item])
    except (*REFUSED, ErasedError, VaultLockedError) as error:
        refused = refused_at(official.request, form, error, "item")
        return await _page(official, quarter, kind, refused, {}, status_of(error))
    return await _page(official, quarter, kind, form, {item: opened[item].text}, author=owner)


@router.post(f"{HERE}/{{quarter}}/{{kind}}/comments")
async def moderate(official: CurrentOfficial, quarter: str, kind: str) -> Response:
    form, by = Form.of(await official.request.form()), official.act(SURVEYING)
    window, _, _ = await window_of(official.office, quarter, kind)
    try:
        decision = DECISION.validate_python(choice_of(form, "decision", ("shown", "withheld")))
        is_shown = decision == "shown"
        reason = None if is_shown else REASON.validate_python(choice_of(form, "reason", labels.WITHHOLDING))
        command = messages.ModerateSurveyComment(by=by, item=item_of(form), decision=decision, reason=reason)
        await official.office.surveys.act(window, command)
    except REFUSED as error:
        refused = refused_at(official.request, form, error, "reason")
        return await _page(official, quarter, kind, refused, {}, status_of(error))
    return RedirectResponse(f"{HERE}/{quarter}/{kind}/comments", 303)
