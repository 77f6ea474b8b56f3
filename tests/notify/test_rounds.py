"""Mails to officials over real processes, by a clock that is moved on: each comes once, whatever is killed; at once, in the morning, or in a list."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from sqlite3 import connect
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest
from tests.chassis.house import opened, running
from tests.nats_server import NatsServer
from tests.notify.mail_server import MailServer, mail_server
from tests.notify.test_main import Process, are_sent
from tests.until import until

from zi_chassis.bus.outbox import Outbox
from zi_chassis.domain import Act, Command, Decider, Disclosure, Event
from zi_chassis.storage.database import Database
from zi_chassis.storage.store import Store

pytestmark = pytest.mark.journey
TICKET = "0EXAMP1E0"


class Announce(Command):
    """A step of this name, of this case, as a message with these data."""

    step: str
    ticket: str
    data: dict[str, Any]


class Announced(Event):
    ticket: str
    data: dict[str, Any]


class ComplaintFiled(Announced):
    pass


class CaseAssigned(Announced):
    pass


class CitizenReplied(Announced):
    pass


class CaseTriaged(Announced):
    pass


class DeadlineMissed(Announced):
    pass


class OpeningsLimited(Announced):
    pass


class ConflictDeclared(Announced):
    pass


STATUS = {"state": "assigned", "holder": "office", "language": "id", "reachable_by": []}
STEPS = {each.__name__: each for each in Announced.__subclasses__()}
desk: Decider[None] = Decider(
    "desk",
    None,
    lambda command, state: [STEPS[command.step](by=command.by, ticket=command.ticket, data=command.data)],
    lambda state, event: None,
    tuple(STEPS.values()),
    lambda event, state: Disclosure(event.ticket, event.data),
)
MORNING = datetime(2026, 12, 7, 7, 20, tzinfo=ZoneInfo("Asia/Makassar"))  # a Monday
OFFICER, SUPERVISOR = "petugas@pegawai.example", "penyelia@pegawai.example"
EVENING = datetime(2026, 12, 8, 22, tzinfo=ZoneInfo("Asia/Makassar"))  # quiet since 20:00, to 06:00
FAR = "2027-06-01T07:30:00Z"
EXAMPLES = Path(__file__).parents[1] / "contracts/examples"
BY_SUPERVISOR, BY_OFFICER = ("supervisor", "staff:supervisor"), ("officer", "staff:officer")
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


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
        assigned = Announce(by=act, step="CaseAssigned", ticket=TICKET, data=STATUS | {"officer": "officer"})
        due = {"due": "2026-12-09T07:30:00Z", "items": []}
        replied = Announce(by=act, step="CitizenReplied", ticket=TICKET, data=STATUS | due)
        async with notify(0):
            await store.handle(desk, uuid4(), assigned)
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


class Office:
    """Desks that announce steps, a mail server, and one life of notify whose clock is moved on."""

    def __init__(self, data: Path, mails: MailServer, stores: Mapping[str, Store], notify: Process) -> None:
        self.data, self.mails, self._stores, self.notify = data, mails, stores, notify
        self._now = EVENING

    async def announce(
        self, step: str, ticket: str, by: tuple[str, str], sender: str = "intake", **data: Any
    ) -> None:
        actor, role = by
        kind = "".join(f"_{each.lower()}" if each.isupper() else each for each in step).lstrip("_")
        known = json.loads((EXAMPLES / f"zi.{sender}.{kind}.json").read_bytes())["data"]
        act = Act(at=self._now, actor=actor, role=role)
        command = Announce(by=act, step=step, ticket=ticket, data=known | data)
        await self._stores[sender].handle(desk, uuid4(), command)

    async def assigned(self, ticket: str) -> None:
        """A named complaint about a product, which a supervisor gives to the officer."""
        filing: dict[str, Any] = {"confidentiality": "named", "confidential": False, "reachable_by": []}
        times = {"due": FAR, "acknowledge_by": FAR}
        await self.announce("ComplaintFiled", ticket, ("public", "public"), **filing, **times)
        await self.announce("CaseAssigned", ticket, BY_SUPERVISOR, officer="officer", reachable_by=[])

    async def emergency(self, ticket: str) -> None:
        more = {"emergency": True, "due": FAR, "reachable_by": []}
        await self.announce("CaseTriaged", ticket, ("officer-2", "staff:officer"), **more)

    def later(self, at: datetime) -> None:
        self._now = at
        fresh = self.data / "clock.new"
        fresh.write_text(str(int((at - EVENING).total_seconds())))
        fresh.rename(self.data / "clock")

    async def come(self, *expected: tuple[str, str]) -> list[EmailMessage]:
        """Wait until as many mails have come, and compare all that came since the last time, by reader and subject."""
        await until(lambda: len(self.mails.took) >= len(expected))
        came, self.mails.took = self.mails.took, []
        assert sorted((mail["To"], mail["Subject"]) for mail in came) == sorted(expected)
        return came

    def lists(self) -> list[str]:
        """Read the states of the morning lists."""
        query = "SELECT state FROM deliveries WHERE template = 'official_morning' ORDER BY position"
        with closing(connect(f"file:{self.data}/notify/store.db?mode=ro", uri=True)) as database:
            return [state for (state,) in database.execute(query)]

    async def choose(self, mail: EmailMessage, form: dict[str, str]) -> None:
        """As the reader of a mail; to open its link changes nothing."""
        path = "/notify" + str(mail["List-Unsubscribe"]).strip("<>").partition("/notify")[2]
        async with httpx.AsyncClient(base_url=f"http://{self.notify.listen}", trust_env=False) as client:
            assert (await client.get(path)).status_code == 200
            assert (await client.post(path, data=form)).status_code in (200, 303)


@asynccontextmanager
async def office(nats: NatsServer, ledger: str, folder: Path) -> AsyncIterator[Office]:
    data, shift = folder / "house", int((EVENING - datetime.now(UTC)).total_seconds())
    data.mkdir()
    async with AsyncExitStack() as stack:
        mails, stores = await stack.enter_async_context(mail_server()), dict[str, Store]()
        for sender in ("intake", "integrity"):
            database = Database(folder / f"{sender}.db")
            store = Store(service=sender, office="office", database=database, deciders=[desk])
            store.open()
            stack.callback(store.close)
            broker = nats.broker(sender)
            await stack.enter_async_context(opened(broker))
            await stack.enter_async_context(running(Outbox(store, broker).run))
            stores[sender] = store
        notify = Process(nats, ledger, mails.address, data, ZI_CLOCK_SHIFT=str(shift))
        await stack.enter_async_context(notify.alive())
        await notify.ready()
        yield Office(data, mails, stores, notify)


async def test_what_is_urgent_comes_in_the_night_and_the_rest_in_the_morning_as_each_official_likes(
    nats: NatsServer, empty_ledger: str, tmp_path: Path
) -> None:
    first, second, third = (f"0EXAMP{number:03}" for number in range(3))
    async with office(nats, empty_ledger, tmp_path) as house:
        await house.assigned(first)
        await house.announce("DeadlineMissed", first, ("system:intake", "system:intake"), **missed())
        await house.emergency(first)
        await house.announce("OpeningsLimited", "openings", BY_OFFICER)
        await house.announce("ConflictDeclared", "0EXAMP1EC", BY_OFFICER, "integrity", official="officer")
        await house.come(
            *((reader, f"Darurat: tiket {first}") for reader in (OFFICER, SUPERVISOR)),
            (SUPERVISOR, "Ada yang terlalu sering mencoba membuka data pribadi"),
            (SUPERVISOR, "Ada pernyataan konflik kepentingan"),
        )
        house.later(EVENING + timedelta(hours=8, minutes=1))
        came = await house.come(
            (OFFICER, f"Tiket {first} ditugaskan kepada Anda"),
            (OFFICER, f"Tiket {first}: batas waktu terlewati"),
            (SUPERVISOR, f"Tiket {first}: batas waktu kantor terlewati"),
        )
        [stoppable] = [mail for mail in came if mail["List-Unsubscribe"]]
        await house.choose(stoppable, {"choice": "daily"})
        await house.assigned(second)
        await house.emergency(second)
        await house.come(*((reader, f"Darurat: tiket {second}") for reader in (OFFICER, SUPERVISOR)))
        house.later(EVENING + timedelta(hours=9, minutes=31))
        [digest] = await house.come((OFFICER, "Pekerjaan Anda pagi ini"))
        assert {ticket for ticket in (first, second) if ticket in digest.get_content()} == {first, second}
        await house.choose(digest, ONE_CLICK)
        house.later(EVENING + timedelta(days=1, hours=9, minutes=31))
        await until(lambda: house.lists() == ["handed_over", "withheld"])
        await house.assigned(third)
        await house.emergency(third)
        await house.come(*((reader, f"Darurat: tiket {third}") for reader in (OFFICER, SUPERVISOR)))


def missed() -> dict[str, Any]:
    return {"officials": ["officer"], "due": EVENING.isoformat(), "reachable_by": []}
