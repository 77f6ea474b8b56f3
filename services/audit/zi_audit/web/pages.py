"""The public page of the ledger: what it has signed, who witnesses it, whether it grows, and how to check it without the office."""

import asyncio

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from zi_audit.messaging.tail import Tail
from zi_audit.read.acknowledgements import acknowledgements_of
from zi_audit.read.index import Index
from zi_audit.web import texts
from zi_audit.web.log_status import log_status
from zi_chassis.settings import Settings
from zi_chassis.web.page import pages_of

SHOWN_BREAKS = 20

router = APIRouter(include_in_schema=False)


@router.get("/audit")
async def ledger(request: Request) -> Response:
    return RedirectResponse("/audit/", 308)


@router.get("/audit/")
async def front(request: Request) -> Response:
    index: Index = request.app.state.index
    tail: Tail = request.app.state.tail
    settings: Settings = request.app.state.settings
    breaks = await asyncio.to_thread(index.breaks, SHOWN_BREAKS)
    return pages_of(request).render(
        request,
        "ledger.html",
        log_status=await asyncio.to_thread(log_status, request.app.state.log, request.app.state.clock),
        breaks=breaks,
        acknowledged=await acknowledgements_of(
            request.app.state.store, tail.origin, (each.index for each in breaks)
        ),
        texts=texts,
        indexed=tail.size,
        url=f"{settings.public_url}/audit",
    )
