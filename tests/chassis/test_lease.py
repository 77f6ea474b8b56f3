"""One process at a time works for a service."""

import asyncio
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from tests.chassis.house import running
from tests.until import until

from zi_chassis.settings import Settings
from zi_chassis.storage.lease import (
    FolderLease,
    LeaseLostError,
    LeaseTakenError,
    RunnerEndedError,
    lead,
    lease_of,
)
from zi_chassis.storage.postgres import PostgresLease, datastore

HOLD = """
import asyncio, pathlib, sys
from zi_chassis.storage.lease import FolderLease
asyncio.run(FolderLease(pathlib.Path(sys.argv[1])).acquire())
print("held", flush=True)
sys.stdin.read()
"""

# As asked for; over a socket of files, as here, the times in force read 0.
KEEPALIVES = (
    b"SELECT regexp_replace(name, '.*_', '') AS part, reset_val FROM pg_settings"
    b" WHERE name ~ '^tcp_' ORDER BY part"
)


async def test_a_second_process_on_a_folder_is_refused_with_a_sentence(tmp_path: Path) -> None:
    first, second = FolderLease(tmp_path), FolderLease(tmp_path)
    await first.acquire()
    with pytest.raises(LeaseTakenError, match="stop it before starting this one"):
        await second.acquire()
    await first.release()
    await second.acquire()
    assert second.is_held
    await second.release()


async def test_a_killed_holder_leaves_the_folder_free(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    lease = FolderLease(tmp_path)
    with pytest.raises(LeaseTakenError):
        await lease.acquire()
    holder.kill()
    holder.communicate()
    await lease.acquire()
    await lease.release()


@pytest.mark.postgres
async def test_a_standby_takes_over_when_the_holder_lets_go(postgres: str) -> None:
    holder, standby = PostgresLease(postgres, "intake"), PostgresLease(postgres, "intake")
    await holder.acquire()
    async with running(standby.acquire):
        await asyncio.sleep(0)
        assert not standby.is_held
        await holder.release()
        await until(lambda: standby.is_held)
    await standby.release()


@pytest.mark.postgres
async def test_services_on_one_database_have_leases_of_their_own(postgres: str) -> None:
    intake, notify = PostgresLease(postgres, "intake"), PostgresLease(postgres, "notify")
    await intake.acquire()
    await notify.acquire()
    assert intake.is_held
    assert notify.is_held
    await intake.release()
    await notify.release()


@pytest.mark.postgres
async def test_a_holder_whose_connection_is_cut_stops_everything(postgres: str) -> None:
    lease = PostgresLease(postgres, "intake")
    ended: list[str] = []

    async def runner() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("runner")

    leading = asyncio.create_task(lead(lease, runner))
    await until(lambda: lease.is_held)
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    with pytest.raises(ExceptionGroup) as raised:
        await leading
    assert raised.group_contains(LeaseLostError)
    assert ended == ["runner"]
    assert not lease.is_held


async def test_a_database_that_is_away_is_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    lease = PostgresLease("postgresql://nobody@127.0.0.1:1/none", "intake")
    async with running(lease.acquire) as tasks:
        await until(lambda: caplog.records)
        assert not tasks[0].done()
    assert not lease.is_held


async def test_a_runner_that_ends_takes_down_the_others_and_frees_the_lease(tmp_path: Path) -> None:
    lease = FolderLease(tmp_path)
    await lease.acquire()
    cancelled = asyncio.Event()

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    async def short() -> None:
        return None

    with pytest.raises(ExceptionGroup) as raised:
        await lead(lease, endless, short)
    assert raised.group_contains(RunnerEndedError)
    assert cancelled.is_set()
    assert not lease.is_held


@pytest.mark.parametrize(("database", "kind"), [("", FolderLease), ("postgresql://h/d", PostgresLease)])
def test_the_kind_of_lease_follows_from_the_database(tmp_path: Path, database: str, kind: type) -> None:
    settings = Settings(service="intake", data=tmp_path, database=database)
    assert isinstance(lease_of(settings), kind)


@pytest.mark.postgres
async def test_the_server_soon_ends_a_session_whose_network_was_cut(postgres: str) -> None:
    """The holder's lock ends with its session, so the server itself must notice a silent peer."""
    lease, store = PostgresLease(postgres, "intake"), datastore(postgres)
    await lease.acquire()
    try:
        assert lease._connection is not None
        rows = await (await lease._connection.execute(KEEPALIVES)).fetchall()
        with store.transaction(commit=False) as cursor:
            cursor.execute(KEEPALIVES, ())
            pooled = [tuple(row.values()) for row in cursor.fetchall()]
    finally:
        store.close()
        await lease.release()
    wanted = [("count", "3"), ("idle", "10"), ("interval", "5"), ("timeout", "25000")]
    assert rows == wanted
    assert pooled == wanted
