"""No room for the ledger: its writer stops and says why, what is published stays readable, and it goes on when there is room again."""

import asyncio
import resource

import pytest
from tests.audit.log_home import OFFICE
from tests.chassis.house import opened, running
from tests.databases import limit_pages
from tests.journeys.house import await_
from tests.journeys.killed_writer import KilledWriter, Nursery
from tests.nats_server import NatsServer
from tests.until import until

from zi_audit.files.halt import Reason
from zi_audit.files.status import WriterStatus, read_status
from zi_audit.files.tile_folder import TileFolder
from zi_audit.writer.main import Writer
from zi_chassis.clock import Clock
from zi_chassis.settings import Settings
from zi_chassis.storage.database import Database

pytestmark = pytest.mark.journey
SMALL = 64 * 1024  # a checkpoint and a status are smaller, databases and bundles are not
FIRST, MORE = 600, 2_000


def stopped(log: KilledWriter) -> WriterStatus | None:
    status = read_status(TileFolder(log.tiles))
    return status if status is not None and status.stopped is not None else None


def test_files_that_may_not_grow_stop_the_log_until_they_may(nats: NatsServer) -> None:
    log = KilledWriter(nats, seed=0)
    log.publish(FIRST)
    with Nursery(nats) as nursery:
        writer = nursery.start()
        await_(lambda: log.size == FIRST)
        limits = resource.prlimit(writer, resource.RLIMIT_FSIZE)
        resource.prlimit(writer, resource.RLIMIT_FSIZE, (SMALL, limits[1]))
        log.publish(MORE)
        status = await_(lambda: stopped(log))
        assert status.stopped is Reason.DISK_FULL
        assert "ulimit" in str(status.sentence)
        log.judge()
        assert log.size < log.sent_count
        resource.prlimit(writer, resource.RLIMIT_FSIZE, limits)
        await_(lambda: log.size == log.sent_count and stopped(log) is None)
    log.judge()


async def test_a_database_without_a_page_left_stops_the_log_until_it_has_some(nats: NatsServer) -> None:
    log = KilledWriter(nats, seed=0)
    await log.send(FIRST)
    settings = Settings(service="audit-writer", office=OFFICE, data=nats.data)
    database = Database(settings.folder / "ledger.db")
    async with opened(broker := nats.broker("audit-writer")):
        writer = Writer(settings, Clock(), broker, database, look_again=0.1)
        async with running(writer.run):
            await until(lambda: log.size == FIRST)
            limit_pages(database, more=5)
            await log.send(MORE)
            await until(lambda: stopped(log))
            assert getattr(stopped(log), "stopped", None) is Reason.DISK_FULL
            assert "disk is full" in str(writer.reason)
            await asyncio.to_thread(log.judge)
            assert log.size < log.sent_count
            limit_pages(database, more=1_000_000)
            await until(lambda: log.size == log.sent_count and writer.reason is None)
    database.close()
    log.judge()
