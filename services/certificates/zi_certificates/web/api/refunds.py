"""The HTTP interface to refunds: one official records the transfer, another confirms it or declines it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from zi_certificates.domain.application.state import Application
from zi_certificates.messaging.published import applications
from zi_certificates.read.applications import application as application_row
from zi_certificates.roles import REFUNDING
from zi_certificates.web import answers, presenters
from zi_certificates.web.api.parameters import COMMAND, SIGNED_IN, TheOffice, Ticket
from zi_certificates.web.bodies import RefundBody
from zi_chassis.access.identity import Staff, staff
from zi_chassis.web.idempotency import IdempotencyKey

router = APIRouter(prefix="/certificates/api", tags=["officials"])

Refunder = Annotated[Staff, Depends(staff(*REFUNDING))]


class ReportedRefundAnswer(BaseModel):
    """A refund that waits for a second person."""

    refund: str
    reported_by: str
    at: datetime


class OwedPaymentAnswer(BaseModel):
    """Money that paid for nothing; `payment` is the reference of the payer's bank."""

    payment: str
    amount: int
    reported: ReportedRefundAnswer | None


@router.get("/applications/{ticket}/refunds", responses=SIGNED_IN)
async def list_owed(office: TheOffice, person: Refunder, ticket: Ticket) -> list[OwedPaymentAnswer]:
    """Lists the payments that are to be paid back, and which of them wait for a second person; closed to who has a conflict of interest."""
    id = await office.refunding.application_id(office.access.normalised(ticket))
    row = await office.store.query(lambda tx: application_row(tx, id))
    if row is not None:
        await office.access.refuse_conflicted_with(person.sub, row)
    _, state = await office.store.fetch(applications, id)
    return [_owed(state, payment, amount) for payment, amount in state.owed.amounts]


def _owed(state: Application, payment: str, amount: int) -> OwedPaymentAnswer:
    waits = state.owed.report_of(payment)
    reported = waits and ReportedRefundAnswer(refund=waits.refund, reported_by=waits.by.actor, at=waits.by.at)
    return OwedPaymentAnswer(payment=payment, amount=amount, reported=reported)


@router.post("/applications/{ticket}/refunds", responses=COMMAND)
async def report_refund(
    office: TheOffice, person: Refunder, ticket: Ticket, body: RefundBody, key: IdempotencyKey = None
) -> answers.ApplicationDoneAnswer:
    """Records that a payment was paid back; it does not count before somebody else has confirmed it."""
    ticket, by = office.access.normalised(ticket), office.access.official(person, REFUNDING)
    return presenters.done(ticket, await office.refunding.report(ticket, by, key, body.payment, body.refund))


@router.post("/applications/{ticket}/refunds/confirm", responses=COMMAND)
async def confirm_refund(
    office: TheOffice, person: Refunder, ticket: Ticket, body: RefundBody, key: IdempotencyKey = None
) -> answers.ApplicationDoneAnswer:
    """Confirms a refund that somebody else has recorded: the transfer was looked up. The money counts as paid back."""
    ticket, by = office.access.normalised(ticket), office.access.official(person, REFUNDING)
    return presenters.done(ticket, await office.refunding.confirm(ticket, by, key, body.payment, body.refund))


@router.post("/applications/{ticket}/refunds/decline", responses=COMMAND)
async def decline_refund(
    office: TheOffice, person: Refunder, ticket: Ticket, body: RefundBody, key: IdempotencyKey = None
) -> answers.ApplicationDoneAnswer:
    """Declines a refund that was recorded, or takes it back: the money is still owed."""
    ticket, by = office.access.normalised(ticket), office.access.official(person, REFUNDING)
    return presenters.done(ticket, await office.refunding.decline(ticket, by, key, body.payment, body.refund))
