"""The public pages of forums: the list, one forum with its proposals, a proposal, and the forms to take part; no account, no script."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, get_args
from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from fastapi.responses import Response

from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.language import language_of
from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_contracts.intake import Language
from zi_integrity.container import IntegrityOffice
from zi_integrity.domain.small_numbers import LEAST, shown_counts
from zi_integrity.messaging.forum_published import forums
from zi_integrity.messaging.forum_timers import took_part
from zi_integrity.read.forum_agenda import agenda
from zi_integrity.read.forums import FORUMS_A_PAGE, ForumRow, codes_by_kind, count_forums, forum_page
from zi_integrity.read.proposals import (
    PROPOSALS_A_PAGE,
    ProposalOrder,
    ProposalRow,
    comments_on,
    count_comments,
    proposal_row,
    proposals_of,
    tallies_of,
)
from zi_integrity.web import forum_labels as labels
from zi_integrity.web import standard_labels
from zi_integrity.web.current_office import TheOffice
from zi_integrity.web.form_fields import choice_of, form_key, submitted
from zi_integrity.web.forum_bodies import CodeRequestBody, CommentBody, SentProposalBody
from zi_integrity.web.forum_forms import (
    body_of,
    code_of,
    count_code_request,
    find_forum,
    public_act,
    with_code,
)
from zi_integrity.web.forum_rendering import render
from zi_integrity.web.paging import page_number, pages_for

HERE = "/integrity/forum"
SIGN = re.compile(r"[0-9a-f]{16}")
LONGEST_SEARCH = 100

router = APIRouter(include_in_schema=False)


@router.get(HERE)
async def forum_list(request: Request, office: TheOffice) -> Response:
    page = page_number(request)
    rows = await office.store.query(lambda tx: forum_page(tx, page))
    count = await office.store.query(count_forums)
    context: dict[str, Any] = {
        "rows": [(row, status_of_forum(row, office)) for row in rows],
        "count": count,
        "paging": pages_for(count, page, FORUMS_A_PAGE),
    }
    return render(request, "forum_list.html", **context)


@router.get(f"{HERE}/{{number}}")
async def forum(request: Request, office: TheOffice, number: str) -> Response:
    row = await find_forum(office, number)
    order = order_of(request)
    wanted = request.query_params.get("wanted", "")[:LONGEST_SEARCH].strip()
    page = page_number(request)
    rows, count, texts = await found_proposals(office, row, order, wanted, page)
    context = {
        **await forum_context(office, row),
        "rows": rows,
        "count": count,
        "texts": texts,
        "order": order,
        "wanted": wanted,
        "paging": pages_for(count, page, PROPOSALS_A_PAGE),
        "form": Form({"wanted": wanted, "order": order}),
        "sent": request.query_params.get("sent") == "code",
    }
    return render(request, "forum.html", **context)


def order_of(request: Request) -> ProposalOrder:
    orders: tuple[ProposalOrder, ...] = get_args(ProposalOrder)
    return next((each for each in orders if each == request.query_params.get("order")), "newest")


async def found_proposals(
    office: IntegrityOffice, row: ForumRow, order: ProposalOrder, wanted: str, page: int
) -> tuple[Sequence[ProposalRow], int, Mapping[UUID, str]]:
    """Return a page of the proposals, the count of all that are found, and their texts; a search reads all texts."""
    if not wanted:
        rows = await office.store.query(lambda tx: proposals_of(tx, row.forum, order, page))
        count = (await office.store.query(lambda tx: tallies_of(tx, row.forum))).moderated
        return rows, count, await office.forum_texts.public(public_items(rows))
    every = await office.store.query(lambda tx: proposals_of(tx, row.forum, order, None))
    texts = await office.forum_texts.public(public_items(every))
    word = wanted.casefold()
    found = [
        each
        for each in every
        if word in f"{texts.get(each.title, '')}\n{texts.get(each.text, '')}".casefold()
    ]
    return found[(page - 1) * PROPOSALS_A_PAGE : page * PROPOSALS_A_PAGE], len(found), texts


def public_items(rows: Sequence[ProposalRow]) -> list[UUID]:
    return [item for row in rows if row.moderation == "published" for item in (row.title, row.text)]


async def forum_context(office: IntegrityOffice, row: ForumRow) -> dict[str, Any]:
    """Return what every page of a forum shows of it."""
    _, planned = await office.store.fetch(forums, row.forum)
    counted = await office.store.query(lambda tx: took_part(office.store, tx, row.forum, planned))
    now = office.clock.now()
    return {
        "forum": row,
        "quorum_counts": labels.QUORUM_COUNTS[frozenset(planned.quorum_counts)],
        "stage": status_of_forum(row, office),
        "reached": shown_counts({each.group: each.count for each in counted}),
        "least": LEAST,
        "tallies": await office.store.query(lambda tx: tallies_of(tx, row.forum)),
        "codes": dict.fromkeys(labels.CODE_KINDS, 0)
        | await office.store.query(lambda tx: codes_by_kind(tx, row.forum)),
        "agenda": row.agenda
        if row.status != "planned"
        else await office.store.query(lambda tx: agenda(tx, now)),
        "here": f"{HERE}/{row.number}",
    }


def status_of_forum(row: ForumRow, office: IntegrityOffice) -> str:
    """Return the state; `over` where the time has ended and the forum has not closed yet."""
    return "over" if row.status == "open" and office.clock.now() >= row.closes_on else row.status


# -- a code by e-mail


@router.get(f"{HERE}/{{number}}/code")
async def code_form(request: Request, office: TheOffice, number: str) -> Response:
    return await _form_page(request, office, number, "forum_code.html", Form())


@router.post(f"{HERE}/{{number}}/code")
async def request_code(request: Request, office: TheOffice, number: str) -> Response:
    form = Form.of(await request.form())
    return await submitted(
        request,
        form,
        "forum_email",
        _request_code(request, office, number, form),
        partial(_form_page, request, office, number, "forum_code.html"),
    )


async def _request_code(request: Request, office: IntegrityOffice, number: str, form: Form) -> str:
    row = await find_forum(office, number)
    by = await public_act(request, office)
    body = body_of(CodeRequestBody, form)
    group = next(each.group for each in row.groups if each.group == choice_of(form, "group", _groups_of(row)))
    count_code_request(request, office)
    language: Language = "id" if language_of(request) == "id" else "en"
    await office.participation.request_code(by, form_key(form), number, body.forum_email, group, language)
    return f"{HERE}/{number}?sent=code"


def _groups_of(row: ForumRow) -> Mapping[str, str]:
    return {each.group: labels.GROUPS[each.group] for each in row.groups}


# -- a proposal


@router.get(f"{HERE}/{{number}}/propose")
async def propose_form(request: Request, office: TheOffice, number: str) -> Response:
    return await _form_page(request, office, number, "forum_propose.html", Form())


@router.post(f"{HERE}/{{number}}/propose")
async def propose(request: Request, office: TheOffice, number: str) -> Response:
    form = Form.of(await request.form())
    return await submitted(
        request,
        form,
        "forum_code",
        _propose(request, office, number, form),
        partial(_form_page, request, office, number, "forum_propose.html"),
    )


async def _propose(request: Request, office: IntegrityOffice, number: str, form: Form) -> str:
    by = await public_act(request, office)
    body, code, key = body_of(SentProposalBody, form), code_of(form), form_key(form)
    language: Language = "id" if language_of(request) == "id" else "en"
    proposal = await with_code(
        request,
        office,
        lambda: office.proposing.propose(
            by, key, number, code, body.proposal_title, body.proposal_text, language
        ),
    )
    return f"{HERE}/{number}/proposals/{proposal}?sent=proposal"


async def _form_page(
    request: Request, office: IntegrityOffice, number: str, template: str, form: Form, status: int = 200
) -> Response:
    row = await find_forum(office, number)
    context = {
        **await forum_context(office, row),
        "groups": list(_groups_of(row).items()),
        "form": form,
        "key": str(key_of(form) or uuid4()),
    }
    return render(request, template, status, **context)


# -- one proposal, its comments and its support


@router.get(f"{HERE}/{{number}}/proposals/{{proposal}}")
async def proposal(request: Request, office: TheOffice, number: str, proposal: int) -> Response:
    return await _proposal_page(request, office, number, proposal, Form())


async def _proposal_page(
    request: Request, office: IntegrityOffice, number: str, proposal: int, form: Form, status: int = 200
) -> Response:
    row = await find_forum(office, number)
    found = await find_proposal(office, row, proposal)
    page = page_number(request)
    comments = await office.store.query(lambda tx: comments_on(tx, found.proposal, page))
    count = await office.store.query(lambda tx: count_comments(tx, found.proposal))
    public = [each.text for each in comments if each.moderation == "published"]
    sign = request.query_params.get("support", "")
    context = {
        **await forum_context(office, row),
        "row": found,
        "standard_labels": standard_labels,
        "comments": comments,
        "count": count,
        "texts": await office.forum_texts.public([*public_items([found]), *public]),
        "paging": pages_for(count, page, PROPOSALS_A_PAGE),
        "sent": request.query_params.get("sent", ""),
        "sign": sign if SIGN.fullmatch(sign) else "",
        "form": form,
        "key": str(key_of(form) or uuid4()),
    }
    return render(request, "forum_proposal.html", status, **context)


async def find_proposal(office: IntegrityOffice, row: ForumRow, proposal: int) -> ProposalRow:
    """Find the proposal of an address. Raises NotFoundError."""
    found = await office.store.query(lambda tx: proposal_row(tx, row.forum, min(proposal, 10**9)))
    if found is None:
        raise NotFoundError(DETAILS[404])
    return found


@router.post(f"{HERE}/{{number}}/proposals/{{proposal}}/support")
async def support(request: Request, office: TheOffice, number: str, proposal: int) -> Response:
    form = Form.of(await request.form())
    return await submitted(
        request,
        form,
        "forum_code",
        _support(request, office, number, proposal, form),
        partial(_proposal_page, request, office, number, proposal),
    )


async def _support(request: Request, office: IntegrityOffice, number: str, proposal: int, form: Form) -> str:
    by, code = await public_act(request, office), code_of(form)
    sign = await with_code(request, office, lambda: office.proposing.support(by, number, proposal, code))
    return f"{HERE}/{number}/proposals/{proposal}?support={sign}"


@router.post(f"{HERE}/{{number}}/proposals/{{proposal}}/comment")
async def comment(request: Request, office: TheOffice, number: str, proposal: int) -> Response:
    form = Form.of(await request.form())
    return await submitted(
        request,
        form,
        "comment_code",
        _comment(request, office, number, proposal, form),
        partial(_proposal_page, request, office, number, proposal),
    )


async def _comment(request: Request, office: IntegrityOffice, number: str, proposal: int, form: Form) -> str:
    by, body = await public_act(request, office), body_of(CommentBody, form)
    code, key = code_of(form, "comment_code"), form_key(form)
    await with_code(
        request,
        office,
        lambda: office.proposing.comment(by, key, number, proposal, code, body.comment_text),
    )
    return f"{HERE}/{number}/proposals/{proposal}?sent=comment"
