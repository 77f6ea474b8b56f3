"""The client of the ledger: an index is asked for once, and a ledger that does not answer holds up one page, not all."""

from uuid import UUID, uuid4

import httpx
import pytest

from zi_chassis.ledger import PAUSE_SECONDS, LedgerClient

EVENT = uuid4()


class Ledger:
    """Answers with an index, or not at all."""

    def __init__(self) -> None:
        self.is_away = False
        self.requests = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        if self.is_away:
            raise httpx.ReadTimeout("no answer", request=request)
        return httpx.Response(200, json=dict.fromkeys(request.url.params.get_list("event"), 7))

    def client(self) -> LedgerClient:
        return LedgerClient("http://audit", httpx.AsyncClient(transport=httpx.MockTransport(self)))


async def test_an_index_is_asked_for_once() -> None:
    ledger = Ledger()
    client = ledger.client()
    assert [await client.indexes([EVENT]) for _ in range(2)] == [{EVENT: 7}] * 2
    assert ledger.requests == 1


async def test_while_the_ledger_is_away_only_the_first_page_waits_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 1000.0
    monkeypatch.setattr("zi_chassis.ledger.monotonic", lambda: now)
    ledger = Ledger()
    client, known = ledger.client(), UUID(int=1)
    await client.indexes([known])
    ledger.is_away, ledger.requests = True, 0
    assert [await client.indexes([EVENT, known]) for _ in range(3)] == [{known: 7}] * 3
    assert ledger.requests == 1
    ledger.is_away = False
    now += PAUSE_SECONDS
    assert await client.indexes([EVENT]) == {EVENT: 7}
