"""notify as a process of its own between a real bus and real peers on loopback: two gateways and a mail server that do what such do, and a reader.
Each message ends in the right state, once."""

import json
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import datetime
from pathlib import Path
from sqlite3 import connect
from typing import Any

import httpx
import pytest
from tests.chassis.house import opened, running
from tests.chassis.provider import OwnProvider
from tests.nats_server import NatsServer
from tests.notify.http_gateway import HttpGateway, Taken, http_gateway, receipt, signed
from tests.notify.mail_server import MailServer, mail_server
from tests.notify.phones import NUMBER, describe
from tests.notify.teller import ADDRESS, Intake
from tests.notify.test_main import Process
from tests.until import until

from zi_chassis.office_clock import office_zone
from zi_notify.addresses.recipient_keys import RecipientKeys

pytestmark = pytest.mark.journey
FIRST, SECOND = "contoh-satu", "contoh-dua"
HOUR = 60
DAY = 86_400
PAGE = "/notify/desk/channels"
DIGITS = "81234567890"


class Peers:
    def __init__(
        self,
        folder: Path,
        intake: Intake,
        gateways: tuple[HttpGateway, HttpGateway],
        mails: MailServer,
        notify: Process,
        client: httpx.AsyncClient,
        operator: dict[str, str],
    ) -> None:
        self.folder, self.intake, self.mails, self.notify = folder, intake, mails, notify
        self.first, self.second = gateways
        self.client, self.operator = client, operator
        self._tickets = self._minutes = 0

    async def tell(self, channel: str = "phone") -> str:
        """Have a step of a new case on the bus; return the ticket."""
        self._tickets += 1
        ticket = f"0EXAMP{self._tickets:03}"
        await self.intake.tell(ticket, channel)
        return ticket

    async def ends(self, ticket: str, state: str) -> None:
        await until(lambda: self.rows("SELECT state FROM deliveries WHERE ticket = ?", ticket) == [(state,)])

    async def sends(self, channel: str = "phone", state: str = "handed_over") -> str:
        ticket = await self.tell(channel)
        await self.ends(ticket, state)
        return ticket

    async def later(self, minutes: int) -> None:
        """Move the clock on, and wake the sender by a switch of something that nobody uses."""
        self._minutes += minutes
        fresh = self.folder / "clock.new"
        fresh.write_text(str(self._minutes * 60))
        fresh.rename(self.folder / "clock")
        for way, form in (("off", {"reason": "test"}), ("on", {})):
            await self.post(f"{PAGE}/web_push/{way}", form)

    async def post(self, path: str, form: dict[str, str]) -> httpx.Response:
        return await self.client.post(path, data=form, headers=self.operator | {"Accept": "text/html"})

    async def receive(self, gateway: str, id: str, status: str, **more: str) -> int:
        body = receipt((id, status))
        path = f"/notify/api/gateways/{gateway}/receipts"
        return (await self.client.post(path, content=body, headers=signed(body, **more))).status_code

    async def breaker(self) -> str:
        """Return what the metrics say of the first gateway: 0 it works, 2 it rests."""
        text = (await self.client.get("/notify/metrics")).text
        [state] = re.findall(rf'zi_notify_provider_state{{channel="sms",provider="{FIRST}"}} (\d)', text)
        return str(state)

    def rows(self, query: str, *values: str) -> list[Any]:
        store = f"file:{self.folder}/notify/store.db?mode=ro"
        with closing(connect(store, uri=True)) as database:
            return list(database.execute(query, values))

    def events(self, kind: str) -> int:
        return int(
            self.rows("SELECT COUNT(*) FROM messages WHERE type = ?", f"zi.notify.delivery_{kind}")[0][0]
        )


def _seconds_to_morning() -> int:
    """Up to the office's next seven o'clock, and a minute: in quiet hours no telephone rings, and the test moves its clock on by hours."""
    now = datetime.now(office_zone())
    return int((now.replace(hour=7, minute=0) - now).total_seconds()) % DAY + 60


@asynccontextmanager
async def peers(nats: NatsServer, ledger: str, folder: Path) -> AsyncIterator[Peers]:
    provider, intake = OwnProvider(), Intake(folder, nats.broker("intake"))
    intake.number = NUMBER
    async with http_gateway(FIRST) as first, http_gateway(SECOND) as second, mail_server() as mails:
        describe(folder, (first, second))
        more = {
            "ZI_CLOCK_SHIFT": str(_seconds_to_morning()),
            "ZI_ISSUER": provider.url,
            "ZI_GATEWAY_URLS": json.dumps({each.name: each.url for each in (first, second)}),
            "ZI_GATEWAY_SECRETS": str(folder / "gateways"),
        }
        notify = Process(nats, ledger, mails.address, folder, **more)
        async with opened(intake.broker), running(intake.outbox.run), notify.alive():
            await intake.serve_vault()
            await notify.ready()
            operator = {"Authorization": f"Bearer {provider.token(roles=['ops'])}"}
            address = f"http://{notify.listen}"
            async with httpx.AsyncClient(base_url=address, trust_env=False, timeout=60) as client:
                yield Peers(folder, intake, (first, second), mails, notify, client, operator)
    intake.store.close()
    provider.close()


async def test_a_message_by_telephone_comes_once_whatever_its_gateways_do(
    nats: NatsServer, empty_ledger: str, tmp_path: Path
) -> None:
    async with peers(nats, empty_ledger, tmp_path) as house:
        await _confirmed_from_its_first_message(house)
        await _receipts(house)
        await _busy(house)
        repeated = await _broken(house)
        await _early_receipt(house)
        await _refusing_us(house)
        await _switched_off(house)
        ids = Counter(house.first.ids)
        assert {id for id, times in ids.items() if times > 1} == {repeated}
        assert max(Counter(house.second.ids).values()) == 1
        states = house.rows("SELECT DISTINCT state FROM deliveries WHERE channel = 'sms'")
        assert {state for (state,) in states} == {"handed_over", "delivered"}
    content = [path.read_bytes() for path in (*tmp_path.glob("notify/store.db*"), tmp_path / "notify.log")]
    assert [each for each in content if DIGITS.encode() in each] == []


async def _confirmed_from_its_first_message(house: Peers) -> None:
    """The number gets nothing about a case before; a scanner that opens the link confirms nothing."""
    ticket = await house.tell()
    await until(lambda: len(house.first.came) == 1)
    [question] = house.first.came
    assert ticket not in question.body["message"]
    link = "/notify/mail/" + question.body["message"].split("/notify/mail/")[1].split("?")[0]
    assert (await house.client.get(link)).status_code == 200
    assert house.events("requested") == 2
    await house.client.post(link, data={"choice": "confirm"})
    states_of_ticket = "SELECT state FROM deliveries WHERE ticket = ? AND template <> 'confirm_number'"
    await until(lambda: house.rows(states_of_ticket, ticket) == [("handed_over",)])
    assert ticket in house.first.came[-1].body["message"]


async def _receipts(house: Peers) -> None:
    ticket = await house.sends()
    id = house.first.ids[-1]
    assert await house.receive(FIRST, id, "delivered", secret="guessed") == 403
    assert await house.receive("nobody", id, "delivered") == 403
    assert await house.receive(SECOND, id, "delivered") == 204  # that one never had it
    await house.ends(ticket, "handed_over")
    for status in ("delivered", "delivered", "expired"):
        assert await house.receive(FIRST, id, status) == 204
    await house.ends(ticket, "delivered")
    assert (house.events("delivered"), house.events("undelivered")) == (1, 0)


async def _busy(house: Peers) -> None:
    """429 with Retry-After: the other one takes over at once, and until then nobody asks the first again."""
    house.first.answer((429, {"Retry-After": "600"}))
    came = len(house.first.came)
    await house.sends()
    await house.sends()
    assert (len(house.first.came), len(house.second.came)) == (came + 1, 2)
    await house.later(HOUR)


async def _broken(house: Peers) -> str:
    """500 may be a message that was taken: nobody else gets it, and the same one gets it again under its id."""
    house.first.answer(500, 202)
    others = len(house.second.came)
    ticket = await house.sends(state="uncertain")
    assert len(house.second.came) == others
    await house.later(2)
    await house.ends(ticket, "handed_over")
    assert len(house.second.came) == others
    assert house.first.ids[-1] == house.first.ids[-2]
    return house.first.ids[-1]


async def _early_receipt(house: Peers) -> None:
    """It comes twice, before the answer, which is 500 then: the message has arrived, and is not sent again."""

    async def before(taken: Taken) -> None:
        for _ in range(2):
            assert await house.receive(FIRST, taken.body["id"], "read") == 204

    house.first.before_answer = before
    house.first.answer(500)
    arrived = house.events("delivered")
    await house.sends(state="delivered")
    await until(lambda: house.first.answered == len(house.first.came))
    house.first.before_answer = None
    house.first.answer(202)
    await house.later(2)
    await house.sends()
    assert house.events("delivered") == arrived + 1


async def _refusing_us(house: Peers) -> None:
    """401 is certain: the other one sends what this one refuses; after three in a row nobody asks it until one attempt shows that it is back."""
    house.first.answer(401)
    came = len(house.first.came)
    while await house.breaker() != "2":
        await house.sends()
    resting = len(house.first.came)
    assert resting <= came + 3
    await house.sends()
    assert len(house.first.came) == resting
    house.first.answer(202)
    await house.later(2)
    await house.sends()
    assert len(house.first.came) == resting + 1
    assert await house.breaker() == "0"


async def _switched_off(house: Peers) -> None:
    """Let a message fall due while its channel is off: it waits, and a mail that was told after it comes meanwhile."""
    came = len(house.first.came)
    assert (await house.post(f"{PAGE}/sms/off", {})).status_code == 422
    assert (await house.post(f"{PAGE}/sms/off", {"reason": "cost"})).status_code == 303
    waiting = await house.tell()
    await _confirmed(house)
    await house.sends("email")
    await house.ends(waiting, "requested")
    assert len(house.first.came) == came
    assert (await house.post(f"{PAGE}/sms/on", {})).status_code == 303
    await house.ends(waiting, "handed_over")
    assert len(house.first.came) == came + 1


async def _confirmed(house: Peers) -> None:
    """The address and the number, by their reader from a message of before."""
    keys = RecipientKeys((house.folder / "notify" / "secrets" / "recipients").read_bytes())
    for recipient in (keys.recipient(ADDRESS), keys.phone_recipient(f"62{DIGITS}")):
        link = f"/notify/mail/{keys.token(recipient)}"
        assert (await house.client.post(link, data={"choice": "confirm"})).status_code == 303


async def test_a_mail_comes_once_whatever_its_server_does(
    nats: NatsServer, empty_ledger: str, tmp_path: Path
) -> None:
    async with peers(nats, empty_ledger, tmp_path) as house:
        await _confirmed(house)
        house.mails.rcpt = "451 4.7.1 Greylisted, come back later"
        greylisted = await house.sends("email", "deferred")
        house.mails.rcpt = f"550 5.1.1 <{ADDRESS}> No such user"
        await house.sends("email", "failed")
        house.mails.rcpt, house.mails.hang_up = "250 OK", True
        doubtful = await house.sends("email", "uncertain")
        house.mails.hang_up = False
        assert len(house.mails.took) == 1
        await house.later(2)
        await house.ends(greylisted, "handed_over")
        await house.ends(doubtful, "handed_over")
        await _stopped_with_one_click(house)
        counts = sorted(Counter(house.mails.message_ids).values())
        assert counts == [1, 2]
    content = [path.read_bytes() for path in (*tmp_path.glob("notify/store.db*"), tmp_path / "notify.log")]
    assert [each for each in content if ADDRESS.encode() in each] == []


async def _stopped_with_one_click(house: Peers) -> None:
    """A scanner that opens the link of the header stops nothing; the mail program's one click does."""
    link = str(house.mails.took[-1]["List-Unsubscribe"]).strip("<>").partition("/notify")[2]
    assert (await house.client.get(f"/notify{link}")).status_code == 200
    stopped = "SELECT 1 FROM recipients WHERE consent = 'stopped'"
    assert house.rows(stopped) == []
    one_click = {"List-Unsubscribe": "One-Click"}
    assert (await house.client.post(f"/notify{link}", data=one_click)).status_code == 200
    await house.sends("email", "withheld")
