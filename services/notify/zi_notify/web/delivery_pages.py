"""All deliveries for the role that operates, as a page and for programs."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from zi_chassis.access.identity import staff
from zi_chassis.storage.store import Store
from zi_chassis.web.form import Form
from zi_chassis.web.language import msgid
from zi_chassis.web.page import pages_of
from zi_notify.domain.delivery_status import DeliveryStatus
from zi_notify.read import projections
from zi_notify.read.delivery_list import DeliveryPage, OperatedDelivery, delivery_page
from zi_notify.roles import OPERATORS

LIST, API = "/notify/desk/deliveries", "/notify/api/deliveries"
PAGE, LARGEST_PAGE = 40, 200
STATES = {
    "requested": msgid("waits to be sent"),
    "handing_over": msgid("being sent"),
    "handed_over": msgid("taken by the mail server"),
    "delivered": msgid("delivered, as the gateway says"),
    "undelivered": msgid("not delivered, as the gateway says"),
    "uncertain": msgid("perhaps taken, sent again"),
    "deferred": msgid("to be tried again"),
    "failed": msgid("given up"),
    "unconfirmed": msgid("waits for the confirmation of the address or number"),
    "postponed": msgid("waits for another day"),
    "withheld": msgid("not sent, because its reader stopped messages or had enough on that day"),
}

router = APIRouter(dependencies=[Depends(staff(*OPERATORS))])


class DeliveryFilter(BaseModel):
    """`ticket` is how it begins; `before` is the place that the last page ended at."""

    model_config = ConfigDict(extra="ignore")

    state: DeliveryStatus | None = None
    ticket: Annotated[str, Field(max_length=20)] = ""
    before: Annotated[int, Field(ge=1, le=2**53)] | None = None

    def chosen(self) -> dict[str, str]:
        chosen = {"state": self.state.value if self.state else "", "ticket": self.ticket}
        return {name: value for name, value in chosen.items() if value}


@router.get(API)
async def deliveries(
    request: Request,
    query: Annotated[DeliveryFilter, Query()],
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = PAGE,
) -> list[OperatedDelivery]:
    """List the deliveries, the newest first. X-Total-Count counts all of them; Link leads to the next page."""
    page = await _page(request, query, limit)
    headers = {"X-Total-Count": str(page.total)}
    if page.before is not None:
        onward = urlencode({**query.chosen(), "limit": limit, "before": page.before})
        headers["Link"] = f'<{API}?{onward}>; rel="next"'
    return JSONResponse([each.model_dump(mode="json") for each in page.rows], headers=headers)  # type: ignore[return-value]


@router.get(LIST, include_in_schema=False)
async def delivery_list(request: Request, query: Annotated[DeliveryFilter, Query()]) -> Response:
    page = await _page(request, query, PAGE)
    counts = await _store(request).query(projections.counts)
    chosen = query.chosen()
    context = {
        "page": page,
        "states": STATES,
        "counts": counts,
        "form": Form(chosen),
        "query": query,
        "first": f"{LIST}?{urlencode(chosen)}",
        "next": page.before and f"{LIST}?{urlencode({**chosen, 'before': page.before})}",
    }
    return pages_of(request).render(request, "deliveries.html", 200, **context)


async def _page(request: Request, query: DeliveryFilter, size: int) -> DeliveryPage:
    state, ticket, before = query.state, query.ticket, query.before
    return await _store(request).query(lambda tx: delivery_page(tx, state, ticket, before, size))


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store
