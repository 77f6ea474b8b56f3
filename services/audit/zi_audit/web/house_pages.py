"""The state of the house: for everybody in plain words at /status, and for its operators with numbers."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from zi_audit.files.published_log import PublishedLog
from zi_audit.messaging.house_numbers import ProcessNumbers, numbers_of
from zi_audit.messaging.house_watch import HouseWatch, PartState, WatchedPart, addresses, fetched
from zi_audit.read.index import Index
from zi_audit.web import texts
from zi_audit.web.log_status import LogStatus, log_status
from zi_chassis.access.identity import Staff, staff
from zi_chassis.bucket import BucketAwayError
from zi_chassis.clock import Clock
from zi_chassis.settings import Settings
from zi_chassis.web.language import msgid
from zi_chassis.web.page import pages_of

PARTS: Mapping[str, str] = {
    "intake": msgid("Reports, questions and requests"),
    "certificates": msgid("Import and export letters"),
    "umkm": msgid("Mentoring of small businesses"),
    "integrity": msgid("Service standards, surveys and the public forum"),
    "notify": msgid("Mails about what you have sent"),
    "audit": msgid("The public record of all steps"),
}
STATES: Mapping[PartState, str] = {
    PartState.WORKS: msgid("works"),
    PartState.DELAYED: msgid("works, but some things take longer"),
    PartState.CLOSED: msgid("does not work at the moment"),
}
BACKUP_OLD, CERTIFICATE_SOON = timedelta(hours=26), timedelta(days=14)
DRILL_PERIOD, DRILL_GRACE = timedelta(days=90), timedelta(days=10)
LOOK_OLD = timedelta(minutes=1)
LOG_PATIENCE = 3.0  # seconds
MIB = 2**20

router = APIRouter(include_in_schema=False)
Operator = Annotated[Staff, Depends(staff("ops"))]


@router.get("/status")
async def status(request: Request) -> Response:
    """Tell everybody what works, and since when; never why it does not."""
    watch: HouseWatch = request.app.state.house_watch
    now = _clock(request).now()
    parts = _for_people(watch.parts, await _log(request), now)
    return pages_of(request).render(
        request,
        "status.html",
        parts_of_house=parts,
        names=PARTS,
        states=STATES,
        all_work=all(part.state is PartState.WORKS for part in parts),
        looked_at=watch.looked_at,
        is_old=watch.looked_at is not None and now - watch.looked_at > LOOK_OLD,
    )


@router.get("/audit/house")
async def house(request: Request, person: Operator) -> Response:
    """Show operators each process, its lanes, the ledger, the disks, the backups and the certificate of TLS."""
    settings: Settings = request.app.state.settings
    watch: HouseWatch = request.app.state.house_watch
    index: Index = request.app.state.index
    numbers = await numbers_of({**addresses(settings), "backups": settings.backups_url}, fetched)
    backups, now = numbers.pop("backups"), _clock(request).now()
    return pages_of(request).render(
        request,
        "house.html",
        parts_of_house=watch.parts,
        looked_at=watch.looked_at,
        numbers=numbers,
        backups=backups,
        late=_late(backups, watch.certificate_ends, now),
        certificate_ends=watch.certificate_ends,
        least_free=settings.free_disk_mb * MIB,
        log_status=await _log(request),
        indexed=await asyncio.to_thread(index.size),
        names=texts.SERVICES,
        states=STATES,
        texts=texts,
        now=now,
        mib=MIB,
    )


def _for_people(parts: Mapping[str, WatchedPart], log: LogStatus, now: datetime) -> list[WatchedPart]:
    """Return the services with the state of the ledger itself, which stands still in a process that nobody comes to."""
    is_standing = log.failure or log.size is None or log.stopped is not None or log.silent_since is not None
    return [
        WatchedPart(part.name, PartState.DELAYED, log.silent_since or now)
        if part.name == "audit" and is_standing and part.state is PartState.WORKS
        else part
        for part in parts.values()
    ]


def _late(backups: ProcessNumbers, certificate_ends: datetime | None, now: datetime) -> dict[str, bool]:
    """Tell what an operator should not wait with."""
    backup, drill = backups.time("zi_backup_last_seconds"), backups.time("zi_drill_last_seconds")
    copied, seconds = backups.time("zi_backup_copied_seconds"), backups.value("zi_drill_period_seconds")
    drill_old = (timedelta(seconds=seconds) if seconds else DRILL_PERIOD) + DRILL_GRACE
    wants_copy = backups.value("zi_backup_copied_seconds") is not None
    return {
        "copy": wants_copy and (copied is None or now - copied > BACKUP_OLD),
        "backup": backup is None or now - backup > BACKUP_OLD,
        "drill": not backups.is_unwanted("zi_drill_last_seconds")
        and (drill is None or now - drill > drill_old),
        "certificate": certificate_ends is not None and certificate_ends - now < CERTIFICATE_SOON,
    }


class LogStatusReader:
    """Read the state of the log once for all who ask at the same time, since a bucket that is away keeps a thread for 20 seconds."""

    def __init__(self, log: PublishedLog, clock: Clock) -> None:
        self._read = partial(log_status, log, clock)
        self._reading: asyncio.Task[LogStatus] | None = None

    async def status(self) -> LogStatus:
        """Return it, or after a few seconds that it can't be read."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(asyncio.to_thread(self._read))
        try:
            async with asyncio.timeout(LOG_PATIENCE):
                return await asyncio.shield(self._reading)
        except (TimeoutError, BucketAwayError):
            return LogStatus(away=True)


async def _log(request: Request) -> LogStatus:
    reader: LogStatusReader = request.app.state.log_status_reader
    return await reader.status()


def _clock(request: Request) -> Clock:
    clock: Clock = request.app.state.clock
    return clock
