"""Conflicts of interest as officials declare them: on the page of the integrity zone."""

from collections.abc import Mapping
from uuid import uuid4

import httpx
from tests.journeys.house import await_

PAGE = "/integrity/desk/conflicts"


def declare(client: httpx.Client, headers: Mapping[str, str], ticket: str) -> str:
    """Declare an interest in the business of a case, once integrity has heard of it; return the address of the declaration."""
    form = {"key": str(uuid4()), "ticket": ticket, "kind": "actual", "source": "family"}

    def sent() -> str | None:
        answer = client.post(PAGE, data=form, headers=dict(headers), follow_redirects=False)
        return answer.headers["location"] if answer.status_code == 303 else None

    return await_(sent)
