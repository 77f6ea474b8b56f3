"""A real mail server on loopback that greylists, bounces, hangs up and is silent: each mail ends in the right state, once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import cast
from uuid import UUID

import pytest_asyncio
from tests.notify.mail_server import MailServer, mail_server
from tests.notify.phones import Phones, phones
from tests.until import until

from zi_notify.channels.email import MailProvider
from zi_notify.domain.delivery_status import DeliveryStatus
from zi_notify.messaging.published import decider

MINUTES = timedelta(minutes=2)
RULES = "version = 2\n[email]\nretry_minutes = [1, 1]\nseconds = 60\nbreaker = { faults = 100, rest_seconds = 1 }\n"


class Mails:
    def __init__(self, server: MailServer, notify: Phones) -> None:
        self.server, self.notify = server, notify

    async def ends(self, delivery: UUID, state: str) -> None:
        await until(lambda: self.notify.state(delivery) == state)

    def waits(self, seconds: float) -> None:
        """Let the next attempts wait so long for each word of the server."""
        provider = cast(MailProvider, self.notify.sender.lanes["email"].providers._providers[None])
        provider._channel.timeout = seconds

    async def later(self) -> None:
        """Let two minutes pass, and wake the sender."""
        self.notify.clock.shift += MINUTES
        await self.notify.confirm(str(self.notify.clock.shift))


@pytest_asyncio.fixture
async def mails(tmp_path: Path) -> AsyncIterator[Mails]:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "message_channels.toml").write_text(RULES)
    async with mail_server() as server, phones(tmp_path, smtp=server.address) as notify:
        await notify.confirm_email()
        async with notify.sending("email"):
            yield Mails(server, notify)
        assert len(set(server.message_ids)) <= 1


async def test_as_many_mails_are_under_way_as_the_rules_say(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "message_channels.toml").write_text(f"{RULES}at_once = 20\n")
    waiting, most, answer = 0, 0, asyncio.Event()

    async def wait() -> None:
        nonlocal waiting, most
        waiting += 1
        most = max(most, waiting)
        await answer.wait()
        waiting -= 1

    async with mail_server() as server, phones(tmp_path, smtp=server.address) as notify:
        server.at_recipient = wait
        await notify.confirm_email()
        for number in range(30):
            await notify.request(f"0EXAMP{number:03}", channel="email")
        async with notify.sending("email"):
            await until(lambda: waiting == 20)
            answer.set()
            await until(lambda: len(server.took) == 30)
    assert most == 20


async def test_greylisted_it_is_sent_when_its_time_has_come(mails: Mails) -> None:
    mails.server.rcpt = "451 Come back later"
    delivery = await mails.notify.request(channel="email")
    await mails.ends(delivery, "deferred")
    mails.server.rcpt = "250 OK"
    await asyncio.sleep(0.1)
    assert mails.server.took == []
    await mails.later()
    await mails.ends(delivery, "handed_over")
    await mails.later()
    assert len(mails.server.took) == 1


async def test_a_bounce_is_the_end(mails: Mails) -> None:
    mails.server.rcpt = "550 No such user"
    delivery = await mails.notify.request(channel="email")
    await mails.ends(delivery, "failed")
    mails.server.rcpt = "250 OK"
    await mails.later()
    await asyncio.sleep(0.2)
    assert (mails.notify.state(delivery), mails.server.took) == ("failed", [])


async def test_a_line_that_drops_in_the_mail_is_doubt_and_then_the_same_mail(mails: Mails) -> None:
    mails.server.hang_up = True
    delivery = await mails.notify.request(channel="email")
    await mails.ends(delivery, "uncertain")
    mails.server.hang_up = False
    await mails.later()
    await mails.ends(delivery, "handed_over")
    assert len(mails.server.took) == 2


async def test_silence_after_the_mail_is_doubt_and_silence_before_it_is_not(mails: Mails) -> None:
    async def never() -> None:
        await asyncio.Event().wait()

    mails.waits(1)
    mails.server.at_recipient = never
    delivery = await mails.notify.request(channel="email")
    await mails.ends(delivery, "deferred")
    mails.server.at_recipient, mails.server.before_answer = None, never
    await mails.later()
    await mails.ends(delivery, "uncertain")
    mails.server.before_answer = None
    mails.waits(60)
    await mails.later()
    await mails.ends(delivery, "handed_over")


async def test_doubt_to_the_last_ends_as_doubt(mails: Mails) -> None:
    mails.server.hang_up = True
    delivery = await mails.notify.request(channel="email")
    for attempt in (1, 2):
        await until(partial(is_after, mails.notify, delivery, attempt))
        await mails.later()
    await mails.ends(delivery, "failed")
    await mails.later()
    await asyncio.sleep(0.2)
    assert len(mails.server.took) == 3


def is_after(notify: Phones, delivery: UUID, attempt: int) -> bool:
    state = notify.store.load(decider, delivery)[1]
    return (state.attempt, state.status) == (attempt, DeliveryStatus.UNCERTAIN)
