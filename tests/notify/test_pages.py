"""The page to which every mail leads: a reader confirms or stops there by a button, and to look at it changes nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from tests.ports import free_port

from zi_chassis.settings import Settings
from zi_chassis.storage.configuration import ConfigurationChangedError
from zi_chassis.storage.store import Store
from zi_notify.addresses.recipient_keys import RecipientKeys
from zi_notify.domain.recipient import Consent, Frequency
from zi_notify.main import LostSecretError, create_app
from zi_notify.messaging.published import recipients
from zi_notify.texts.letter import VERSION, templates

ADDRESS = "obviously.invented@example.com"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


class Web:
    def __init__(self, client: httpx.AsyncClient, store: Store, keys: RecipientKeys) -> None:
        self.client, self.store = client, store
        self.recipient = keys.recipient(ADDRESS)
        self.link = f"/notify/mail/{keys.token(self.recipient)}"

    def consent(self) -> Consent:
        return self.store.load(recipients, self.recipient)[1].consent

    async def choose(self, choice: str) -> httpx.Response:
        return await self.client.post(self.link, data={"choice": choice})


def settings(folder: Path) -> Settings:
    return Settings(service="notify", data=folder, nats_url=f"nats://127.0.0.1:{free_port()}")


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[Web]:
    app = create_app(settings(folder))
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=transport, base_url="http://zona.example", headers={"Accept": "text/html"}
        ) as client,
    ):
        app.state.store.writer.paused = None  # nothing was ever published here
        yield Web(client, app.state.store, app.state.keys)


@pytest_asyncio.fixture
async def web(tmp_path: Path) -> AsyncIterator[Web]:
    async with serving(tmp_path) as opened:
        yield opened


async def test_a_scanner_that_opens_the_link_confirms_nothing_and_stops_nothing(web: Web) -> None:
    for method in ("GET", "HEAD"):
        await web.client.request(method, web.link)
    assert web.consent() is Consent.UNKNOWN
    assert web.store.last()[0] == len(web.store.messages(0, 100))
    assert not [row for row in web.store.messages(0, 100) if ".recipient_" in row.nats_subject]


async def test_a_reader_confirms_by_a_button(web: Web) -> None:
    assert 'value="confirm"' in (await web.client.get(web.link)).text
    answer = await web.choose("confirm")
    assert (answer.status_code, answer.headers["location"]) == (303, web.link)
    assert web.consent() is Consent.CONFIRMED
    assert 'value="confirm"' not in (await web.client.get(web.link)).text


async def test_a_reader_stops_all_mail_and_may_begin_again(web: Web) -> None:
    await web.choose("stop")
    assert web.consent() is Consent.STOPPED
    assert 'value="stop"' not in (await web.client.get(web.link)).text
    await web.choose("confirm")
    assert web.consent() is Consent.CONFIRMED


@pytest.mark.parametrize("multipart", [False, True])
async def test_a_mail_program_stops_all_mail_with_one_click(web: Web, multipart: bool) -> None:
    parts = {"files": {name: (None, value) for name, value in ONE_CLICK.items()}}
    answer = await web.client.post(web.link, **(parts if multipart else {"data": ONE_CLICK}))  # type: ignore[arg-type]
    assert answer.status_code == 200
    assert web.consent() is Consent.STOPPED


@pytest.mark.parametrize(
    ("language", "sentence"), [("id", "Ya, kirimi saya kabar"), ("en", "Yes, write to me")]
)
async def test_the_page_speaks_both_languages(web: Web, language: str, sentence: str) -> None:
    assert sentence in (await web.client.get(f"{web.link}?lang={language}")).text


async def test_the_page_is_for_whoever_gave_a_number_too(web: Web) -> None:
    """One link goes to addresses and to telephones; whoever has no e-mail would not know what the page is about."""
    first = (await web.client.get(f"{web.link}?lang=en")).text
    assert "your e-mail address or your number" in first
    for choice in ("confirm", "stop"):
        await web.client.post(web.link, data={"choice": choice})
        page = (await web.client.get(f"{web.link}?lang=en")).text
        assert (
            "address or number" in page,
            " mail" in page.partition("<main")[2].partition("</main")[0],
        ) == (True, False)


@pytest.mark.parametrize("content", [{}, {"choice": "delete"}])
async def test_an_empty_form_changes_nothing(web: Web, content: dict[str, str]) -> None:
    await web.client.post(web.link, data=content)
    assert web.consent() is Consent.UNKNOWN


async def test_a_link_that_was_not_sent_opens_nothing(web: Web) -> None:
    for token in (web.link[-43:-1], "A" * 43, str(web.recipient)):
        for answer in (
            await web.client.get(f"/notify/mail/{token}"),
            await web.client.post(f"/notify/mail/{token}", data=ONE_CLICK),
        ):
            assert answer.status_code == 404
            assert "Buka kembali dari kabar yang kami kirim" in answer.text


async def test_another_website_can_t_confirm_in_a_reader_s_name(web: Web) -> None:
    answer = await web.client.post(
        web.link, data={"choice": "confirm"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
    assert web.consent() is Consent.UNKNOWN


async def test_changes_without_end_are_refused(web: Web) -> None:
    answers = [await web.choose(choice) for _ in range(6) for choice in ("confirm", "stop")]
    assert [answer.status_code for answer in answers] == [303] * 10 + [429] * 2


async def test_without_the_secret_of_known_addresses_the_service_does_not_start(
    web: Web, tmp_path: Path
) -> None:
    await web.choose("stop")
    (tmp_path / "notify" / "secrets" / "recipients").unlink()
    with pytest.raises(LostSecretError, match="Restore that file from a backup"):
        create_app(settings(tmp_path))


# -- officials


@pytest_asyncio.fixture
async def official(tmp_path: Path) -> AsyncIterator[Web]:
    """The page of an address that the office's data has as that of one of its own people."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "official_addresses.toml").write_text(
        f'[[official]]\naccount = "officer"\nemail = "{ADDRESS}"\n'
    )
    async with serving(tmp_path) as opened:
        yield opened


async def test_an_official_chooses_between_at_once_the_list_alone_and_neither(official: Web) -> None:
    choices = {
        "daily": "You get one list of your work each morning.",
        "stop": "You get no list and no reminders.",
        "at_once": "and a mail when something happens.",
    }
    for choice, sentence in choices.items():
        assert (await official.choose(choice)).status_code == 303
        page = (await official.client.get(f"{official.link}?lang=en")).text
        assert sentence in page
        assert "Yes, write to me" not in page
    state = official.store.load(recipients, official.recipient)[1]
    assert (state.frequency, state.consent) == (Frequency.AT_ONCE, Consent.CONFIRMED)


async def test_one_click_of_a_mail_program_stops_an_official_s_list(official: Web) -> None:
    assert (await official.client.post(official.link, data=ONE_CLICK)).status_code == 200
    assert official.consent() is Consent.STOPPED


async def test_a_citizen_has_no_choice_of_an_official(web: Web) -> None:
    await web.choose("daily")
    assert web.store.load(recipients, web.recipient)[0] == 0


async def test_a_text_that_was_edited_in_place_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under the version that was adopted another text would say what nobody has looked at."""
    async with serving(tmp_path):
        pass
    edited = replace(templates(), content=templates().content.replace(b"Petugas kami", b"Siapa saja"))
    assert edited.digest != templates().digest
    monkeypatch.setattr("zi_notify.main.templates", lambda: edited)
    with pytest.raises(ConfigurationChangedError, match=f"mail_templates mail version {VERSION}"):
        async with serving(tmp_path):
            pass
