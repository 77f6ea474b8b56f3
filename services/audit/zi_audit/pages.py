"""The public page of the ledger: what it has signed, whether it grows, and how to check it without the office."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from zi_audit.halt import Reason
from zi_audit.index import Index
from zi_audit.published_log import PublishedLog
from zi_audit.question import FoundBreak
from zi_audit.status import WriterStatus, read_status
from zi_audit.tail import Tail
from zi_audit.tile_folder import CHECKPOINT, TileFolder
from zi_chassis.clock import Clock
from zi_chassis.domain import Value
from zi_chassis.settings import Settings
from zi_chassis.web.page import Pages
from zi_tlog.error import LogError
from zi_tlog.text import encode_base64

SILENT = timedelta(seconds=30)
SHOWN_BREAKS = 20

# The msgids of what the page says about a stopped log.
REASONS: Mapping[Reason, str] = {
    Reason.REGRESSION: "The ledger's database is older than what was published: a backup was restored.",
    Reason.SECOND_WRITER: "A second writer worked on the ledger.",
    Reason.DISK_FULL: "The disk is full.",
    Reason.CLOCK_BACKWARDS: "The clock went backwards.",
    Reason.KEY_CHANGED: "The signing key is not the ledger's.",
    Reason.DAMAGED: "A file of the ledger is not what was written.",
    Reason.FAILURE: "The ledger could not be written.",
}
KINDS: Mapping[str, str] = {
    "unreadable": "not a message",
    "unknown_sender": "from an unknown sender",
    "missing": "messages before it are missing",
    "altered": "does not fit the message before it",
    "out_of_order": "came after its turn",
    "repeated": "was there before",
}

router = APIRouter(include_in_schema=False)


class State(Value):
    """What the page shows of the log; `failure` when the files contradict themselves."""

    size: int | None = None
    root: str = ""
    key: str = ""
    published_at: datetime | None = None
    stopped: str | None = None
    silent_since: datetime | None = None
    failure: bool = False


def state(log: PublishedLog, clock: Clock) -> State:
    status = read_status(log.tiles)
    heard = {"stopped": _stopped(status), "silent_since": _silent_since(status, clock)}
    try:
        signed, policy = log.signed(), log.policy()
    except LogError:
        return State(failure=True, **heard)
    if signed is None or policy is None:
        return State(**heard)
    head = signed[1]
    return State(
        size=head.size,
        root=encode_base64(head.root),
        key=policy.logs[0].key.vkey,
        published_at=_written(log.tiles, clock),
        **heard,
    )


def _stopped(status: WriterStatus | None) -> str | None:
    return REASONS[status.stopped] if status is not None and status.stopped is not None else None


def _silent_since(status: WriterStatus | None, clock: Clock) -> datetime | None:
    return status.at if status is not None and clock.now() - status.at > SILENT else None


def _written(tiles: TileFolder, clock: Clock) -> datetime:
    """When the checkpoint was published, by the clock that the house uses."""
    modified = (tiles.folder / CHECKPOINT).stat().st_mtime
    return datetime.fromtimestamp(modified, clock.now().tzinfo) + clock.shift


@router.get("/audit/")
async def front(request: Request) -> Response:
    log: PublishedLog = request.app.state.log
    tail: Tail = request.app.state.tail
    pages: Pages = request.app.state.pages
    settings: Settings = request.app.state.settings
    return pages.render(
        request,
        "ledger.html",
        state=await asyncio.to_thread(state, log, request.app.state.clock),
        breaks=await asyncio.to_thread(_breaks, request.app.state.index),
        kinds=KINDS,
        indexed=tail.size,
        url=f"{settings.public_url}/audit",
    )


def _breaks(index: Index) -> list[FoundBreak]:
    return index.breaks(SHOWN_BREAKS)
