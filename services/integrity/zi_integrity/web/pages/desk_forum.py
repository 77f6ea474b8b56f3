"""The desk's pages for planning forums: plan, change, invite, print codes, open, close, extend, cancel."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, get_args
from uuid import uuid4

from fastapi import APIRouter
from fastapi.responses import Response

from zi_chassis.domain import Act
from zi_chassis.office_clock import office_zone
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_contracts.integrity.forum import CancelReason, ForumGroup, GroupTarget, PrintedKind
from zi_integrity.read.forums import (
    FORUMS_A_PAGE,
    ForumRow,
    count_forums,
    count_invitations,
    forum_page,
    invitations,
)
from zi_integrity.roles import HEAD, ZONE_TEAM
from zi_integrity.use_cases.forum_planning import ForumTermsGiven
from zi_integrity.web import forum_labels as labels
from zi_integrity.web.form_fields import choice_of, form_key, submitted
from zi_integrity.web.forum_bodies import ForumPlanBody, InvitationBody
from zi_integrity.web.forum_forms import (
    body_of,
    find_forum,
    local_time,
    whole_number,
)
from zi_integrity.web.forum_rendering import render
from zi_integrity.web.official import CurrentOfficial, ZoneOfficial
from zi_integrity.web.pages.forum import forum_context, status_of_forum
from zi_integrity.web.paging import page_number, pages_for

DESK = "/integrity/desk/forum"
PLANNING = (*ZONE_TEAM, *HEAD)
ENTERING = (*ZONE_TEAM, "officer")
LOOKING = (*PLANNING, "officer")
MOST_TARGET, MOST_CODES, MOST_LETTERS = 10_000, 200, 1_000_000
LETTER = "letter"
GROUPS: tuple[ForumGroup, ...] = get_args(ForumGroup)
KINDS: tuple[PrintedKind, ...] = get_args(PrintedKind)
REASONS: tuple[CancelReason, ...] = get_args(CancelReason)

router = APIRouter(include_in_schema=False)


@router.get(DESK)
async def desk_forums(official: CurrentOfficial) -> Response:
    official.act(LOOKING)
    return await _list_page(official, Form())


async def _list_page(official: ZoneOfficial, form: Form, status: int = 200) -> Response:
    office, page = official.office, page_number(official.request)
    rows = await office.store.query(lambda tx: forum_page(tx, page))
    count = await office.store.query(count_forums)
    context = {
        "rows": [(row, status_of_forum(row, office)) for row in rows],
        "count": count,
        "paging": pages_for(count, page, FORUMS_A_PAGE),
        "may_plan": official.has(*PLANNING),
        "quorum": office.forum_planning.limits_on(office.clock.now()).quorum,
        "form": form,
        "key": str(key_of(form) or uuid4()),
    }
    return render(official.request, "desk_forums.html", status, **context)


@router.post(DESK)
async def plan(official: CurrentOfficial) -> Response:
    by = official.act(PLANNING)
    form = Form.of(await official.request.form())
    return await submitted(
        official.request, form, "theme", _plan(official, by, form), partial(_list_page, official)
    )


async def _plan(official: ZoneOfficial, by: Act, form: Form) -> str:
    number = await official.office.forum_planning.plan(by, form_key(form), _terms(form))
    return f"{DESK}/{number}"


def _terms(form: Form) -> ForumTermsGiven:
    """Read the terms of a plan. A group without a target is not invited."""
    body = body_of(ForumPlanBody, form)
    targets = {group: whole_number(form, f"target.{group}", MOST_TARGET) for group in GROUPS}
    return ForumTermsGiven(
        theme=body.theme,
        begins=local_time(form, "begins"),
        closes_on=local_time(form, "closes_on"),
        place=body.forum_place,
        link=body.forum_link,
        groups=tuple(GroupTarget(group=group, target=target) for group, target in targets.items() if target),
        quorum=whole_number(form, "quorum", len(GROUPS)) or 0,
    )


@router.get(f"{DESK}/{{number}}")
async def desk_forum(official: CurrentOfficial, number: str) -> Response:
    official.act(LOOKING)
    return await _forum_page(official, number, Form())


async def _forum_page(official: ZoneOfficial, number: str, form: Form, status: int = 200) -> Response:
    office = official.office
    row = await find_forum(office, number)
    page = page_number(official.request)
    after = (page - 1) * FORUMS_A_PAGE
    letters = await office.store.query(lambda tx: count_invitations(tx, row.forum))
    context = {
        **await forum_context(office, row),
        "invitations": await office.store.query(lambda tx: invitations(tx, row.forum, after, FORUMS_A_PAGE)),
        "after": after,
        "letters": letters,
        "paging": pages_for(letters, page, FORUMS_A_PAGE),
        "groups": [(each.group, labels.GROUPS[each.group]) for each in row.groups],
        "kinds": [(kind, labels.CODE_KINDS[kind]) for kind in KINDS],
        "may_plan": official.has(*PLANNING),
        "may_enter": official.has(*ENTERING),
        "is_head": official.has(*HEAD),
        "form": form if form.errors else Form(_typed(row)),
        "key": str(key_of(form) or uuid4()),
        "desk": f"{DESK}/{number}",
    }
    return render(official.request, "desk_forum.html", status, **context)


def _typed(row: ForumRow) -> dict[str, str]:
    """Return the plan as it stands, as the fields of its form."""
    shape = "%Y-%m-%dT%H:%M"
    return {
        "theme": row.theme,
        "begins": row.begins.astimezone(office_zone()).strftime(shape),
        "closes_on": row.closes_on.astimezone(office_zone()).strftime(shape),
        "forum_place": row.place or "",
        "forum_link": row.link or "",
        "quorum": str(row.quorum),
        **{f"target.{each.group}": str(each.target) for each in row.groups},
    }


async def _on_forum(
    official: ZoneOfficial,
    number: str,
    field: str,
    roles: Sequence[str],
    command: Callable[[Form, Act], Awaitable[object]],
) -> Response:
    """Run the command of a form of the forum's page, in one of these roles, and go back there."""
    by = official.act(roles)
    form = Form.of(await official.request.form())
    await find_forum(official.office, number)

    async def run() -> str:
        await command(form, by)
        return f"{DESK}/{number}"

    return await submitted(official.request, form, field, run(), partial(_forum_page, official, number))


@router.post(f"{DESK}/{{number}}/change")
async def change(official: CurrentOfficial, number: str) -> Response:
    async def command(form: Form, by: Act) -> None:
        await official.office.forum_planning.change(by, number, _terms(form))

    return await _on_forum(official, number, "theme", PLANNING, command)


@router.post(f"{DESK}/{{number}}/invite")
async def invite(official: CurrentOfficial, number: str) -> Response:
    async def command(form: Form, by: Act) -> None:
        body = body_of(InvitationBody, form)
        await official.office.forum_planning.invite(
            by, form_key(form), number, _group_of(form, "invited_group"), body.addressee
        )

    return await _on_forum(official, number, "addressee", PLANNING, command)


def _group_of(form: Form, name: str = "group") -> ForumGroup:
    choice = choice_of(form, name, labels.GROUPS)
    return next(group for group in GROUPS if group == choice)


@router.post(f"{DESK}/{{number}}/open")
async def open_forum(official: CurrentOfficial, number: str) -> Response:
    async def command(_: Form, by: Act) -> None:
        await official.office.forum_planning.open(by, number)

    return await _on_forum(official, number, "open", PLANNING, command)


@router.post(f"{DESK}/{{number}}/close")
async def close_forum(official: CurrentOfficial, number: str) -> Response:
    async def command(_: Form, by: Act) -> None:
        await official.office.forum_planning.close(by, number)

    return await _on_forum(official, number, "close", PLANNING, command)


@router.post(f"{DESK}/{{number}}/extend")
async def extend(official: CurrentOfficial, number: str) -> Response:
    async def command(form: Form, by: Act) -> None:
        begins, closes_on = local_time(form, "begins"), local_time(form, "closes_on")
        await official.office.forum_planning.extend(by, number, begins, closes_on)

    return await _on_forum(official, number, "closes_on", PLANNING, command)


@router.post(f"{DESK}/{{number}}/cancel")
async def cancel(official: CurrentOfficial, number: str) -> Response:
    async def command(form: Form, by: Act) -> None:
        choice = choice_of(form, "reason", labels.CANCEL_REASONS)
        reason = next(each for each in REASONS if each == choice)
        await official.office.forum_planning.cancel(by, number, reason)

    return await _on_forum(official, number, "reason", HEAD, command)


@router.post(f"{DESK}/{{number}}/codes")
async def print_codes(official: CurrentOfficial, number: str) -> Response:
    """Show the codes on the answer itself, to be printed; they have no address of their own."""
    by = official.act(ENTERING)
    form = Form.of(await official.request.form())
    row = await find_forum(official.office, number)

    async def run() -> str:
        group = _group_of(form)
        choice = choice_of(form, "kind", dict.fromkeys(KINDS))
        kind = next(each for each in KINDS if each == choice)
        count = whole_number(form, "count", MOST_CODES) or 0
        batch = await official.office.participation.print_codes(
            by, form_key(form), number, group, kind, count
        )
        printed.append(render(official.request, "desk_forum_codes.html", forum=row, batch=batch))
        return ""

    printed: list[Response] = []
    answer = await submitted(official.request, form, "count", run(), partial(_forum_page, official, number))
    return printed[0] if printed else answer


@router.get(f"{DESK}/{{number}}/letters/{{nth}}")
async def letter(official: CurrentOfficial, number: str, nth: int) -> Response:
    """Show an invitation to be printed; its addressee is opened as a recorded act."""
    by, office = official.act(PLANNING), official.office
    row = await find_forum(office, number)
    after = min(max(nth, 0), MOST_LETTERS) - 1
    written = await office.store.query(lambda tx: invitations(tx, row.forum, max(after, 0), 1))
    if nth < 1 or not written:
        raise NotFoundError(DETAILS[404])
    [invitation] = written
    data_subject = await office.personal_data.owner_of(invitation.addressee)
    assert data_subject is not None
    opened = await office.personal_data.open(data_subject, by, LETTER, [invitation.addressee])
    context: dict[str, Any] = {
        "forum": row,
        "invitation": invitation,
        "addressee": opened[invitation.addressee].text,
        "address": f"{office.settings.public_url}/integrity/forum/{number}",
    }
    return render(official.request, "desk_forum_letter.html", **context)
