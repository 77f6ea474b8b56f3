"""Messages that were published after a backup are named from the streams, where they outlived the loss."""

import asyncio
import shutil

import pytest
from tests.chassis.house import running
from tests.nats_server import NatsServer
from tests.operations.backup_folder import BackupFolder
from tests.operations.small_house import SmallHouse
from tests.until import until

from zi_chassis.bus.outbox import Outbox
from zi_operations.stream_tail import add_missing


async def published(small: SmallHouse, nats: NatsServer) -> None:
    async with nats.broker("intake") as broker:
        outbox = Outbox(small.stores["intake"], broker)
        async with running(outbox.run):
            await until(lambda: outbox.reason is None and outbox.lag == 0)


def test_the_tail_of_a_stream_is_named_once(
    small: SmallHouse, backup_folder: BackupFolder, nats: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, empty = backup_folder.take(small.house), backup_folder.empty()
    small.file()
    asyncio.run(published(small, nats))
    shutil.copytree(nats.data / "nats", empty.data / "nats", ignore=shutil.ignore_patterns("jetstream"))
    monkeypatch.setenv("ZI_NATS_URL", nats.url)
    examined = backup_folder.restore(taken, empty).examined
    assert examined.missing == []
    for _ in range(2):
        add_missing(empty, examined)
        [missing] = examined.missing
        assert (missing.service, missing.position, missing.type) == ("intake", 3, "zi.intake.filed")
