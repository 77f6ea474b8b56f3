"""Addresses that no page of this service has."""

from pathlib import Path

import pytest
from tests.integrity.inside import opened

ADDRESSES = (
    "/integrity/forum/%00",
    "/integrity/letters/a%00b",
    "/integrity/forum/actions?forum=%00",
    "/integrity/standards/%00",
    "/integrity/surveys?page=%00",
)


async def test_an_address_with_a_nul_is_not_found(tmp_path: Path) -> None:
    """PostgreSQL would refuse it as a fault of the service."""
    async with opened(tmp_path) as inside:
        for address in ADDRESSES:
            wanted = 422 if "?" in address else 404
            assert (await inside.stranger().get(address)).status_code == wanted, address


@pytest.mark.parametrize("field", ["search", "service", "ticket"])
async def test_a_search_with_a_nul_is_refused_with_a_sentence(tmp_path: Path, field: str) -> None:
    async with opened(tmp_path) as inside:
        head = inside.person("head-umar", "head", "supervisor")
        assert (await head.get(f"/integrity/desk/compensation?{field}=%00")).status_code == 422
