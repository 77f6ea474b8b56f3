"""Pages for auditors: search, the course of a case, the acts of an actor, the health of the log, and evidence as a file; each access is
recorded before anything is shown."""

import asyncio
from collections.abc import Collection, Iterator, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from zi_audit.domain.question import SEVERAL, Case, Cursor, EntryFilter, EntryPage, Indexed, Mark, QueryText
from zi_audit.messaging.tail import Tail
from zi_audit.read.acknowledgements import acknowledgements_of
from zi_audit.read.bundle import Bundles
from zi_audit.read.index import Index
from zi_audit.read.lanes import lane_heads
from zi_audit.read.selection import VagueSearchError
from zi_audit.web import charts, search_form, texts
from zi_audit.web.access_log import AccessPurpose, record_access, record_accesses
from zi_audit.web.entry_view import EntryView, officials, search_terms
from zi_audit.web.facet_texts import FacetNames
from zi_audit.web.log_status import log_status
from zi_audit.web.search_form import FormValues, MistakenSearchError, Search
from zi_chassis.access.identity import Staff, staff
from zi_chassis.clock import Clock
from zi_chassis.web.form import Form
from zi_chassis.web.language import language_of, msgid
from zi_chassis.web.packing import download
from zi_chassis.web.page import pages_of
from zi_chassis.web.parameters import takes_several
from zi_chassis.web.problem import NotFoundError

MARKS = 12
FEW = 8
SHOWN_BREAKS = 200
FURTHER = (msgid("{number} further entry"), "{number} further entries")
ALL = (msgid("{number} entry"), "{number} entries")
TYPED = ("case", "actor", "assignee", "business", "person")  # names that are written, not chosen
FIRST = msgid("The first {here} of {total} entries")

router = APIRouter()
Auditor = Annotated[Staff, Depends(staff("auditor"))]


@router.get("/audit/entries", include_in_schema=False)
@takes_several(*SEVERAL)
async def search(request: Request, person: Auditor) -> Response:
    """Nothing is looked for, and no look recorded, before a question was sent."""
    form_values = search_form.form_values(request)
    if not form_values:
        return _searched(request, form_values)
    try:
        wanted = search_form.search(request, form_values)
        await record_accesses(request, person, "entries", wanted.question, wanted.purpose)
        found = await asyncio.to_thread(_index(request).page, wanted.question)
    except MistakenSearchError as mistaken:
        return _searched(request, form_values, mistakes=mistaken.errors)
    except VagueSearchError as vague:
        return _searched(
            request, form_values, mistakes={"search": pages_of(request).say(request, vague.msgid)}
        )
    return _searched(request, form_values, **await _result(request, wanted, found))


async def _result(request: Request, wanted: Search, found: EntryPage) -> dict[str, Any]:
    say = pages_of(request).translator(language_of(request))
    return {
        "found": found,
        "unknown": await asyncio.to_thread(_unknown, request, wanted) if not found.entries else (),
        "view": await _view(request, found.entries, wanted.purpose, wanted.form_values),
        "purpose": wanted.purpose.value,
        "terms": search_terms(wanted, say, _names(request)),
        "caption": _caption(request, wanted, found),
        "following": None if found.next is None else wanted.address(cursor=str(found.next)),
        "is_first": wanted.question.cursor < 0,
        "first": wanted.address(cursor=None),
        "parameters": wanted.parameters,
    }


def _unknown(request: Request, wanted: Search) -> list[tuple[str, str]]:
    """Return the names that no entry of the ledger has, each with the label of its field."""
    say, index = pages_of(request).translator(language_of(request)), _index(request)
    named = [(name, value) for name in TYPED for value in getattr(wanted.question, name)]
    return [
        (say(search_form.LABELS[name]), value) for name, value in named if not index.knows(name, (value,))
    ]


def _searched(
    request: Request,
    form_values: FormValues,
    mistakes: search_form.Mistakes = search_form.NONE,
    **result: Any,
) -> Response:
    return pages_of(request).render(
        request,
        "entries.html",
        422 if mistakes else 200,
        form=search_form.form(form_values).refused(mistakes),
        form_values=form_values,
        texts=texts,
        behind=_behind(request),
        **search_form.choices(pages_of(request).translator(language_of(request)), _names(request)),
        **{"found": None, "terms": (), **result},
    )


def _caption(request: Request, wanted: Search, found: EntryPage) -> str:
    """Return how many entries fit in all, and how many of them are on this page."""
    catalogue, language = pages_of(request).catalogue, language_of(request)
    here = len(found.entries)
    if found.total is None:
        return catalogue.count(language, *FURTHER, here)
    if here == found.total:
        return catalogue.count(language, *ALL, here)
    return catalogue.translate(language, FIRST, here=here, total=found.total)


def _behind(request: Request) -> bool:
    """Return whether published entries are missing in the index yet."""
    tail: Tail = request.app.state.tail
    return tail.reason is not None or not tail.complete


async def _view(
    request: Request, entries: Sequence[Indexed], purpose: AccessPurpose, terms: Collection[str] = ()
) -> EntryView:
    language = language_of(request)
    roles = await asyncio.to_thread(_index(request).roles, officials(entries))
    say = pages_of(request).translator(language)
    return EntryView(language, say, purpose, roles, _names(request), terms)


@router.get("/audit/cases/{ticket}", include_in_schema=False)
async def case(
    request: Request,
    person: Auditor,
    ticket: Case,
    cursor: Cursor = -1,
    purpose: AccessPurpose = AccessPurpose.AUDIT,
) -> Response:
    await record_access(request, person, "timeline", ticket, purpose)
    timeline = await asyncio.to_thread(_index(request).timeline, ticket, cursor)
    if not timeline.steps and cursor < 0:
        raise NotFoundError("The ledger has no entry of this case. Check the ticket.")
    view = await _view(request, [step.entry for step in timeline.steps], purpose)
    return pages_of(request).render(
        request, "timeline.html", timeline=timeline, view=view, purpose=purpose, texts=texts, form=Form()
    )


@router.get("/audit/actors/{actor:path}", include_in_schema=False)
async def actor(
    request: Request, person: Auditor, actor: QueryText, purpose: AccessPurpose = AccessPurpose.AUDIT
) -> Response:
    await record_access(request, person, "actor", None, purpose)
    activity = await asyncio.to_thread(_index(request).activity, actor)
    if not activity.deeds:
        raise NotFoundError("The ledger has no entry of this actor. Check the identifier.")
    return pages_of(request).render(request, "actor.html", activity=activity, purpose=purpose, texts=texts)


@router.get("/audit/log-health", include_in_schema=False)
async def health(request: Request, person: Auditor) -> Response:
    """Sizes, times and breaks alone: nothing of a case or a person, so this access is not recorded."""
    index, clock, tail = _index(request), _clock(request), _tail(request)
    marks = await asyncio.to_thread(_marks, index)
    breaks = await asyncio.to_thread(index.breaks, SHOWN_BREAKS)
    return pages_of(request).render(
        request,
        "health.html",
        log_status=await asyncio.to_thread(log_status, request.app.state.log, clock),
        chart=charts.growth(marks),
        marks=marks,
        lanes=await asyncio.to_thread(lane_heads, index.database),
        breaks=breaks,
        acknowledged=await acknowledgements_of(
            request.app.state.store, tail.origin, (each.index for each in breaks)
        ),
        indexed=tail.size,
        now=clock.now(),
        texts=texts,
    )


def _marks(index: Index) -> list[Mark]:
    """A log that fills few bundles is told by single entries."""
    marks = index.growth(MARKS)
    return marks if len(marks) >= FEW else list(_by_entries(index))


def _by_entries(index: Index) -> Iterator[Mark]:
    size = index.size()
    for place in sorted({size * each // MARKS for each in range(MARKS)} | {size - 1}):
        found = index.entries(EntryFilter(), 1, place - 1) if place >= 0 else []
        yield from (Mark(size=entry.index + 1, at=entry.time) for entry in found if entry.time is not None)


@router.get("/audit/cases/{ticket}/bundle", include_in_schema=False)
@router.get("/audit/api/cases/{ticket}/bundle", response_class=Response)
async def bundle(
    request: Request, person: Auditor, ticket: Case, purpose: AccessPurpose, private: bool = False
) -> Response:
    """Evidence of a case as a zip: entries, proofs under one checkpoint, policy, and with `private` the texts with their salts."""
    await record_access(request, person, "evidence", ticket, purpose)
    bundles: Bundles = request.app.state.bundles
    file = await bundles.of(ticket, purpose, person.sub, person.token if private else None)
    return download(file, f"evidence-{_safe(ticket)}.zip")


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


def _names(request: Request) -> FacetNames:
    names: FacetNames = request.app.state.facet_names
    return names
