import asyncio
import logging
from base64 import b64encode
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from tests.nats_server import NatsServer

from zi_chassis.domain import ErasedError
from zi_chassis.process import request_context
from zi_chassis.vault.requests import (
    AT_ONCE,
    TooManyOpeningsError,
    UnknownTicketError,
    VaultClient,
    VaultRefusedError,
    VaultService,
    VaultUnavailableError,
)
from zi_contracts.vault import (
    DisclosedItem,
    ItemRef,
    VaultKeepRequest,
    VaultKept,
    VaultReply,
    VaultRequest,
)

EMAIL = "reporter.email"
NOTE = "note"
REQUEST = VaultRequest(ticket="T", fields=(EMAIL,), purpose="deliver")
TO_KEEP = VaultKeepRequest(ticket="T", fields={NOTE: "Dear Budi"}, request=UUID(int=7))


def disclosed(item: UUID) -> DisclosedItem:
    return DisclosedItem(
        item=item, field=EMAIL, salt=b64encode(bytes(32)).decode(), text="budi@contoh.example"
    )


def item_ref(field: str) -> ItemRef:
    return ItemRef(item=UUID(int=9), field=field, digest="cd" * 32)


class Desk:
    """Stands where intake does: remembers what it was asked, and answers by ticket."""

    def __init__(self) -> None:
        self.disclosures: list[tuple[str, VaultRequest]] = []
        self.requests: list[str | None] = []
        self.deposits: list[tuple[str, VaultKeepRequest]] = []
        fields_to_keep = dict.fromkeys(("notify", "certificates"), frozenset({NOTE}))
        self.service = VaultService({"notify": frozenset({EMAIL})}, self.disclose, fields_to_keep, self.keep)

    async def keep(self, caller: str, request: VaultKeepRequest) -> VaultKept:
        self.deposits.append((caller, request))
        await self.look_up(request.ticket)
        return VaultKept(items=tuple(item_ref(field) for field in request.fields))

    async def look_up(self, ticket: str) -> None:
        match ticket:
            case "ERASED":
                raise ErasedError
            case "UNKNOWN":
                raise UnknownTicketError
            case "CLOSED":
                raise VaultRefusedError
            case "TOO_MANY":
                raise TooManyOpeningsError(600)
            case "BROKEN":
                raise RuntimeError("budi@contoh.example")
            case "SLOW":
                await asyncio.Event().wait()

    async def disclose(self, caller: str, request: VaultRequest) -> VaultReply:
        self.disclosures.append((caller, request))
        self.requests.append(request_context.REQUEST_ID.get())
        await self.look_up(request.ticket)
        if request.items is not None:
            return VaultReply(items=tuple(disclosed(item) for item in request.items))
        return VaultReply(fields={EMAIL: "budi@contoh.example"})

    async def error(self, caller: str, content: bytes) -> str | None:
        return (await self.service.answer(caller, content)).error


def to_read(ticket: str = "T", *fields: str) -> bytes:
    return (
        REQUEST.model_copy(update={"ticket": ticket, "fields": fields or (EMAIL,)}).model_dump_json().encode()
    )


async def test_allowed_fields_are_answered() -> None:
    desk = Desk()
    assert await desk.service.answer("notify", to_read()) == VaultReply(fields={EMAIL: "budi@contoh.example"})
    assert desk.disclosures == [("notify", REQUEST)]


@pytest.mark.parametrize(
    ("caller", "content"),
    [
        ("notify", to_read("T", EMAIL, "reporter.name")),
        ("umkm", to_read()),
        ("", to_read()),
        ("notify", b"no json"),
        ("notify", b'{"ticket": "T", "fields": [], "purpose": "deliver"}'),
        (
            "notify",
            b'{"ticket": "T", "fields": ["reporter.email"], "purpose": "deliver", "caller": "intake"}',
        ),
    ],
)
async def test_what_the_policy_does_not_name_is_refused_before_anyone_is_asked(
    caller: str, content: bytes
) -> None:
    desk = Desk()
    assert await desk.error(caller, content) == "not_allowed"
    assert desk.disclosures == []


@pytest.mark.parametrize(
    ("ticket", "code"),
    [("ERASED", "erased"), ("UNKNOWN", "unknown"), ("CLOSED", "not_allowed"), ("BROKEN", "unavailable")],
)
async def test_every_way_of_not_answering_has_its_code(ticket: str, code: str) -> None:
    assert await Desk().error("notify", to_read(ticket)) == code


def to_keep(ticket: str = "T", *fields: str) -> bytes:
    texts = dict.fromkeys(fields or (NOTE,), "Dear Budi")
    return TO_KEEP.model_copy(update={"ticket": ticket, "fields": texts}).model_dump_json().encode()


async def test_fields_that_may_be_kept_are_kept() -> None:
    desk = Desk()
    assert await desk.service.keep("notify", to_keep()) == VaultKept(items=(item_ref(NOTE),))
    assert desk.deposits == [("notify", TO_KEEP)]


@pytest.mark.parametrize(
    ("caller", "content"),
    [
        ("notify", to_keep("T", NOTE, EMAIL)),
        ("umkm", to_keep()),
        ("notify", b"no json"),
        ("notify", TO_KEEP.model_copy(update={"fields": {}}).model_dump_json().encode()),
    ],
)
async def test_what_the_policy_does_not_name_is_not_kept(caller: str, content: bytes) -> None:
    desk = Desk()
    assert await desk.service.keep(caller, content) == VaultKept(error="not_allowed")
    assert desk.deposits == []


async def test_a_vault_that_keeps_for_nobody_refuses_everybody() -> None:
    service = VaultService({}, Desk().disclose, {"notify": frozenset({NOTE})})
    assert await service.keep("notify", to_keep()) == VaultKept(error="not_allowed")


@pytest.mark.parametrize(
    ("ticket", "code"),
    [("ERASED", "erased"), ("UNKNOWN", "unknown"), ("CLOSED", "not_allowed"), ("BROKEN", "unavailable")],
)
async def test_every_way_of_not_keeping_has_its_code(
    ticket: str, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        assert (await Desk().service.keep("notify", to_keep(ticket))).error == code
    assert "budi" not in caplog.text.lower()


async def test_a_fault_discloses_nothing_not_even_to_the_logger(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        reply = await Desk().service.answer("notify", to_read("BROKEN"))
    assert reply == VaultReply(error="unavailable")
    assert "RuntimeError" in caplog.text
    assert "budi" not in caplog.text


async def listening(client: Client) -> None:
    """The server knows the subscription: nats-py lets a PING overtake what is pending, a second one comes after it."""
    await client.flush()
    await client.flush()


@pytest.fixture
async def desk(nats: NatsServer) -> AsyncIterator[tuple[Desk, Client]]:
    """A desk that serves as intake, and the connection of notify."""
    desk, intake, notify = Desk(), nats.broker("intake"), nats.broker("notify")
    intake.open()
    notify.open()
    await desk.service.serve(await intake.client())
    await listening(await intake.client())
    yield desk, await notify.client()
    await notify.close()
    await intake.close()


@pytest.mark.journey
async def test_a_service_reads_over_the_broker(desk: tuple[Desk, Client]) -> None:
    client = VaultClient(desk[1], "notify")
    found = await client.read("T", [EMAIL], "deliver", causation="c", token="t")
    assert found == {EMAIL: "budi@contoh.example"}
    request = VaultRequest(ticket="T", fields=(EMAIL,), purpose="deliver", causation="c", token="t")
    assert desk[0].disclosures == [("notify", request)]


@pytest.mark.journey
async def test_the_vault_answers_for_the_request_of_its_caller_and_for_no_other_text(
    desk: tuple[Desk, Client],
) -> None:
    stands, client = desk
    with request_context.because_of("0a" * 16):
        await VaultClient(client, "notify").read("T", [EMAIL], "deliver")
    await VaultClient(client, "notify").read("T", [EMAIL], "deliver")
    named = {request_context.HEADER: "Siti Rekaan"}
    await client.request("vault.read.notify", to_read(), headers=named)
    assert stands.requests == ["0a" * 16, None, None]


async def test_what_an_official_may_see_comes_in_replies_that_the_broker_carries(
    desk: tuple[Desk, Client],
) -> None:
    wanted = [ItemRef(item=uuid4(), field=EMAIL, digest="ab" * 32) for _ in range(AT_ONCE + 1)]
    found = await VaultClient(desk[1], "notify").disclosed("T", wanted, "audit", "token")
    assert found == {ref.item: disclosed(ref.item) for ref in wanted}
    assert [len(request.items or ()) for _, request in desk[0].disclosures] == [AT_ONCE, 1]
    assert {request.token for _, request in desk[0].disclosures} == {"token"}


@pytest.mark.journey
async def test_of_the_items_named_the_fields_come(desk: tuple[Desk, Client]) -> None:
    found = await VaultClient(desk[1], "notify").read("T", [EMAIL], "deliver", items=[UUID(int=3)])
    assert found == {EMAIL: "budi@contoh.example"}
    assert [request.items for _, request in desk[0].disclosures] == [(UUID(int=3),)]


@pytest.mark.journey
async def test_what_nobody_may_keep_over_the_broker_is_not_kept(desk: tuple[Desk, Client]) -> None:
    """The broker lets notify read, and not keep."""
    with pytest.raises(VaultUnavailableError):
        await VaultClient(desk[1], "notify", seconds=0.3).keep("T", {NOTE: "Dear Budi"}, UUID(int=7))
    assert desk[0].deposits == []


@pytest.mark.journey
async def test_certificates_keeps_over_the_broker(nats: NatsServer) -> None:
    desk, intake, certificates = Desk(), nats.broker("intake"), nats.broker("certificates")
    intake.open()
    certificates.open()
    await desk.service.serve(await intake.client())
    await listening(await intake.client())
    client = VaultClient(await certificates.client(), "certificates")
    assert await client.keep("T", {NOTE: "Dear Budi"}, UUID(int=7), "c") == (item_ref(NOTE),)
    assert desk.deposits == [("certificates", TO_KEEP.model_copy(update={"causation": "c"}))]
    with pytest.raises(ErasedError):
        await client.keep("ERASED", {NOTE: "Dear Budi"}, UUID(int=8))
    await certificates.close()
    await intake.close()


@pytest.mark.journey
@pytest.mark.parametrize(
    ("ticket", "refusal"),
    [
        ("ERASED", ErasedError),
        ("UNKNOWN", UnknownTicketError),
        ("CLOSED", VaultRefusedError),
        ("TOO_MANY", TooManyOpeningsError),
        ("BROKEN", VaultUnavailableError),
    ],
)
async def test_a_refusal_comes_over_the_broker_as_what_it_is(
    desk: tuple[Desk, Client], ticket: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await VaultClient(desk[1], "notify").read(ticket, [EMAIL], "deliver")


@pytest.mark.journey
async def test_how_long_to_wait_comes_over_the_broker_too(desk: tuple[Desk, Client]) -> None:
    with pytest.raises(TooManyOpeningsError) as refused:
        await VaultClient(desk[1], "notify").read("TOO_MANY", [EMAIL], "deliver")
    assert refused.value.headers == {"Retry-After": "600"}


@pytest.mark.journey
async def test_no_service_asks_under_the_name_of_another(desk: tuple[Desk, Client]) -> None:
    with pytest.raises(VaultUnavailableError):
        await VaultClient(desk[1], "umkm", seconds=0.3).read("T", [EMAIL], "deliver")
    assert desk[0].disclosures == []


@pytest.mark.journey
async def test_one_slow_answer_holds_up_no_other(desk: tuple[Desk, Client]) -> None:
    client = VaultClient(desk[1], "notify", seconds=5)
    slow = asyncio.create_task(client.read("SLOW", [EMAIL], "deliver"))
    assert await client.read("T", [EMAIL], "deliver")
    assert not slow.done()
    slow.cancel()


@pytest.mark.journey
async def test_a_vault_that_does_not_answer_in_time_is_unavailable(desk: tuple[Desk, Client]) -> None:
    with pytest.raises(VaultUnavailableError, match="gave no answer"):
        await VaultClient(desk[1], "notify", seconds=0.1).read("SLOW", [EMAIL], "deliver")


@pytest.mark.journey
async def test_a_vault_that_is_away_is_unavailable(nats: NatsServer) -> None:
    broker = nats.broker("notify")
    broker.open()
    with pytest.raises(VaultUnavailableError, match="gave no answer"):
        await VaultClient(await broker.client(), "notify").read("T", [EMAIL], "deliver")
    await broker.close()


@pytest.mark.journey
async def test_an_answer_that_makes_no_sense_is_none(nats: NatsServer) -> None:
    intake, notify = nats.broker("intake"), nats.broker("notify")
    intake.open()
    notify.open()

    async def babble(request: Msg) -> None:
        await request.respond(b'{"error": "who knows"}')

    await (await intake.client()).subscribe("vault.read.*", cb=babble)
    await listening(await intake.client())
    with pytest.raises(VaultUnavailableError, match="ValidationError"):
        await VaultClient(await notify.client(), "notify").read("T", [EMAIL], "deliver")
    await notify.close()
    await intake.close()


@pytest.mark.journey
async def test_an_answer_that_can_not_be_sent_is_only_logged(
    nats: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    intake, notify = nats.broker("intake"), nats.broker("notify")
    intake.open()
    notify.open()
    requests: asyncio.Queue[Msg] = asyncio.Queue()
    await (await intake.client()).subscribe("vault.read.*", cb=requests.put)
    await listening(await intake.client())
    reading = asyncio.create_task(
        VaultClient(await notify.client(), "notify", seconds=30).read("T", [EMAIL], "deliver")
    )
    unanswered = await requests.get()
    await intake.close()
    await Desk().service._reply(unanswered)
    assert "could not send" in caplog.text
    reading.cancel()
    await notify.close()
