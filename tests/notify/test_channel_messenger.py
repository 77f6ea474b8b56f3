"""Chats of teams of officials: a stand-in of Telegram's Bot API on loopback, and what becomes of a message whatever it answers."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from tests.notify.http_gateway import HttpGateway, http_gateway
from tests.notify.phones import TICKET, Phones, phones, settings
from tests.notify.self_signed import self_signed
from tests.until import until

from zi_chassis.domain import Act
from zi_notify.channels.channel import Outcome
from zi_notify.channels.messenger import MessengerChannel, TeamMessage, attempted, is_usable
from zi_notify.domain.case_facts import CaseFacts
from zi_notify.domain.delivery import BeginHandingOver, RequestDelivery
from zi_notify.main import create_app
from zi_notify.messaging.published import decider
from zi_notify.read import work_table
from zi_notify.sending.channel_setup import UnusableGatewayError
from zi_notify.texts.letter import templates
from zi_rules.message_channels import MessengerTeam, TeamService

TEAM = "regu-piket"
TOKEN = "123456789:AnInventedTokenOfNobody"
URL = f"tgram://{TOKEN}/-1001234567890"
TAKEN = b'{"ok": true, "result": {"message_id": 7}}'
BUSY = b'{"ok": false, "error_code": 429, "parameters": {"retry_after": 900}}'
WRONG = b'{"ok": false, "error_code": 401, "description": "Unauthorized"}'
RULES = f"""
version = 2
email = {{ retry_minutes = [1] }}
[messenger]
retry_minutes = [1, 5]
seconds = 20
breaker = {{ faults = 2, rest_seconds = 60 }}
[[messenger.team]]
name = "{TEAM}"
service = "tgram"
members = ["supervisor", "officer"]
language = "en"
"""


def team(service: str = "tgram") -> MessengerTeam:
    return MessengerTeam.model_validate({"name": TEAM, "service": service, "members": ["chief"]})


# -- what an address may be


@pytest.mark.parametrize(
    ("service", "url"),
    [
        ("tgram", URL),
        ("tgram", f"tgram://bot{TOKEN}/@a_channel"),
        ("tgram", f"{URL}:7"),
        ("tgram", f"{URL}?silent=yes"),
        ("slack", "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/%23duty"),
        ("matrixs", "matrixs://token@matrix.example/!room:matrix.example"),
        ("ntfys", "ntfys://ntfy.example/a-topic?auth=token&token=tk_x"),
        ("ntfys", "ntfy://127.0.0.1:8088/a-topic"),
    ],
)
def test_an_address_is_one_chat_at_the_service_of_its_team(service: str, url: str) -> None:
    assert is_usable(team(service), url)


@pytest.mark.parametrize(
    ("service", "url"),
    [
        ("tgram", ""),
        ("tgram", "tgram://"),
        ("tgram", f"tgram://{TOKEN}"),  # then it would be the first stranger who writes to the bot
        ("tgram", f"{URL}/42"),
        ("tgram", f"{URL} tgram://{TOKEN}/42"),
        ("tgram", f"{URL},tgram://{TOKEN}/42"),
        ("tgram", f"{URL}?to=42"),
        ("tgram", f"{URL}?template=file:///etc/passwd"),
        ("tgram", f"{URL}?silent=yes;template=x"),
        ("tgram", f"{URL}?tem%70late=x"),
        ("tgram", f"{URL}?detect=yes"),
        ("slack", "slack://a/b/c?verify=no"),
        ("slack", "slack://a/b/c?redirect=yes"),
        ("slack", "slack://a/b/c?+X-Header=a"),
        ("slack", "slacks://a/b/c"),
        ("tgram", "syslog://"),
        ("ntfys", "ntfy://ntfy.example/a-topic"),
        ("ntfys", "ntfy://127.0.0.1.example/a-topic"),
        ("ntfys", "json://127.0.0.1/"),
    ],
)
def test_an_address_that_asks_for_anything_else_is_refused(service: str, url: str) -> None:
    assert not is_usable(team(service), url)


# -- what an answer means


def program_answer(accepted: bool, *calls: tuple[bool, int | None]) -> bytes:
    listed = [{"sent": sent, "status": status, "wait": ""} for sent, status in calls]
    return json.dumps({"accepted": accepted, "calls": listed}).encode()


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (program_answer(True, (True, 200)), "handed_over"),
        (program_answer(False), "technical"),
        (program_answer(False, (False, None)), "technical"),
        (program_answer(False, (True, None)), "uncertain"),
        (program_answer(False, (True, 200)), "uncertain"),
        (program_answer(False, (True, 302)), "technical"),
        (program_answer(False, (True, 401)), "technical"),
        (program_answer(False, (True, 200), (True, 403)), "technical"),
        (program_answer(False, (True, 429)), "temporary"),
        (program_answer(False, (True, 503)), "temporary"),
        (program_answer(False, (True, 500)), "uncertain"),
        (b"", "uncertain"),
        (b"[]", "uncertain"),
        (b'{"accepted": false, "calls": [{}]}', "uncertain"),
    ],
)
def test_only_what_is_certain_is_called_certain(answer: bytes, outcome: Outcome) -> None:
    assert attempted(answer).outcome == outcome


async def test_a_program_that_is_killed_or_is_not_there_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    killed = (sys.executable, "-ISc", "import os; os.kill(os.getpid(), 9)")
    for program, outcome in ((killed, "uncertain"), (("/nowhere/a-program",), "technical")):
        monkeypatch.setattr(MessengerChannel, "program", program)
        assert (await MessengerChannel(team(), URL, 5).hand_over(TeamMessage("x"))).outcome == outcome


# -- through the whole service


@pytest_asyncio.fixture
async def telegram(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[HttpGateway]:
    async with http_gateway() as running:
        running.answer(200, body=TAKEN)
        program = (sys.executable, "-I", str(Path(__file__).with_name("telegram_program.py")))
        monkeypatch.setattr(MessengerChannel, "program", (*program, str(running.port)))
        yield running


def describe(folder: Path, url: str = URL) -> None:
    (folder / "rules").mkdir()
    (folder / "gateways").mkdir()
    (folder / "rules" / "message_channels.toml").write_text(RULES)
    (folder / "gateways" / TEAM).write_text(f"{url}\n")


@pytest_asyncio.fixture
async def ours(tmp_path: Path, telegram: HttpGateway) -> AsyncIterator[Phones]:
    describe(tmp_path)
    async with phones(tmp_path) as ours:
        yield ours


def act(ours: Phones) -> Act:
    return Act(at=ours.clock.now(), actor="system:notify", role="system:notify")


async def notice(ours: Phones, template: str = "official_conflict", ticket: str = "") -> UUID:
    delivery = uuid4()
    fields: dict[str, Any] = {"template_version": templates().version, "language": "en", "cause": uuid4()}
    command = RequestDelivery(
        by=act(ours), ticket=ticket, channel="messenger", template=template, team=TEAM, **fields
    )
    await ours.store.handle(decider, delivery, command)
    return delivery


async def test_a_team_gets_a_message_once_and_nothing_keeps_the_key(
    ours: Phones, telegram: HttpGateway, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        async with ours.sending("messenger"):
            delivery = await notice(ours)
            await until(lambda: ours.state(delivery) == "handed_over")
    [came] = telegram.came
    assert came.path == f"/bot{TOKEN}/sendMessage"
    assert came.body["chat_id"] == -1001234567890
    assert came.body["text"].startswith("A conflict of interest was declared")
    messages = [row.message for row in ours.store.messages(0, 100)]
    stored = [path.read_bytes() for path in tmp_path.glob("notify/store.db*")]
    assert [content for content in messages + stored if b"AnInventedToken" in content] == []
    assert "AnInventedToken" not in caplog.text


def test_notify_holds_apprise_only_while_a_message_is_handed_over() -> None:
    probe = "import sys, zi_notify.main, zi_notify.channels.messenger; sys.exit('apprise' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", probe], check=False).returncode == 0


async def test_a_chat_that_is_busy_rests_as_long_as_it_asks(ours: Phones, telegram: HttpGateway) -> None:
    telegram.answers = [(429, {}, BUSY), (200, {}, TAKEN)]
    async with ours.sending("messenger"):
        delivery = await notice(ours)
        await until(lambda: ours.state(delivery) == "deferred")
        due = ours.store.load(decider, delivery)[1].due
        assert due is not None
        assert due - ours.clock.now() > timedelta(minutes=10)  # the ladder alone says one
        ours.clock.shift = timedelta(minutes=16)
        await ours.wake()
        await until(lambda: ours.state(delivery) == "handed_over")
    assert len(telegram.came) == 2


async def test_with_a_wrong_key_the_ladder_is_climbed_and_given_up(
    ours: Phones, telegram: HttpGateway
) -> None:
    telegram.answer(401, body=WRONG)
    async with ours.sending("messenger"):
        delivery = await notice(ours)
        for setbacks in (1, 2):
            await until(lambda n=setbacks: setbacks_of(ours, delivery) == n)  # type: ignore[misc]
            ours.clock.shift += timedelta(minutes=10)
            await ours.wake()
        await until(lambda: ours.state(delivery) == "failed")
    assert len(telegram.came) == 3


def setbacks_of(ours: Phones, delivery: UUID) -> int:
    return int(ours.store.load(decider, delivery)[1].setbacks)


@pytest.mark.parametrize("answer", [500, None], ids=["fault", "the line drops"])
async def test_what_the_service_may_have_is_not_sent_again(
    ours: Phones, telegram: HttpGateway, answer: int | None
) -> None:
    telegram.answer(answer)
    async with ours.sending("messenger"):
        delivery = await notice(ours)
        await until(lambda: ours.state(delivery) == "failed")
    reasons = [json.loads(row.message)["data"].get("reason_class") for row in ours.store.messages(0, 100)]
    assert [reason for reason in reasons if reason] == ["uncertain"]
    assert len(telegram.came) == 1


async def test_after_a_crash_in_between_nobody_knows_and_nothing_is_sent_again(
    ours: Phones, telegram: HttpGateway
) -> None:
    delivery = await notice(ours)
    await ours.store.handle(decider, delivery, BeginHandingOver(by=act(ours), attempt=1, provider=TEAM))
    async with ours.sending("messenger"):
        await until(lambda: ours.state(delivery) == "failed")
    assert telegram.came == []


async def test_a_case_is_named_to_the_team_only_while_all_of_it_may_know(
    ours: Phones, telegram: HttpGateway
) -> None:
    facts = CaseFacts(service="intake", ticket=TICKET, kind="product", is_confidential=False)
    async with ours.sending("messenger"):
        with ours.store.database.transaction() as tx:
            work_table._write(tx, facts)
        named = await notice(ours, "official_escalated", TICKET)
        await until(lambda: ours.state(named) == "handed_over")
        with ours.store.database.transaction() as tx:
            work_table._write(tx, facts.model_copy(update={"is_confidential": True}))
        withheld = await notice(ours, "official_escalated", TICKET)
        await until(lambda: ours.state(withheld) == "withheld")
    [came] = telegram.came
    assert TICKET in came.body["text"]
    assert ours.states() == {}  # no list of the case has a message to officials


CHATS = {
    "tgram": URL,
    "matrixs": "matrixs://token@matrix.example/!room:matrix.example",
    "slack": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/%23duty",
    "discord": "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
    "mmosts": "mmosts://chat.example/3ccdd113474722377935511fc85d3dd4",
    "rockets": "rockets://user:password@chat.example/%23duty",
    "zulip": "zulip://botname@org/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/duty",
    "gchat": "gchat://workspace/key/token",
    "ntfys": "ntfys://ntfy.example/a-topic",
}
LOADED = """
import json, sys
from zi_notify.channels.messenger_call import _chat
chats = json.load(sys.stdin)
print(json.dumps([name for name, url in chats.items() if _chat(name, url, 5) is None]))
"""


def test_apprise_takes_the_address_of_each_service_as_one_chat() -> None:
    assert set(CHATS) == set(get_args(TeamService))
    assert all(is_usable(team(name), url) for name, url in CHATS.items())
    done = subprocess.run(
        [sys.executable, "-Ic", LOADED], input=json.dumps(CHATS), capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == []


async def test_a_message_goes_to_ntfy_as_apprise_sends_it(tmp_path: Path) -> None:
    """With the program as it is, and a service whose host the address names."""
    async with http_gateway() as ntfy:
        ntfy.answer(200)
        chat = MessengerChannel(team("ntfys"), f"ntfy://127.0.0.1:{ntfy.port}/a-topic", 20)
        assert (await chat.hand_over(TeamMessage("A & B\n\n<c>"))).outcome == "handed_over"
    [came] = ntfy.came
    assert (came.body["topic"], came.body["message"]) == ("a-topic", "A & B\n\n<c>")


async def test_a_service_whose_certificate_does_not_hold_has_certainly_nothing(tmp_path: Path) -> None:
    async with http_gateway(tls=self_signed(tmp_path / "server.pem")) as ntfy:
        chat = MessengerChannel(team("ntfys"), f"ntfys://127.0.0.1:{ntfy.port}/a-topic", 20)
        assert (await chat.hand_over(TeamMessage("x"))).outcome == "technical"
    assert ntfy.came == []


# -- at the start


@pytest.mark.parametrize("url", ["", "tgram://nothing", f"{URL}?verify=no"])
def test_an_address_that_can_t_be_used_stops_the_start_and_is_not_repeated(tmp_path: Path, url: str) -> None:
    describe(tmp_path, url)
    with pytest.raises(UnusableGatewayError) as refusal:
        create_app(settings(tmp_path, []))
    assert TEAM in str(refusal.value)
    assert "tgram://" not in str(refusal.value)
