"""The service as a process: killed without warning between the mail server's having the mail and its word."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from tests.chassis.house import opened, running
from tests.nats_server import NatsServer, free_port
from tests.notify.mail_server import MailServer, mail_server
from tests.notify.teller import ADDRESS, STEPS, Desk, Intake
from tests.until import PATIENCE, until

pytestmark = pytest.mark.journey
TICKET = "0EXAMP1E0"


class Process:
    def __init__(self, nats: NatsServer, ledger: str, mails: MailServer, data: Path) -> None:
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
            "ZI_SMTP": f"{mails.host}:{mails.port}",
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


async def test_after_kill_9_in_between_the_same_mail_is_sent_once_more(
    nats: NatsServer, empty_ledger: str, tmp_path: Path
) -> None:
    intake = Intake(tmp_path, nats.broker("intake"))
    async with mail_server() as mails, opened(intake.broker), running(intake.outbox.run):
        await intake.serve_vault()
        notify = Process(nats, empty_ledger, mails, tmp_path)
        async with notify.alive() as process:

            async def kill() -> None:
                process.send_signal(signal.SIGKILL)
                await process.wait()

            mails.before_answer = kill
            await intake.tell(TICKET)
            await process.wait()
        mails.before_answer = None
        async with notify.alive() as process:
            await until(lambda: len(mails.took) == 2)
            assert set(await notify.ready()) >= {"broker", "outbox", "hears intake", "sender"}
            await intake.tell("0EXAMP1E1", address="another.invented@example.com")
            await until(lambda: len(mails.took) == 3)
            process.terminate()
            await process.wait()
        async with notify.alive() as process:
            await notify.ready()
        assert mails.message_ids[0] == mails.message_ids[1] != mails.message_ids[2]
        assert len(mails.took) == 3
    intake.store.close()


@pytest.mark.parametrize("service", STEPS)
async def test_a_step_at_another_desk_becomes_a_mail_to_the_address_of_its_case(
    nats: NatsServer, empty_ledger: str, tmp_path: Path, service: str
) -> None:
    intake = Intake(tmp_path, nats.broker("intake"))
    desk = Desk(service, tmp_path, nats.broker(service))
    intake.addresses[TICKET] = ADDRESS
    async with mail_server() as mails, opened(intake.broker), opened(desk.broker):
        await intake.serve_vault()
        async with running(desk.outbox.run), Process(nats, empty_ledger, mails, tmp_path).alive():
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
            Process(nats, empty_ledger, mails, tmp_path),
            Process(nats, empty_ledger, mails, tmp_path),
        )
        async with first.alive() as working:
            await first.ready()
            async with second.alive() as refused:
                assert await refused.wait() != 0
            assert working.returncode is None
        assert "stop it before starting this one" in (tmp_path / "notify.log").read_text()
