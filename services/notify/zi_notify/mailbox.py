"""The demo's mailbox: an SMTP server that keeps every mail it gets as a file of its own, and a page to read them.

A visitor of the page reads everybody's mail, so it starts only with ZI_DEMO=1. Duplicates are not removed: a mail that was sent
twice is listed twice.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import lru_cache
from mailbox import Maildir
from pathlib import Path as Folder
from typing import Annotated

from aiosmtpd.smtp import SMTP, Envelope, Session
from fastapi import APIRouter, FastAPI, Path
from starlette.requests import Request
from starlette.responses import Response

from zi_chassis.domain import Value
from zi_chassis.service import Service, start
from zi_chassis.settings import MAILBOX_SMTP, Settings
from zi_chassis.unusable_setting import UnusableSettingError
from zi_chassis.web.page import Pages, static_file
from zi_chassis.web.problem import NotFoundError

LARGEST_MAIL = 256 * 1024
MOST_LISTED = 200
logger = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)


class NotADemoError(UnusableSettingError):
    """The mailbox was started outside a demo, where real mail could come."""


class Mail(Value):
    name: str
    received: datetime
    to: str
    subject: str
    message_id: str
    text: str


@lru_cache(2 * MOST_LISTED)
def read(file: Folder) -> Mail:
    """A mail that came never changes, so whoever looks again waits for no reading."""
    mail = message_from_bytes(file.read_bytes(), policy=default)
    return Mail(
        name=file.name,
        received=datetime.fromtimestamp(file.stat().st_mtime).astimezone(),
        to=str(mail.get("To", "")),
        subject=str(mail.get("Subject", "")),
        message_id=str(mail.get("Message-ID", "")),
        text=_text(mail),
    )


class Mails:
    """A maildir; names are the files' own, newest first."""

    def __init__(self, folder: Folder) -> None:
        self._maildir = Maildir(folder, factory=None, create=True)
        self._files = folder / "new"

    def keep(self, content: bytes) -> None:
        self._maildir.add(content)

    def newest(self, limit: int = MOST_LISTED) -> list[Mail]:
        files = sorted(self._files.iterdir(), key=lambda file: file.stat().st_mtime_ns, reverse=True)
        return [read(file) for file in files[:limit]]

    def find(self, name: str) -> Mail:
        if name not in {path.name for path in self._files.iterdir()}:
            raise NotFoundError("There is no such mail. Go back to the list and choose one.")
        return read(self._files / name)


class Postman:
    """Answers 250 only after the mail is a file. Where it can't be one now it is the sender's to send again: without an answer of its own the
    server would refuse the mail for good, and the sender would give it up."""

    def __init__(self, mails: Mails) -> None:
        self._mails = mails

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        try:
            await asyncio.to_thread(
                self._mails.keep, content.encode() if isinstance(content, str) else content or b""
            )
        except OSError as error:
            logger.error("a mail can't be kept: %s", error)
            return "452 4.3.1 No room for it now, send it again later"
        return "250 Kept"


@router.get("/notify/mailbox")
async def listed(request: Request) -> Response:
    mails: Mails = request.app.state.mails
    pages: Pages = request.app.state.pages
    return pages.render(request, "mailbox.html", mails=await asyncio.to_thread(mails.newest))


@router.get("/notify/mailbox/{name}")
async def mail_page(request: Request, name: Annotated[str, Path(max_length=200)]) -> Response:
    mails: Mails = request.app.state.mails
    pages: Pages = request.app.state.pages
    return pages.render(request, "mail.html", mail=await asyncio.to_thread(mails.find, name))


def create_app(settings: Settings) -> FastAPI:
    if not settings.demo:
        raise NotADemoError("The mailbox shows everybody's mail; it starts only with ZI_DEMO=1.")
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells every recipient
    service = Service(settings, package="zi_notify")
    mails = Mails(settings.folder / "maildir")
    service.open(lambda: _listening(mails, settings))
    service.app.state.mails = mails
    _as_part_of_notify(service)
    return service.app


def _as_part_of_notify(service: Service) -> None:
    """Its pages stand under /notify/ on the office's one origin, and so does what they load."""
    pages = Pages("zi_notify", service.settings.model_copy(update={"service": "notify"}))
    service.app.state.pages = pages
    service.include(router)
    service.app.add_route("/notify/static/{hash}/{name}", static_file, include_in_schema=False)


@asynccontextmanager
async def _listening(mails: Mails, settings: Settings) -> AsyncIterator[None]:
    loop = asyncio.get_running_loop()
    postman = Postman(mails)
    server = await loop.create_server(
        lambda: SMTP(postman, hostname="mailbox", data_size_limit=LARGEST_MAIL, loop=loop), *address(settings)
    )
    async with server:
        yield


def address(settings: Settings) -> tuple[str, int]:
    """Beside the page: same host, the port that notify sends to in the embedded run."""
    return settings.listen.rpartition(":")[0], settings.port + MAILBOX_SMTP


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(preferencelist=("plain",))
    return str(body.get_content()) if body is not None else ""


if __name__ == "__main__":
    start("mailbox", create_app)
