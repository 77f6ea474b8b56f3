"""The lists of deliveries and of letters: paged, counted, found by ticket, and only for whom they are."""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from tests.chassis.provider import OwnProvider
from tests.notify.domain.test_printed_letter import queue
from tests.notify.test_api import BY
from tests.ports import free_port

from zi_chassis.settings import Settings
from zi_chassis.storage.store import Store
from zi_notify.domain.case_facts import CaseFacts
from zi_notify.domain.delivery import ReportNotReachable, RequestDelivery
from zi_notify.main import create_app
from zi_notify.messaging.published import decider, letters
from zi_notify.read import work_table
from zi_notify.texts.letter import VERSION, templates, wordings

BEFORE = BY.model_copy(update={"at": BY.at - timedelta(days=90)})


class Web:
    def __init__(self, client: httpx.AsyncClient, provider: OwnProvider, store: Store) -> None:
        self.client, self.provider, self.store = client, provider, store

    def bearer(self, sub: str, *roles: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.provider.token(sub=sub, roles=list(roles))}"}

    async def get(self, path: str, *roles: str, sub: str = "officer") -> httpx.Response:
        headers = {**self.bearer(sub, *roles), "Accept": "text/html", "Accept-Language": "en"}
        return await self.client.get(path, headers=headers)

    async def requested(self, ticket: str, **more: str) -> UUID:
        delivery = uuid4()
        command = RequestDelivery(
            by=BY,
            ticket=ticket,
            channel="email",
            template="answered",
            template_version=VERSION,
            language="id",
            cause=UUID(int=7),
            official=more.get("official"),
        )
        await self.store.handle(decider, delivery, command)
        return delivery

    async def queued(self, ticket: str, kind: str = "product", **more: object) -> UUID:
        letter = uuid4()
        facts = CaseFacts.model_validate(
            {"service": "intake", "ticket": ticket, "kind": kind, "is_confidential": False, **more}
        )
        with self.store.database.transaction() as tx:
            work_table._write(tx, facts)
        await self.store.handle(letters, letter, queue.model_copy(update={"ticket": ticket, "by": BEFORE}))
        return letter


@pytest.fixture
def provider() -> Iterator[OwnProvider]:
    provider_ = OwnProvider()
    yield provider_
    provider_.close()


@pytest_asyncio.fixture
async def web(provider: OwnProvider, tmp_path: Path) -> AsyncIterator[Web]:
    nowhere = f"nats://127.0.0.1:{free_port()}"
    app = create_app(Settings(service="notify", data=tmp_path, issuer=provider.url, nats_url=nowhere))
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://zona.example") as client,
    ):
        app.state.store.writer.paused = None  # nothing was ever published here
        yield Web(client, provider, app.state.store)


async def test_deliveries_are_listed_page_by_page_with_a_true_count(web: Web) -> None:
    for number in range(5):
        await web.requested(f"0EXAMP1E{number}")
    found, path = list[str](), "/notify/api/deliveries?limit=2"
    while path:
        answer = await web.get(path, "ops")
        assert answer.headers["X-Total-Count"] == "5"
        found += [each["ticket"] for each in answer.json()]
        path = answer.links["next"]["url"] if "next" in answer.links else ""
    assert found == [f"0EXAMP1E{number}" for number in (4, 3, 2, 1, 0)]


async def deliveries_of(web: Web, ticket: str, *roles: str, sub: str = "officer") -> list[str]:
    answer = await web.get(f"/notify/api/cases/{ticket}/deliveries", *roles, sub=sub)
    assert answer.status_code == 200
    return [each["template"] for each in answer.json()]


@pytest.mark.parametrize(
    ("kind", "more", "is_seen_by_all"),
    [
        ("product", {}, True),
        ("product", {"filed_by": "officer"}, False),
        ("product", {"is_confidential": True}, False),
        ("service", {}, False),
        ("unknown", {}, False),
    ],
    ids=["open", "their own", "in confidence", "about the service", "of before"],
)
async def test_an_official_finds_no_delivery_of_a_case_that_they_may_not_know_of(
    web: Web, kind: str, more: dict[str, object], is_seen_by_all: bool
) -> None:
    ticket = "9AN0THER9"
    await web.queued(ticket, kind, officer="ani", **more)
    await web.requested(ticket)
    await web.requested(ticket, official="budi")  # which officials were told nobody sees
    assert await deliveries_of(web, ticket, "officer") == (["answered"] if is_seen_by_all else [])
    assert await deliveries_of(web, ticket, "officer", sub="ani") == ["answered"]


async def test_deliveries_are_found_by_state_and_by_how_the_ticket_begins(web: Web) -> None:
    failed = await web.requested("0EXAMP1E0")
    await web.requested("9ANOTHER1")
    await web.store.handle(decider, failed, ReportNotReachable(by=BY, reason_class="no_address"))
    by_state = (await web.get("/notify/api/deliveries?state=failed", "ops")).json()
    by_ticket = (await web.get("/notify/api/deliveries?ticket=9ano", "ops")).json()
    assert [each["ticket"] for each in by_state] == ["0EXAMP1E0"]
    assert [each["ticket"] for each in by_ticket] == ["9ANOTHER1"]
    assert (await web.get("/notify/api/deliveries?state=sung", "ops")).status_code == 422
    page = (await web.get("/notify/desk/deliveries?state=failed", "ops")).text
    assert "0EXAMP1E0" in page
    assert "1 delivery, the newest first" in page
    assert "9ANOTHER1" not in page


async def test_nobody_reads_there_which_official_was_told_of_which_case(web: Web) -> None:
    await web.requested("0EXAMP1E0", official="officer-ani")
    for path in ("/notify/api/deliveries", "/notify/desk/deliveries"):
        text = (await web.get(path, "ops")).text
        assert "0EXAMP1E0" not in text
        assert "officer-ani" not in text
    assert "to an official" in text


@pytest.mark.parametrize("path", ["/notify/api/deliveries", "/notify/desk/deliveries"])
async def test_the_list_of_all_deliveries_is_for_those_who_operate(web: Web, path: str) -> None:
    for role in ("officer", "supervisor", "head", "auditor", "applicant"):
        assert (await web.get(path, role)).status_code == 403


async def test_letters_are_listed_printed_and_marked_as_sent(web: Web) -> None:
    letter = await web.queued("0EXAMP1E0")
    page = (await web.get("/notify/desk/letters", "officer")).text
    assert "1 letter" in page
    printed = (await web.get(f"/notify/desk/letters/{letter}", "officer")).text
    assert "Tiket 0EXAMP1E0 sudah kami jawab" in printed
    assert "<p>Rabu, 2 September 2026</p>" in printed  # whenever it is looked at
    headers = {**web.bearer("officer", "officer"), "Accept": "text/html"}
    path = f"/notify/desk/letters/{letter}"
    assert (await web.client.post(path, headers=headers, data={"settlement": "sung"})).status_code == 422
    posted = await web.client.post(path, headers=headers, data={"settlement": "posted"})
    assert (posted.status_code, posted.headers["location"]) == (303, "/notify/desk/letters")
    assert "There is no such letter" in (await web.get("/notify/desk/letters", "officer")).text
    assert "The letter was sent" in (await web.get("/notify/desk/letters?show=settled", "officer")).text
    again = await web.client.post(path, headers=headers, data={"settlement": "no_postal_address"})
    assert again.status_code == 422
    await web.client.post(path, headers=headers, data={"settlement": "came_back"})
    page = (await web.get("/notify/desk/letters", "officer")).text
    assert ("1 letter" in page, "The letter came back" in page) == (True, True)
    assert (await web.get(path, "officer")).text.count('name="settlement"') == 3
    await web.client.post(path, headers=headers, data={"settlement": "reached_otherwise"})
    assert "There is no such letter" in (await web.get("/notify/desk/letters", "officer")).text


async def test_programs_list_and_settle_letters_too(web: Web) -> None:
    first, second = [await web.queued(f"0EXAMP1E{number}") for number in range(2)]
    answer = await web.get("/notify/api/letters?ticket=0examp1e1", "officer")
    assert (answer.headers["X-Total-Count"], answer.json()[0]["letter"]) == ("1", str(second))
    path, headers = f"/notify/api/letters/{first}", web.bearer("officer", "officer")
    for _ in range(2):
        answer = await web.client.post(path, headers=headers, json={"settlement": "posted"})
        assert answer.status_code == 204
    assert (await web.get("/notify/api/letters", "officer")).headers["X-Total-Count"] == "1"


async def test_a_letter_of_a_case_that_the_official_may_not_know_does_not_exist_for_them(web: Web) -> None:
    """In the demo's people `officer` handles one case, and only the head sees complaints about the service."""
    unseen = [
        await web.queued("0EXAMP1E0", "product", is_confidential=True),
        await web.queued("0EXAMP1E1", "service"),
        await web.queued("0EXAMP1E2", "product", filed_by="officer"),
        await web.queued("0EXAMP1E3", "unknown"),
    ]
    officers_letter = await web.queued("0EXAMP1E4", "service", is_confidential=True, officer="officer")
    answer = await web.get("/notify/api/letters", "officer")
    assert (answer.headers["X-Total-Count"], answer.json()[0]["letter"]) == ("1", str(officers_letter))
    headers = web.bearer("officer", "officer")
    for letter in unseen:
        assert (await web.get(f"/notify/desk/letters/{letter}", "officer")).status_code == 404
        path = f"/notify/api/letters/{letter}"
        refused = await web.client.post(path, headers=headers, json={"settlement": "posted"})
        assert refused.status_code == 404
    assert (await web.get(f"/notify/desk/letters/{uuid4()}", "officer")).status_code == 404


async def test_letters_are_listed_page_by_page(web: Web) -> None:
    for number in range(41):
        await web.queued(f"0EXAMP{number:03}")
    first = await web.get("/notify/api/letters", "officer")
    second = await web.get(first.links["next"]["url"], "officer")
    assert (len(first.json()), len(second.json()), "next" in second.links) == (40, 1, False)
    page = (await web.get("/notify/desk/letters?page=2", "officer")).text
    assert "Previous page" in page
    assert "Next page" not in page


async def test_a_channel_is_switched_off_with_a_reason_and_on_again_on_its_page(web: Web) -> None:
    page = "/notify/desk/channels"
    headers = {**web.bearer("head", "head"), "Accept": "text/html", "Accept-Language": "en"}
    unreasoned = await web.client.post(f"{page}/email/off", headers=headers, data={"reason": "sung"})
    assert unreasoned.status_code == 422
    summary, _, fields = unreasoned.text.partition('role="alert"')[2].partition("</div>")
    assert 'href="#field-reason-email"' in summary
    assert 'id="field-reason-email"' in fields
    assert (summary.count("Choose why."), fields.count("Choose why.")) == (1, 1)
    off = await web.client.post(f"{page}/email/off", headers=headers, data={"reason": "abuse"})
    assert (off.status_code, off.headers["location"]) == (303, page)
    page_text = (await web.get(page, "supervisor")).text
    assert "Somebody abuses it" in page_text
    assert 'action="/notify/desk/channels/email/on"' in page_text
    assert (await web.client.post(f"{page}/email/on", headers=headers)).status_code == 303
    page_text = (await web.get(page, "ops")).text
    assert 'action="/notify/desk/channels/email/off"' in page_text
    types = [row.nats_subject.split(".")[2] for row in web.store.messages(0, 100)]
    assert [each for each in types if each.startswith("channel_")] == [
        "channel_switched_off",
        "channel_switched_on",
    ]


@pytest.mark.parametrize("path", ["/notify/desk/channels", "/notify/desk/templates"])
async def test_channels_and_texts_are_for_those_who_answer_for_them(web: Web, path: str) -> None:
    for role in ("officer", "auditor", "applicant"):
        assert (await web.get(path, role)).status_code == 403


async def test_the_texts_of_messages_are_found_by_name_and_subject_with_a_true_count(web: Web) -> None:
    total = len(wordings(templates().content, "en"))
    first = (await web.get("/notify/desk/templates", "supervisor")).text
    assert f"{total} messages" in first
    found, path = list[str](), "/notify/desk/templates?page=1"
    for number in range(1, -(-total // 40) + 1):
        page = (await web.get(f"/notify/desk/templates?page={number}", "supervisor")).text
        found += re.findall(r'href="/notify/desk/templates/([a-z_]+)"', page)
    assert sorted(found) == sorted(wordings(templates().content, "en"))
    beyond = (await web.get("/notify/desk/templates?page=1000", "supervisor")).text
    assert (
        beyond.partition("<main")[2].partition("</main>")[0]
        == page.partition("<main")[2].partition("</main>")[0]
    )
    assert "1 message" in (await web.get("/notify/desk/templates?find=Your+work+this", "head")).text
    assert "There is no such message." in (await web.get(f"{path}&find=sung", "head")).text


async def test_each_message_is_seen_as_its_reader_gets_it(web: Web) -> None:
    """In both languages, with the office's foot; nothing of it is anybody's."""
    for name in wordings(templates().content, "id"):
        page = (await web.get(f"/notify/desk/templates/{name}", "head")).text
        assert "Balai POM di Tarakan" in page
        assert f"Version {VERSION} as it was adopted" in page
        assert "{" not in page.partition("<main")[2].partition("</main>")[0]
        assert ("By SMS or WhatsApp" in page) == (not name.startswith("official_"))
    answered = (await web.get("/notify/desk/templates/answered", "head")).text
    assert "Tiket 0EXAMP1E0 sudah kami jawab" in answered
    assert "/track?ticket=0EXAMP1E0" in answered
    assert (await web.get("/notify/desk/templates/sung", "head")).status_code == 404
