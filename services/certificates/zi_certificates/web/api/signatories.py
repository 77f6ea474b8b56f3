"""The HTTP interface to the certificates of signatories: which one is recorded for whom, and the decision about another one."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from zi_certificates.domain.signatory import BoundSignatory
from zi_certificates.roles import OFFICIALS, OVERRIDING
from zi_certificates.web.api.parameters import COMMAND, SIGNED_IN, Page, SearchText, TheOffice
from zi_certificates.web.bodies import SignatoryCertificateBody
from zi_chassis.access.identity import Staff, staff
from zi_chassis.storage.store import Handled

router = APIRouter(prefix="/certificates/api/signatories", tags=["officials"])

Official = Annotated[Staff, Depends(staff(*OFFICIALS))]
Overseer = Annotated[Staff, Depends(staff(*OVERRIDING))]


class SignatoryAnswer(BaseModel):
    """Digests (SHA-256) of certificates: `certificate` is recorded, `offered` waits for a second person."""

    signatory: UUID
    official: str
    certificate: str
    since: datetime
    offered: str | None
    offered_at: datetime | None


class SignatoryDoneAnswer(BaseModel):
    signatory: UUID
    certificate: str | None
    event_id: UUID | None


@router.get("", responses=SIGNED_IN)
async def list_signatories(
    office: TheOffice, person: Official, response: Response, text: SearchText = "", page: Page = 1
) -> list[SignatoryAnswer]:
    """Lists the officials who have signed personally, in whose names `text` stands; `Total-Count` counts all of them."""
    found = await office.binding.page(text, page)
    response.headers["Total-Count"] = str(found.total)
    return [SignatoryAnswer(**vars(row)) for row in found.rows]


@router.post("/{signatory}/confirm", responses=COMMAND)
async def confirm_certificate(
    office: TheOffice, person: Overseer, signatory: UUID, body: SignatoryCertificateBody
) -> SignatoryDoneAnswer:
    """Confirms another certificate of somebody else, as it was read: it takes the place of the one that is recorded."""
    by = office.access.official(person, OVERRIDING)
    return _done(signatory, await office.binding.confirm(signatory, by, body.certificate))


@router.post("/{signatory}/decline", responses=COMMAND)
async def decline_certificate(
    office: TheOffice, person: Overseer, signatory: UUID, body: SignatoryCertificateBody
) -> SignatoryDoneAnswer:
    """Declines another certificate of somebody else; the one that is recorded stays."""
    by = office.access.official(person, OVERRIDING)
    return _done(signatory, await office.binding.decline(signatory, by, body.certificate))


def _done(id: UUID, handled: Handled[BoundSignatory]) -> SignatoryDoneAnswer:
    return SignatoryDoneAnswer(
        signatory=id,
        certificate=handled.state.certificate,
        event_id=handled.recorded[0].event_id if handled.recorded else None,
    )
