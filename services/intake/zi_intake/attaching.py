"""The way of an upload into a case: counted first, opened outside of this process, cleaned, sealed."""

import asyncio
from uuid import UUID

from zi_chassis.domain import Act
from zi_intake import case
from zi_intake.attachments import clean
from zi_intake.handling import Done
from zi_intake.office import Office


async def attach(office: Office, ticket: str, by: Act, request: UUID | None, upload: bytes) -> Done:
    state = await office.state(ticket)
    known = request is not None and request in state.requests
    if state.attachments >= case.ATTACHMENTS and not known:
        raise case.TooManyAttachmentsError
    media_type, content = await asyncio.to_thread(clean, upload)
    return await office.handling.attach(ticket, by, request, media_type, content)
