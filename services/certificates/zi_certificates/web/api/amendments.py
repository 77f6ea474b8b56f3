"""The HTTP interface to amendments of issued letters."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from zi_certificates.roles import CALLING
from zi_certificates.web import answers, presenters
from zi_certificates.web.api.applicants import Applicant
from zi_certificates.web.api.parameters import COMMAND, TheOffice, Ticket
from zi_certificates.web.bodies import AmendmentBody, AmendmentCallBody
from zi_chassis.access.identity import Staff, staff
from zi_chassis.web.idempotency import IdempotencyKey

Caller = Annotated[Staff, Depends(staff(*CALLING))]

router = APIRouter(prefix="/certificates/api")


@router.post("/applications/{ticket}/amendment", responses=COMMAND, tags=["applicants"])
async def begin_amendment(
    office: TheOffice, applicant: Applicant, body: AmendmentBody, key: IdempotencyKey = None
) -> answers.ApplicationDoneAnswer:
    """Begins a new application with all that an issued letter states, to amend what the office's rules allow; it stays valid until the
    new one is sealed. What has changed is corrected by the routes of products, parties and the statement, and then submitted."""
    requested, by = applicant
    return presenters.done(requested.ticket, await office.amending.begin(requested, by, key, body.wanted))


@router.post(
    "/applications/{ticket}/letters/{letter}/call-for-amendment", responses=COMMAND, tags=["officials"]
)
async def call_for_amendment(
    office: TheOffice,
    person: Caller,
    ticket: Ticket,
    letter: UUID,
    body: AmendmentCallBody,
    key: IdempotencyKey = None,
) -> answers.ApplicationDoneAnswer:
    """Asks the company to amend a letter on which an official found an error; the letter stays valid, and the amendment is the company's."""
    ticket, by = office.access.normalised(ticket), office.access.official(person, CALLING)
    called = await office.amendment_calls.call(ticket, by, key, letter, body.note, body.fields)
    return presenters.done(ticket, called)
