"""The desk's pages of actions: their owners report and give evidence, somebody else closes, the zone team opens again."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from zi_chassis.web.form import Form
from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_integrity.domain.action import NoForumActionError
from zi_integrity.roles import HEAD, OFFICIALS, ZONE_TEAM
from zi_integrity.use_cases.forum_following import ActionStory
from zi_integrity.web.form_fields import form_key, required_words, shown_key, submitted, words_of
from zi_integrity.web.minutes_context import render
from zi_integrity.web.official import CurrentOfficial, ZoneOfficial
from zi_integrity.web.pages.minutes import actions_page

HERE = "/integrity/desk/actions"
LONGEST_STANDARD = 100

router = APIRouter(include_in_schema=False)
Step = Callable[[ZoneOfficial, ActionStory, Form], Awaitable[None]]


@router.get(HERE)
async def actions(official: CurrentOfficial) -> Response:
    return await actions_page(official.request, official.office, "desk_actions.html", HERE)


@router.get(f"{HERE}/{{action}}")
async def action(official: CurrentOfficial, action: UUID) -> Response:
    return await _action(official, await _story(official, action), Form())


async def _story(official: ZoneOfficial, action: UUID) -> ActionStory:
    try:
        return await official.office.forum_following.story(action)
    except NoForumActionError:
        raise NotFoundError(DETAILS[404]) from None


async def _action(official: ZoneOfficial, story: ActionStory, form: Form, status: int = 200) -> Response:
    row = story.row
    context = {
        "story": story,
        "row": row,
        "key": shown_key(form),
        "may_report": official.has(row.owner, *ZONE_TEAM) and row.status != "closed",
        "may_close": official.has(*HEAD, *ZONE_TEAM)
        and not official.has(row.owner)
        and row.status == "evidenced",
        "may_reopen": official.has(*ZONE_TEAM) and row.status != "open",
        "address": f"{HERE}/{row.action}",
    }
    return render(official.request, "desk_action.html", form, status, **context)


async def _report(official: ZoneOfficial, story: ActionStory, form: Form) -> None:
    by, text = official.act((story.row.owner, *ZONE_TEAM)), required_words(form, "note")
    await official.office.forum_following.report(story.row.action, by, form_key(form), text)


async def _evidence(official: ZoneOfficial, story: ActionStory, form: Form) -> None:
    by, text = official.act((story.row.owner, *ZONE_TEAM)), required_words(form, "evidence")
    standard = words_of(form, "standard", longest=LONGEST_STANDARD, lines=False)
    await official.office.forum_following.give_evidence(story.row.action, by, form_key(form), text, standard)


async def _close(official: ZoneOfficial, story: ActionStory, _: Form) -> None:
    by, roles = official.act((*ZONE_TEAM, *HEAD)), frozenset(official.person.roles)
    await official.office.forum_following.close(story.row.action, by, roles)


async def _reopen(official: ZoneOfficial, story: ActionStory, form: Form) -> None:
    by, reason = official.act(ZONE_TEAM), required_words(form, "reason")
    await official.office.forum_following.reopen(story.row.action, by, form_key(form), reason)


# For each command the field at which a refusal is shown, and what is done.
STEPS: Mapping[str, tuple[str, Step]] = {
    "report": ("note", _report),
    "evidence": ("evidence", _evidence),
    "close": ("close", _close),
    "reopen": ("reason", _reopen),
}


@router.post(f"{HERE}/{{action}}/{{step}}")
async def take_step(official: CurrentOfficial, action: UUID, step: str) -> Response:
    official.act(OFFICIALS)
    form = Form.of(await official.request.form())
    if step not in STEPS:
        raise NotFoundError(DETAILS[404])
    story = await _story(official, action)
    field, command = STEPS[step]

    async def done() -> str:
        await command(official, story, form)
        return f"{HERE}/{action}"

    return await submitted(official.request, form, field, done(), partial(_action, official, story))
