"""The HTTP interface to further bills."""

from fastapi import APIRouter

from zi_certificates.read.bills import bill_of
from zi_certificates.web import answers, presenters
from zi_certificates.web.api.applicants import Applicant
from zi_certificates.web.api.parameters import COMMAND, TheOffice
from zi_chassis.web.idempotency import IdempotencyKey

router = APIRouter(prefix="/certificates/api", tags=["applicants"])


@router.post("/applications/{ticket}/further-bill", responses=COMMAND)
async def issue_further_bill(
    office: TheOffice, applicant: Applicant, key: IdempotencyKey = None
) -> answers.SubmittedAnswer:
    """Makes out a billing code for what is missing: since a payment was taken back, since too little came, or since more is applied for
    than was paid. While such a code can still be paid it stays the only one."""
    requested, by = applicant
    handled = await office.further_billing.issue(requested, by, key)
    further = office.further_billing.bill_of(handled.state, by, key)
    billed = await office.store.query(lambda tx: bill_of(tx, further.bill))
    assert billed is not None
    is_paid = billed.bill in handled.state.owed.paid_bills
    bill = presenters.bill(office, billed, is_paid=is_paid)
    return answers.SubmittedAnswer(**dict(presenters.done(requested.ticket, handled)), bill=bill)
