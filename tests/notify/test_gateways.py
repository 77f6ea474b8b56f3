"""From a request to a message on a telephone, through the whole service and two real gateways on loopback: each ends in the right state,
once, whatever the gateways do."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from prometheus_client import REGISTRY
from tests.chassis.provider import OwnProvider
from tests.notify.http_gateway import HttpGateway, Taken, http_gateway
from tests.notify.phones import TICKET, Phones, describe, phones, settings
from tests.until import until

from zi_chassis.domain import Act
from zi_notify.channels.channel import AT_ONCE
from zi_notify.domain.delivery import BeginHandingOver
from zi_notify.main import create_app
from zi_notify.messaging.published import decider
from zi_notify.read import projections
from zi_notify.sending.channel_setup import UnusableGatewayError
from zi_notify.texts.letter import WITH_CODE_LINK

MINUTES = timedelta(minutes=2)
FIRST, SECOND = "contoh-satu", "contoh-dua"


class House:
    def __init__(self, folder: Path, first: HttpGateway, second: HttpGateway) -> None:
        self.folder, self.first, self.second = folder, first, second


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with http_gateway(FIRST) as first, http_gateway(SECOND) as second:
        describe(tmp_path, (first, second))
        yield House(tmp_path, first, second)


@pytest_asyncio.fixture
async def ours(house: House) -> AsyncIterator[Phones]:
    async with phones(house.folder, house.first, house.second) as all:
        await all.confirm()
        yield all


async def test_a_number_gets_one_message_without_a_ticket_until_its_reader_confirms(house: House) -> None:
    async with phones(house.folder, house.first, house.second) as ours, ours.sending():
        by_day = {"keeps_quiet_hours": True}
        older, newer = await ours.request(**by_day), await ours.request(**by_day)
        other = await ours.request("0EXAMP1E1", **by_day)
        deliveries = (older, newer, other)
        await until(lambda: [ours.state(each) for each in deliveries] == ["unconfirmed"] * 3)
        rows = ours.store.read(lambda tx: tx.execute("SELECT is_for_daytime FROM deliveries"))
        assert [row["is_for_daytime"] for row in rows] == [1, 1, 1, 1]  # the question too
        await until(lambda: len(house.first.came) == 1)
        [question] = house.first.came
        assert TICKET not in question.body["message"]
        page = question.body["message"].split("/notify")[1].split("?")[0]
        await ours.client.post(f"/notify{page}", data={"choice": "confirm"})
        await until(lambda: [ours.state(each) for each in deliveries[1:]] == ["handed_over"] * 2)
        assert ours.state(older) == "unconfirmed"  # outdated by then
    texts = [taken.body["message"] for taken in house.first.came[1:]]
    assert sorted(ticket in text for text in texts for ticket in (TICKET, "0EXAMP1E1")) == [
        False,
        False,
        True,
        True,
    ]
    assert not any("jawab" in text for text in texts)  # that there is news, not which


async def test_the_link_to_a_new_code_goes_to_a_confirmed_number_alone(house: House) -> None:
    async with phones(house.folder, house.first, house.second) as ours, ours.sending():
        link = await ours.request(template=WITH_CODE_LINK)
        await until(lambda: ours.state(link) == "unconfirmed")
        assert house.first.came == []  # nor is the number asked for anything by it
        await ours.confirm()
        await until(lambda: ours.state(link) == "handed_over")
        [taken] = house.first.came
        assert f"/lost-code/{TICKET}/the-end-of-a-link" in taken.body["message"]
        ours.numbers.link = ""  # used, stopped or over by now
        late = await ours.request(template=WITH_CODE_LINK)
        await until(lambda: ours.state(late) == "failed")
        assert len(house.first.came) == 1


async def test_the_number_is_in_no_table_no_message_and_no_log(
    house: House, ours: Phones, caplog: pytest.LogCaptureFixture
) -> None:
    house.first.answer(500)
    with caplog.at_level("DEBUG"):
        async with ours.sending():
            delivery = await ours.request()
            await until(lambda: ours.state(delivery) == "uncertain")
    messages = [row.message for row in ours.store.messages(0, 100)]
    stored = [path.read_bytes() for path in house.folder.glob("notify/store.db*")]
    assert [content for content in messages + stored if b"81234567890" in content] == []
    assert "81234567890" not in caplog.text


async def test_a_busy_gateway_rests_and_the_other_takes_over_at_once(house: House, ours: Phones) -> None:
    house.first.answer((429, {"Retry-After": "600"}))
    async with ours.sending():
        several = [await ours.request() for _ in range(4)]
        await until(lambda: [ours.state(each) for each in several] == ["handed_over"] * 4)
    assert len(house.first.came) <= 4
    assert len(set(house.second.ids)) == len(house.second.ids) == 4
    assert not set(house.first.ids) & set(house.second.ids)  # no two providers compare what they carried


async def test_what_the_first_may_have_the_second_never_gets(house: House, ours: Phones) -> None:
    house.first.answer(500, 429, 202)
    async with ours.sending():
        delivery = await ours.request()
        await until(lambda: ours.state(delivery) == "uncertain")
        ours.clock.shift = MINUTES
        await ours.wake()
        await until(lambda: ours.state(delivery) == "deferred")
        ours.clock.shift = 10 * MINUTES
        await ours.wake()
        await until(lambda: ours.state(delivery) == "handed_over")
    ids = house.first.ids
    delivery_id = max(set(ids), key=ids.count)
    assert ids.count(delivery_id) == 3  # under one id, so it is one message
    assert str(ours.keys.reference(delivery, FIRST)) == delivery_id
    assert str(ours.keys.reference(delivery, SECOND)) not in house.second.ids


async def test_a_gateway_that_knows_no_repeats_is_not_asked_twice(house: House) -> None:
    describe(house.folder, (house.first, house.second), repeats_once=False)
    async with phones(house.folder, house.first, house.second) as ours:
        await ours.confirm()
        house.first.answer(None)
        async with ours.sending():
            delivery = await ours.request()
            await until(lambda: ours.state(delivery) == "failed")
        assert (len(house.first.came), house.second.came) == (1, [])
        reference = house.first.ids[0]
        assert await ours.receive(FIRST, (reference, "delivered")) == 204
        assert ours.state(delivery) == "delivered"


async def test_an_early_receipt_is_the_last_word(house: House, ours: Phones) -> None:
    async def before(taken: Taken) -> None:
        assert await ours.receive(FIRST, (taken.body["id"], "read")) == 204

    house.first.before_answer = before
    house.first.answer(500)
    async with ours.sending():
        delivery = await ours.request()
        await until(lambda: ours.state(delivery) == "delivered")
        ours.clock.shift = MINUTES
        await ours.request("0EXAMP1E1")
        await until(lambda: len(house.first.came) == 2)
    assert house.first.ids.count(house.first.ids[0]) == 1


async def test_receipts_advance_once_and_tell_nobody_what_is_known(house: House, ours: Phones) -> None:
    async with ours.sending():
        delivery = await ours.request()
        await until(lambda: ours.state(delivery) == "handed_over")
    [id] = house.first.ids
    before = ours.store.last()[0]
    unchanged = [
        await ours.receive(FIRST, (str(delivery), "delivered")),  # its name in the ledger is not its id there
        await ours.receive(FIRST, ("81234567890", "delivered"), ("", ""), (id, "queued")),
        await ours.receive(SECOND, (id, "delivered")),  # that one never had it
        await ours.receive(FIRST, body=b'{"receipts": [{"id": 7}, 8, null]}'),
    ]
    assert (unchanged, ours.store.last()[0]) == ([204] * 4, before)
    forged = [
        await ours.receive(FIRST, (id, "delivered"), secret="guessed"),
        await ours.receive("unknown", (id, "delivered")),
    ]
    assert (forged, ours.store.last()[0]) == ([403, 403], before)
    unreadable = [await ours.receive(FIRST, body=body) for body in (b"<xml>", b"{}", b"[" * 50_000)]
    assert (unreadable, ours.store.last()[0]) == ([400] * 3, before)
    assert await ours.receive(FIRST, *[(id, "expired")] * 3, *[(id, "read")] * 3, (id, "expired")) == 204
    assert ours.state(delivery) == "delivered"
    assert ours.store.last()[0] == before + 2


async def test_a_gateway_that_is_away_rests_and_what_waits_costs_no_attempts(house: House) -> None:
    house.first.port = 1
    describe(house.folder, (house.first,))
    async with phones(house.folder, house.first) as ours:
        await ours.confirm()
        several = [await ours.request(f"0EXAMP{n:03}") for n in range(30)]
        async with ours.sending():
            await until(lambda: state_of(FIRST) == 2)
            await until(lambda: not ours.store.read(projections.open_attempts))
            await asyncio.sleep(0.6)
            states = [ours.state(each) for each in several]
            assert (
                states.count("requested") >= 30 - AT_ONCE - 3
            )  # under way when the third fault came, and the faults
            read, position = len(ours.numbers.read_for), ours.store.last()[0]
            await asyncio.sleep(0.6)
            assert (len(ours.numbers.read_for), ours.store.last()[0]) == (read, position)


def state_of(provider: str) -> float | None:
    return REGISTRY.get_sample_value("zi_notify_provider_state", {"channel": "sms", "provider": provider})


async def test_an_official_switches_a_channel_off_and_on(house: House) -> None:
    provider = OwnProvider()
    operator, officer = (
        {"Authorization": f"Bearer {provider.token(roles=[role])}"} for role in ("ops", "officer")
    )
    async with phones(house.folder, house.first, house.second, issuer=provider.url) as ours, ours.sending():
        await ours.confirm()
        off, on = (f"/notify/api/channels/sms/{way}" for way in ("off", "on"))
        assert (await ours.client.post(off, json={"reason": "cost"}, headers=officer)).status_code == 403
        assert (await ours.client.post(off, json={"reason": "Budi"}, headers=operator)).status_code == 422
        [_, sms] = (await ours.client.post(off, json={"reason": "cost"}, headers=operator)).json()
        assert (sms["channel"], sms["off"]["reason"]) == ("sms", "cost")
        assert [each["state"] for each in sms["providers"]] == ["closed", "closed"]
        delivery = await ours.request()
        await asyncio.sleep(1.0)
        assert (ours.state(delivery), house.first.came, ours.numbers.read_for) == ("requested", [], [])
        [_, sms] = (await ours.client.post(on, headers=operator)).json()
        assert sms["off"] is None
        await until(lambda: ours.state(delivery) == "handed_over")
        types = [row.nats_subject.split(".")[2] for row in ours.store.messages(0, 100)]
        assert [each for each in types if each.startswith("channel_")] == [
            "channel_switched_off",
            "channel_switched_on",
        ]
    provider.close()


async def test_a_number_and_a_day_have_their_limits(house: House) -> None:
    describe(house.folder, (house.first,), to_each=2, first=1)
    async with phones(house.folder, house.first) as ours, ours.sending():
        delivery = await ours.request()
        await until(lambda: ours.state(delivery) == "unconfirmed")
        ours.numbers.of["0EXAMP1E1"] = "0813 3456 7890"
        other = await ours.request("0EXAMP1E1")
        await until(lambda: ours.state(other) == "postponed")
        await ours.confirm()
        await until(lambda: ours.state(delivery) == "handed_over")
        third = await ours.request("0EXAMP1E2")
        await until(lambda: ours.state(third) == "withheld")
    assert len(house.first.came) == 2


async def test_a_line_in_the_wall_gets_nothing(house: House, ours: Phones) -> None:
    ours.numbers.of[TICKET] = "(0551) 21234"
    async with ours.sending():
        delivery = await ours.request()
        await until(lambda: ours.state(delivery) == "failed")
    assert house.first.came == []


async def test_after_a_crash_in_between_it_is_sent_again_there_under_the_same_id(
    house: House, ours: Phones
) -> None:
    delivery = await ours.request()
    by = Act(at=ours.clock.now(), actor="system:notify", role="system:notify")
    begin = BeginHandingOver(by=by, attempt=1, provider=FIRST, reference=ours.keys.reference(delivery, FIRST))
    await ours.store.handle(decider, delivery, begin)
    async with ours.sending():
        await until(lambda: ours.state(delivery) == "handed_over")
    assert house.first.ids == [str(ours.keys.reference(delivery, FIRST))]


async def test_what_only_a_gateway_that_is_given_up_may_have_ends(house: House) -> None:
    house.first.answer(500)
    async with phones(house.folder, house.first, house.second) as ours:
        await ours.confirm()
        async with ours.sending():
            delivery = await ours.request()
            await until(lambda: ours.state(delivery) == "uncertain")
    describe(house.folder, (house.second,), version=3)
    async with phones(house.folder, house.second) as later, later.sending():
        assert later.state(delivery) == "failed"
        other = await later.request()
        await until(lambda: later.state(other) == "handed_over")
    assert str(later.keys.reference(delivery, SECOND)) not in house.second.ids


def test_a_gateway_without_address_or_secret_stops_the_start(house: House) -> None:
    insecure = HttpGateway(FIRST)
    for url in ("", "http://gateway.example/send", "ftp://127.0.0.1/", "https:///"):
        with pytest.raises(UnusableGatewayError, match="https://"):
            create_app(
                settings(house.folder, ()).model_copy(update={"gateway_urls": {FIRST: url, SECOND: url}})
            )
    (house.folder / "gateways" / FIRST).unlink()
    with pytest.raises(UnusableGatewayError, match="ZI_GATEWAY_SECRETS"):
        create_app(settings(house.folder, (house.first, house.second)))
    assert insecure.came == []
