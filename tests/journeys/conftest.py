"""A house for all journeys that leave it as it was, houses of their own for those that do not, and what a stopped one left."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journeys.attacks.left import Left, left_by_a_house
from tests.journeys.house import House

# They begin first, among those that share a house and among the others, so that no worker is left alone with one of them at the end; those with a
# browser, which wait little, are mixed with the others.
LONGEST = (
    *("journeys/test_browser_pages", "journeys/test_certificates", "journeys/test_browser_certificates"),
    *("journeys/test_privacy", "journeys/test_browser_mentoring", "journeys/test_mentoring"),
    *("journeys/test_browser", "journeys/test_browser_desk", "journeys/test_visits"),
    *("journeys/test_faults", "journeys/test_kept_house", "journeys/test_attacks"),
    *("journeys/test_kill", "audit/test_writer", "certificates/test_open_pages"),
    *("deploy/test_installing", "umkm/test_open_pages", "journeys/test_certificates_clock"),
    *("umkm/test_visits_device", "journeys/test_witness", "journeys/test_erasure"),
    *("journeys/test_office", "journeys/test_integrity_compensation", "journeys/test_integrity_days"),
    *("journeys/test_integrity_tokens", "integrity/test_open_pages_standards", "notify/test_rounds"),
    *("integrity/test_open_pages_public", "notify/test_real_peers", "integrity/test_open_pages_surveys"),
    *("notify/test_main", "integrity/web/test_invitation_script", "journeys/test_ledger_kill"),
    *("journeys/test_flood", "journeys/test_tamper", "journeys/test_process_mining"),
)

SHARING = pytest.StashKey[set[Path]]()
STARTED = pytest.StashKey[House]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Files that share a house come first, so that each worker can end its own early."""
    tests = Path(__file__).parents[1]
    places = {tests / f"{name}.py": place for place, name in enumerate(LONGEST)}
    assert all(path.exists() for path in places)
    sharing = {item.path for item in items if "shared_house" in getattr(item, "fixturenames", ())}
    config.stash[SHARING] = sharing
    items.sort(key=lambda item: (item.path not in sharing, places.get(item.path, len(places))))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """End the shared house before the first file that does without it: what nobody asks still takes a fifteenth of a processor."""
    stash = item.config.stash
    if STARTED in stash and item.path not in stash[SHARING]:
        stash[STARTED].abandon()
        del stash[STARTED]


@pytest.fixture(scope="session")
def shared_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    instance = House(tmp_path_factory.mktemp("house") / "var", ZI_PRIVATE_WEBHOOKS="1")
    yield instance
    instance.abandon()


@pytest.fixture(scope="module")
def house(shared_house: House, pytestconfig: pytest.Config) -> House:
    """Shared: cases may be added, nothing may be stopped, killed or changed on disk."""
    if STARTED not in pytestconfig.stash:
        shared_house.start()
        pytestconfig.stash[STARTED] = shared_house
    return shared_house


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
