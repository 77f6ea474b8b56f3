"""Other systems of the office are told of steps of cases by signed webhooks, with codes alone, until they have taken each once."""

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest
import pytest_asyncio
from tests.chassis.provider import OwnProvider
from tests.chassis.receiver import Receiver, receiving, verified
from tests.chassis.test_webhooks import SetClock
from tests.notify.test_official_notices import FILED, KEYS, TICKET, House
from tests.ports import free_port

from zi_chassis.settings import Settings
from zi_chassis.storage.store import Store
from zi_chassis.webhooks.call import CallOutcome, WebhookEndpoint
from zi_chassis.webhooks.queue import GIVEN_UP_AFTER, LADDER, WebhookLoop, enqueue, failing
from zi_chassis.webhooks.signature import webhook_keys
from zi_notify.main import create_app, webhook_loop
from zi_notify.messaging.notice_webhooks import load_notice_webhooks
from zi_notify.notices.policies import load_policies
from zi_notify.read.webhook_list import ListedWebhook, webhook_list
from zi_notify.sending.channel_setup import UnusableGatewayError, webhook_endpoints
from zi_notify.web.webhook_pages import OUTCOMES
from zi_rules.configuration import UnusableConfigurationError
from zi_rules.message_channels import load_message_channels

SECRET, FORMER = ("whsec_" + base64.b64encode(bytes([sign]) * 32).decode() for sign in (1, 2))
RULES = """
version = 2
email = { retry_minutes = [1] }
[[webhook]]
name = "call-center"
events = ["zi.intake.complaint_filed", "zi.intake.case_answered", "zi.certificates.application_submitted"]
"""


def described(folder: Path, rules: str = RULES, secret: str = SECRET, url: str = "", **more: Any) -> Settings:
    rules_folder, secrets = folder / "rules", folder / "gateways"
    for each in (rules_folder, secrets):
        each.mkdir(exist_ok=True)
    (rules_folder / "message_channels.toml").write_text(rules)
    (secrets / "call-center").write_text(secret)
    return Settings(
        service="notify",
        data=folder,
        nats_url=f"nats://127.0.0.1:{free_port()}",
        gateway_urls={"call-center": url or "https://pbx.example/hook"},
        gateway_secrets=secrets,
        **more,
    )


class Office(House):
    """Notify's store and policies with one other system, and the loop that calls it."""

    def __init__(self, folder: Path, receiver: Receiver) -> None:
        super().__init__(folder)
        (folder / "message_channels.toml").write_text(RULES)
        self.policies = load_policies(folder, KEYS, load_message_channels(folder)[0])
        self.clock, self.receiver = SetClock(), receiver
        self.clock.at = FILED
        keys = webhook_keys(f"{SECRET}\n{FORMER}\n")
        self.loop = webhook_loop(self.store, self.clock, {"call-center": WebhookEndpoint(receiver.url, keys)})

    def calls(self) -> list[ListedWebhook]:
        return list(self.store.read(lambda tx: webhook_list(tx, None, "", "", 0, 99)).rows)

    def states(self) -> list[str]:
        return [each.state for each in self.calls()]


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with receiving() as receiver:
        office = Office(tmp_path, receiver)
        yield office
        office.store.close()


# -- what is told


async def test_a_step_is_told_once_signed_by_both_secrets_and_in_codes_alone(office: Office) -> None:
    await office.filed()
    await office.hear("zi.intake.case_acknowledged", reachable_by=[])  # nobody asked for this
    for _ in range(2):
        await office.loop.tick()
    [(_, headers, body)] = office.receiver.calls
    assert all(verified(secret, headers, body) for secret in (SECRET, FORMER))
    document = json.loads(body)
    assert (document["type"], document["data"]["ticket"]) == ("zi.intake.complaint_filed", TICKET)
    assert set(document) == {"type", "timestamp", "data"}
    assert set(document["data"]) == {"ticket", "service", "state", "holder", "due"}
    assert office.states() == ["delivered"]


async def test_the_id_is_that_of_the_message_so_that_a_repeat_is_known(office: Office) -> None:
    office.receiver.statuses = [500, 200]
    await office.filed()
    await office.loop.tick()
    assert office.states() == ["waiting"]
    office.clock.at += LADDER[0]
    await office.loop.tick()
    [call] = office.calls()
    assert {headers["webhook-id"] for _, headers, _ in office.receiver.calls} == {call.id}
    assert (call.state, call.tries) == ("delivered", 2)


@pytest.mark.parametrize(
    "filing",
    [
        {"confidentiality": "confidential", "confidential": True},
        {"kind": "service"},
    ],
)
async def test_of_a_case_in_confidence_or_about_the_service_nothing_is_told(
    office: Office, filing: dict[str, Any]
) -> None:
    await office.filed(**filing)
    await office.hear("zi.intake.case_answered", reachable_by=[])
    await office.loop.tick()
    assert (office.calls(), office.receiver.calls) == ([], [])


async def test_of_a_case_whose_filing_is_not_known_nothing_is_told(office: Office) -> None:
    await office.hear("zi.intake.case_answered", reachable_by=[])
    assert office.calls() == []


async def test_what_waits_about_an_erased_case_is_never_called(office: Office) -> None:
    office.receiver.statuses = [500]
    await office.filed()
    await office.loop.tick()
    await office.hear("zi.intake.data_subject_erased", reachable_by=[])
    office.clock.at += LADDER[0]
    await office.loop.tick()
    assert (office.states(), len(office.receiver.calls)) == (["erased"], 1)
    assert office.calls()[0].ticket == ""


# -- a system that misbehaves


async def test_a_system_that_is_away_is_given_up_after_five_days_and_the_list_says_so(office: Office) -> None:
    office.receiver.statuses = [503]
    await office.filed()
    await office.loop.tick()
    office.clock.at += GIVEN_UP_AFTER
    await office.loop.tick()
    [call] = office.calls()
    assert (call.state, call.outcome, call.status, call.next_at) == ("given_up", "refused", 503, None)


async def test_a_system_that_is_gone_is_called_no_more_until_the_next_start_and_nothing_is_lost(
    office: Office,
) -> None:
    office.receiver.statuses = [410, 200]
    await office.filed()
    await office.loop.tick()
    await office.hear("zi.intake.case_answered", reachable_by=[])
    office.clock.at += GIVEN_UP_AFTER
    assert await office.loop.tick() == 0
    assert (office.states(), len(office.receiver.calls)) == (["waiting", "waiting"], 1)
    assert office.loop.failing == office.store.read(failing) == {"call-center"}
    keys = webhook_keys(SECRET)
    office.loop = webhook_loop(
        office.store, office.clock, {"call-center": WebhookEndpoint(office.receiver.url, keys)}
    )
    while await office.loop.tick():
        pass
    assert office.states() == ["delivered", "delivered"]
    assert office.loop.failing == office.store.read(failing) == set()


# -- what is described


@pytest.mark.parametrize(
    "event", ["zi.intake.sung", "zi.integrity.conflict_declared", "zi.intake.data_subject_erased"]
)
def test_only_steps_of_cases_can_be_told(tmp_path: Path, event: str) -> None:
    (tmp_path / "message_channels.toml").write_text(RULES.replace("zi.intake.complaint_filed", event))
    with pytest.raises(UnusableConfigurationError, match=f"call-center: {event} is no step of a case"):
        load_notice_webhooks(load_message_channels(tmp_path)[0])


@pytest.mark.parametrize("secret", ["", "secret", "whsec_", "whsec_c2hvcnQ=", f"{SECRET}\nsecret", "whsec_?"])
def test_a_secret_that_is_none_of_standard_webhooks_stops_the_start(tmp_path: Path, secret: str) -> None:
    with pytest.raises(UnusableGatewayError):
        create_app(described(tmp_path, secret=secret))


def test_an_address_that_others_could_read_on_the_way_stops_the_start(tmp_path: Path) -> None:
    settings = described(tmp_path, url="http://pbx.example/hook")
    with pytest.raises(UnusableGatewayError, match="call-center"):
        webhook_endpoints(settings, load_message_channels(tmp_path / "rules")[0])


# -- for those who operate


@dataclass
class Desk:
    client: httpx.AsyncClient
    provider: OwnProvider
    store: Store
    loop: WebhookLoop
    receiver: Receiver
    clock: SetClock

    def headers(self, role: str) -> dict[str, str]:
        token = self.provider.token(sub=role, roles=[role])
        return {"Authorization": f"Bearer {token}", "Accept": "text/html", "Accept-Language": "en"}

    async def get(self, path: str, role: str = "ops") -> httpx.Response:
        return await self.client.get(path, headers=self.headers(role))

    def add(self, ticket: str) -> None:
        with self.store.database.transaction() as tx:
            enqueue(tx, "call-center", ticket, "zi.intake.case_answered", ticket, b"{}", self.clock.at)


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    provider, clock = OwnProvider(), SetClock()
    async with receiving() as receiver:
        settings = described(tmp_path, url=receiver.url, issuer=provider.url)
        app = create_app(settings)
        transport = httpx.ASGITransport(app=app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://zona.example") as client,
        ):
            store = app.state.store
            store.writer.paused = None  # nothing was ever published here
            loop = webhook_loop(store, clock, {"call-center": WebhookEndpoint(receiver.url, (b"k",))})
            yield Desk(client, provider, store, loop, receiver, clock)
    provider.close()


async def test_calls_are_listed_page_by_page_with_a_true_count_and_found_by_ticket(desk: Desk) -> None:
    for number in range(41):
        desk.add(f"0EXAMP{number:03}")
    first = await desk.get("/notify/api/webhooks")
    second = await desk.get(first.links["next"]["url"])
    assert (len(first.json()), len(second.json()), "next" in second.links) == (40, 1, False)
    assert first.headers["X-Total-Count"] == "41"
    found = await desk.get("/notify/api/webhooks?ticket=0examp007&state=waiting&endpoint=call-center")
    assert [each["ticket"] for each in found.json()] == ["0EXAMP007"]
    page = (await desk.get("/notify/desk/webhooks?state=waiting")).text
    assert "41 calls, the newest first" in page
    assert "Next page" in page
    assert "There is no such call" in (await desk.get("/notify/desk/webhooks?state=given_up")).text


def test_every_outcome_of_a_call_has_words() -> None:
    assert set(OUTCOMES) == set(get_args(CallOutcome))


@pytest.mark.parametrize("path", ["/notify/api/webhooks", "/notify/desk/webhooks"])
async def test_the_list_of_calls_is_for_those_who_operate(desk: Desk, path: str) -> None:
    for role in ("officer", "supervisor", "head", "auditor", "applicant"):
        assert (await desk.get(path, role)).status_code == 403


async def test_an_official_switches_the_calls_off_and_on_again(desk: Desk) -> None:
    desk.add(TICKET)
    path, headers = "/notify/api/channels/webhook", desk.headers("ops")
    off = await desk.client.post(f"{path}/off", headers=headers, json={"reason": "abuse"})
    [state] = [each for each in off.json() if each["channel"] == "webhook"]
    assert (state["off"]["reason"], state["providers"]) == (
        "abuse",
        [{"name": "call-center", "state": "closed"}],
    )
    assert (await desk.loop.tick(), desk.receiver.calls) == (0, [])
    await desk.client.post(f"{path}/on", headers=headers)
    assert await desk.loop.tick() == 1
