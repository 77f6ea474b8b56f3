"""A house for all journeys that leave it as it was, houses of their own for those that do not, and what a stopped one left."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journeys.attacks.left import Left, left_by_a_house
from tests.journeys.house import House


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Shared: cases may be added, nothing may be stopped, killed or changed on disk."""
    instance = House(tmp_path_factory.mktemp("house") / "var")
    instance.start()
    yield instance
    instance.abandon()


@pytest.fixture
def own_house(tmp_path: Path) -> Iterator[House]:
    """Not started yet; whatever a test does to it, it ends with the test."""
    instance = House(tmp_path / "var")
    yield instance
    instance.abandon()


@pytest.fixture(scope="session")
def left_behind(tmp_path_factory: pytest.TempPathFactory) -> Left:
    return left_by_a_house(tmp_path_factory.mktemp("left"))


@pytest.fixture
def left(left_behind: Left, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Left:
    """A copy of its own for each test; the tools look at it."""
    copied = left_behind.copy(tmp_path / "left")
    monkeypatch.setenv("ZI_DATA", str(copied.data))
    return copied
