"""A house for all journeys that leave it as it was, houses of their own for those that do not, and what a stopped one left."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journeys.attacks.left import Left, left_by_a_house
from tests.journeys.house import House

# They begin first, so that no worker is left alone with one of them at the end; those with a browser, which wait little, are mixed with the others.
LONGEST = (
    *("journeys/test_browser_pages", "journeys/test_faults", "journeys/test_certificates"),
    *("journeys/test_browser_certificates", "journeys/test_kept_house", "journeys/test_attacks"),
    *("journeys/test_browser_mentoring", "journeys/test_kill", "audit/test_writer", "journeys/test_privacy"),
    *("certificates/test_open_pages", "journeys/test_mentoring", "journeys/test_browser"),
    *("umkm/test_open_pages", "deploy/test_installing", "journeys/test_certificates_clock"),
    *(
        "umkm/test_visits_device",
        "journeys/test_witness",
        "journeys/test_browser_desk",
        "journeys/test_erasure",
    ),
    *("journeys/test_office", "journeys/test_integrity_compensation", "integrity/test_open_pages_standards"),
    *("journeys/test_visits", "integrity/test_open_pages_public", "integrity/test_open_pages_surveys"),
    *(
        "journeys/test_ledger_kill",
        "journeys/test_flood",
        "journeys/test_tamper",
        "journeys/test_process_mining",
    ),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    tests = Path(__file__).parents[1]
    places = {tests / f"{name}.py": place for place, name in enumerate(LONGEST)}
    assert all(path.exists() for path in places)
    items.sort(key=lambda item: places.get(item.path, len(places)))


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Shared: cases may be added, nothing may be stopped, killed or changed on disk."""
    instance = House(tmp_path_factory.mktemp("house") / "var", ZI_PRIVATE_WEBHOOKS="1")
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
