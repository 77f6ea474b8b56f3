from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.certificates.calling import Calling
from tests.certificates.inside import Inside, opened
from tests.certificates.visiting import Visiting, visited


@pytest.fixture
async def inside(tmp_path: Path) -> AsyncIterator[Inside]:
    async with opened(tmp_path) as certificates:
        yield certificates


@pytest.fixture
async def either(tmp_path: Path, place: str) -> AsyncIterator[Inside]:
    """On either database."""
    async with opened(tmp_path, place if place.startswith("postgres") else "") as certificates:
        yield certificates


@pytest.fixture
async def visiting(tmp_path: Path) -> AsyncIterator[Visiting]:
    async with visited(tmp_path) as visiting:
        yield visiting


@pytest.fixture
def calling(visiting: Visiting) -> Calling:
    return Calling(visiting)
