"""A notify of its own process, with a bus, a sender of steps that has a vault, and a mail server that writes down what came."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from sqlite3 import connect

from tests.chassis.house import opened, running
from tests.empty_ledger import answering
from tests.nats_server import NatsServer
from tests.notify.teller import Intake
from tests.notify.test_main import Process
from tests.ports import free_port

from bench.mail_sink import Arrivals, mail_sink

PATIENCE = 600.0
UNLIMITED = dict.fromkeys(("ZI_FIRST_MAILS_A_DAY", "ZI_MAILS_A_DAY"), "100000000")


class NoticeHouse:
    def __init__(self, folder: Path, intake: Intake, notify: Process, arrivals: Arrivals) -> None:
        self.folder, self.intake, self.notify, self.arrivals = folder, intake, notify, arrivals

    async def tell(self, notices: int) -> None:
        """Have a step of so many cases on the bus, each with an address of its own."""
        for first in range(0, notices, 100):
            some = range(first, min(first + 100, notices))
            await asyncio.gather(
                *(self.intake.tell(f"T{n:08}", address=f"invented.{n}@example.com") for n in some)
            )
        await until(lambda: self.intake.outbox.lag == 0)

    def states(self) -> dict[str, int]:
        return dict(self._rows("SELECT state, COUNT(*) FROM deliveries GROUP BY state"))

    def handed_over(self) -> list[int]:
        """The number of times that each delivery was recorded as handed over, and of its attempts."""
        return [count for _, count in self._rows("SELECT id, attempt FROM deliveries")]

    def _rows(self, query: str) -> list[tuple[str, int]]:
        with closing(connect(f"file:{self.folder}/notify/store.db?mode=ro", uri=True)) as database:
            return list(database.execute(query))


async def until(condition: Callable[[], object], patience: float = PATIENCE) -> None:
    async with asyncio.timeout(patience):
        while not condition():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def notice_house() -> AsyncIterator[NoticeHouse]:
    with tempfile.TemporaryDirectory(prefix="zona-notices-") as name:
        folder, port = Path(name), free_port()
        nats = NatsServer(folder)
        nats.start()
        try:
            await asyncio.to_thread(nats.provision)
            intake = Intake(folder, nats.broker("intake"))
            with answering() as ledger, mail_sink(port, folder / "mails") as arrivals:
                notify = Process(nats, ledger, f"127.0.0.1:{port}", folder, **UNLIMITED)
                async with opened(intake.broker), running(intake.outbox.run):
                    await intake.serve_vault()
                    yield NoticeHouse(folder, intake, notify, arrivals)
            intake.store.close()
        finally:
            nats.stop()
