from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.certificates.both import ACCOUNT, API, ITEM, STATEMENT, Both, key, opened


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[Both]:
    async with opened(tmp_path) as inside:
        yield inside


async def test_an_application_goes_from_the_request_to_a_bill(both: Both) -> None:
    own = await both.submitted()
    told = await both.told(own)
    assert (told["state"], told["holder"], told["findings"]) == ("awaiting_payment", "citizen", [])
    assert told["bill"]["pay_at"].endswith(f"/certificates/billing-simulator/{own['bill']}")
