"""The service as a process: killed without warning at each instant of a mail's way."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path
from sqlite3 import connect

import httpx
import pytest
from tests.chassis.house import opened, running
from tests.nats_server import NatsServer
from tests.notify.mail_server import MailServer, mail_server
from tests.notify.teller import ADDRESS, STEPS, Desk, Intake
from tests.ports import free_port
from tests.until import PATIENCE, until

pytestmark = pytest.mark.journey
TICKET = "0EXAMP1E0"


class Process:
    def __init__(self, nats: NatsServer, ledger: str, smtp: str, data: Path, **more: str) -> None:
        self.listen = f"127.0.0.1:{free_port()}"
        self._log = data / "notify.log"
        self._environment = os.environ | {
            "ZI_DATA": str(data),
            "ZI_OFFICE": "office",
            "ZI_DEMO": "1",
            "ZI_LISTEN": self.listen,
            "ZI_NATS_URL": nats.url,
            "ZI_NATS_SEED": str(nats.seed("notify")),
            "ZI_AUDIT_URL": ledger,
            "ZI_SMTP": smtp,
            **more,
        }

    async def start(self) -> asyncio.subprocess.Process:
        with self._log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-m", "zi_notify.main", env=self._environment, stdout=log, stderr=log
            )

    @asynccontextmanager
    async def alive(self) -> AsyncIterator[asyncio.subprocess.Process]:
        process = await self.start()
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def ready(self) -> dict[str, str | None]:
        """Waits until the service says that it is ready."""
        async with asyncio.timeout(PATIENCE), httpx.AsyncClient(trust_env=False) as client:
            while True:
                try:
                    answer = await client.get(f"http://{self.listen}/notify/ready")
                    if answer.status_code == 200:
                        return dict(answer.json()["checks"])
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.05)


def set_hook(
    instant: str, intake: Intake, mails: MailServer, hook: Callable[[], Awaitable[None]] | None
) -> None:
    setattr(intake if instant == "at_opening" else mails, instant, hook)


# The address is read; the server is called; it hears the reader's address; it has the mail; its answer is on its way.
INSTANTS = ("at_opening", "at_call", "at_recipient", "before_answer", "after_answer")


async def test_killed_at_any_instant_each_mail_comes_and_a_second_time_only_as_the_same_mail(
    nats: NatsServer, empty_ledger: str, tmp_path: Path
) -> None:
    intake = Intake(tmp_path, nats.broker("intake"))
    async with mail_server() as mails, opened(intake.broker), running(intake.outbox.run):
        await intake.serve_vault()
        notify = Process(nats, empty_ledger, mails.address, tmp_path)
        for number, instant in enumerate(INSTANTS):
            async with notify.alive() as process:

                async def kill(instant: str = instant, process: asyncio.subprocess.Process = process) -> None:
                    set_hook(instant, intake, mails, None)
                    process.send_signal(signal.SIGKILL)
                    await process.wait()

                await until(partial(are_sent, tmp_path, number))
                set_hook(instant, intake, mails, kill)
                await intake.tell(f"0EXAMP{number:03}", address=f"invented.{number}@example.com")
                await process.wait()
        async with notify.alive() as process:
            await until(partial(are_sent, tmp_path, len(INSTANTS)))
            assert set(await notify.ready()) >= {"broker", "outbox", "hears intake", "sender"}
            process.terminate()
            await process.wait()
    counts = sorted(Counter(mails.message_ids).values())
    assert counts[:3] == [1, 1, 1]
    assert counts[3:] in ([1, 2], [2, 2])  # the answer may still have been heard and recorded
    intake.store.close()


def are_sent(data: Path, number: int) -> bool:
    """Tell if so many deliveries were requested, and all were handed over."""
    if not number:
        return True
    with closing(connect(f"file:{data}/notify/store.db?mode=ro", uri=True)) as database:
        states = dict(database.execute("SELECT state, COUNT(*) FROM deliveries GROUP BY state"))
    return states == {"handed_over": number}


@pytest.mark.parametrize("service", STEPS)
async def test_a_step_at_another_desk_becomes_a_mail_to_the_address_of_its_case(
    nats: NatsServer, empty_ledger: str, tmp_path: Path, service: str
) -> None:
    intake = Intake(tmp_path, nats.broker("intake"))
    desk = Desk(service, tmp_path, nats.broker(service))
    intake.addresses[TICKET] = ADDRESS
    async with mail_server() as mails, opened(intake.broker), opened(desk.broker):
        await intake.serve_vault()
        async with running(desk.outbox.run), Process(nats, empty_ledger, mails.address, tmp_path).alive():
            await desk.tell(TICKET)
            await until(lambda: len(mails.took) == 1)
    assert (intake.requests[0].ticket, intake.requests[0].fields) == (TICKET, ("reporter.email",))
    intake.store.close()
    desk.store.close()


async def test_a_second_process_on_the_same_data_refuses_with_a_sentence(
    nats: NatsServer, empty_ledger: str, tmp_path: Path
) -> None:
    async with mail_server() as mails:
        first, second = (
            Process(nats, empty_ledger, mails.address, tmp_path),
            Process(nats, empty_ledger, mails.address, tmp_path),
        )
        async with first.alive() as working:
            await first.ready()
            async with second.alive() as refused:
                assert await refused.wait() != 0
            assert working.returncode is None
        assert "stop it before starting this one" in (tmp_path / "notify.log").read_text()
