"""Parameters and refusals that routes of the API share."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Path, Query, Request
from pydantic import AfterValidator

from zi_certificates.container import CertificatesOffice
from zi_certificates.web.answers import refusals
from zi_chassis.web.language import msgid

KEY_HEADER = "Idempotency-Key"
PUBLIC = refusals(400, 404, 405, 413, 415, 422, 503)
SIGNED_IN = PUBLIC | refusals(401, 403)
COMMAND = SIGNED_IN | refusals(409)
UPLOAD = COMMAND | refusals(429)


def random_uuid(key: UUID | None) -> UUID | None:
    """Refuse a key that could be guessed."""
    if key is not None and key.version not in (4, 7):
        raise ValueError(msgid("Give a random UUID here (version 4 or 7), a new one for each intention."))
    return key


async def office_of(request: Request) -> CertificatesOffice:
    office: CertificatesOffice = request.app.state.office
    return office


TheOffice = Annotated[CertificatesOffice, Depends(office_of)]
Ticket = Annotated[str, Path(description="As it stands on the receipt of the request.")]
Number = Annotated[int, Path(ge=1, le=1_000)]
Month = Annotated[str, Query(pattern=r"^[0-9]{4}-[0-9]{2}$", description="Written YYYY-MM.")]
Key = Annotated[UUID | None, AfterValidator(random_uuid), Header(alias=KEY_HEADER)]
