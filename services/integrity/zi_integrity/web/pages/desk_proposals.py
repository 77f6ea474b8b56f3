"""The desk's pages for proposals: what waits for moderation or an answer, one proposal with its comments, papers from the counter."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, get_args
from uuid import UUID, uuid4

from fastapi import APIRouter
from fastapi.responses import Response

from zi_chassis.domain import Act, ErasedError
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.language import language_of
from zi_contracts.integrity.forum import ForumGroup, HidingReason, ProposalOutcome
from zi_integrity.domain.proposal import (
    HideComment,
    HideProposal,
    PublishComment,
    PublishProposal,
    SettleProposal,
)
from zi_integrity.read.proposals import (
    PROPOSALS_A_PAGE,
    CommentRow,
    ProposalRow,
    comments_on,
    comments_waiting,
    count_comments,
    proposals_to_do,
)
from zi_integrity.roles import ZONE_TEAM
from zi_integrity.use_cases.proposing import PaperEntry
from zi_integrity.web import forum_labels as labels
from zi_integrity.web.form_fields import choice_of, form_key, submitted
from zi_integrity.web.forum_bodies import CommentBody, PaperBody, SettlementBody
from zi_integrity.web.forum_forms import body_of, find_forum, whole_number
from zi_integrity.web.forum_rendering import render
from zi_integrity.web.official import CurrentOfficial, ZoneOfficial
from zi_integrity.web.pages.desk_forum import DESK, ENTERING, LOOKING, PLANNING
from zi_integrity.web.pages.forum import find_proposal, forum_context
from zi_integrity.web.paging import page_number, pages_for
from zi_integrity.web.standard_labels import component_names
from zi_rules.standard import Component

MODERATION = "moderation"
MOST_NUMBER = 100_000
GROUPS: tuple[ForumGroup, ...] = get_args(ForumGroup)
REASONS: tuple[HidingReason, ...] = get_args(HidingReason)
OUTCOMES: tuple[ProposalOutcome, ...] = get_args(ProposalOutcome)

router = APIRouter(include_in_schema=False)


@router.get(f"{DESK}/{{number}}/proposals")
async def to_do(official: CurrentOfficial, number: str) -> Response:
    """List what waits, without texts: each text is opened on its own page."""
    official.act(LOOKING)
    office, page = official.office, page_number(official.request)
    row = await find_forum(office, number)
    rows = await office.store.query(lambda tx: proposals_to_do(tx, row.forum, page))
    comments = await office.store.query(lambda tx: comments_waiting(tx, row.forum, page))
    context = await forum_context(office, row)
    tallies = context["tallies"]
    longest = max(tallies.to_do, tallies.comments_waiting)
    more: dict[str, Any] = {
        "rows": rows,
        "comments": comments,
        "paging": pages_for(longest, page, PROPOSALS_A_PAGE),
        "may_moderate": official.has(*PLANNING),
        "desk": f"{DESK}/{number}",
    }
    return render(official.request, "desk_proposals.html", **context, **more)


# -- one proposal


@router.get(f"{DESK}/{{number}}/proposals/{{proposal}}")
async def desk_proposal(official: CurrentOfficial, number: str, proposal: int) -> Response:
    return await _proposal_page(official, number, proposal, Form())


async def _proposal_page(
    official: ZoneOfficial, number: str, proposal: int, form: Form, status: int = 200
) -> Response:
    by, office = official.act(PLANNING), official.office
    row = await find_forum(office, number)
    found = await find_proposal(office, row, proposal)
    page = page_number(official.request)
    comments = await office.store.query(lambda tx: comments_on(tx, found.proposal, page, moderated=False))
    count = await office.store.query(lambda tx: count_comments(tx, found.proposal, moderated=False))
    context = {
        **await forum_context(office, row),
        "row": found,
        "comments": comments,
        "count": count,
        "texts": await _texts(official, by, found, comments),
        "paging": pages_for(count, page, PROPOSALS_A_PAGE),
        "groups": [(each.group, labels.GROUPS[each.group]) for each in row.groups],
        "reasons": list(labels.HIDING_REASONS.items()),
        "outcomes": [(code, title) for code, (title, _) in labels.OUTCOMES.items()],
        "component_names": component_names(language_of(official.request)),
        "may_enter": official.has(*ZONE_TEAM),
        "form": form,
        "key": str(key_of(form) or uuid4()),
        "desk": f"{DESK}/{number}",
    }
    return render(official.request, "desk_proposal.html", status, **context)


async def _texts(
    official: ZoneOfficial, by: Act, row: ProposalRow, comments: Sequence[CommentRow]
) -> Mapping[UUID, str]:
    """Open what is public as it is, and the rest as a recorded act each."""
    texts: dict[UUID, str] = {}
    public: list[UUID] = []
    data = official.office.personal_data
    of_proposal = (row.data_subject, row.moderation, [row.title, row.text])
    of_comments = [(each.comment, each.moderation, [each.text]) for each in comments]
    for data_subject, moderation, items in (of_proposal, *of_comments):
        if moderation == "published":
            public += items
            continue
        try:
            opened = await data.open(data_subject, by, MODERATION, items)
        except ErasedError:
            continue
        texts |= {item: each.text for item, each in opened.items()}
    return texts | await official.office.forum_texts.public(public)


async def _on_proposal(
    official: ZoneOfficial,
    number: str,
    proposal: int,
    field: str,
    command: Callable[[Form, Act], Awaitable[object]],
    roles: Sequence[str] = PLANNING,
) -> Response:
    """Run the command of a form of the proposal's page, in one of these roles, and go back there."""
    by = official.act(roles)
    form = Form.of(await official.request.form())

    async def run() -> str:
        await command(form, by)
        return f"{DESK}/{number}/proposals/{proposal}"

    return await submitted(
        official.request, form, field, run(), partial(_proposal_page, official, number, proposal)
    )


@router.post(f"{DESK}/{{number}}/proposals/{{proposal}}/publish")
async def publish(official: CurrentOfficial, number: str, proposal: int) -> Response:
    async def command(_: Form, by: Act) -> None:
        await official.office.proposing.moderate(number, proposal, PublishProposal(by=by))

    return await _on_proposal(official, number, proposal, "publish", command)


@router.post(f"{DESK}/{{number}}/proposals/{{proposal}}/hide")
async def hide(official: CurrentOfficial, number: str, proposal: int) -> Response:
    async def command(form: Form, by: Act) -> None:
        reason = _reason_of(form, "reason")
        other = whole_number(form, "duplicate_of", MOST_NUMBER) or None
        command = HideProposal(by=by, reason=reason, duplicate_of=other if reason == "duplicate" else None)
        await official.office.proposing.moderate(number, proposal, command)

    return await _on_proposal(official, number, proposal, "duplicate_of", command)


@router.post(f"{DESK}/{{number}}/proposals/{{proposal}}/settle")
async def settle(official: CurrentOfficial, number: str, proposal: int) -> Response:
    async def command(form: Form, by: Act) -> None:
        choice = choice_of(form, "outcome", labels.OUTCOMES)
        outcome = next(each for each in OUTCOMES if each == choice)
        body = body_of(SettlementBody, form)
        named = tuple(part for part in Component if form.value(f"component.{part.value}"))
        await official.office.proposing.settle(
            number,
            proposal,
            SettleProposal(
                by=by, outcome=outcome, grounds=body.grounds, components=() if outcome == "refused" else named
            ),
        )

    return await _on_proposal(official, number, proposal, "outcome", command)


@router.post(f"{DESK}/{{number}}/proposals/{{proposal}}/comments/{{comment}}/publish")
async def publish_comment(official: CurrentOfficial, number: str, proposal: int, comment: UUID) -> Response:
    async def command(_: Form, by: Act) -> None:
        await official.office.proposing.moderate(number, proposal, PublishComment(by=by, comment=comment))

    return await _on_proposal(official, number, proposal, f"comment.{comment}", command)


@router.post(f"{DESK}/{{number}}/proposals/{{proposal}}/comments/{{comment}}/hide")
async def hide_comment(official: CurrentOfficial, number: str, proposal: int, comment: UUID) -> Response:
    name = f"reason.{comment}"

    async def command(form: Form, by: Act) -> None:
        reason = _reason_of(form, name)
        await official.office.proposing.moderate(
            number, proposal, HideComment(by=by, comment=comment, reason=reason)
        )

    return await _on_proposal(official, number, proposal, name, command)


def _reason_of(form: Form, name: str) -> HidingReason:
    choice = choice_of(form, name, labels.HIDING_REASONS)
    return next(each for each in REASONS if each == choice)


@router.post(f"{DESK}/{{number}}/proposals/{{proposal}}/comment")
async def enter_comment(official: CurrentOfficial, number: str, proposal: int) -> Response:
    async def command(form: Form, by: Act) -> None:
        group, body = _group_of(form), body_of(CommentBody, form)
        await official.office.proposing.enter_comment(
            by, form_key(form), number, proposal, group, body.comment_text
        )

    return await _on_proposal(official, number, proposal, "comment_text", command, ZONE_TEAM)


def _group_of(form: Form) -> ForumGroup:
    choice = choice_of(form, "group", labels.GROUPS)
    return next(group for group in GROUPS if group == choice)


# -- paper


@router.get(f"{DESK}/{{number}}/paper")
async def paper_form(official: CurrentOfficial, number: str) -> Response:
    official.act(ENTERING)
    return await _paper_page(official, number, Form())


async def _paper_page(official: ZoneOfficial, number: str, form: Form, status: int = 200) -> Response:
    row = await find_forum(official.office, number)
    entered = official.request.query_params.get("entered", "")
    context = {
        **await forum_context(official.office, row),
        "groups": [(each.group, labels.GROUPS[each.group]) for each in row.groups],
        "entered": int(entered) if entered.isdecimal() and len(entered) < 7 else None,
        "form": form,
        "key": str(key_of(form) or uuid4()),
        "desk": f"{DESK}/{number}",
    }
    return render(official.request, "desk_paper.html", status, **context)


@router.post(f"{DESK}/{{number}}/paper")
async def enter_paper(official: CurrentOfficial, number: str) -> Response:
    by = official.act(ENTERING)
    form = Form.of(await official.request.form())
    await find_forum(official.office, number)

    async def run() -> str:
        group, body = _group_of(form), body_of(PaperBody, form)
        paper = PaperEntry(group, body.proposal_title, body.proposal_text, body.forum_email)
        language = language_of(official.request)
        proposal = await official.office.proposing.enter(
            by, form_key(form), number, paper, "id" if language == "id" else "en"
        )
        return f"{DESK}/{number}/paper?entered={proposal}"

    return await submitted(
        official.request, form, "proposal_title", run(), partial(_paper_page, official, number)
    )
