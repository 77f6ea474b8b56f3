"""The morning list and a reminder over real processes: killed before and after their time, the service sends each of them once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from tests.chassis.house import opened, running
from tests.nats_server import NatsServer
from tests.notify.mail_server import mail_server
from tests.notify.test_main import Process, are_sent
from tests.until import until

from zi_chassis.database import Database
from zi_chassis.domain import Act, Command, Decider, Disclosure, Event
from zi_chassis.outbox import Outbox
from zi_chassis.store import Store

pytestmark = pytest.mark.journey
TICKET = "0EXAMP1E0"


class HandOut(Command):
    """The desk's step, as a message with these data."""

    ticket: str
    data: dict[str, Any]


class CaseAssigned(Event):
    ticket: str
    data: dict[str, Any]


class CitizenReplied(CaseAssigned):
    pass


STATUS = {"state": "assigned", "holder": "office", "language": "id", "reachable_by": []}
desk: Decider[None] = Decider(
    "desk",
    None,
    lambda command, state: [(CaseAssigned if "officer" in command.data else CitizenReplied)(**dict(command))],
    lambda state, event: None,
    (CaseAssigned, CitizenReplied),
    lambda event, state: Disclosure(event.ticket, STATUS | event.data),
)
MORNING = datetime(2026, 12, 7, 7, 20, tzinfo=ZoneInfo("Asia/Makassar"))  # a Monday
OFFICER = "petugas@pegawai.example"


async def test_an_officer_gets_the_morning_list_and_the_reminder_once_whatever_is_killed(
    nats: NatsServer, empty_ledger: str, tmp_path: Path
) -> None:
    store = Store(service="intake", office="office", database=Database(tmp_path / "desk.db"), deciders=[desk])
    store.open()
    broker = nats.broker("intake")
    shift = int((MORNING - datetime.now(UTC)).total_seconds())
    notify_data = tmp_path / "house"
    notify_data.mkdir()
    async with mail_server() as mails, opened(broker), running(Outbox(store, broker).run):
        smtp = f"{mails.host}:{mails.port}"

        def has_come(count: int) -> bool:
            """Tell if so many mails came, and the service has recorded that: a kill before it would rightly send the last one again."""
            return len(mails.took) == count and are_sent(notify_data, count)

        @asynccontextmanager
        async def notify(minutes: int) -> AsyncIterator[None]:
            """One life of the service, so many minutes after 07:20; it ends by kill -9."""
            (notify_data / "clock").write_text(str(minutes * 60))
            process = Process(nats, empty_ledger, smtp, notify_data, ZI_CLOCK_SHIFT=str(shift))
            async with process.alive():
                await process.ready()
                yield

        act = Act(at=MORNING, actor="supervisor", role="staff:supervisor")
        given = HandOut(by=act, ticket=TICKET, data={"officer": "officer"})
        replied = HandOut(by=act, ticket=TICKET, data={"due": "2026-12-09T07:30:00Z", "items": []})
        async with notify(0):
            await store.handle(desk, uuid4(), given)
            await store.handle(desk, uuid4(), replied)
            await until(partial(has_come, 2))
        for minutes, expected in ((11, 3), (12, 3), (12 * 60, 4), (12 * 60 + 1, 4)):
            async with notify(minutes):
                await until(partial(has_come, expected))
                await asyncio.sleep(1.5)  # a second list would have come by now
                assert len(mails.took) == expected
    subjects = [mail["Subject"] for mail in mails.took]
    assert {mail["To"] for mail in mails.took} == {OFFICER}
    assert subjects[2] == "Pekerjaan Anda pagi ini"
    assert TICKET in mails.took[2].get_content()
    assert subjects[3] == f"Batas waktu tiket {TICKET} sudah dekat"
    store.close()
