from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.certificates.inside import Inside, opened


@pytest.fixture
async def inside(tmp_path: Path) -> AsyncIterator[Inside]:
    async with opened(tmp_path) as certificates:
        yield certificates
