from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.intake.front import Front, opened


@pytest.fixture
async def front(tmp_path: Path) -> AsyncIterator[Front]:
    async with opened(tmp_path) as inside:
        yield inside
