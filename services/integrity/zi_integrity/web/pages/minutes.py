"""The public pages of a forum that took place: attendance and signatures with a code, its minutes, and the actions that follow."""

from functools import partial
from typing import Any, get_args
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from zi_chassis.web.form import Form
from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_integrity.container import IntegrityOffice
from zi_integrity.domain.action import NoForumActionError
from zi_integrity.read.forum_actions import ACTIONS_A_PAGE, ActionFilter
from zi_integrity.web import minutes_labels as labels
from zi_integrity.web.current_office import TheOffice
from zi_integrity.web.form_fields import submitted
from zi_integrity.web.forum_forms import code_of, find_forum, public_act, with_code
from zi_integrity.web.minutes_context import minutes_context, minutes_letter, render
from zi_integrity.web.paging import page_number, pages_for

HERE = "/integrity/forum"
ACTIONS = f"{HERE}/actions"
LONGEST_QUERY = 100

router = APIRouter(include_in_schema=False)


# -- actions; their address comes before the one of a forum


@router.get(ACTIONS)
async def actions(request: Request, office: TheOffice) -> Response:
    return await actions_page(request, office, "minutes_actions.html", ACTIONS)


async def actions_page(request: Request, office: IntegrityOffice, template: str, address: str) -> Response:
    """Render a page of the list; the filter, a forum and words narrow it down."""
    wanted, page = filter_of(request), page_number(request)
    number = request.query_params.get("forum", "")[:20]
    query = request.query_params.get("wanted", "")[:LONGEST_QUERY].strip()
    found = await office.forum_following.page(wanted, page, number, query)
    context: dict[str, Any] = {
        "rows": found.rows,
        "texts": found.texts,
        "count": found.count,
        "counts": found.counts,
        "filter": wanted,
        "number": number,
        "query": query,
        "address": address,
        "paging": pages_for(found.count, page, ACTIONS_A_PAGE),
    }
    return render(request, template, Form({"wanted": query, "forum": number}), **context)


def filter_of(request: Request) -> ActionFilter:
    filters: tuple[ActionFilter, ...] = get_args(ActionFilter)
    return next((each for each in filters if each == request.query_params.get("state")), "all")


@router.get(f"{ACTIONS}/{{action}}")
async def action(request: Request, office: TheOffice, action: UUID) -> Response:
    try:
        story = await office.forum_following.story(action)
    except NoForumActionError:
        raise NotFoundError(DETAILS[404]) from None
    letter = await minutes_letter(office, story.row.forum)
    return render(request, "minutes_action.html", Form(), story=story, row=story.row, letter=letter)


# -- minutes


@router.get(f"{HERE}/{{number}}/minutes")
async def minutes(request: Request, office: TheOffice, number: str) -> Response:
    return await _minutes(request, office, number, Form())


async def _minutes(
    request: Request, office: IntegrityOffice, number: str, form: Form, status: int = 200
) -> Response:
    await find_forum(office, number)
    written = await office.minutes_writing.read(number)
    context = await minutes_context(office, written)
    may_sign = written.state.attendance is not None and not written.state.is_final
    return render(request, "minutes.html", form, status, may_sign=may_sign, **context)


@router.post(f"{HERE}/{{number}}/minutes")
async def sign_minutes(request: Request, office: TheOffice, number: str) -> Response:
    form = Form.of(await request.form())
    return await submitted(
        request,
        form,
        "forum_code",
        _sign(request, office, number, form),
        partial(_minutes, request, office, number),
    )


async def _sign(request: Request, office: IntegrityOffice, number: str, form: Form) -> str:
    await find_forum(office, number)
    by, code = await public_act(request, office), code_of(form)
    edition, digest = edition_of(form), form.value("digest")
    await with_code(
        request, office, lambda: office.minutes_signing.sign_as_public(number, code, by.at, edition, digest)
    )
    return f"{HERE}/{number}/minutes"


def edition_of(form: Form) -> int:
    """Read which edition of the minutes the page showed. Raises NotFoundError where it was tampered with."""
    text = form.value("edition")
    if not (text.isascii() and text.isdecimal()) or len(text) > 6:
        raise NotFoundError(DETAILS[404])
    return int(text)


# -- attendance


@router.get(f"{HERE}/{{number}}/attendance")
async def attendance(request: Request, office: TheOffice, number: str) -> Response:
    return await _attendance(request, office, number, Form())


async def _attendance(
    request: Request, office: IntegrityOffice, number: str, form: Form, status: int = 200
) -> Response:
    row = await find_forum(office, number)
    state = await office.forum_attendance.state(row.forum)
    counts = office.minutes_writing.counts(row, state)
    context = {
        "forum": row,
        "counts": counts,
        "has_begun": office.clock.now() >= row.begins and row.status != "cancelled",
        "signed": request.query_params.get("sent") == "signed",
        "here": f"{HERE}/{number}",
        "total": sum(
            each.people for each in counts if each.group in labels.GROUPS and each.group != "provider"
        ),
    }
    return render(request, "minutes_attendance.html", form, status, **context)


@router.post(f"{HERE}/{{number}}/attendance")
async def sign_attendance(request: Request, office: TheOffice, number: str) -> Response:
    form = Form.of(await request.form())
    return await submitted(
        request,
        form,
        "forum_code",
        _attend(request, office, number, form),
        partial(_attendance, request, office, number),
    )


async def _attend(request: Request, office: IntegrityOffice, number: str, form: Form) -> str:
    await find_forum(office, number)
    by, code = await public_act(request, office), code_of(form)
    await with_code(request, office, lambda: office.forum_attendance.sign(number, code, by.at))
    return f"{HERE}/{number}/attendance?sent=signed"
