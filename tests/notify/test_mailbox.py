"""The demo's mailbox: keeps every mail as it came, shows it, and never starts outside of a demonstration."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from tests.ports import free_port

from zi_chassis.settings import MAILBOX_SMTP, Settings
from zi_notify.channels.email import EmailChannel
from zi_notify.mailbox import NotADemoError, address, create_app


def settings(folder: Path) -> Settings:
    smtp = free_port()
    return Settings(service="mailbox", data=folder, demo=True, port=smtp - MAILBOX_SMTP)


def mail(
    subject: str = "Tiket 0EXAMP1E0", text: str = "Tiket <b>0EXAMP1E0</b> sudah kami jawab.\n"
) -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"] = "layanan@example.org", "obviously.invented@example.com"
    letter["Message-ID"], letter["Subject"] = "<1@example.org>", subject
    letter.set_content(text)
    return letter


@asynccontextmanager
async def started(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=transport, base_url="http://localhost", headers={"Accept": "text/html"}
        ) as client,
    ):
        yield client


class Mailbox:
    def __init__(self, configured: Settings, client: httpx.AsyncClient) -> None:
        self.folder = configured.folder
        self.client = client
        self.channel = EmailChannel(*address(configured))

    def files(self) -> list[Path]:
        return list((self.folder / "maildir" / "new").iterdir())


@pytest_asyncio.fixture
async def mailbox(tmp_path: Path) -> AsyncIterator[Mailbox]:
    configured = settings(tmp_path)
    async with started(create_app(configured)) as client:
        yield Mailbox(configured, client)


def test_outside_of_a_demonstration_it_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(NotADemoError, match="ZI_DEMO=1"):
        create_app(Settings(service="mailbox", data=tmp_path))


async def test_an_empty_mailbox_says_so(mailbox: Mailbox) -> None:
    page = await mailbox.client.get("/notify/mailbox", params={"lang": "en"})
    assert page.status_code == 200
    assert "There is no mail yet." in page.text


async def test_the_page_speaks_indonesian(mailbox: Mailbox) -> None:
    page = await mailbox.client.get("/notify/mailbox", params={"lang": "id"})
    assert "Belum ada email." in page.text


async def test_a_mail_that_comes_twice_is_kept_twice(mailbox: Mailbox) -> None:
    for _ in range(2):
        assert await mailbox.channel.hand_over(mail()) == "handed_over"
    assert len(mailbox.files()) == 2
    page = await mailbox.client.get("/notify/mailbox")
    assert page.text.count(">Tiket 0EXAMP1E0</a>") == 2


async def test_a_mail_is_shown_with_its_text_as_text(mailbox: Mailbox) -> None:
    await mailbox.channel.hand_over(mail())
    (file,) = mailbox.files()
    page = await mailbox.client.get(f"/notify/mailbox/{file.name}")
    assert page.status_code == 200
    assert "Tiket &lt;b&gt;0EXAMP1E0&lt;/b&gt; sudah kami jawab." in page.text
    assert "&lt;1@example.org&gt;" in page.text


async def test_the_newest_is_on_top(mailbox: Mailbox) -> None:
    for number in range(3):
        await mailbox.channel.hand_over(mail(f"Mail {number}"))
    page = (await mailbox.client.get("/notify/mailbox")).text
    assert page.index("Mail 2") < page.index("Mail 1") < page.index("Mail 0")


@pytest.mark.parametrize("name", ["nothing", "..", "%2e%2e%2fsecrets", "..%2f..%2flock"])
async def test_what_is_no_mail_is_not_found(mailbox: Mailbox, name: str) -> None:
    answer = await mailbox.client.get(f"/notify/mailbox/{name}")
    assert answer.status_code in {404, 307}


async def test_a_mail_over_the_limit_is_refused_and_not_kept(mailbox: Mailbox) -> None:
    assert await mailbox.channel.hand_over(mail(text="x" * 70 * 1000 * 5)) == "permanent"
    assert mailbox.files() == []


async def test_a_mail_that_cannot_be_kept_now_is_to_be_sent_again(mailbox: Mailbox) -> None:
    place = mailbox.folder / "maildir" / "tmp"
    place.rmdir()  # as a full disk, no new file can be made
    assert await mailbox.channel.hand_over(mail()) == "temporary"
    place.mkdir()
    assert await mailbox.channel.hand_over(mail()) == "handed_over"
    assert len(mailbox.files()) == 1


async def test_the_style_sheet_is_served_beside_the_pages(mailbox: Mailbox) -> None:
    page = (await mailbox.client.get("/notify/mailbox")).text
    path = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    assert path.startswith("/notify/static/")
    assert (await mailbox.client.get(path)).status_code == 200


async def test_mails_that_come_together_are_all_kept(mailbox: Mailbox) -> None:
    results = await asyncio.gather(*(mailbox.channel.hand_over(mail(f"Mail {n}")) for n in range(20)))
    assert set(results) == {"handed_over"}
    assert len(mailbox.files()) == 20
