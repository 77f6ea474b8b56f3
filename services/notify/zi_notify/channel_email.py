"""E-mail: one attempt to hand a mail to the mail server, and its outcome.

The mail counts as taken only after the server's reply to its last line. Silence from the moment that line could have arrived
is uncertain, not failed.
"""

from email.message import EmailMessage

import aiosmtplib

from zi_notify.channel import Attempted, Outcome
from zi_notify.domain.delivery import NotTaken


class EmailChannel:
    """TLS whenever the server offers it, then only with a certificate that holds; the password is sent over TLS only."""

    def __init__(
        self, host: str, port: int, *, user: str = "", password: str = "", timeout: float = 30
    ) -> None:
        self.host, self.port, self.timeout = host, port, timeout
        self._user, self._password = user or None, password or None

    async def hand_over(self, mail: EmailMessage) -> Outcome:
        client = aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            username=self._user,
            password=self._password,
            start_tls=True if self._user else None,
            timeout=self.timeout,
        )
        try:
            return await self._converse(client, mail)
        finally:
            client.close()

    async def _converse(self, client: aiosmtplib.SMTP, mail: EmailMessage) -> Outcome:
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError):
            return "technical"
        try:
            await client.mail(str(mail["From"]))
            await client.rcpt(str(mail["To"]))
        except aiosmtplib.SMTPResponseException as reply:
            return _class_of(reply.code)
        except (aiosmtplib.SMTPException, OSError):
            return "technical"
        return await self._data(client, mail)

    async def _data(self, client: aiosmtplib.SMTP, mail: EmailMessage) -> Outcome:
        try:
            await client.data(mail.as_bytes())
        except aiosmtplib.SMTPResponseException as reply:
            return _class_of(reply.code)
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
