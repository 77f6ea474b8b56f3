"""Add an upload to a case: check budgets and limits first, have it opened and cleaned in another process, seal it.

Hostile files meet the decoders in a process of its own (cleanroom.py), which has no secrets, little memory and little time.
"""

import asyncio
import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Literal
from uuid import UUID

from starlette.requests import Request

from zi_chassis.domain import Act, ErasedError
from zi_chassis.process.confinement import open_file
from zi_chassis.web.limits import client_address
from zi_contracts.vault import ItemRef
from zi_intake.container import Office
from zi_intake.domain.case.answer_files import ANSWER_FILE
from zi_intake.domain.case.handling_decisions import refuse_answer_file
from zi_intake.domain.case.refusals import TooManyAttachmentsError
from zi_intake.domain.case.state import Case
from zi_intake.uploads.attachments import (
    LARGEST,
    REFUSALS,
    AttachmentTooLargeError,
    EmptyAttachmentError,
    UnknownAttachmentError,
    UnreadableAttachmentError,
    media_type,
    refuse_size,
)
from zi_intake.uploads.picture_size import claimed_pixels
from zi_intake.uploads.upload_queue import ROOMS
from zi_intake.use_cases.case_actions import HandledCase, request_id_of
from zi_intake.use_cases.file_errors import FilesAwayError
from zi_sandbox.limits import Limits
from zi_sandbox.parent import ChildError

CLEANROOM = ("-m", "zi_intake.uploads.cleanroom")
LIMITS = Limits(memory=1_500_000_000, cpu=30, wall=60, answer=2 * LARGEST)
KEPT_TYPES = {"image/jpeg", "image/png", "image/webp", "application/pdf"}
FileField = Literal["attachment", "answer.file"]
ATTACHMENT: FileField = "attachment"
# The name of the act in the ids of requests.
ACTS: Mapping[FileField, str] = {ATTACHMENT: "attach", "answer.file": "attach-answer"}
THREADS = ThreadPoolExecutor(ROOMS, "cleanroom")  # of their own: a hostile file may hold one for a minute

logger = logging.getLogger(__name__)


async def refuse_file(
    request: Request, office: Office, ticket: str, by: Act, field: FileField = ATTACHMENT
) -> None:
    """Refuse an upload before anything of the file is read."""
    office.budgets.refuse_upload(client_address(request), by)
    state = await office.state(ticket)
    if state.erased is not None:
        raise ErasedError
    if "idempotency-key" not in request.headers:  # else it may repeat what is kept
        _refuse_full(office, state, by, field)


async def attach(
    request: Request,
    office: Office,
    ticket: str,
    by: Act,
    key: UUID | None,
    upload: bytes,
    field: FileField = ATTACHMENT,
) -> tuple[HandledCase, ItemRef | None]:
    """Return the handled case, and the item that the file is stored as, now or before."""
    state = await office.state(ticket)
    request_id = request_id_of(key, by, ACTS[field], upload)
    known = request_id is not None and request_id in state.requests
    if state.erased is not None:
        raise ErasedError
    if not known:
        _refuse_full(office, state, by, field)
    address = client_address(request)
    office.budgets.count_upload(address, by, len(upload))
    client = address if by.role == "public" else by.actor  # who has a share of the rooms
    media_type, content = await _cleaned(office, client, ticket, upload)
    try:
        done = await office.actions.attach(
            ticket, by, request_id, media_type, content, office.storage_limits, field
        )
    except FilesAwayError:  # whoever sends it again, as the sentence says, pays once
        office.budgets.count_upload(address, by, -len(upload))
        raise
    items = done.state.items_of(request_id)
    return done, items[0] if items else None


def _refuse_full(office: Office, state: Case, by: Act, field: FileField) -> None:
    if field == ANSWER_FILE:
        refuse_answer_file(by, state, office.storage_limits.taken, 1)
        return
    if state.attachments >= state.attachment_limit:
        raise TooManyAttachmentsError(limit=state.attachment_limit)
    state.refuse_over(office.storage_limits, 1)


async def _cleaned(office: Office, client: str, ticket: str, upload: bytes) -> tuple[str, bytes]:
    clean_upload = partial(clean, upload, must_confine=not office.settings.demo)
    async with office.uploads.room(client, ticket):
        return await asyncio.get_running_loop().run_in_executor(THREADS, clean_upload)


def clean(data: bytes, *, must_confine: bool = True) -> tuple[str, bytes]:
    """(media type, bytes to keep) of an upload, or an AttachmentError. Blocks up to a minute: call it in a thread. Raises FilesClosedError
    where the system can't confine the process that opens it; only a demo may do without."""
    if len(data) > LARGEST:
        raise AttachmentTooLargeError
    kind = media_type(data)
    if kind is None:
        raise UnknownAttachmentError if data else EmptyAttachmentError
    refuse_size(claimed_pixels(data, kind), len(data))
    try:
        answer = open_file(CLEANROOM, data, LIMITS, must_confine=must_confine)
    except ChildError as died:
        # Out of memory or time, or a decoder crashed: nothing of the file itself may be logged.
        logger.warning("cleanroom gave up: %s", died)
        raise UnreadableAttachmentError from None
    first_line, _, cleaned = answer.partition(b"\n")
    verdict = first_line.decode("ascii", "replace")
    if refusal := REFUSALS.get(verdict):
        raise refusal
    if verdict not in KEPT_TYPES:
        raise UnreadableAttachmentError
    return verdict, cleaned
