"""A permit is sealed over the entry that numbered it, verified without a network, and its page shows what was sealed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.umkm.letters.test_sealing import verdict
from tests.umkm.sealed import SealedMentoring, sealed_mentoring

from zi_umkm.letters.permit_content import PermitHolder, holder_of
from zi_verify.verdict import Failed, Matching

NUMBER = "IPC-2026-000001"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[SealedMentoring]:
    async with sealed_mentoring(tmp_path) as house:
        yield house


async def test_a_permit_is_sealed_and_verified_without_a_network(house: SealedMentoring) -> None:
    await house.inside.permitted()
    assert await house.rounds() == 1
    pdf = house.file(NUMBER)
    assert await verdict(house, pdf) == Matching()
    changed = pdf[:5000] + bytes([pdf[5000] ^ 1]) + pdf[5001:]
    assert isinstance(await verdict(house, changed), Failed)


def test_a_business_without_a_name_or_a_place_is_on_no_permit() -> None:
    place = '{"kind": "home", "address": "Jalan Contoh 1"}'
    assert holder_of({"business.name": "Dapur", "place": place}) == PermitHolder("Dapur", "Jalan Contoh 1")
    assert holder_of({"business.name": "Dapur", "business.address": "Jalan 2"}) == PermitHolder(
        "Dapur", "Jalan 2"
    )
    assert holder_of({"business.name": "Dapur", "place": "Jalan 3"}) == PermitHolder("Dapur", "Jalan 3")
    assert holder_of({"business.name": "Dapur", "place": "[]"}) is None
    assert holder_of({"place": place}) is None
