"""The way of an upload into a case: counted first, opened outside of this process, cleaned, sealed."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import BoundedSemaphore
from uuid import UUID

from zi_chassis.domain import Act, ErasedError
from zi_chassis.web.problem import RefusedError
from zi_contracts.vault import ItemRef
from zi_intake import case
from zi_intake.attachments import clean
from zi_intake.handling import Done, intention
from zi_intake.office import Office

ROOMS = ThreadPoolExecutor(2, "cleanroom")  # threads of its own: a hostile file may hold one for a minute
QUEUE = BoundedSemaphore(8)


class QueueFullError(RefusedError):
    """Each place in the queue holds a file in memory, so there are few."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "Many files are being sent just now, so this one was not kept. Send it again in a minute."
        )

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": "60"}


async def attach(
    office: Office, ticket: str, by: Act, key: UUID | None, upload: bytes
) -> tuple[Done, ItemRef | None]:
    """What was recorded, and the item that the file is kept as, now or before."""
    state = await office.state(ticket)
    request = intention(key, by, "attach", upload)
    known = request is not None and request in state.requests
    if state.erased is not None:
        raise ErasedError
    if state.attachments >= state.attachment_limit and not known:
        raise case.TooManyAttachmentsError(limit=state.attachment_limit)
    media_type, content = await _cleaned(office, upload)
    done = await office.handling.attach(ticket, by, request, media_type, content)
    kept = done.state.items_of(request)
    return done, kept[0] if kept else None


async def _cleaned(office: Office, upload: bytes) -> tuple[str, bytes]:
    if not QUEUE.acquire(blocking=False):
        raise QueueFullError
    opener = partial(clean, upload, must_confine=not office.settings.demo)
    try:
        return await asyncio.get_running_loop().run_in_executor(ROOMS, opener)
    finally:
        QUEUE.release()
