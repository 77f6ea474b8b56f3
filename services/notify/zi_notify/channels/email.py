"""E-mail: one attempt to hand a mail to the mail server, and its outcome.

The mail counts as taken only after the server's reply to its last line. Silence from the moment that line could have arrived
is uncertain, not failed.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage

import aiosmtplib

from zi_notify.channels.channel import Attempted, Outcome
from zi_notify.domain.delivery import NotTaken

IDLE_SECONDS = 5.0
MAILS_A_CONNECTION = 100


@dataclass
class _Connection:
    """`mails` is how many it carried already; `end` closes it while it waits for the next one."""

    client: aiosmtplib.SMTP
    mails: int = 0
    end: asyncio.TimerHandle | None = None


class _EndedError(Exception):
    """A connection that had waited for this mail is at its end, and nothing of the mail was sent on it."""


class EmailChannel:
    """TLS whenever the server offers it, then only with a certificate that holds; the password is sent over TLS only.

    A connection that carried a mail waits a little for the next one, for greeting, TLS and sign-in take longer than a mail.
    """

    def __init__(
        self, host: str, port: int, *, user: str = "", password: str = "", timeout: float = 30
    ) -> None:
        self.host, self.port, self.timeout = host, port, timeout
        self._user, self._password = user or None, password or None
        self._waiting: list[_Connection] = []

    async def hand_over(self, mail: EmailMessage) -> Outcome:
        reusable = self._reusable()
        if reusable is not None:
            # Where it is at its end, others that wait are likely to be at theirs: a new one tells.
            with suppress(_EndedError):
                return await self._converse(reusable, mail)
        client = aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            username=self._user,
            password=self._password,
            start_tls=True if self._user else None,
            timeout=self.timeout,
        )
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError):
            return "technical"
        return await self._converse(_Connection(client), mail)

    def _reusable(self) -> _Connection | None:
        while self._waiting:
            connection = self._waiting.pop()
            if connection.end is not None:
                connection.end.cancel()
            if connection.client.is_connected:
                return connection
            connection.client.close()
        return None

    def _keep(self, connection: _Connection) -> None:
        self._waiting.append(connection)
        connection.end = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._end, connection)

    def _end(self, connection: _Connection) -> None:
        self._waiting.remove(connection)
        connection.client.close()

    async def _converse(self, connection: _Connection, mail: EmailMessage) -> Outcome:
        """Raises _EndedError."""
        is_kept = False
        try:
            outcome = await self._begin(connection, mail) or await self._data(connection.client, mail)
            connection.mails += 1
            is_kept = outcome == "handed_over" and connection.mails < MAILS_A_CONNECTION
            return outcome
        finally:
            if is_kept:
                self._keep(connection)
            else:
                connection.client.close()

    async def _begin(self, connection: _Connection, mail: EmailMessage) -> NotTaken | None:
        """Return why the server does not want the mail. A sender that is refused is the office's own fault, of all mails: none is given up
        for it. On a connection that carried mails before, "later" may be said of the connection, as
        to whoever sends too many: raises _EndedError."""
        client, is_sender_taken = connection.client, False
        try:
            await client.mail(str(mail["From"]))
            is_sender_taken = True
            await client.rcpt(str(mail["To"]))
        except aiosmtplib.SMTPResponseException as reply:
            outcome = _class_of(reply.code)
            if connection.mails and (not is_sender_taken or outcome == "temporary"):
                raise _EndedError from reply
            return outcome if is_sender_taken or outcome == "temporary" else "technical"
        except (aiosmtplib.SMTPException, OSError) as fault:
            if connection.mails:
                raise _EndedError from fault
            return "technical"
        return None

    async def _data(self, client: aiosmtplib.SMTP, mail: EmailMessage) -> Outcome:
        """Send the mail. An answer that is none says no more than silence: the server may have it."""
        try:
            await client.data(mail.as_bytes())
        except aiosmtplib.SMTPResponseException as reply:
            outcome = _class_of(reply.code)
            return "uncertain" if outcome == "technical" else outcome
        except (aiosmtplib.SMTPException, OSError):
            return "uncertain"
        return "handed_over"


class MailProvider:
    """The mail server as the only provider of its channel: a mail that is sent again is the same mail by its Message-ID."""

    name = None
    repeats_once = True

    def __init__(self, channel: EmailChannel) -> None:
        self._channel = channel

    async def hand_over(self, message: EmailMessage) -> Attempted:
        return Attempted(await self._channel.hand_over(message))


def _class_of(code: int) -> NotTaken:
    if 400 <= code < 500:
        return "temporary"
    return "permanent" if 500 <= code < 600 else "technical"
