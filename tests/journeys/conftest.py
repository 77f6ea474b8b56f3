"""A house for all journeys that leave it as it was, and houses of their own for those that do not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journeys.house import House


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Shared: cases may be added, nothing may be stopped, killed or changed on disk."""
    with House(tmp_path_factory.mktemp("house") / "var") as one:
        yield one


@pytest.fixture
def own_house(tmp_path: Path) -> Iterator[House]:
    """Not started yet; whatever a test does to it, it ends with the test."""
    one = House(tmp_path / "var")
    yield one
    one.stop()
