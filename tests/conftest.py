"""Servers for every suite: `nats` is provisioned and empty, `postgres` and `place` are empty databases, `bucket` is empty."""

import gc
import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from pkgutil import walk_packages
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from tests.databases import place, postgres, postgres_server
from tests.empty_ledger import answering
from tests.nats_server import NatsServer
from tests.sample import sample

from zi_chassis import service

if TYPE_CHECKING:
    from tests.bucket_store import Store

TOUCHES = {
    "tmp_path",
    "postgres",
}  # what no test of an aggregate needs; rules are read from an office's files

# These read the sources as text and run none of it.
READERS = {
    f"test_{name}.py"
    for name in ("plain_words", "twins", "translations", "places_of_an_event", "eventsourcing")
}

# These invent what they judge by the hundred, and whatever branch of the rules they meet is taken by another test too; letters are not pure.
INVENTED = ("tests/rules/certificate/test_properties.py", "tests/rules/test_calendar_properties.py")
NOT_PURE = "tests/letters/"

# Folders of tests lie in memory where there is room: what is synced there waits for no disk.
MEMORY = Path("/dev/shm")
ROOM = 4 << 30

# No test judges how long something takes, nor by chance: a busy machine is no failure, and who changes nothing meets no other examples.
# A longer run (tests/sample.py) draws anew, and more.
settings.register_profile(
    "zona",
    deadline=None,
    max_examples=sample(40),
    derandomize="ZONA_SAMPLE" not in os.environ,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("zona")

# httpx looks for it at each request in process, on every place of the path: 0.15 ms and more of the three that a request costs.
if find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]

__all__ = ["empty_ledger", "nats", "place", "postgres", "postgres_server"]


@pytest.fixture(scope="session")
def empty_ledger() -> Iterator[str]:
    """The address of a ledger that holds nothing yet."""
    with answering() as address:
        yield address


def pytest_configure() -> None:
    if roomy(MEMORY):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def roomy(memory: Path) -> bool:
    """Tests also run programs that they write, so it has to be a place for programs."""
    if not memory.is_dir() or os.statvfs(memory).f_flag & os.ST_NOEXEC:
        return False
    available = re.search(r"MemAvailable: +(\d+) kB", Path("/proc/meminfo").read_text())
    return bool(available) and min(int(available[1]) * 1024, shutil.disk_usage(memory).free) > ROOM


def counter_of(config: pytest.Config) -> Any:
    """Return the controller of pytest-cov that counts branches in this process; something false where none does."""
    counting: Any = config.pluginmanager.getplugin("_cov")
    return counting and counting.cov_controller


@contextmanager
def uncounted(config: pytest.Config) -> Iterator[None]:
    counter = counter_of(config)
    if not (counter and counter.started):
        yield
        return
    counter.pause()
    try:
        yield
    finally:
        counter.resume()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """pytest-cov begins in each worker as if that were the master, and once more as a worker. Whenever the second count pauses, the first
    one would go on, which nobody reads."""
    counter = counter_of(session.config)
    if counter and hasattr(session.config, "workerinput"):
        counter.cov.stop()


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """Count what the counted modules do when they are read, and nothing else that is read.

    Keep collected tests out of garbage collection, now and later: they stay to the end. What tests leave is collected as rarely as in a service."""
    counter = counter_of(session.config)
    if counter and counter.started:
        read(counter.cov_source)
    gc.disable()
    try:
        with uncounted(session.config):
            return (yield)
    finally:
        gc.enable()
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)


def read(modules: Iterable[str]) -> None:
    """Import modules and whatever lies in them."""
    for name in modules:
        inside = walk_packages(getattr(import_module(name), "__path__", ()), f"{name}.")
        for each in inside:
            import_module(each.name)


def touches(item: pytest.Item) -> bool:
    if item.path.name in READERS or item.nodeid.startswith((*INVENTED, NOT_PURE)):
        return True
    return "rules" not in item.path.parts and not TOUCHES.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Branches are counted in tests that touch nothing: the modules that have to be covered are pure, and to follow each step of
    all the others takes as long as the tests themselves."""
    if touches(item):
        with uncounted(item.config):
            return (yield)
    return (yield)


@pytest.fixture(scope="session")
def _provisioned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a bus that was provisioned and stopped in order."""
    server = NatsServer(tmp_path_factory.mktemp("provisioned"))
    server.start()
    server.provision()
    server.stop()
    return server.data


@pytest.fixture(scope="session")
def bucket_endpoint() -> Iterator[str]:
    """The address of a stand-in for S3-compatible storage."""
    from tests.bucket_store import serving  # whose libraries the other tests do without

    with serving() as address:
        yield address


@pytest.fixture
def bucket(bucket_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> "Store":
    """A new bucket; the environment names its endpoint and account."""
    from tests.bucket_store import ACCOUNT, Store

    for name, value in {**ACCOUNT, "AWS_ENDPOINT_URL": bucket_endpoint}.items():
        monkeypatch.setenv(name, value)
    return Store(bucket_endpoint)


@pytest.fixture
def nats(_provisioned: Path, tmp_path: Path) -> Iterator[NatsServer]:
    """A bus of its own on a copy of that: to provision one takes several times as long."""
    shutil.copytree(_provisioned, tmp_path / "bus", ignore=shutil.ignore_patterns("log"))
    server = NatsServer(tmp_path / "bus")
    server.start()
    yield server
    server.stop(kill=True)  # nobody looks at its files any more


@pytest.fixture(scope="session", autouse=True)
def _no_service_lives_for_ever() -> Iterator[None]:
    """A service takes what lives when it has started out of garbage collection, for its process lives as long as it does. This process
    starts hundreds of them, and has to be rid of each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service, "tune_collector", lambda: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def _memories(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Iterator[Path]]:
    """What a verifier remembers goes into folders of the tests, never into the home of who runs them."""
    base = tmp_path_factory.mktemp("memories")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(base))
        yield (base / str(number) for number in count())


@pytest.fixture(autouse=True)
def _own_memory(_memories: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """No test remembers what another one verified."""
    monkeypatch.setenv("XDG_STATE_HOME", str(next(_memories)))
