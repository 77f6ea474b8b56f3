"""The HTTP interface for the producer and the consignee that letters print."""

from fastapi import APIRouter

from zi_certificates.web import answers, presenters
from zi_certificates.web.api.applicants import Applicant
from zi_certificates.web.api.parameters import COMMAND, TheOffice
from zi_certificates.web.bodies import PartiesBody
from zi_chassis.web.idempotency import IdempotencyKey

router = APIRouter(prefix="/certificates/api")


@router.post("/applications/{ticket}/parties", responses=COMMAND, tags=["applicants"])
async def state_parties(
    office: TheOffice, applicant: Applicant, body: PartiesBody, key: IdempotencyKey = None
) -> answers.ApplicationDoneAnswer:
    """Says who produced the goods and to whom they go. Both are kept encrypted, and letters print them."""
    requested, by = applicant
    return presenters.done(
        requested.ticket, await office.applying.state_parties(requested, by, key, body.fields)
    )
