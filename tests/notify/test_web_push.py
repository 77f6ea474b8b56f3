"""From a request to a notice on a browser, through the whole service and a push service on loopback that reads it as a browser does."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric import ec
from tests.notify.phones import TICKET, Phones, phones
from tests.notify.push_service import (
    PushService,
    Reader,
    claims_of,
    new_reader,
    push_service,
    raw,
    written,
)
from tests.notify.test_official_notices import FILED, KEYS, House, ticked, wita
from tests.until import until

from zi_chassis.clock import Clock
from zi_chassis.domain import Act
from zi_notify.channels import web_push as channel_web_push
from zi_notify.channels.channel import Attempted, ChannelProviders, Outcome
from zi_notify.channels.web_push import WebPushChannel, WebPushMessage, outcome_of
from zi_notify.channels.web_push_encryption import Browser, encrypted, office_key, public_text
from zi_notify.domain.delivery import BeginHandingOver, MailDelivery
from zi_notify.main import LostSecretError
from zi_notify.messaging.published import decider
from zi_notify.read import browser_cases
from zi_notify.sending.contacts import NoBrowserError, browser_of
from zi_notify.texts.web_push_texts import web_push_templates
from zi_rules.message_channels import WebPushRules

OTHER = "0EXAMP1E1"
# RFC 8291, appendix A
PLAIN = b"When I grow up, I want to be a watermelon"
RECEIVER_KEY = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
RECEIVER_POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SENDER_KEY = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
AUTH, SALT = "BTBZMqHH6r4Tts7J_aSIgg", "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def private(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(raw(text), "big"), ec.SECP256R1())


# -- the encryption


def test_the_example_of_the_standard_is_read_and_written_byte_by_byte() -> None:
    reader = Reader(private(RECEIVER_KEY), raw(AUTH))
    assert written(reader.point) == RECEIVER_POINT
    assert reader.read(raw(BODY)) == PLAIN
    browser = Browser("https://push.example/x", reader.point, reader.auth)
    assert written(encrypted(PLAIN, browser, raw(SALT), private(SENDER_KEY))) == BODY


def test_the_key_of_the_office_follows_from_its_secret() -> None:
    assert public_text(office_key(b"a" * 32)) == public_text(office_key(b"a" * 32))
    assert public_text(office_key(b"a" * 32)) != public_text(office_key(b"b" * 32))
    assert len(raw(public_text(office_key(b"a" * 32)))) == 65


@pytest.mark.parametrize(
    "subscription",
    [
        "",
        "[]",
        "7",
        "{}",
        '{"endpoint": "https://push.example/x", "p256dh": "AAAA", "auth": "c2l4dGVlbiBpbnZlbnRlZA"}',
        json.dumps({"endpoint": "https://push.example/x", "p256dh": RECEIVER_POINT, "auth": "AAAA"}),
        json.dumps({"endpoint": "https://push.example/x", "p256dh": f"B{'A' * 86}", "auth": AUTH}),
    ],
)
def test_nothing_is_encrypted_for_what_no_browser_makes(subscription: str) -> None:
    with pytest.raises(NoBrowserError):
        browser_of(subscription)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (201, "handed_over"),
        (202, "handed_over"),
        (302, "permanent"),
        (400, "permanent"),
        (401, "temporary"),
        (403, "temporary"),
        (404, "gone"),
        (410, "gone"),
        (413, "permanent"),
        (429, "temporary"),
        (500, "uncertain"),
        (503, "temporary"),
    ],
)
def test_a_status_says_what_became_of_the_notice(status: int, outcome: str) -> None:
    assert outcome_of(status) == outcome


# -- what is called


def channel(**rules: Any) -> WebPushChannel:
    described = WebPushRules.model_validate({"retry_minutes": [1], **rules})
    return WebPushChannel(described, office_key(b"a" * 32), "mailto:office@x.example", Clock())


def message(endpoint: str) -> WebPushMessage:
    reader = new_reader()
    return WebPushMessage(Browser(endpoint, reader.point, reader.auth), b"{}", "a-topic")


async def test_only_push_services_of_the_office_are_called(service: PushService) -> None:
    taken = channel(services=["https://push.example"])
    assert await taken.hand_over(message(f"{service.origin}/x")) == Attempted("permanent")
    assert service.came == []


async def test_a_push_service_that_leads_into_a_private_network_is_not_called(service: PushService) -> None:
    taken = channel(services=["https://127.0.0.1"])
    assert await taken.hand_over(message("https://127.0.0.1/x")) == Attempted("temporary")


@pytest.mark.parametrize(
    ("failure", "outcome"), [(httpx.ConnectError("refused"), "technical"), (TimeoutError(), "uncertain")]
)
async def test_a_fault_of_a_host_that_a_citizen_chose_lets_nobody_else_wait(
    failure: Exception, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> httpx.Response:
        raise failure

    monkeypatch.setattr(channel_web_push, "post_checked", fail)
    taken = channel(services=["https://push.example", "https://*.windows.example"])
    chosen = await taken.hand_over(message("https://a.windows.example/x"))
    named = await taken.hand_over(message("https://push.example/x"))
    assert (chosen.outcome, named.outcome) == (outcome, outcome)
    assert is_free_after(chosen)
    assert not is_free_after(named)


def is_free_after(attempted: Attempted) -> bool:
    """Return whether another notice is sent after so many faults as let the channel rest."""
    rules = WebPushRules.model_validate({"retry_minutes": [1], "services": ["https://push.example"]})
    providers = ChannelProviders("web_push", rules, [channel(services=["https://push.example"])])
    now = Clock().now()
    for _ in range(rules.breaker.faults):
        turn = providers.take(MailDelivery(), now)
        assert turn is not None
        providers.end(turn, attempted, now)
    return bool(providers.free(now))


# -- through the whole service


@pytest_asyncio.fixture
async def service() -> AsyncIterator[PushService]:
    async with push_service() as running:
        yield running


def describe(folder: Path, service: PushService) -> None:
    (folder / "rules").mkdir()
    (folder / "rules" / "message_channels.toml").write_text(
        "version = 2\nemail = { retry_minutes = [1] }\n"
        f'web_push = {{ retry_minutes = [1, 5], seconds = 60, services = ["{service.origin}"] }}\n'
    )


@pytest_asyncio.fixture
async def ours(tmp_path: Path, service: PushService) -> AsyncIterator[Phones]:
    describe(tmp_path, service)
    async with phones(tmp_path) as ours:
        subscribe(ours, new_reader(), f"{service.origin}/a-browser")
        yield ours


def subscribe(ours: Phones, reader: Reader, endpoint: str, ticket: str = TICKET) -> None:
    ours.numbers.browsers[ticket] = json.dumps(reader.subscription(endpoint))


async def pushed(ours: Phones, ticket: str = TICKET) -> UUID:
    return await ours.request(ticket, channel="web_push")


async def test_a_browser_reads_that_there_is_news_and_nothing_else(
    ours: Phones, service: PushService
) -> None:
    reader = new_reader()
    subscribe(ours, reader, f"{service.origin}/a-browser")
    async with ours.sending("web_push"):
        delivery = await pushed(ours)
        await until(lambda: ours.state(delivery) == "handed_over")
    [came] = service.came
    notice = json.loads(reader.read(came.body))
    assert set(notice) == {"title", "text", "lang", "tag"}
    assert notice["tag"] == came.headers["topic"] == ours.keys.topic(TICKET)
    assert TICKET not in f"{notice} {came.headers} {came.path}"
    assert (came.headers["ttl"], came.headers["urgency"]) == (str(72 * 3600), "normal")
    assert (came.headers["content-encoding"], came.path) == ("aes128gcm", "/a-browser")
    key = (await ours.client.get("/notify/web-push/key")).text
    claims = claims_of(came.headers["authorization"], key)
    assert (claims["aud"], claims["sub"].split(":")[0]) == (service.origin, "mailto")
    ends = datetime.fromtimestamp(claims["exp"], ours.clock.now().tzinfo)
    assert timedelta() < ends - ours.clock.now() <= timedelta(days=1)


async def test_the_address_of_a_browser_is_in_no_table_no_message_and_no_log(
    ours: Phones, service: PushService, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    service.answer(500)
    with caplog.at_level("DEBUG"):
        async with ours.sending("web_push"):
            delivery = await pushed(ours)
            await until(lambda: ours.state(delivery) == "uncertain")
    messages = [row.message for row in ours.store.messages(0, 100)]
    stored = [path.read_bytes() for path in tmp_path.glob("notify/store.db*")]
    assert [content for content in messages + stored if b"a-browser" in content] == []
    ours_alone = [
        each for each in caplog.records if each.name != "httpx"
    ]  # which logs.py lets say nothing of it
    assert not any("a-browser" in f"{each.getMessage()} {each.__dict__}" for each in ours_alone)


async def test_a_browser_that_is_gone_or_a_notice_that_is_refused_ends_at_once(
    ours: Phones, service: PushService
) -> None:
    service.answer(410, 413)
    async with ours.sending("web_push"):
        gone = await pushed(ours)
        await until(lambda: ours.state(gone) == "failed")
        refused = await pushed(ours)
        await until(lambda: ours.state(refused) == "failed")
    reasons = [json.loads(row.message)["data"].get("reason_class") for row in ours.store.messages(0, 100)]
    assert [reason for reason in reasons if reason] == ["gone", "permanent"]
    assert len(service.came) == 2


async def test_a_busy_browser_waits_as_long_as_is_asked_and_holds_up_no_other(
    ours: Phones, service: PushService
) -> None:
    subscribe(ours, new_reader(), f"{service.origin}/another", OTHER)
    service.answer((429, {"Retry-After": "600"}), 201)
    async with ours.sending("web_push"):
        busy = await pushed(ours)
        await until(lambda: ours.state(busy) == "deferred")
        other = await pushed(ours, OTHER)
        await until(lambda: ours.state(other) == "handed_over")
        due = ours.store.load(decider, busy)[1].due
        assert due is not None
        assert due - ours.clock.now() > timedelta(minutes=5)  # the ladder alone says one
        ours.clock.shift = timedelta(minutes=11)
        await ours.wake()
        await until(lambda: ours.state(busy) == "handed_over")
    assert [each.path for each in service.came] == ["/a-browser", "/another", "/a-browser"]


async def test_a_doubtful_notice_is_sent_again_in_place_of_the_first_until_the_ladder_ends(
    ours: Phones, service: PushService
) -> None:
    service.answer(None, 500)
    async with ours.sending("web_push"):
        delivery = await pushed(ours)
        await until(lambda: ours.state(delivery) == "uncertain")
        ours.clock.shift = timedelta(minutes=2)
        await ours.wake()
        await until(lambda: ours.store.load(decider, delivery)[1].setbacks == 2)
        ours.clock.shift = timedelta(minutes=10)
        await ours.wake()
        await until(lambda: ours.state(delivery) == "failed")
    assert len({each.headers["topic"] for each in service.came}) == 1
    assert len({each.body for each in service.came}) == 3  # each under keys of its own


async def test_after_a_crash_the_notice_is_doubted_and_sent_again(ours: Phones, service: PushService) -> None:
    delivery = await pushed(ours)
    by = Act(at=ours.clock.now(), actor="system:notify", role="system:notify")
    await ours.store.handle(decider, delivery, BeginHandingOver(by=by, attempt=1))
    async with ours.sending("web_push"):
        await until(lambda: ours.state(delivery) == "handed_over")
    assert len(service.came) == 1


async def test_a_browser_that_was_taken_back_meanwhile_gets_nothing(
    ours: Phones, service: PushService
) -> None:
    delivery = await pushed(ours)
    ours.numbers.browsers.clear()
    async with ours.sending("web_push"):
        await until(lambda: ours.state(delivery) == "failed")
    assert service.came == []


async def test_a_browser_gets_only_so_many_notices_a_day(tmp_path: Path, service: PushService) -> None:
    describe(tmp_path, service)
    async with phones(tmp_path, mails_a_day=1) as ours:
        now = ours.clock.now()
        ours.clock.shift += (
            now.replace(hour=4) + timedelta(days=1) - now
        )  # noon at the office, far from the end of a day
        for ticket in (TICKET, OTHER):
            subscribe(ours, new_reader(), f"{service.origin}/a-browser", ticket)
        async with ours.sending("web_push"):
            first = await pushed(ours)
            await until(lambda: ours.state(first) == "handed_over")
            second = await pushed(ours, OTHER)
            await until(lambda: ours.state(second) == "withheld")
    assert len(service.came) == 1


async def test_an_office_without_push_services_gives_no_key(tmp_path: Path) -> None:
    async with phones(tmp_path) as ours:
        assert (await ours.client.get("/notify/web-push/key")).status_code == 404


async def test_without_the_secret_that_browsers_know_the_service_does_not_start(
    tmp_path: Path, service: PushService
) -> None:
    describe(tmp_path, service)
    async with phones(tmp_path) as ours:
        with ours.store.database.transaction() as tx:
            tx.execute("INSERT INTO browser_cases (ticket) VALUES (?)", TICKET)
    (tmp_path / "notify" / "secrets" / "recipients").unlink()
    with pytest.raises(LostSecretError):
        async with phones(tmp_path):
            pass


# -- which notices go there


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(tmp_path)
    house.policies = replace(house.policies, for_browsers=True)
    return house


async def requested_notices(
    house: House, *, reachable_by: list[str], agreed: bool = True
) -> list[tuple[str, str]]:
    await house.filed(reachable_by=reachable_by)
    if agreed:
        await house.hear("zi.intake.web_push_agreed", reachable_by=reachable_by)
    await house.hear(
        "zi.intake.case_answered", by=("ani", "staff:officer"), state="answered", reachable_by=reachable_by
    )
    return sorted((each.channel, each.template) for each in house.requests() if each.official is None)


async def test_a_browser_is_told_besides_the_mail_from_when_its_citizen_agreed(house: House) -> None:
    requests = await requested_notices(house, reachable_by=["email"])
    templates = [template for channel, template in requests if channel == "web_push"]
    assert templates == ["answered"]
    assert ("email", "answered") in requests


async def test_who_left_no_address_is_told_on_the_browser_alone(house: House) -> None:
    assert await requested_notices(house, reachable_by=[]) == [("web_push", "answered")]
    [request] = house.requests()
    texts = web_push_templates()
    assert (request.template_version, request.template_digest) == (texts.version, texts.digest)


async def test_without_an_agreement_or_after_its_end_no_browser_is_told(house: House) -> None:
    assert await requested_notices(house, reachable_by=[], agreed=False) == []
    await house.hear("zi.intake.web_push_agreed", reachable_by=[])
    await house.hear("zi.intake.web_push_ended", reachable_by=[])
    await house.hear("zi.intake.case_closed", by=("ani", "staff:officer"), state="closed", reachable_by=[])
    assert house.requests() == []


async def test_an_erased_case_has_no_browser(house: House) -> None:
    await requested_notices(house, reachable_by=[])
    await house.hear("zi.intake.data_subject_erased")
    assert not house.store.read(browser_cases.has_any)


async def test_what_brings_a_code_goes_to_no_browser(house: House) -> None:
    await house.filed(reachable_by=["email"])
    await house.hear("zi.intake.web_push_agreed", reachable_by=["email"])
    await house.hear(
        "zi.intake.code_requested", by=("system:intake", "system:intake"), reachable_by=["email"]
    )
    assert [each.channel for each in house.requests() if each.template == "code_requested"] == ["email"]


async def test_a_browser_is_reminded_too_before_the_case_closes(house: House) -> None:
    await house.filed(reachable_by=["email"])
    await house.hear("zi.intake.web_push_agreed", reachable_by=["email"])
    await house.hear(
        "zi.intake.clarification_asked",
        by=("ani", "staff:officer"),
        at=FILED,
        state="clarification_asked",
        holder="citizen",
        reachable_by=["email"],
        reply_by=wita(10, day=15).isoformat(),
    )
    await ticked(house, wita(12, day=14))
    reminded = [each.channel for each in house.requests() if each.template == "lapse_reply"]
    assert sorted(reminded) == ["email", "web_push"]


def test_the_text_names_no_case_in_either_language() -> None:
    content = json.loads(web_push_templates().content)["languages"]
    assert set(content) == {"id", "en"}
    for wording in content.values():
        assert set(wording) == {"title", "text"}
        assert "{ticket}" not in f"{wording}"
    assert KEYS.topic(TICKET) != KEYS.topic(OTHER)
    assert len(KEYS.topic(TICKET)) <= 32  # RFC 8030, 5.4
