"""The API about deliveries for staff; no answer names an address, and nothing is sent from here."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.requests import Request

from zi_chassis.identity import staff
from zi_chassis.store import Store
from zi_notify import projections
from zi_notify.projections import DeliveryCount, ListedDelivery
from zi_notify.roles import CASE_STAFF, COUNT_READERS

router = APIRouter(prefix="/notify/api")

Ticket = Annotated[str, Path(pattern=r"^[0-9A-Z*~$=-]{8,11}$")]


@router.get("/counts", dependencies=[Depends(staff(*COUNT_READERS))])
async def counts(request: Request) -> list[DeliveryCount]:
    """Count the deliveries by state, and by reason of failure."""
    store: Store = request.app.state.store
    return await store.query(projections.counts)


@router.get("/cases/{ticket}/deliveries", dependencies=[Depends(staff(*CASE_STAFF))])
async def deliveries(request: Request, ticket: Ticket) -> list[ListedDelivery]:
    """The deliveries of one case."""
    store: Store = request.app.state.store
    return await store.query(lambda tx: projections.of_ticket(tx, ticket))
