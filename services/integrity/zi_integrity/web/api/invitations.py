"""The HTTP interface of invitations: sign what a browser blinded, and give the entry that published a key."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_integrity.read.invitations import survey_key_of
from zi_integrity.web.current_office import TheOffice
from zi_integrity.web.invited_citizen import CurrentInvited

router = APIRouter(prefix="/integrity/api/surveys", tags=["surveys"])


class BlindedBody(BaseModel):
    """`blinded`: the blinded message (RFC 9474) in hex, as long as the key."""

    model_config = ConfigDict(extra="forbid")

    blinded: Annotated[str, Field(pattern=r"^([0-9a-f]{2}){128,512}$")]


class BlindSignatureAnswer(BaseModel):
    blind_signature: str


@router.post("/invitations/{ticket}")
async def sign(office: TheOffice, citizen: CurrentInvited, body: BlindedBody) -> BlindSignatureAnswer:
    """Sign blindly, once a case. The same blinded message gets the same answer again; another one is refused."""
    signature = await office.inviting.sign(citizen.case.ticket, citizen.by, bytes.fromhex(body.blinded))
    return BlindSignatureAnswer(blind_signature=signature.hex())


@router.get("/keys/{key}", response_class=Response)
async def key_entry(office: TheOffice, key: UUID) -> Response:
    """The exact bytes of the ledger's entry that published a key; its receipt is at the ledger."""
    row = await office.store.query(lambda tx: survey_key_of(tx, key))
    content = None if row is None else await asyncio.to_thread(office.store.message, row.event)
    if content is None:
        raise NotFoundError(DETAILS[404])
    return Response(content, media_type="application/cloudevents+json")
