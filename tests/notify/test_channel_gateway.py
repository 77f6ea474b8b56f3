"""One attempt at a real gateway on loopback: what it is given, and what each of its ways to answer or not to answer means."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from uuid import UUID

import pytest
from tests.notify.http_gateway import SECRET, HttpGateway, Taken, http_gateway
from tests.ports import free_port

from zi_notify.channels.channel import AT_ONCE, Attempted
from zi_notify.channels.gateway import GatewayChannel, ShortMessage

MESSAGE = ShortMessage("6281234567890", 'Kabar "baru" & {to} untuk 0EXAMP1E0\n', UUID(int=7))


@pytest.fixture
async def gateway() -> AsyncIterator[HttpGateway]:
    async with http_gateway() as running:
        yield running


async def attempted(gateway: HttpGateway, **more: Any) -> Attempted:
    return await GatewayChannel(gateway.gateway(**more), gateway.url, SECRET).hand_over(MESSAGE)


async def test_a_message_is_taken_with_number_text_and_id_in_its_body_alone(
    gateway: HttpGateway, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "httpx"):
        assert await attempted(gateway) == Attempted("handed_over")
    [taken] = gateway.came
    assert taken.body == {"to": "+6281234567890", "message": MESSAGE.text, "id": str(MESSAGE.id)}
    assert taken.headers["authorization"] == f"Bearer {SECRET}"
    assert taken.path == "/v1/messages"
    elsewhere = f"{taken.path} {taken.headers} {caplog.text} {MESSAGE!r}"
    assert "81234567890" not in elsewhere
    assert "Kabar" not in elsewhere


async def test_a_form_is_filled_in_as_a_form(gateway: HttpGateway) -> None:
    fields = {"userkey": "{secret}", "to": "{to}", "text": "{text}", "id": "{id}"}
    request = {"format": "form", "body": fields}
    assert (await attempted(gateway, request=request, number="0812")).outcome == "handed_over"
    assert "to=081234567890&text=Kabar+%22baru%22+%26+%7Bto%7D" in gateway.came[0].body


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, "handed_over"),
        (202, "handed_over"),
        (204, "uncertain"),  # not among those that it says it answers with
        (302, "uncertain"),
        (400, "permanent"),
        (401, "technical"),
        (403, "technical"),
        (422, "permanent"),
        (429, "temporary"),
        (500, "uncertain"),
        (503, "uncertain"),
    ],
)
async def test_a_status_says_what_the_description_says(
    gateway: HttpGateway, status: int, outcome: str
) -> None:
    gateway.answer((status, {"Location": "http://127.0.0.1:1/elsewhere"}))
    assert (await attempted(gateway)).outcome == outcome
    assert len(gateway.came) == 1


async def test_an_office_knows_what_its_gateway_means_by_503(gateway: HttpGateway) -> None:
    gateway.answer(503)
    assert (await attempted(gateway, answer={"busy": [429, 503]})).outcome == "temporary"


@pytest.mark.parametrize(
    ("retry_after", "rest"),
    [
        ("120", timedelta(minutes=2)),
        ("0", timedelta()),
        ("-5", timedelta()),
        ("99999999999", timedelta()),
        ("9999999", timedelta(days=1)),
        ("soon", timedelta()),
        ("", timedelta()),
    ],
)
async def test_a_busy_gateway_says_for_how_long(
    gateway: HttpGateway, retry_after: str, rest: timedelta
) -> None:
    gateway.answer((429, {"Retry-After": retry_after} if retry_after else {}))
    assert await attempted(gateway) == Attempted("temporary", rest)


async def test_a_busy_gateway_may_name_a_date(gateway: HttpGateway) -> None:
    gateway.answer(
        (429, {"Retry-After": format_datetime(datetime.now(UTC) + timedelta(minutes=5), usegmt=True)})
    )
    rest = (await attempted(gateway)).rest
    assert rest is not None
    assert timedelta(minutes=4) < rest <= timedelta(minutes=5)


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (b'{"data": {"state": "queued"}}', "handed_over"),
        (b'{"data": {"state": "lost"}}', "uncertain"),
        (b'{"data": []}', "uncertain"),
        (b"[" * 100_000, "uncertain"),
        (b"<html>", "uncertain"),
    ],
)
async def test_an_accepted_answer_may_have_to_say_more(
    gateway: HttpGateway, body: bytes, outcome: str
) -> None:
    gateway.answer(200, body=body)
    assert (await attempted(gateway, answer={"where": {"/data/state": ["queued"]}})).outcome == outcome


async def test_a_gateway_that_hangs_up_or_is_slow_is_doubt(gateway: HttpGateway) -> None:
    gateway.answer(None)
    assert (await attempted(gateway)).outcome == "uncertain"

    async def never(_: Taken) -> None:
        await asyncio.Event().wait()

    gateway.before_answer = never
    assert (await attempted(gateway, seconds=2)).outcome == "uncertain"


async def test_all_that_a_lane_sends_at_once_is_under_way_at_a_slow_gateway(gateway: HttpGateway) -> None:
    """None waits for a connection until that counts as a fault of the gateway."""
    all_came = asyncio.Event()

    async def when_all_came(_: Taken) -> None:
        if len(gateway.came) == AT_ONCE:
            all_came.set()
        await all_came.wait()

    gateway.before_answer = when_all_came
    channel = GatewayChannel(gateway.gateway(), gateway.url, SECRET)
    attempts = [channel.hand_over(replace(MESSAGE, id=UUID(int=number))) for number in range(AT_ONCE)]
    assert {each.outcome for each in await asyncio.gather(*attempts)} == {"handed_over"}


async def test_nobody_there_is_certain() -> None:
    nobody = HttpGateway()
    nobody.port = free_port()
    assert await attempted(nobody) == Attempted("technical")
