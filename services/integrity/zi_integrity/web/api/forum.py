"""The API of forums for everybody: plans, proposals with their answers, and comments; the same facts as the pages."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from zi_chassis.web.entity_tag import TaggedRoute
from zi_contracts.integrity.forum import AgendaEntry, EntryChannel, ForumGroup, HidingReason, ProposalOutcome
from zi_integrity.domain.proposal import Moderation
from zi_integrity.read.forums import FORUMS_A_PAGE, ForumRow, count_forums, forum_page
from zi_integrity.read.proposals import (
    PROPOSALS_A_PAGE,
    CommentRow,
    ProposalOrder,
    ProposalRow,
    comments_on,
    count_comments,
)
from zi_integrity.web.current_office import TheOffice
from zi_integrity.web.forum_forms import find_forum
from zi_integrity.web.pages.forum import (
    LONGEST_SEARCH,
    find_proposal,
    forum_context,
    found_proposals,
    public_items,
    status_of_forum,
)
from zi_integrity.web.paging import PageQuery

router = APIRouter(prefix="/integrity/api/forum", tags=["forum"], route_class=TaggedRoute)


class ForumSummaryAnswer(BaseModel):
    """`status` is over where the time has ended and the forum has not closed yet; a quorum of 0 was not decided by the office."""

    number: str
    theme: str
    begins: datetime
    closes_on: datetime
    place: str | None
    link: str | None
    quorum: int
    status: str
    cancel_reason: str | None


class ForumListAnswer(BaseModel):
    count: int
    page_size: int = FORUMS_A_PAGE
    forums: list[ForumSummaryAnswer]


class ForumGroupAnswer(BaseModel):
    """`took_part` is null from 1 to 4: so few could be recognised."""

    group: ForumGroup
    target: int
    took_part: int | None


class ProposalTallyAnswer(BaseModel):
    all: int
    paper: int
    waiting: int
    unanswered: int


class ForumAnswer(ForumSummaryAnswer):
    """A forum with the groups that were invited, its agenda, its codes by kind, and numbers of its proposals."""

    groups: list[ForumGroupAnswer]
    agenda: list[AgendaEntry]
    codes: dict[str, int]
    proposals: ProposalTallyAnswer


class ProposalAnswer(BaseModel):
    """`title` and `text` are null unless the proposal is shown and was not erased; `hidden_for` says why it is not shown."""

    reference: str
    number: int
    moderation: Moderation
    hidden_for: HidingReason | None
    duplicate_of: int | None
    channel: EntryChannel
    group: ForumGroup
    at: datetime
    title: str | None
    text: str | None
    support: int
    comments: int
    outcome: ProposalOutcome | None
    grounds: str | None
    components: list[str]
    settled_at: datetime | None


class ProposalListAnswer(BaseModel):
    count: int
    page_size: int = PROPOSALS_A_PAGE
    proposals: list[ProposalAnswer]


class ForumCommentAnswer(BaseModel):
    moderation: Moderation
    hidden_for: HidingReason | None
    channel: EntryChannel
    group: ForumGroup
    at: datetime
    text: str | None


class ProposalWithCommentsAnswer(BaseModel):
    proposal: ProposalAnswer
    count: int
    page_size: int = PROPOSALS_A_PAGE
    waiting: int
    comments: list[ForumCommentAnswer]


@router.get("")
async def forums(office: TheOffice, page: PageQuery = 1) -> ForumListAnswer:
    """List the forums, the newest first."""
    rows = await office.store.query(lambda tx: forum_page(tx, page))
    count = await office.store.query(count_forums)
    listed = [ForumSummaryAnswer(**_summary(row, status_of_forum(row, office))) for row in rows]
    return ForumListAnswer(count=count, forums=listed)


@router.get("/{number}")
async def forum(office: TheOffice, number: str) -> ForumAnswer:
    """Read the plan of a forum and what came of it in numbers."""
    row = await find_forum(office, number)
    context = await forum_context(office, row)
    tallies, reached = context["tallies"], context["reached"]
    return ForumAnswer(
        **_summary(row, context["stage"]),
        groups=[
            ForumGroupAnswer(group=each.group, target=each.target, took_part=reached[each.group])
            for each in row.groups
        ],
        agenda=list(context["agenda"]),
        codes=context["codes"],
        proposals=ProposalTallyAnswer(
            all=tallies.all, paper=tallies.paper, waiting=tallies.waiting, unanswered=tallies.unanswered
        ),
    )


@router.get("/{number}/proposals")
async def proposals(
    office: TheOffice,
    number: str,
    order: ProposalOrder = "newest",
    wanted: Annotated[str, Query(max_length=LONGEST_SEARCH)] = "",
    page: PageQuery = 1,
) -> ProposalListAnswer:
    """List the proposals that were moderated, also those that are not shown, with the reason; `wanted` searches their texts."""
    row = await find_forum(office, number)
    rows, count, texts = await found_proposals(office, row, order, wanted.strip(), page)
    return ProposalListAnswer(count=count, proposals=[_proposal(row, each, texts) for each in rows])


@router.get("/{number}/proposals/{proposal}")
async def proposal(
    office: TheOffice, number: str, proposal: int, page: PageQuery = 1
) -> ProposalWithCommentsAnswer:
    """Read a proposal, the office's answer, and a page of the comments."""
    row = await find_forum(office, number)
    found = await find_proposal(office, row, proposal)
    rows = await office.store.query(lambda tx: comments_on(tx, found.proposal, page))
    count = await office.store.query(lambda tx: count_comments(tx, found.proposal))
    texts = await office.forum_texts.public([*public_items([found]), *_published(rows)])
    return ProposalWithCommentsAnswer(
        proposal=_proposal(row, found, texts),
        count=count,
        waiting=found.waiting,
        comments=[_comment(each, texts) for each in rows],
    )


def _summary(row: ForumRow, status: str) -> dict[str, object]:
    names = ("number", "theme", "begins", "closes_on", "place", "link", "quorum", "cancel_reason")
    return {**{name: getattr(row, name) for name in names}, "status": status}


def _proposal(forum: ForumRow, row: ProposalRow, texts: Mapping[UUID, str]) -> ProposalAnswer:
    return ProposalAnswer(
        reference=f"FKP-{forum.number}/{row.number}",
        number=row.number,
        moderation=row.moderation,
        hidden_for=row.hidden_for,
        duplicate_of=row.duplicate_of,
        channel=row.channel,
        group=row.group,
        at=row.at,
        title=texts.get(row.title),
        text=texts.get(row.text),
        support=row.support,
        comments=row.comments,
        outcome=row.outcome,
        grounds=row.grounds,
        components=list(row.components),
        settled_at=row.settled_at,
    )


def _comment(row: CommentRow, texts: Mapping[UUID, str]) -> ForumCommentAnswer:
    return ForumCommentAnswer(
        moderation=row.moderation,
        hidden_for=row.hidden_for,
        channel=row.channel,
        group=row.group,
        at=row.at,
        text=texts.get(row.text),
    )


def _published(rows: Sequence[CommentRow]) -> list[UUID]:
    return [each.text for each in rows if each.moderation == "published"]
