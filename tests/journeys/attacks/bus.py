"""The bus of a stopped house, started again on its own files, and what the house's programs do about it: outboxes publish or stop,
the writer hears or halts."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nats
import orjson
from pydantic import ValidationError
from tests.chassis.house import opened, running
from tests.journeys.attacks.left import Left
from tests.nats_server import NatsServer
from tests.proofs import proof
from tests.until import PATIENCE, until

from zi_audit.domain.senders import SENDERS
from zi_audit.writer.main import Writer
from zi_chassis.bus.outbox import Outbox
from zi_chassis.bus.topology import stream_of
from zi_chassis.clock import Clock
from zi_chassis.storage.configuration import configurations
from zi_chassis.storage.database import Database
from zi_chassis.storage.recorded import digest
from zi_chassis.storage.store import Store
from zi_intake.domain.data_access_limit import access_limit
from zi_intake.messaging import published as intake
from zi_intake.messaging.timers import timers
from zi_intake.read.case_table import CaseTable, Erasures
from zi_intake.read.disclosure_list import DisclosureList
from zi_notify import main as notify

PUBLISHERS: Mapping[str, Mapping[str, Sequence[Any]]] = {
    "intake": {
        "deciders": (intake.decider, access_limit, configurations),
        "projections": (CaseTable(), Erasures(), DisclosureList(), timers()),
    },
    "notify": {
        "deciders": notify.DECIDERS,
        "projections": notify.PROJECTIONS,
    },
}
PAUSE = 0.02


@dataclass
class Restarted:
    """Programs that refused to go on, and why."""

    outbox: list[str] = field(default_factory=list)
    writer: list[str] = field(default_factory=list)


class StoreOfOutbox(Store):
    """An outbox reads messages alone, whatever the events beside them have become."""

    def catch_up(self) -> None:
        with suppress(ValidationError):
            super().catch_up()


@dataclass
class Bus:
    """The server, and the databases of those who work on it; they are closed when no thread reads them any more."""

    server: NatsServer
    databases: list[Database] = field(default_factory=list)

    def database(self, path: Path) -> Database:
        self.databases.append(Database(path))
        return self.databases[-1]


@asynccontextmanager
async def bus(data: Path, *, fresh: bool = False, last: bool = False) -> AsyncIterator[Bus]:
    """`fresh`: with streams that are provisioned and empty. `last`: nobody looks at its files afterwards, so it need not end in order."""
    instance = Bus(NatsServer(data))
    instance.server.start()
    try:
        if fresh:
            await asyncio.to_thread(instance.server.provision)
        yield instance
    finally:
        await asyncio.get_running_loop().shutdown_default_executor()
        for database in instance.databases:
            database.close()
        instance.server.stop(kill=last)


async def restart(left: Left, *, fresh: bool = False, last: bool = False) -> Restarted:
    """Outboxes, then the writer, until they are through or stand."""
    found = Restarted()
    async with bus(left.data, fresh=fresh, last=last) as on:
        for service in PUBLISHERS:
            found.outbox += await follow(left, on, service)
        found.writer += await hear(left, on)
    return found


async def follow(left: Left, on: Bus, service: str) -> list[str]:
    """Run the outbox of a service and return what it finds."""
    database = on.database(left.data / service / "store.db")
    store = StoreOfOutbox(
        service=service,
        office=left.settings.office,
        database=database,
        **PUBLISHERS[service],
    )
    store.open()
    async with opened(broker := on.server.broker(service)):
        outbox = Outbox(store, broker)
        async with running(outbox.run):
            await until(lambda: outbox.stopped or (outbox.reason is None and outbox.lag == 0))
            found = [str(outbox.reason)] if outbox.stopped else []
    store.close()
    return found


async def hear(left: Left, on: Bus) -> list[str]:
    """Run the writer until it has received everything, and return what it finds."""
    database = on.database(left.ledger)
    async with opened(broker := on.server.broker("audit-writer")):
        writer = Writer(left.settings, Clock(), broker, database, look_again=60.0)
        started = writer.reason
        async with running(writer.run), asyncio.timeout(PATIENCE):
            while not (halted := writer.reason not in (None, started)):
                if (
                    writer.reason is None
                    and writer.lanes_reason() is None
                    and await _is_acknowledged(on.server)
                ):
                    break
                await asyncio.sleep(PAUSE)
    return [str(writer.reason)] if halted else []


async def _is_acknowledged(server: NatsServer) -> bool:
    """Nothing waits for the writer, and nothing that it was given is without its word."""
    async with opened(broker := server.broker("audit-writer")):
        consumers = [
            await (await broker.jetstream(sender)).consumer_info(stream_of(sender), "audit")
            for sender in SENDERS
        ]
    return not any(each.num_pending or each.num_ack_pending for each in consumers)


async def publish(server: NatsServer, service: str, messages: Sequence[bytes], after: int) -> None:
    """As the service itself would, by whoever holds its key, so with its proof, whatever sender they name: `messages` from the number `after`
    on."""
    client = await nats.connect(
        server.url, nkeys_seed=str(server.seed(service)), inbox_prefix=f"_INBOX.{service}"
    )
    js = client.jetstream()
    for number, message in enumerate(messages, start=after + 1):
        fields = orjson.loads(message)
        headers = {"Nats-Msg-Id": digest(message) + str(number), "Zi-Position": str(number)}
        lane = f"{fields['source'].rpartition('/')[0]}/{service}"
        headers |= proof(server.seed(service), message, lane)
        subject = f"zi.{service}.{fields['type'].rpartition('.')[2]}.{fields['aggregate']}"
        await js.publish(subject, message, headers=headers)
    await client.close()
