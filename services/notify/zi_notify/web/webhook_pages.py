"""The calls of other systems by webhooks, for the role that operates, as a page and for programs."""

from collections.abc import Mapping
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
from zi_chassis.webhooks.call import CallOutcome
from zi_notify.read.webhook_list import ListedWebhook, WebhookListPage, WebhookState, webhook_list
from zi_notify.roles import OPERATORS

LIST, API = "/notify/desk/webhooks", "/notify/api/webhooks"
PAGE, LAST_PAGE = 40, 10_000
STATES: Mapping[WebhookState, str] = {
    "waiting": msgid("waits to be called"),
    "delivered": msgid("taken by the other system"),
    "given_up": msgid("given up"),
    "ended": msgid("ended with its endpoint"),
    "erased": msgid("erased with the data of its case"),
}
OUTCOMES: Mapping[CallOutcome, str] = {
    "delivered": msgid("taken"),
    "gone": msgid("the address is gone"),
    "refused": msgid("refused"),
    "redirected": msgid("sent on to another address"),
    "unreachable": msgid("not reached"),
    "too_slow": msgid("too slow"),
    "unsafe": msgid("the address may not be called"),
}

router = APIRouter(dependencies=[Depends(staff(*OPERATORS))])


class WebhookFilter(BaseModel):
    """`ticket` is how it begins."""

    model_config = ConfigDict(extra="ignore")

    state: WebhookState | None = None
    endpoint: Annotated[str, Field(max_length=31)] = ""
    ticket: Annotated[str, Field(max_length=20)] = ""
    page: Annotated[int, Field(ge=1, le=LAST_PAGE)] = 1

    def path(self, where: str, page: int) -> str:
        chosen = {"state": self.state or "", "endpoint": self.endpoint, "ticket": self.ticket}
        named = {name: value for name, value in chosen.items() if value}
        return f"{where}?{urlencode({**named, 'page': page})}"


@router.get(API)
async def webhooks(request: Request, query: Annotated[WebhookFilter, Query()]) -> list[ListedWebhook]:
    """List the calls of other systems, the newest first. X-Total-Count counts all of them; Link leads to the next page."""
    page = await _page(request, query)
    headers = {"X-Total-Count": str(page.total)}
    if query.page * PAGE < page.total:
        headers["Link"] = f'<{query.path(API, query.page + 1)}>; rel="next"'
    return JSONResponse([each.model_dump(mode="json") for each in page.rows], headers=headers)  # type: ignore[return-value]


@router.get(LIST, include_in_schema=False)
async def webhook_page(request: Request, query: Annotated[WebhookFilter, Query()]) -> Response:
    page = await _page(request, query)
    context = {
        "page": page,
        "states": STATES,
        "outcomes": OUTCOMES,
        "query": query,
        "form": Form({"ticket": query.ticket}),
        "previous": query.path(LIST, query.page - 1) if query.page > 1 else None,
        "next": query.path(LIST, query.page + 1) if query.page * PAGE < page.total else None,
    }
    return pages_of(request).render(request, "webhooks.html", 200, **context)


async def _page(request: Request, query: WebhookFilter) -> WebhookListPage:
    store: Store = request.app.state.store
    skip = (query.page - 1) * PAGE
    return await store.query(
        lambda tx: webhook_list(tx, query.state, query.endpoint, query.ticket, skip, PAGE)
    )
