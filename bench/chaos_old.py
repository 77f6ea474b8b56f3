"""Old copies that are put in the place of what a house has: of one database, of the whole server, of NATS's streams, of the published log."""

import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from bench.chaos_house import SERVICES, ComposeHouse, run

# Whose databases they are: the front desk's, a listener's and the ledger's. The other services are built as the first.
DATABASES: Mapping[str, str] = {
    "intake": "intake",
    "notify": "notify",
    "audit_writer": "audit-writer",
}
SINCE = 10.0  # seconds of filing between the copy and its return
NOTICED_WITHIN = 60.0
STANDS = 8.0  # seconds that a check fails: right after a start some fail until they were made
# Checks that compare what a process has with what was published.
BEHIND = frozenset({"published", "log", "outbox", "erasures", "lanes"})


@contextmanager
def old_database(database: str, house: ComposeHouse) -> Iterator[None]:
    """The operator puts the newest one back afterwards."""
    service = DATABASES[database]
    with _stopped(house, service):
        _sql(house, f"CREATE DATABASE {database}_old TEMPLATE {database} OWNER {database}")
    time.sleep(SINCE)
    with _stopped(house, service):
        _sql(house, f"ALTER DATABASE {database} RENAME TO {database}_new")
        _sql(house, f"ALTER DATABASE {database}_old RENAME TO {database}")
    try:
        _notice(house)
        yield
    finally:
        with _stopped(house, service):
            _sql(house, f"DROP DATABASE {database}")
            _sql(house, f"ALTER DATABASE {database}_new RENAME TO {database}")


@contextmanager
def old_server(house: ComposeHouse) -> Iterator[None]:
    """All databases at once; the operator puts the newest files back afterwards."""
    place = house.folder / "postgres.disk"
    everybody = (*SERVICES, "postgres")
    with _stopped(house, *everybody):
        shutil.rmtree(place / "old", ignore_errors=True)
        _copy(place / "data", place / "old")
    time.sleep(SINCE)
    with _stopped(house, *everybody):
        _copy(place / "data", place / "new")
        _replace(place / "old", place / "data")
    try:
        _notice(house)
        yield
    finally:
        with _stopped(house, *everybody):
            _replace(place / "new", place / "data")


@contextmanager
def old_files(disk: str, users: Sequence[str], house: ComposeHouse) -> Iterator[None]:
    """They stay: the house brings them up to what it has."""
    place = house.folder / f"{disk}.disk"
    with _stopped(house, *users):
        _copy(place / "data", place / "old")
    time.sleep(SINCE)
    with _stopped(house, *users):
        _replace(place / "old", place / "data")
    yield


@contextmanager
def _stopped(house: ComposeHouse, *services: str) -> Iterator[None]:
    house.compose("stop", *services)
    yield
    for service in reversed(services):  # what others need stands last
        house.compose("start", service)


def _notice(house: ComposeHouse) -> None:
    """Wait until the same checks of /ready fail for a while, and note them."""
    begun = since = time.monotonic()
    found: list[str] = []
    while time.monotonic() < begun + NOTICED_WITHIN:
        now_failing = _failing(house)
        if now_failing != found:
            found, since = now_failing, time.monotonic()
        elif found and time.monotonic() > since + STANDS:
            break
        time.sleep(0.5)
    house.noticed = found


def _failing(house: ComposeHouse) -> list[str]:
    found: list[str] = []
    for name in SERVICES:
        with suppress(httpx.HTTPError, KeyError):
            checks = house.readiness(name)
            found += [f"{name}: {check}" for check, reason in checks.items() if reason and check in BEHIND]
    return found


def _sql(house: ComposeHouse, statement: str) -> None:
    house.compose(
        "exec", "--no-TTY", "postgres", "psql", "--username", "postgres", "--quiet", "--command", statement
    )


def _copy(source: Path, target: Path) -> None:
    run(["cp", "--archive", str(source), str(target)])


def _replace(source: Path, target: Path) -> None:
    """Give `target` the content of `source`, which is removed; `target` itself is what is mounted, and stays."""
    for each in target.iterdir():
        shutil.rmtree(each) if each.is_dir() else each.unlink()
    for each in source.iterdir():
        shutil.move(str(each), str(target / each.name))
    source.rmdir()
