"""What auditors see in the browser: search, the course of a case, what an actor did, how the log stands, and the evidence they take
along; each look is recorded before anything is shown."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from zi_audit import charts, words
from zi_audit.bundle import Bundles
from zi_audit.index import Index
from zi_audit.lanes import lane_heads
from zi_audit.looks import Purpose, record_look
from zi_audit.pages import pages_of
from zi_audit.question import Asked, Case, Cursor, Mark, Page, Question
from zi_audit.senders import SENDERS
from zi_audit.standing import standing
from zi_audit.tail import Tail
from zi_chassis.clock import Clock
from zi_chassis.domain import Value
from zi_chassis.identity import Staff, staff
from zi_chassis.web.form import Form
from zi_chassis.web.language import WITA
from zi_chassis.web.problem import NotFoundError, field_errors

ON_A_PAGE = 50
MARKS = 12
FEW = 8
SHOWN_BREAKS = 200

router = APIRouter()
Auditor = Annotated[Staff, Depends(staff("auditor"))]


class Search(Value):
    """The form: days are those of the office, `until` the last of them."""

    case: Case | None = None
    actor: Asked | None = None
    role: Asked | None = None
    service: Asked | None = None
    type: Asked | None = None
    since: date | None = None
    until: date | None = None
    purpose: Purpose = Purpose.AUDIT
    cursor: Cursor = -1

    @property
    def question(self) -> Question:
        """Raises ValidationError when no time lies between the days."""
        said = self.model_dump(exclude={"purpose", "since", "until"})
        since = self.since and _midnight(self.since)
        until = self.until and _midnight(self.until + timedelta(days=1))
        return Question(**said, since=since, until=until, limit=ON_A_PAGE)

    @property
    def asked(self) -> Mapping[str, Any]:
        """As the addresses of the API have it, without the page."""
        given = self.question.model_dump(mode="json", exclude={"cursor", "limit"}, exclude_none=True)
        return given | {"purpose": self.purpose.value}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), WITA)


@router.get("/audit/entries", include_in_schema=False)
async def search(request: Request, person: Auditor) -> Response:
    """Nothing is looked for, and no look recorded, before something was asked."""
    said = {name: text.strip() for name, text in request.query_params.items() if name != "lang"}
    form = Form(said)
    if not said:
        return _searched(request, form)
    try:
        wanted = Search.model_validate(form.nested())
        question = wanted.question
    except ValidationError as error:
        wrong = {name or "until": sentence for name, sentence in field_errors(request, error).items()}
        return _searched(request, form.refused(wrong), status=422)
    await record_look(request, person, "entries", wanted.case, wanted.purpose)
    found = await asyncio.to_thread(_index(request).page, question)
    return _searched(request, form, found, wanted)


def _searched(
    request: Request, form: Form, found: Page | None = None, wanted: Search | None = None, status: int = 200
) -> Response:
    shown: dict[str, Any] = {"form": form, "found": found, "senders": SENDERS, "words": words}
    if wanted is not None:
        again = form.nested() | {"purpose": wanted.purpose.value}
        shown |= {"purpose": wanted.purpose, "asked": urlencode(wanted.asked)}
        shown["following"] = urlencode(again | {"cursor": found.next}) if found and found.next else None
        shown["is_first"] = wanted.cursor < 0
        shown["first"] = urlencode({name: text for name, text in again.items() if name != "cursor"})
    return pages_of(request).render(request, "entries.html", status, **shown)


@router.get("/audit/cases/{ticket}", include_in_schema=False)
async def case(
    request: Request,
    person: Auditor,
    ticket: Case,
    cursor: Cursor = -1,
    purpose: Purpose = Purpose.AUDIT,
) -> Response:
    await record_look(request, person, "timeline", ticket, purpose)
    timeline = await asyncio.to_thread(_index(request).timeline, ticket, cursor)
    if not timeline.steps and cursor < 0:
        raise NotFoundError("The ledger has no entry of this case. Check the ticket.")
    return pages_of(request).render(
        request, "timeline.html", timeline=timeline, purpose=purpose, words=words, form=Form()
    )


@router.get("/audit/actors/{actor:path}", include_in_schema=False)
async def actor(
    request: Request, person: Auditor, actor: Asked, purpose: Purpose = Purpose.AUDIT
) -> Response:
    await record_look(request, person, "actor", None, purpose)
    activity = await asyncio.to_thread(_index(request).activity, actor)
    if not activity.deeds:
        raise NotFoundError("The ledger has no entry of this actor. Check the identifier.")
    return pages_of(request).render(request, "actor.html", activity=activity, purpose=purpose, words=words)


@router.get("/audit/log-health", include_in_schema=False)
async def health(request: Request, person: Auditor) -> Response:
    """Sizes, times and breaks alone: nothing of a case or a person, so this look is not recorded."""
    index, clock, tail = _index(request), _clock(request), _tail(request)
    marks = await asyncio.to_thread(_marks, index)
    return pages_of(request).render(
        request,
        "health.html",
        standing=await asyncio.to_thread(standing, request.app.state.log, clock),
        chart=charts.growth(marks),
        marks=marks,
        lanes=await asyncio.to_thread(lane_heads, index.database),
        breaks=await asyncio.to_thread(index.breaks, SHOWN_BREAKS),
        indexed=tail.size,
        now=clock.now(),
        words=words,
    )


def _marks(index: Index) -> list[Mark]:
    """A log that fills few bundles is told by single entries."""
    marks = index.growth(MARKS)
    return marks if len(marks) >= FEW else list(_by_entries(index))


def _by_entries(index: Index) -> Iterator[Mark]:
    size = index.size()
    for place in sorted({size * each // MARKS for each in range(MARKS)} | {size - 1}):
        found = index.entries(Question(cursor=place - 1), 1) if place >= 0 else []
        yield from (Mark(size=entry.index + 1, at=entry.time) for entry in found if entry.time is not None)


@router.get("/audit/cases/{ticket}/bundle", include_in_schema=False)
@router.get("/audit/api/cases/{ticket}/bundle", response_class=Response)
async def bundle(
    request: Request, person: Auditor, ticket: Case, purpose: Purpose, private: bool = False
) -> Response:
    """Evidence of a case as a zip: entries, proofs under one checkpoint, policy, and with `private` the texts with their salts."""
    await record_look(request, person, "evidence", ticket, purpose)
    bundles: Bundles = request.app.state.bundles
    packed = await bundles.of(ticket, purpose, person.token if private else None)
    headers = {"Content-Disposition": f'attachment; filename="evidence-{_safe(ticket)}.zip"'}
    return Response(packed, media_type="application/zip", headers=headers)


def _safe(ticket: str) -> str:
    return "".join(letter for letter in ticket if letter.isascii() and letter.isalnum())


def _index(request: Request) -> Index:
    index: Index = request.app.state.index
    return index


def _clock(request: Request) -> Clock:
    clock: Clock = request.app.state.clock
    return clock


def _tail(request: Request) -> Tail:
    tail: Tail = request.app.state.tail
    return tail
