"""The HTTP interface to amendments of issued letters."""

from fastapi import APIRouter

from zi_certificates.web import answers, presenters
from zi_certificates.web.api.applicants import Applicant
from zi_certificates.web.api.parameters import COMMAND, TheOffice
from zi_certificates.web.bodies import AmendmentBody
from zi_chassis.web.idempotency import IdempotencyKey

router = APIRouter(prefix="/certificates/api", tags=["applicants"])


@router.post("/applications/{ticket}/amendment", responses=COMMAND)
async def begin_amendment(
    office: TheOffice, applicant: Applicant, body: AmendmentBody, key: IdempotencyKey = None
) -> answers.ApplicationDoneAnswer:
    """Begins a new application with all that an issued letter states, to amend what the office's rules allow; it stays valid until the
    new one is sealed. What has changed is corrected by the routes of products, parties and the statement, and then submitted."""
    requested, by = applicant
    return presenters.done(requested.ticket, await office.amending.begin(requested, by, key, body.wanted))
