"""One attempt against a real mail server: every kind of answer, and silence, gets its honest class."""

import asyncio
from collections.abc import AsyncIterator
from email.message import EmailMessage

import pytest
from tests.notify.mail_server import MailServer, mail_server

from zi_notify.channel_email import EmailChannel


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with mail_server() as running:
        yield running


def mail() -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"] = "layanan@example.org", "obviously.invented@example.com"
    letter["Message-ID"], letter["Subject"] = "<1@example.org>", "0EXAMP1E0"
    letter.set_content("Invented.\n.\nA dot alone on a line is no end.\n")
    return letter


async def outcome(server: MailServer) -> str:
    return await EmailChannel(server.host, server.port, timeout=10).hand_over(mail())


async def test_a_mail_that_is_taken_is_handed_over_whole(server: MailServer) -> None:
    assert await outcome(server) == "handed_over"
    assert server.took[0].get_content().splitlines() == mail().get_content().splitlines()


@pytest.mark.parametrize(
    ("reply", "expected"),
    [("451 Later", "temporary"), ("450 Greylisted", "temporary"), ("550 No such user", "permanent")],
)
async def test_the_answer_to_the_recipient_classes_the_attempt(
    server: MailServer, reply: str, expected: str
) -> None:
    server.rcpt = reply
    assert await outcome(server) == expected
    assert server.took == []


@pytest.mark.parametrize(
    ("reply", "expected"),
    [("452 Full", "temporary"), ("554 Refused", "permanent"), ("650 What", "technical")],
)
async def test_the_answer_to_the_mail_classes_the_attempt(
    server: MailServer, reply: str, expected: str
) -> None:
    server.data = reply
    assert await outcome(server) == expected


async def test_a_line_that_drops_before_the_answer_to_the_mail_is_doubt(server: MailServer) -> None:
    server.hang_up = True
    assert await outcome(server) == "uncertain"


async def test_no_server_is_technical(server: MailServer) -> None:
    assert await EmailChannel("127.0.0.1", 1, timeout=5).hand_over(mail()) == "technical"


@pytest.mark.parametrize("greeting", [b"", b"554 Go away\r\n", b"not a mail server\r\n"])
async def test_a_server_that_does_not_talk_is_technical(greeting: bytes) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()
        assert await EmailChannel(host, port, timeout=5).hand_over(mail()) == "technical"


async def test_a_line_that_drops_at_the_recipient_is_technical() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 localhost\r\n")
        while (line := await reader.readline()) and not line.startswith(b"RCPT"):
            writer.write(b"250 OK\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()
        assert await EmailChannel(host, port, timeout=5).hand_over(mail()) == "technical"
