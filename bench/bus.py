"""The lanes under FastStream beside the same lanes under nats-py's own fetch: messages a second, the delay of one hop, and the time from
a status change to the mail that was handed over. The two take turns on one machine, over a real server with our rights."""

import asyncio
import json
import logging
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.chassis.house import Policies, count, open_store, opened, running
from tests.nats_server import NatsServer
from tests.notify.mail_server import mail_server
from tests.notify.teller import Intake
from tests.notify.test_sender import Notify

from zi_chassis.bus.inbox import Inbox
from zi_chassis.bus.outbox import Outbox
from zi_chassis.bus.stream_reader import StreamReader
from zi_chassis.storage.store import Store
from zi_notify.sending.admission import MailLimits

ROUNDS = 5
MESSAGES, HOPS, MAILS = 5_000, 200, 60
PAUSE = 0.02  # between two single messages
KINDS = ("nats_py", "faststream")


class Bus:
    """A server of its own, provisioned."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = NatsServer(folder)

    async def __aenter__(self) -> "Bus":
        self.server.start()
        await asyncio.to_thread(self.server.provision)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.stop()

    @asynccontextmanager
    async def stores(self) -> AsyncIterator[tuple[Store, Store]]:
        intake, notify = (open_store(name, self.folder / f"{name}.db") for name in ("intake", "notify"))
        try:
            yield intake, notify
        finally:
            intake.close()
            notify.close()


def lane(kind: str, inbox: Inbox) -> Inbox:
    if kind == "nats_py":
        inbox._reader = StreamReader(inbox._broker, inbox.sender, "notify")
    return inbox


async def throughput(bus: Bus, kind: str) -> float:
    """Messages a second that a lane handles, each with an effect, when all of them are waiting."""
    sending, receiving = bus.server.broker("intake"), bus.server.broker("notify")
    async with bus.stores() as (intake, notify), opened(sending, receiving):
        outbox = Outbox(intake, sending)
        async with running(outbox.run):
            for _ in range(MESSAGES // 1000):
                await count(intake, 1000)
            await _until(lambda: outbox.lag == 0)
        begun = time.perf_counter()
        async with running(lane(kind, Inbox(notify, receiving, "intake", Policies())).run):
            await _until(lambda: notify.received_position("intake") == MESSAGES)
            return MESSAGES / (time.perf_counter() - begun)


async def hops(bus: Bus, kind: str) -> list[float]:
    """Milliseconds from the order to the sender's store to the commit of the listener's effect."""
    sending, receiving = bus.server.broker("intake"), bus.server.broker("notify")
    async with bus.stores() as (intake, notify), opened(sending, receiving):
        inbox = lane(kind, Inbox(notify, receiving, "intake", Policies()))
        async with running(Outbox(intake, sending).run, inbox.run):
            delays = []
            for n in range(1, HOPS + 1):
                begun = time.perf_counter()
                await count(intake, 1)
                await _until(lambda n=n: notify.received_position("intake") == n)
                delays.append((time.perf_counter() - begun) * 1000)
                await asyncio.sleep(PAUSE)
            return delays


async def mails(bus: Bus, kind: str) -> list[float]:
    """Milliseconds from the order to intake's store to the mail that the mail server took."""
    intake = Intake(bus.folder, bus.server.broker("intake"))
    async with mail_server() as server, opened(intake.broker), running(intake.outbox.run):
        await intake.serve_vault()
        notify = Notify(bus.server, bus.folder, server, MailLimits(MAILS * 10, MAILS * 10))
        lane(kind, notify.inbox)
        async with notify.alive():
            delays = []
            for n in range(MAILS):
                begun = time.perf_counter()
                await intake.tell(f"TICKET{n}", address=f"invented{n}@example.org")
                await _until(lambda n=n: len(server.took) > n)
                delays.append((time.perf_counter() - begun) * 1000)
                await asyncio.sleep(PAUSE)
        notify.store.close()
    intake.store.close()
    return delays


async def _until(condition: Any) -> None:
    async with asyncio.timeout(120):
        while not condition():
            await asyncio.sleep(0.0005)


def measured(folder: Path, rounds: int = ROUNDS) -> dict[str, Any]:
    """Each round measures both kinds, the other one first in the next round."""
    found: dict[str, dict[str, list[float]]] = {
        kind: {"throughput": [], "hop": [], "mail": []} for kind in KINDS
    }
    for round in range(rounds):
        for kind in KINDS if round % 2 else reversed(KINDS):
            for name, measure in (("throughput", throughput), ("hop", hops), ("mail", mails)):
                place = folder / f"{round}-{kind}-{name}"
                place.mkdir(parents=True)
                value = asyncio.run(_with_bus(place, kind, measure))
                found[kind][name] += value if isinstance(value, list) else [value]
    return {kind: _summary(values) for kind, values in found.items()}


async def _with_bus(folder: Path, kind: str, measure: Any) -> Any:
    async with Bus(folder) as bus:
        return await measure(bus, kind)


def _summary(values: dict[str, list[float]]) -> dict[str, Any]:
    return {
        "messages_per_second": [round(value) for value in sorted(values["throughput"])],
        "hop_ms": _percentiles(values["hop"]),
        "status_change_to_mail_ms": _percentiles(values["mail"]),
    }


def _percentiles(values: Sequence[float]) -> dict[str, float]:
    ordered = sorted(values)
    at = {
        name: ordered[min(len(ordered) - 1, int(len(ordered) * part))]
        for name, part in (("p50", 0.5), ("p99", 0.99))
    }
    return {name: round(value, 2) for name, value in at.items()} | {"of": len(ordered)}


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="zona-bus-") as temporary:
        rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
        print(json.dumps(measured(Path(temporary), rounds), indent=1))
