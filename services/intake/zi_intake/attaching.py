"""The way of an upload into a case: budgets and room first, opened outside of this process, cleaned, sealed."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import UUID

from starlette.requests import Request

from zi_chassis.confinement import FilesClosedError
from zi_chassis.domain import Act, ErasedError
from zi_chassis.web.limits import client_address
from zi_contracts.vault import ItemRef
from zi_intake.attachments import clean
from zi_intake.case import Case, TooManyAttachmentsError
from zi_intake.handling import Done, intention
from zi_intake.office import Office
from zi_intake.upload_queue import ROOMS
from zi_sandbox.parent import UnconfinedError

THREADS = ThreadPoolExecutor(ROOMS, "cleanroom")  # of their own: a hostile file may hold one for a minute


async def refuse_file(request: Request, office: Office, ticket: str, by: Act) -> None:
    """Before anything of the file is read."""
    office.budgets.refuse_upload(request, by)
    state = await office.state(ticket)
    if state.erased is not None:
        raise ErasedError
    if "idempotency-key" not in request.headers:  # else it may repeat what is kept
        _refuse_full(office, state)


async def attach(
    request: Request, office: Office, ticket: str, by: Act, key: UUID | None, upload: bytes
) -> tuple[Done, ItemRef | None]:
    """What was recorded, and the item that the file is kept as, now or before."""
    state = await office.state(ticket)
    request_id = intention(key, by, "attach", upload)
    known = request_id is not None and request_id in state.requests
    if state.erased is not None:
        raise ErasedError
    if not known:
        _refuse_full(office, state)
    office.budgets.count_upload(request, by, len(upload))
    media_type, content = await _cleaned(office, _client(request, by), ticket, upload)
    done = await office.handling.attach(ticket, by, request_id, media_type, content, office.room)
    kept = done.state.items_of(request_id)
    return done, kept[0] if kept else None


def _refuse_full(office: Office, state: Case) -> None:
    if state.attachments >= state.attachment_limit:
        raise TooManyAttachmentsError(limit=state.attachment_limit)
    state.refuse_over(office.room, 1)


def _client(request: Request, by: Act) -> str:
    """Name the client for its share of the rooms: a person who is signed in, or everybody at one address."""
    return client_address(request) if by.role == "public" else by.actor


async def _cleaned(office: Office, client: str, ticket: str, upload: bytes) -> tuple[str, bytes]:
    opener = partial(clean, upload, must_confine=not office.settings.demo)
    async with office.uploads.room(client, ticket):
        try:
            return await asyncio.get_running_loop().run_in_executor(THREADS, opener)
        except UnconfinedError:
            raise FilesClosedError from None
