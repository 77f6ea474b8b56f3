"""Old copies that are put in the place of what a house has: of one database, of the whole server, of NATS's streams, of the published log."""

import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from bench.chaos_house import SERVICES, ComposeHouse, NotCausedError, run
from zi_tlog.checkpoint import parse_checkpoint
from zi_tlog.note import parse_note

# Whose databases they are: the front desk's, a listener's and the ledger's. The other services are built as the first.
DATABASES: Mapping[str, str] = {
    "intake": "intake",
    "notify": "notify",
    "audit_writer": "audit-writer",
}
# What each has recorded.
POSITION: Mapping[str, str] = {
    "intake": "SELECT max(position) FROM messages",
    "notify": "SELECT max(position) FROM messages",
    "audit_writer": "SELECT size FROM log_state",
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
        _see(house, {database: _position(house, f"{database}_old", database)}, _positions(house, database))
        _sql(house, f"ALTER DATABASE {database} RENAME TO {database}_new")
        _sql(house, f"ALTER DATABASE {database}_old RENAME TO {database}")
    try:
        _notice(house)
        yield
        house.cause["of the old copy then"] = _positions(house, database)
    finally:
        with _stopped(house, service):
            _sql(house, f"DROP DATABASE {database}")
            _sql(house, f"ALTER DATABASE {database}_new RENAME TO {database}")


@contextmanager
def old_server(house: ComposeHouse) -> Iterator[None]:
    """All databases at once; the operator puts the newest files back afterwards."""
    place = house.folder / "postgres.disk"
    everybody = (*SERVICES, "postgres")
    with _stopped(house, *SERVICES):
        old = _positions(house, *DATABASES)
        house.compose("stop", "postgres")
        shutil.rmtree(place / "old", ignore_errors=True)
        _copy(place / "data", place / "old")
        house.compose("start", "postgres")
    time.sleep(SINCE)
    _see(house, old, _positions(house, *DATABASES))
    with _stopped(house, *everybody):
        _copy(place / "data", place / "new")
        _replace(place / "old", place / "data")
    try:
        _notice(house)
        yield
        house.cause["of the old copy then"] = _positions(house, *DATABASES)
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
        if disk == "tiles":
            _see(house, _published(place / "old"), _published(place / "data"))
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


def _see(house: ComposeHouse, old: Mapping[str, int], newest: Mapping[str, int]) -> None:
    """Note what each has; an old copy has less."""
    house.cause = {"the newest": dict(newest), "the old copy": dict(old)}
    if any(old[name] >= newest[name] for name in newest):
        raise NotCausedError(f"the copy is not old: {house.cause}")


def _positions(house: ComposeHouse, *databases: str) -> dict[str, int]:
    return {name: _position(house, name, name) for name in databases}


def _position(house: ComposeHouse, database: str, kind: str) -> int:
    return int(_sql(house, POSITION[kind], database))


def _published(folder: Path) -> dict[str, int]:
    return {"log": parse_checkpoint(parse_note((folder / "checkpoint").read_bytes()).text).size}


def _sql(house: ComposeHouse, statement: str, database: str = "postgres") -> str:
    psql = ("psql", "--username", "postgres", "--dbname", database, "--quiet", "--tuples-only", "--no-align")
    return house.compose("exec", "--no-TTY", "postgres", *psql, "--command", statement)


def _copy(source: Path, target: Path) -> None:
    run(["cp", "--archive", str(source), str(target)])


def _replace(source: Path, target: Path) -> None:
    """Give `target` the content of `source`, which is removed; `target` itself is what is mounted, and stays."""
    for each in target.iterdir():
        shutil.rmtree(each) if each.is_dir() else each.unlink()
    for each in source.iterdir():
        shutil.move(str(each), str(target / each.name))
    source.rmdir()
