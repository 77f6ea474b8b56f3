"""The scratch folders and databases of drills. A restored house with open keys is in them, so what a killed drill left is removed by the next
drill or backup, and `zona check` names it."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from zi_operations.house import DRILL, OWN_FOLDER, HouseOfData
from zi_operations.moment import database_faults

DATABASE = "zona_drill_"
# What a drill writes and removes again waits for no copy: in a cluster it works while that is away.
UNCOPIED = "-c synchronous_commit=local"
_ONE_DRILL = int.from_bytes(sha256(b"zona drill").digest()[:8], signed=True)


def places(house: HouseOfData, *further: Path) -> list[Path]:
    """List the folders in which drills usually work: the system's folder, the house's own, and that of the backups."""
    known = [Path(tempfile.gettempdir()), house.data / OWN_FOLDER, *further]
    known += [house.backups] if house.backups is not None else []
    return [place for place in dict.fromkeys(each.absolute() for each in known) if place.is_dir()]


def left_folders(known: Sequence[Path]) -> list[Path]:
    return [path for place in known for path in sorted(place.glob(f"{DRILL}*")) if _is_left(path)]


def remove_left(house: HouseOfData, *further: Path) -> None:
    """Remove what no drill works in any more."""
    for place in places(house, *further):
        with _locked(place):
            for path in left_folders([place]):
                shutil.rmtree(path)
    if _has_databases(house):
        with suppress(*database_faults()), connected(house) as server:
            if alone_on(server):
                drop_left(server)


@contextmanager
def scratch_folder(place: Path) -> Iterator[Path]:
    """A folder for one drill, removed at its end."""
    with _locked(place):
        path = Path(tempfile.mkdtemp(prefix=DRILL, dir=place))
        descriptor = os.open(path, os.O_RDONLY)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield path
    finally:
        shutil.rmtree(path)
        os.close(descriptor)


def scratch_address(server: str, database: str) -> str:
    """Return the address of a database of a drill on the server."""
    address = urlsplit(server)
    options = f"options={quote(UNCOPIED)}"
    return address._replace(
        path=f"/{database}", query="&".join(filter(None, (address.query, options)))
    ).geturl()


def connected(house: HouseOfData) -> Any:
    """Connect to the server on which databases of drills are made and removed."""
    import psycopg

    return psycopg.connect(house.drill_server, autocommit=True, options=UNCOPIED)


def left_databases(house: HouseOfData) -> list[str]:
    if not _has_databases(house):
        return []
    with connected(house) as server:
        return _databases(server) if alone_on(server) else []


def alone_on(server: Any) -> bool:
    """Tell whether no drill has databases on the server; none begins until this connection ends."""
    [alone] = server.execute("SELECT pg_try_advisory_lock(%s)", (_ONE_DRILL,)).fetchone()
    return bool(alone)


def drop_left(server: Any) -> None:
    for name in _databases(server):
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())


def _databases(server: Any) -> list[str]:
    rows = server.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (DATABASE,))
    return [name for (name,) in rows.fetchall()]


def _has_databases(house: HouseOfData) -> bool:
    return bool(house.drill_server) and any(each.is_postgres for each in house.databases)


def _is_left(path: Path) -> bool:
    """A drill holds a lock on its folder for as long as it runs."""
    if path.is_symlink() or not path.is_dir() or path.stat().st_uid != os.getuid():
        return False
    try:
        with _locked(path, fcntl.LOCK_NB):
            return True
    except BlockingIOError:
        return False


@contextmanager
def _locked(folder: Path, how: int = 0) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | how)
        yield
    finally:
        os.close(descriptor)
