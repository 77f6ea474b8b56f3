"""The HTTP interface to how long data are kept: what is due, held, asked for or erased, with true counts; nothing personal."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from zi_certificates import roles
from zi_certificates.read.retentions import RetentionView, retention_page
from zi_certificates.web.api.parameters import COMMAND, SIGNED_IN, After, SearchText, TheOffice, Ticket
from zi_certificates.web.bodies import HoldBody
from zi_certificates.web.official import SomeOfficial
from zi_certificates.web.retention_answers import (
    RetentionDoneAnswer,
    RetentionListAnswer,
    retained,
    retention_list,
)
from zi_chassis.access.identity import Staff, staff
from zi_chassis.web.idempotency import IdempotencyKey

router = APIRouter(prefix="/certificates/api/retention", tags=["officials"])

Keeper = Annotated[Staff, Depends(staff(*roles.HOLDING))]
Overseer = Annotated[Staff, Depends(staff(*roles.OVERRIDING))]


@router.get("", responses=SIGNED_IN)
async def list_retention(
    official: SomeOfficial,
    view: RetentionView = "due",
    text: SearchText = "",
    after: After = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> RetentionListAnswer:
    """Lists applications by how long their data are kept: whose time is over, what is held, what a second official decides about."""
    office, reader = official.office, official.list_reader
    rules, now = office.retaining.rules, office.clock.now()
    page = await office.store.query(
        lambda tx: retention_page(tx, view, text, reader, rules, now, after, limit)
    )
    return retention_list(page)


@router.post("/{ticket}/hold", responses=COMMAND)
async def hold(
    office: TheOffice, person: Keeper, ticket: Ticket, body: HoldBody, key: IdempotencyKey = None
) -> RetentionDoneAnswer:
    """Keeps the data on, because something about the application is not decided yet."""
    ticket, by = office.access.normalised(ticket), office.access.official(person, roles.HOLDING)
    return retained(ticket, await office.retaining.hold(ticket, by, key, body.reason))


@router.post("/{ticket}/lift", responses=COMMAND)
async def lift(
    office: TheOffice, person: Overseer, ticket: Ticket, key: IdempotencyKey = None
) -> RetentionDoneAnswer:
    """Lifts a hold that somebody else placed."""
    ticket, by = office.access.normalised(ticket), office.access.official(person, roles.OVERRIDING)
    return retained(ticket, await office.retaining.lift(ticket, by, key))


@router.post("/{ticket}/end", responses=COMMAND)
async def end(
    office: TheOffice, person: Keeper, ticket: Ticket, key: IdempotencyKey = None
) -> RetentionDoneAnswer:
    """Puts data whose time is over up for erasure; another official decides about it at the front door."""
    ticket, by = office.access.normalised(ticket), office.access.official(person, roles.HOLDING)
    return retained(ticket, await office.retaining.end(ticket, by, key))
