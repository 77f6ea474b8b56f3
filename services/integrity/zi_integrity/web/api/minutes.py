"""The API of minutes and actions: read by everybody, and signed with a code of the forum."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from zi_chassis.web.entity_tag import TaggedRoute
from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_contracts.message import Sha256Hex
from zi_contracts.text import Line
from zi_integrity.domain.action import NoForumActionError
from zi_integrity.domain.minutes.text import MinutesText
from zi_integrity.read.forum_actions import ACTIONS_A_PAGE, ActionFilter, ForumActionRow
from zi_integrity.web.current_office import TheOffice
from zi_integrity.web.forum_forms import find_forum, public_act, with_code
from zi_integrity.web.minutes_context import minutes_letter
from zi_integrity.web.pages.minutes import LONGEST_QUERY
from zi_integrity.web.paging import PageQuery

BASE = "/integrity/api/forum"

router = APIRouter(prefix=BASE, tags=["forum"], route_class=TaggedRoute)


class MinutesAnswer(BaseModel):
    """`digest` is that of `text` in its only spelling, which each signature names; `letter` is the number of the sealed file."""

    text: MinutesText
    digest: Sha256Hex
    signed_by_head: bool
    public_signatures: int
    voided: int
    agreed: bool
    without_quorum: bool
    letter: str | None


class ForumActionAnswer(BaseModel):
    action: UUID
    forum: str
    point: int
    agreement: str | None
    owner: str
    due: date
    status: str
    late: bool
    closed_at: datetime | None


class ForumActionNoteAnswer(BaseModel):
    """`text` is null where nothing was written or it was erased; `standard` names the standard that was amended."""

    kind: str
    at: datetime
    text: str | None
    standard: str | None


class ForumActionStoryAnswer(ForumActionAnswer):
    notes: list[ForumActionNoteAnswer]


class ForumActionsAnswer(BaseModel):
    count: int
    page_size: int = ACTIONS_A_PAGE
    counts: dict[str, int]
    actions: list[ForumActionAnswer]


class _CodeBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: Annotated[Line, Field(max_length=40)]


class AttendanceBody(_CodeBody):
    """The code of the person who is there."""


class SignatureBody(_CodeBody):
    """The code, and edition and digest of the text that was read."""

    edition: Annotated[int, Field(ge=0)]
    digest: Sha256Hex


@router.get("/actions")
async def actions(
    office: TheOffice,
    state: ActionFilter = "all",
    forum: Annotated[str, Query(max_length=20)] = "",
    wanted: Annotated[str, Query(max_length=LONGEST_QUERY)] = "",
    page: PageQuery = 1,
) -> ForumActionsAnswer:
    """List the actions that forums agreed on, those due first before the others."""
    found = await office.forum_following.page(state, page, forum, wanted.strip())
    listed = [_action(row, found.texts.get(row.text)) for row in found.rows]
    return ForumActionsAnswer(count=found.count, counts=dict(found.counts), actions=listed)


@router.get("/actions/{action}")
async def action(office: TheOffice, action: UUID) -> ForumActionStoryAnswer:
    """Read an action with what was done about it."""
    try:
        story = await office.forum_following.story(action)
    except NoForumActionError:
        raise NotFoundError(DETAILS[404]) from None
    notes = [
        ForumActionNoteAnswer(
            kind=each.kind, at=each.at, text=each.text and story.texts.get(each.text), standard=each.standard
        )
        for each in story.notes
    ]
    listed = _action(story.row, story.texts.get(story.row.text))
    return ForumActionStoryAnswer(**vars(listed), notes=notes)


@router.get("/{number}/minutes")
async def minutes(office: TheOffice, number: str) -> MinutesAnswer:
    """Read the minutes of a forum, signed or not."""
    await find_forum(office, number)
    written = await office.minutes_writing.read(number)
    state, letter = written.state, await minutes_letter(office, written.row.forum)
    return MinutesAnswer(
        text=written.text,
        digest=written.text.digest,
        signed_by_head=state.is_signed_by_head,
        public_signatures=state.public_signatures,
        voided=len(state.voided),
        agreed=state.agreed is not None,
        without_quorum=state.without_quorum is not None,
        letter=letter and letter.number,
    )


@router.post("/{number}/attendance", status_code=204)
async def sign_attendance(request: Request, office: TheOffice, number: str, body: AttendanceBody) -> None:
    """Sign the attendance with a code of the forum."""
    await find_forum(office, number)
    by = await public_act(request, office)
    await with_code(request, office, lambda: office.forum_attendance.sign(number, body.code, by.at))


@router.post("/{number}/signatures", status_code=204)
async def sign_minutes(request: Request, office: TheOffice, number: str, body: SignatureBody) -> None:
    """Sign the minutes with the code with which the attendance was signed."""
    await find_forum(office, number)
    by = await public_act(request, office)
    await with_code(
        request,
        office,
        lambda: office.minutes_signing.sign_as_public(number, body.code, by.at, body.edition, body.digest),
    )


def _action(row: ForumActionRow, text: str | None) -> ForumActionAnswer:
    return ForumActionAnswer(
        action=row.action,
        forum=row.number,
        point=row.point,
        agreement=text,
        owner=row.owner,
        due=row.due,
        status=row.status,
        late=row.late,
        closed_at=row.closed_at,
    )
