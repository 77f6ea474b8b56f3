"""One attempt against a real mail server: every kind of answer, and silence, gets its honest class."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from tests.notify.mail_server import MailServer, mail_server
from tests.notify.self_signed import self_signed
from tests.until import until

from zi_notify.channels import email as channel_email
from zi_notify.channels.email import EmailChannel


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
    return await EmailChannel(server.host, server.port, timeout=60).hand_over(mail())


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
    [("421 Later", "temporary"), ("530 Sign in first", "technical"), ("550 Sender refused", "technical")],
)
async def test_a_refused_sender_is_a_fault_of_the_office_and_gives_no_mail_up(
    server: MailServer, reply: str, expected: str
) -> None:
    server.mail = reply
    assert await outcome(server) == expected
    assert server.took == []


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("452 Full", "temporary"),
        ("554 Refused", "permanent"),
        ("650 What", "uncertain"),
        ("ok", "uncertain"),
        pytest.param("250 " + "a" * 200_000, "uncertain", id="too long"),
    ],
)
async def test_the_answer_to_the_mail_classes_the_attempt(
    server: MailServer, reply: str, expected: str
) -> None:
    server.data = reply
    assert await outcome(server) == expected


async def test_a_line_that_drops_before_the_answer_to_the_mail_is_doubt(server: MailServer) -> None:
    server.hang_up = True
    assert await outcome(server) == "uncertain"


def channel_to(server: MailServer) -> EmailChannel:
    return EmailChannel(server.host, server.port, timeout=60)


async def test_a_connection_carries_mails_after_each_other(server: MailServer) -> None:
    channel = channel_to(server)
    assert [await channel.hand_over(mail()) for _ in range(3)] == ["handed_over"] * 3
    assert (server.connections, len(server.took)) == (1, 3)


async def test_mails_at_the_same_time_have_connections_of_their_own(server: MailServer) -> None:
    channel = channel_to(server)
    for _ in range(2):
        await asyncio.gather(*(channel.hand_over(mail()) for _ in range(4)))
    assert (server.connections, len(server.took)) == (4, 8)


async def test_a_connection_ends_when_no_mail_comes_or_after_many(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = channel_to(server)
    monkeypatch.setattr(channel_email, "MAILS_A_CONNECTION", 2)
    assert [await channel.hand_over(mail()) for _ in range(3)] == ["handed_over"] * 3
    assert server.connections == 2
    monkeypatch.setattr(channel_email, "IDLE_SECONDS", 0.01)
    await channel.hand_over(mail())
    await channel.hand_over(mail())
    await until(lambda: not channel._waiting)
    await channel.hand_over(mail())
    assert server.connections == 4


@pytest.mark.parametrize(
    ("step", "reply"),
    [
        *(("mail", reply) for reply in ("421 Closing", "452 Too many mails")),
        *(("rcpt", reply) for reply in ("421 Closing", "452 Too many mails")),
    ],
)
async def test_a_kept_connection_that_takes_no_more_mails_says_nothing_of_the_mail(
    server: MailServer, step: str, reply: str
) -> None:
    async def takes_again() -> None:
        if server.connections == 2:
            setattr(server, step, "250 OK")

    channel = channel_to(server)
    await channel.hand_over(mail())
    setattr(server, step, reply)
    server.at_call = takes_again
    assert await channel.hand_over(mail()) == "handed_over"
    assert (server.connections, len(server.took)) == (2, 2)


async def test_a_kept_connection_that_the_server_closed_is_replaced(server: MailServer) -> None:
    channel = channel_to(server)
    await channel.hand_over(mail())
    [waiting] = channel._waiting
    assert waiting.client.transport is not None
    waiting.client.transport.close()  # as the end of the server's patience looks from here
    assert await channel.hand_over(mail()) == "handed_over"
    assert (server.connections, len(server.took)) == (2, 2)


async def test_a_line_that_drops_at_a_kept_connection_is_no_fault_of_the_mail() -> None:
    drops = [
        False,
        True,
        False,
    ]  # connections begin with their first mail; the second mail of the first one meets the end

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 localhost\r\n")
        while line := await reader.readline():
            if line.startswith(b"MAIL") and drops.pop(0):
                break
            writer.write(b"354 Go on\r\n" if line.startswith(b"DATA") else b"250 OK\r\n")
            if line.startswith(b"DATA"):
                await reader.readuntil(b"\r\n.\r\n")
                writer.write(b"250 OK\r\n")
        writer.close()

    listening = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with listening:
        host, port = listening.sockets[0].getsockname()
        channel = EmailChannel(host, port, timeout=60)
        assert [await channel.hand_over(mail()) for _ in range(2)] == ["handed_over"] * 2
        channel._waiting.pop().client.close()
    assert drops == []


async def test_a_mail_tries_a_single_kept_connection(server: MailServer) -> None:
    channel = channel_to(server)
    await asyncio.gather(*(channel.hand_over(mail()) for _ in range(3)))
    server.rcpt = "450 Greylisted"
    assert await channel.hand_over(mail()) == "temporary"
    assert server.connections == 4


async def test_a_refused_recipient_of_a_later_mail_is_asked_about_once(server: MailServer) -> None:
    channel = channel_to(server)
    await channel.hand_over(mail())
    server.rcpt = "550 No such user"
    assert await channel.hand_over(mail()) == "permanent"
    assert server.connections == 1


async def test_doubt_at_a_kept_connection_stays_doubt(server: MailServer) -> None:
    channel = channel_to(server)
    await channel.hand_over(mail())
    server.hang_up = True
    assert await channel.hand_over(mail()) == "uncertain"
    assert (server.connections, len(server.took)) == (1, 2)


ACCOUNT = ("layanan", "an invented password")


async def with_account(server: MailServer, password: str) -> str:
    channel = EmailChannel(server.host, server.port, user=ACCOUNT[0], password=password, timeout=60)
    return await channel.hand_over(mail())


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """Of 127.0.0.1, and trusted."""
    path = tmp_path / "server.pem"
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return self_signed(path)


async def test_with_its_account_it_is_let_in(server: MailServer, certificate: ssl.SSLContext) -> None:
    server.account, server.tls = ACCOUNT, certificate
    assert await with_account(server, ACCOUNT[1]) == "handed_over"
    assert len(server.logins) == 1


async def test_a_wrong_account_is_our_own_fault_and_technical(
    server: MailServer, certificate: ssl.SSLContext
) -> None:
    server.account, server.tls = ACCOUNT, certificate
    assert await with_account(server, "another one") == "technical"


async def test_an_account_is_never_shown_without_tls(server: MailServer) -> None:
    server.account = ACCOUNT
    assert await with_account(server, ACCOUNT[1]) == "technical"
    assert server.logins == []


async def test_a_certificate_that_does_not_hold_is_technical(
    server: MailServer, certificate: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.tls = certificate
    monkeypatch.delenv("SSL_CERT_FILE")
    assert await outcome(server) == "technical"
    assert server.took == []


async def test_no_server_is_technical(server: MailServer) -> None:
    assert await EmailChannel("127.0.0.1", 1, timeout=60).hand_over(mail()) == "technical"


@pytest.mark.parametrize("greeting", [b"", b"554 Go away\r\n", b"not a mail server\r\n"])
async def test_a_server_that_does_not_talk_is_technical(greeting: bytes) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()
        assert await EmailChannel(host, port, timeout=60).hand_over(mail()) == "technical"


async def test_a_line_that_drops_at_the_recipient_is_technical() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 localhost\r\n")
        while (line := await reader.readline()) and not line.startswith(b"RCPT"):
            writer.write(b"250 OK\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()
        assert await EmailChannel(host, port, timeout=60).hand_over(mail()) == "technical"
