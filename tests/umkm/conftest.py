from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.umkm.calling import Calling
from tests.umkm.inside import Inside, opened
from tests.umkm.visiting import Visiting, visited


@pytest.fixture
async def inside(tmp_path: Path) -> AsyncIterator[Inside]:
    async with opened(tmp_path) as umkm:
        yield umkm


@pytest.fixture
async def either(tmp_path: Path, place: str) -> AsyncIterator[Inside]:
    """On either database."""
    async with opened(tmp_path, place if place.startswith("postgres") else "") as umkm:
        yield umkm


@pytest.fixture
async def visiting(tmp_path: Path) -> AsyncIterator[Visiting]:
    async with visited(tmp_path) as pages:
        yield pages


@pytest.fixture
def calling(visiting: Visiting) -> Calling:
    return Calling(visiting)
