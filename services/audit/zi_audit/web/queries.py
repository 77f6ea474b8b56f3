"""The index over HTTP for auditors; each access is recorded before it is answered."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import StreamingResponse

from zi_audit.domain.question import (
    SEVERAL,
    Activity,
    Case,
    Cursor,
    EntryFilter,
    EntryPage,
    QueryText,
    Question,
)
from zi_audit.domain.timeline import Timeline
from zi_audit.read.export import FILES, Format, written
from zi_audit.read.index import Index
from zi_audit.web.access_log import AccessPurpose, record_access, record_accesses
from zi_chassis.access.identity import staff
from zi_chassis.web.language import language_of
from zi_chassis.web.page import pages_of
from zi_chassis.web.parameters import takes_several
from zi_chassis.web.problem import NotFoundError

router = APIRouter()
auditor = staff("auditor")


class EntriesQuery(Question):
    """A question with the reason for asking."""

    purpose: AccessPurpose = AccessPurpose.AUDIT


class Export(EntryFilter):
    """The entries to export, their format and the purpose; behind index `cursor`, in the order of the log."""

    cursor: Cursor = -1
    format: Format = Format.JSONL
    purpose: AccessPurpose = AccessPurpose.AUDIT


def _index(request: Request) -> Index:
    index: Index = request.app.state.index
    return index


@router.get("/audit/api/entries")
@takes_several(*SEVERAL)
async def entries(request: Request, query: Annotated[EntriesQuery, Query()]) -> EntryPage:
    """Entries that fit, in the order of the log or the newest first, for auditors."""
    await record_accesses(request, await auditor(request), "entries", query, query.purpose)
    return await asyncio.to_thread(_index(request).page, query)


@router.get("/audit/api/export")
@takes_several(*SEVERAL)
async def export(request: Request, query: Annotated[Export, Query()]) -> StreamingResponse:
    """All entries that fit as one file: JSON lines, also with the entries themselves, CSV or OCEL 2.0, each with its index in the
    ledger."""
    await record_accesses(request, await auditor(request), "export", query, query.purpose)
    kind, name = FILES[query.format]
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    found = _index(request).export(query, query.cursor)
    say = pages_of(request).translator(language_of(request))
    content = written(query.format, found, request.app.state.log, say)
    return StreamingResponse(content, headers=headers, media_type=kind)


@router.get("/audit/api/cases/{ticket}/timeline")
async def timeline(
    request: Request,
    ticket: Annotated[Case, Path()],
    cursor: Cursor = -1,
    purpose: AccessPurpose = AccessPurpose.AUDIT,
) -> Timeline:
    """The steps of a case with the seconds between them and whom they waited for."""
    await record_access(request, await auditor(request), "timeline", ticket, purpose)
    found = await asyncio.to_thread(_index(request).timeline, ticket, cursor)
    if not found.steps and cursor < 0:
        raise NotFoundError("The ledger has no entry of this case. Check the ticket.")
    return found


@router.get("/audit/api/actors/{actor:path}/activity")
async def activity(
    request: Request, actor: Annotated[QueryText, Path()], purpose: AccessPurpose = AccessPurpose.AUDIT
) -> Activity:
    """Count the acts of an actor; the entries themselves are found by `actor` among the entries."""
    await record_access(request, await auditor(request), "actor", None, purpose)
    found = await asyncio.to_thread(_index(request).activity, actor)
    if not found.deeds:
        raise NotFoundError("The ledger has no entry of this actor. Check the identifier.")
    return found
