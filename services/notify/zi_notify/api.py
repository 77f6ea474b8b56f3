"""What staff can ask about deliveries; nothing here names an address, and nothing here sends."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.requests import Request

from zi_chassis.identity import staff
from zi_chassis.store import Store
from zi_notify import projections
from zi_notify.projections import Count, Shown

router = APIRouter(prefix="/notify/api")

Ticket = Annotated[str, Path(pattern=r"^[0-9A-Z*~$=-]{8,11}$")]


@router.get("/counts", dependencies=[Depends(staff("ops", "supervisor", "head"))])
async def counts(request: Request) -> list[Count]:
    """How many deliveries stand in each state, and why those that failed did."""
    store: Store = request.app.state.store
    return await store.query(projections.counts)


@router.get("/cases/{ticket}/deliveries", dependencies=[Depends(staff("officer", "supervisor", "head"))])
async def deliveries(request: Request, ticket: Ticket) -> list[Shown]:
    """The deliveries of one case."""
    store: Store = request.app.state.store
    return await store.query(lambda tx: projections.of_ticket(tx, ticket))
