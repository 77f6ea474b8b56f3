"""A mail server on a free port that says what it is told to and keeps what it took."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class MailServer:
    """`mail`, `rcpt` and `data` are the replies; `hang_up` drops the line instead of answering the mail's end."""

    def __init__(self) -> None:
        self.host, self.port = "127.0.0.1", 0
        self.mail, self.rcpt, self.data = "250 OK", "250 OK", "250 OK"
        self.connections = 0
        self.hang_up = False
        self.account: tuple[str, str] | None = None
        self.tls: ssl.SSLContext | None = None
        self.logins: list[LoginPassword] = []
        self.took: list[EmailMessage] = []
        self.before_answer: Callable[[], Awaitable[None]] | None = None
        self.at_call: Callable[[], Awaitable[None]] | None = None
        self.at_recipient: Callable[[], Awaitable[None]] | None = None
        self.after_answer: Callable[[], Awaitable[None]] | None = None
        self._later: set[asyncio.Task[None]] = set()

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: LoginPassword
    ) -> AuthResult:
        self.logins.append(login)
        right = (login.login.decode(), login.password.decode()) == self.account
        return AuthResult(success=right, handled=False)  # the server answers, 535 where it is wrong

    def protocol(self) -> SMTP:
        self.connections += 1
        return SMTP(
            self,
            hostname="localhost",
            tls_context=self.tls,
            authenticator=self.authenticate if self.account else None,
            auth_require_tls=self.tls is not None,
        )

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        if self.at_call is not None:
            await self.at_call()
        return self.mail

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        if self.at_recipient is not None:
            await self.at_recipient()
        return self.rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.data.startswith("2"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.took.append(message_from_bytes(content, policy=default))
        if self.before_answer is not None:
            await self.before_answer()
        if self.hang_up:
            assert server.transport is not None
            server.transport.close()
        if self.after_answer is not None:
            task = asyncio.create_task(_afterwards(self.after_answer))
            self._later.add(task)
            task.add_done_callback(self._later.discard)
        return self.data

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def message_ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.took]


async def _afterwards(work: Callable[[], Awaitable[None]]) -> None:
    """When the answer is on its way."""
    await asyncio.sleep(0.001)
    await work()


@asynccontextmanager
async def mail_server() -> AsyncIterator[MailServer]:
    handler = MailServer()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(handler.protocol, handler.host, 0)
    handler.port = server.sockets[0].getsockname()[1]
    try:
        yield handler
    finally:
        server.close()
        await server.wait_closed()
