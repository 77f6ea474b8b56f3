"""Webhooks: signed as Standard Webhooks has it, called until they are taken, and never elsewhere than was checked."""

import asyncio
import base64
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path

import pytest
from tests.chassis.counter import decide, evolve
from tests.chassis.house import running
from tests.chassis.receiver import Receiver, receiving, verified
from tests.until import until

from zi_chassis.clock import Clock
from zi_chassis.domain import Decider, Disclosure
from zi_chassis.storage.database import Database
from zi_chassis.storage.store import Store
from zi_chassis.webhooks.call import WebhookCaller, WebhookEndpoint
from zi_chassis.webhooks.public_address import PublicAddresses
from zi_chassis.webhooks.queue import (
    GIVEN_UP_AFTER,
    LADDER,
    TABLES,
    WebhookLoop,
    WebhookPage,
    enqueue,
    erase_messages,
    failing,
    webhook_page,
)
from zi_chassis.webhooks.signature import webhook_headers, webhook_key, webhook_keys, webhook_secret

NOON = datetime(2026, 12, 7, 12, tzinfo=UTC)
KEY, FORMER = webhook_key(b"secret", "one", "2"), webhook_key(b"secret", "one", "1")
OPEN = PublicAddresses(plain=True, private=True)


class SetClock(Clock):
    at = NOON

    def now(self) -> datetime:
        return self.at


class Queue:
    """A queue over a real store; `ended` are the endpoints that said that they are gone."""

    def __init__(self, folder: Path, seconds: float = 60.0) -> None:
        decider = Decider(
            name="counter",
            initial=None,
            decide=decide,
            evolve=evolve,
            events=(),
            publish=lambda *_: Disclosure("-"),
        )
        self.store = Store(
            service="sample",
            office="contoh",
            database=Database(folder / "store.db"),
            deciders=(decider,),
            tables=TABLES,
        )
        self.clock = SetClock()
        self.endpoints: dict[str, WebhookEndpoint] = {}
        self.ended: list[str] = []
        self.loop = WebhookLoop(
            self.store, self.clock, WebhookCaller(OPEN, seconds), self._endpoint, self._gone
        )

    async def _endpoint(self, name: str) -> WebhookEndpoint | None:
        return self.endpoints.get(name)

    async def _gone(self, name: str) -> None:
        self.ended.append(name)
        del self.endpoints[name]

    def add(self, id: str = "evt_1", endpoint: str = "one") -> None:
        with self.store.database.transaction() as tx:
            enqueue(tx, endpoint, id, "letter.issued", "SKI-1", b'{"type":"letter.issued"}', self.clock.at)

    def page(self, *endpoints: str, page: int = 1) -> WebhookPage:
        return self.store.read(lambda tx: webhook_page(tx, endpoints or ("one",), page))

    def state(self) -> tuple[str, int, str | None, int | None]:
        [message] = self.page().messages
        return message.state, message.tries, message.outcome, message.status


@pytest.fixture
async def queue(tmp_path: Path) -> AsyncIterator[Queue]:
    queue = Queue(tmp_path)
    queue.store.open()
    yield queue
    queue.store.close()


@pytest.fixture
async def receiver(queue: Queue) -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        queue.endpoints["one"] = WebhookEndpoint(receiver.url, (KEY, FORMER))
        yield receiver


# -- the signature


def test_a_secret_is_written_as_the_specification_says() -> None:
    assert webhook_secret(bytes(32)) == "whsec_" + base64.b64encode(bytes(32)).decode()
    assert KEY != FORMER != webhook_key(b"other", "one", "1")


def test_the_example_of_the_specification_has_this_signature() -> None:
    """https://github.com/standard-webhooks/standard-webhooks, the vector of its libraries."""
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = webhook_headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        datetime.fromtimestamp(1614265330, UTC),
        b'{"test": 2432232314}',
        [key],
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert headers["webhook-timestamp"] == "1614265330"


def test_openssl_computes_the_same_signature(tmp_path: Path) -> None:
    headers = webhook_headers("evt_1", NOON, b'{"a": 1}', [KEY])
    signed = tmp_path / "signed"
    signed.write_bytes(f"evt_1.{headers['webhook-timestamp']}.".encode() + b'{"a": 1}')
    mac = ["-mac", "HMAC", "-macopt", f"hexkey:{KEY.hex()}"]
    made = subprocess.run(
        ["openssl", "dgst", "-sha256", *mac, "-binary", str(signed)], capture_output=True, check=True
    )
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(made.stdout).decode()}"


def test_secrets_are_read_one_a_line_the_current_one_first() -> None:
    written = f"{webhook_secret(KEY)}\n\n {webhook_secret(FORMER)}\n"
    assert webhook_keys(written) == (KEY, FORMER)


@pytest.mark.parametrize(
    "written", ["", "secret", "whsec_", "whsec_!", webhook_secret(bytes(23)), webhook_secret(bytes(65))]
)
def test_what_is_no_secret_is_refused(written: str) -> None:
    with pytest.raises(ValueError):
        webhook_keys(written)


# -- the call


async def test_a_message_is_delivered_once_and_verifies_under_either_secret(
    queue: Queue, receiver: Receiver
) -> None:
    queue.add()
    assert (await queue.loop.tick(), await queue.loop.tick()) == (1, 0)
    [(first, headers, body)] = receiver.calls
    assert first == "POST /hook?from=zona HTTP/1.1"
    assert headers["host"] == f"127.0.0.1:{receiver.port}"
    assert (headers["content-type"], headers["webhook-id"]) == ("application/json", "evt_1")
    assert all(verified(webhook_secret(key), headers, body) for key in (KEY, FORMER))
    assert not verified(webhook_secret(KEY), headers, body + b" ")
    assert queue.state() == ("delivered", 1, "delivered", 200)


async def test_an_answer_that_comes_late_counts_as_none_and_the_same_id_comes_again(
    tmp_path: Path, receiver: Receiver, queue: Queue
) -> None:
    patient, impatient = queue.loop, WebhookCaller(OPEN, 0.5)
    receiver.seconds = 2.0
    queue.add()
    await WebhookLoop(queue.store, queue.clock, impatient, queue._endpoint, queue._gone).tick()
    assert queue.state() == ("waiting", 1, "too_slow", None)
    receiver.seconds = 0.0
    queue.clock.at += LADDER[0]
    await patient.tick()
    assert queue.state() == ("delivered", 2, "delivered", 200)
    assert {headers["webhook-id"] for _, headers, _ in receiver.calls} == {"evt_1"}
    assert len(receiver.calls) in (1, 2)  # the first may have been given up before it arrived


async def test_each_failure_waits_longer_and_after_five_days_the_message_is_given_up(
    queue: Queue, receiver: Receiver
) -> None:
    receiver.statuses = [500]
    queue.add()
    waits = []
    while queue.page().messages[0].state == "waiting":
        assert await queue.loop.tick() == 1
        message = queue.page().messages[0]
        waits.append(message.next_at - queue.clock.at)
        assert await queue.loop.tick() == 0
        queue.clock.at = message.next_at
    assert waits[: len(LADDER)] == list(LADDER)[: len(waits)]
    assert queue.clock.at - NOON >= GIVEN_UP_AFTER
    assert queue.page().given_up == 1
    assert len(receiver.calls) == len(waits)


async def test_what_was_not_called_for_a_week_is_not_given_up_at_the_first_failure(
    queue: Queue, receiver: Receiver
) -> None:
    for number in range(3):
        queue.add(f"evt_{number}")
    receiver.statuses = [500]
    queue.clock.at += timedelta(days=7)
    assert (await queue.loop.tick(), await queue.loop.tick()) == (1, 0)
    assert [each.state for each in queue.page().messages] == ["waiting"] * 3
    assert len(receiver.calls) == 1


async def test_who_has_failed_for_five_days_is_not_called_about_all_that_waits(
    queue: Queue, receiver: Receiver
) -> None:
    for number in range(3):
        queue.add(f"evt_{number}")
    receiver.statuses = [500]
    await queue.loop.tick()
    queue.clock.at += GIVEN_UP_AFTER
    assert (await queue.loop.tick(), await queue.loop.tick()) == (1, 0)
    assert sorted(each.state for each in queue.page().messages) == ["given_up", "waiting", "waiting"]
    assert queue.store.read(failing) == {"one"}
    receiver.statuses = [200]
    queue.clock.at += LADDER[-1]
    while await queue.loop.tick():
        pass
    assert queue.store.read(failing) == frozenset()
    assert sorted(each.state for each in queue.page().messages) == ["delivered", "delivered", "given_up"]


async def test_a_receiver_that_asks_for_time_is_given_it(queue: Queue, receiver: Receiver) -> None:
    receiver.statuses, receiver.headers = [429, 503, 200], "Retry-After: 900\r\n"
    queue.add()
    await queue.loop.tick()
    assert queue.page().messages[0].next_at == NOON + timedelta(seconds=900)
    queue.clock.at += timedelta(seconds=900)
    receiver.headers = "Retry-After: Wed, 09 Dec 2026 07:28:00 GMT\r\n"
    await queue.loop.tick()
    assert queue.page().messages[0].next_at == queue.clock.at + LADDER[1]
    queue.clock.at += LADDER[1]
    await queue.loop.tick()
    assert queue.state() == ("delivered", 3, "delivered", 200)


async def test_a_redirect_is_not_followed(queue: Queue, receiver: Receiver) -> None:
    async with receiving() as other:
        receiver.statuses, receiver.headers = [307], f"Location: {other.url}\r\n"
        queue.add()
        await queue.loop.tick()
    assert (other.calls, queue.state()) == ([], ("waiting", 1, "redirected", 307))


async def test_gone_ends_the_endpoint_and_what_waits_for_it(queue: Queue, receiver: Receiver) -> None:
    receiver.statuses = [410]
    queue.add()
    queue.add("evt_2")
    await queue.loop.tick()
    await queue.loop.tick()
    assert queue.ended == ["one"]
    assert [each.state for each in queue.page().messages] == ["ended", "ended"]
    assert len(receiver.calls) == 1


async def test_what_is_erased_during_its_call_is_not_called_again(queue: Queue, receiver: Receiver) -> None:
    receiver.statuses = [500]
    queue.add()
    endpoint = queue.endpoints["one"]

    async def erasing(name: str) -> WebhookEndpoint:
        with queue.store.database.transaction() as tx:
            erase_messages(tx, [name], [])
        return endpoint

    queue.loop._endpoint_of = erasing
    await queue.loop.tick()
    queue.clock.at += GIVEN_UP_AFTER
    assert (await queue.loop.tick(), len(receiver.calls)) == (0, 1)
    [message] = queue.page().messages
    assert (message.state, message.subject, message.body) == ("erased", "", b"")


async def test_whoever_is_away_is_asked_about_one_message_and_holds_up_no_other(
    queue: Queue, receiver: Receiver
) -> None:
    queue.endpoints["away"] = WebhookEndpoint("http://127.0.0.1:1024/", (KEY,))
    for number in range(4):
        queue.add(f"evt_{number}", "away")
    queue.add("evt_9")
    assert (await queue.loop.tick(), await queue.loop.tick()) == (2, 0)
    assert sorted(each.tries for each in queue.page("away").messages) == [0, 0, 0, 1]
    assert {each.outcome for each in queue.page("away").messages} == {None, "unreachable"}
    assert queue.state()[0] == "delivered"


async def test_a_name_that_answers_otherwise_a_moment_later_leads_nowhere_else(receiver: Receiver) -> None:
    """DNS rebinding: the first answer is checked and called, and the next call checks its own."""
    answers = cycle([["127.0.0.1"], ["10.0.0.1"]])

    async def resolve(host: str, port: int) -> Sequence[str]:
        return next(answers)

    url = receiver.url.replace("127.0.0.1", "hook.example")
    opened = WebhookCaller(PublicAddresses(plain=True, private=True, resolve=resolve))
    first = await opened.call(WebhookEndpoint(url, (KEY,)), "evt_1", NOON, b"{}")
    assert (first.outcome, receiver.calls[0][1]["host"]) == ("delivered", f"hook.example:{receiver.port}")
    closed = WebhookCaller(PublicAddresses(plain=True, resolve=resolve))
    for _ in range(2):
        assert (await closed.call(WebhookEndpoint(url, (KEY,)), "evt_1", NOON, b"{}")).outcome == "unsafe"
    assert len(receiver.calls) == 1


async def test_the_loop_delivers_by_itself_and_ends_when_it_is_cancelled(
    queue: Queue, receiver: Receiver
) -> None:
    for number in range(30):
        queue.add(f"evt_{number}")
    async with running(queue.loop.run):
        await until(lambda: len(receiver.calls) == 30)
    assert queue.loop.reason is None
    assert [queue.page(page=page).total for page in (1, 2)] == [30, 30]
    assert [len(queue.page(page=page).messages) for page in (1, 2, 3)] == [20, 10, 0]


async def test_a_fault_of_the_machine_is_a_reason_and_nothing_is_lost(
    queue: Queue, receiver: Receiver
) -> None:
    async def broken(name: str) -> WebhookEndpoint | None:
        raise OSError("disk")

    queue.add()
    loop = WebhookLoop(queue.store, queue.clock, WebhookCaller(OPEN), broken, queue._gone)
    async with running(loop.run):
        await until(lambda: loop.reason is not None)
    assert queue.page().messages[0].state == "waiting"


async def test_a_loop_that_runs_again_knows_what_the_store_knows(queue: Queue, receiver: Receiver) -> None:
    queue.loop._paused.add("one")
    queue.loop.failing.add("two")
    queue.add()
    async with running(queue.loop.run):
        await until(lambda: queue.state()[0] == "delivered")
        assert queue.loop.failing == set()


async def test_a_loop_has_ended_when_none_of_its_calls_goes_on(queue: Queue) -> None:
    began, ended = asyncio.Event(), list[str]()

    async def slow(name: str) -> WebhookEndpoint | None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            ended.append(name)
        return None

    queue.add()
    loop = WebhookLoop(queue.store, queue.clock, WebhookCaller(OPEN), slow, queue._gone)
    task = asyncio.create_task(loop.run())
    await began.wait()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert ended == ["one"]


def test_the_same_message_comes_into_the_queue_once(tmp_path: Path) -> None:
    queue = Queue(tmp_path)
    queue.store.open()
    queue.add()
    queue.add()
    assert queue.page().total == 1
    assert queue.store.read(lambda tx: webhook_page(tx, ())) == WebhookPage((), 0, 0)
    queue.store.close()
