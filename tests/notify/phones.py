"""The whole of notify but its bus: its rules, its store, its channels and its routes, with a vault of a few contacts."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import httpx
from tests.chassis.house import running
from tests.notify.http_gateway import RECEIPTS, SECRET, HttpGateway, receipt, signed
from tests.ports import free_port

from zi_chassis.domain import Act
from zi_chassis.settings import Settings
from zi_chassis.vault.requests import VaultClient
from zi_notify.domain.delivery import Channel, RequestDelivery
from zi_notify.domain.recipient import ConfirmRecipient
from zi_notify.main import create_app
from zi_notify.messaging.published import decider, recipients
from zi_notify.read import projections
from zi_notify.sending.contacts import Contacts, Vaults
from zi_notify.sending.sender import Sender
from zi_notify.texts.channel_templates import templates_for

NUMBER, ADDRESS = "0812 3456 7890", "obviously.invented@example.com"
TICKET = "0EXAMP1E0"
GATEWAY = """
[[sms.gateway]]
name = "{name}"
seconds = 60
repeats_once = {repeats_once}
request = {{ body = {{ to = "{{to}}", message = "{{text}}", id = "{{id}}" }}, headers = {{ Authorization = "Bearer {{secret}}" }} }}
receipts = {{ header = "X-Signature", prefix = "sha256=", each = "/receipts", id = "/id", status = "/status", delivered = ["delivered", "read"], undelivered = ["expired"] }}
"""
RULES = """
version = {version}
for_phones = "sms"
email = {{ retry_minutes = [1], seconds = 60 }}
[sms]
retry_minutes = [1, 5, 30]
breaker = {{ faults = 3, rest_seconds = 60 }}
to_each_a_day = {to_each}
first_a_day = {first}
"""


def describe(
    folder: Path,
    gateways: Sequence[HttpGateway],
    *,
    repeats_once: bool = True,
    version: int = 2,
    to_each: int = 50,
    first: int = 50,
) -> None:
    rules, secrets = folder / "rules", folder / "gateways"
    for each in (rules, secrets):
        each.mkdir(exist_ok=True)
    described = [
        GATEWAY.format(name=gateway.name, repeats_once=str(repeats_once).lower()) for gateway in gateways
    ]
    head = RULES.format(version=version, to_each=to_each, first=first)
    (rules / "message_channels.toml").write_text("".join([head, *described]))
    for gateway in gateways:
        (secrets / gateway.name).write_text(f"{SECRET}\n")
        (secrets / f"{gateway.name}.receipts").write_text(f"{RECEIPTS}\n")


def settings(folder: Path, gateways: Sequence[HttpGateway], **more: Any) -> Settings:
    return Settings(
        service="notify",
        data=folder,
        nats_url=f"nats://127.0.0.1:{free_port()}",
        gateway_urls={gateway.name: gateway.url for gateway in gateways},
        gateway_secrets=folder / "gateways",
        **more,
    )


class Numbers:
    """A vault that knows the number of every ticket, or the one that was given for it."""

    def __init__(self) -> None:
        self.of: dict[str, str] = {}
        self.link = "the-end-of-a-link"
        self.browsers: dict[str, str] = {}
        self.read_for: list[str] = []

    async def read(self, ticket: str, fields: list[str], purpose: str, causation: str) -> dict[str, str]:
        assert purpose == "notify_status"
        self.read_for.append(ticket)
        known = {
            "reporter.phone": self.of.get(ticket, NUMBER),
            "reporter.email": ADDRESS,
            "code.link": self.link,
            **({"browser.subscription": self.browsers[ticket]} if ticket in self.browsers else {}),
        }
        return {field: known[field] for field in fields if field in known}


class Phones:
    def __init__(self, app: Any, client: httpx.AsyncClient) -> None:
        self.app, self.client, self.numbers = app, client, Numbers()
        self.store, self.clock, self.keys = app.state.store, app.state.clock, app.state.keys
        self.store.writer.paused = None  # nothing was ever published here

    @property
    def sender(self) -> Sender:
        return cast(Sender, self.app.state.sender)

    @asynccontextmanager
    async def sending(self, channel: Channel = "sms") -> AsyncIterator[None]:
        """Send without the office's quiet hours, which officials alone bring: a test runs at any time of a day."""
        vault = cast(VaultClient, self.numbers)
        officials = self.sender._officials if channel == "messenger" else None
        await self.sender.doubt_open_attempts()
        await self.sender.end_abandoned()
        async with running(
            lambda: self.sender.lanes[channel].run(Contacts(Vaults(vault, vault), self.clock, officials))
        ) as tasks:
            yield
            assert [task for task in tasks if task.done()] == []

    async def request(
        self, ticket: str = TICKET, channel: Channel = "sms", template: str = "acknowledged", **more: Any
    ) -> UUID:
        by = Act(at=self.clock.now(), actor="system:notify", role="system:notify")
        delivery, texts = uuid4(), templates_for(channel)
        command = RequestDelivery(
            by=by,
            ticket=ticket,
            channel=channel,
            template=template,
            template_version=texts.version,
            template_digest=texts.digest,
            language="id",
            cause=uuid4(),
            **more,
        )
        await self.store.handle(decider, delivery, command)
        return delivery

    async def wake(self) -> None:
        """Let the sender look again, with nothing new for its gateways: what is requested goes by e-mail, which nobody sends here."""
        await self.request("0EXAMP1E1", channel="email")

    async def confirm_email(self) -> None:
        by = Act(at=self.clock.now(), actor="a-reader", role="public")
        await self.store.handle(recipients, self.keys.recipient(ADDRESS), ConfirmRecipient(by=by))

    async def confirm(self, number: str = "6281234567890") -> None:
        by = Act(at=self.clock.now(), actor="a-reader", role="public")
        await self.store.handle(recipients, self.keys.phone_recipient(number), ConfirmRecipient(by=by))

    def state(self, delivery: UUID) -> str:
        return str(self.store.load(decider, delivery)[1].status.value)

    def states(self, ticket: str = TICKET) -> dict[str, list[str]]:
        listed = self.store.read(lambda tx: projections.of_ticket(tx, ticket))
        return {each.template: [d.state for d in listed if d.template == each.template] for each in listed}

    async def receive(
        self, gateway: str, *each: tuple[str, str], body: bytes | None = None, secret: str = RECEIPTS
    ) -> int:
        content = receipt(*each) if body is None else body
        answer = await self.client.post(
            f"/notify/api/gateways/{gateway}/receipts", content=content, headers=signed(content, secret)
        )
        return answer.status_code


@asynccontextmanager
async def phones(folder: Path, *gateways: HttpGateway, **more: Any) -> AsyncIterator[Phones]:
    app = create_app(settings(folder, gateways, **more))
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://zona.example") as client,
    ):
        yield Phones(app, client)
