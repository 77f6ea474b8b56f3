"""A lost code in the browser and by the API: asked for by anybody with the ticket, made by the reader of the confirmed address alone."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.intake.front import COMPLAINT, CONSULTATION, EMAIL, MONDAY, Front, code
from tests.intake.test_pages import FORM, file, get, hidden_key, post, value_of

from zi_chassis.vault.requests import VaultRefusedError
from zi_contracts.vault import VaultRequest
from zi_intake.domain.case.code_messages import CodeRequested
from zi_intake.messaging.published import decider

CONFIDENTIAL = COMPLAINT | {"confidentiality": "confidential"}


async def ask(front: Front, ticket: str) -> httpx.Response:
    return await post(front, "/lost-codes", {"ticket": ticket})


async def mailed(front: Front, ticket: str) -> dict[str, str]:
    """Return the fields that notify gets for its mail."""
    fields = ("reporter.email", "code.link")
    request = VaultRequest(ticket=ticket, fields=fields, purpose="notify_status")
    return dict((await front.reading.answer("notify", request)).fields)


async def link_of(front: Front, ticket: str) -> str:
    await ask(front, ticket)
    return f"/lost-code/{ticket}/{(await mailed(front, ticket))['code.link']}"


async def press(front: Front, link: str, choice: str = "make") -> httpx.Response:
    front.client.cookies.clear()
    return await post(front, link, {"choice": choice})


async def test_a_new_code_opens_the_case_and_the_old_one_is_dead(front: Front) -> None:
    filed = await front.file()
    page = await press(front, await link_of(front, filed["ticket"]))
    assert page.url.path == f"/track/{filed['ticket']}/code"
    new = filed | {"code": value_of(page, "Code")}
    assert new["code"] != filed["code"]
    case = await front.track(new)
    types = [each["type"].removeprefix("zi.intake.") for each in case["timeline"]]
    assert types == ["complaint_filed", "code_requested", "personal_data_opened", "code_replaced"]
    front.client.cookies.clear()
    old = await front.client.get(f"/intake/api/cases/{filed['ticket']}", headers=code(filed))
    assert old.status_code == 404
    assert (
        "was replaced by a new one on 2 March 2026"
        in (await post(front, "/track", {"ticket": filed["ticket"], "code": filed["code"]})).text
    )


async def test_the_answer_is_the_same_whatever_the_ticket_is(front: Front) -> None:
    filed, nobody = await front.file(), await front.file(CONSULTATION, to="consultations")
    unknown = front.office.names.ticket(uuid4())
    before = front.recorded
    answers = [
        await ask(front, each) for each in (filed["ticket"], nobody["ticket"], unknown, "nonsense", "%")
    ]
    assert {(each.status_code, each.url.path, each.text) for each in answers} == {
        (200, "/lost-code/sent", answers[0].text)
    }
    assert front.recorded == before + 1  # of the first alone


async def test_it_is_answered_before_a_case_is_looked_for(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the time that an answer takes would tell which tickets there are."""
    order: list[str] = []

    async def ask(ticket: str) -> None:
        order.append("looked for")

    monkeypatch.setattr(front.office.code_actions, "ask", ask)
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)
        order.append(message["type"])

    body = b"ticket=3C7K9M2Q5"

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    headers = [(b"content-type", b"application/x-www-form-urlencoded"), (b"host", b"zona.example")]
    headers.append((b"content-length", str(len(body)).encode()))
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/lost-codes",
        "raw_path": b"/lost-codes",
        "headers": headers,
    }
    more = {"query_string": b"", "scheme": "http", "http_version": "1.1", "client": ("192.0.2.9", 1)}
    await front.app(
        {**scope, **more, "server": ("zona.example", 80), "asgi": {"version": "3.0"}}, receive, send
    )
    assert order == ["http.response.start", "http.response.body", "looked for"]


async def test_a_connection_asks_only_so_often(front: Front) -> None:
    answers = [await ask(front, "3C7K9M2Q5") for _ in range(6)]
    assert [each.status_code for each in answers] == [200] * 5 + [429]


async def test_without_a_ticket_the_form_says_what_is_missing(front: Front) -> None:
    refused = await ask(front, " ")
    assert refused.status_code == 422
    assert "Write the ticket; it stands on your receipt" in refused.text
    assert (await front.client.get("/lost-codes?lang=en")).headers["location"] == "/lost-code?lang=en"


async def test_opening_the_link_changes_nothing(front: Front) -> None:
    """Programs that scan mail open its links."""
    filed = await front.file()
    link = await link_of(front, filed["ticket"])
    before = front.recorded
    for _ in range(3):
        page = await get(front, link)
    assert "Make a new code" in page.text
    assert filed["code"] not in page.text
    assert front.recorded == before
    assert (await front.track(filed))["state"] == "filed"


async def test_the_link_works_once_and_shows_the_code_to_that_browser_alone(front: Front) -> None:
    filed = await front.file()
    link = await link_of(front, filed["ticket"])
    made = await press(front, link)
    again = await press(front, link)
    assert (again.status_code, "used already" in again.text) == (409, True)
    assert value_of(made, "Code") not in again.text
    front.client.cookies.clear()
    assert (await get(front, f"/track/{filed['ticket']}/code")).url.path == "/track"


@dataclass(frozen=True)
class Form:
    """The page of a link in one browser."""

    link: str
    key: str

    async def send(self, front: Front) -> httpx.Response:
        front.client.cookies.clear()
        return await post(front, self.link, {"choice": "make", "key": self.key})


async def opened(front: Front, link: str) -> Form:
    return Form(link, hidden_key(await get(front, link)))


async def test_whoever_presses_again_in_the_same_page_gets_the_same_code_for_a_minute(front: Front) -> None:
    """The answer to the first press may be lost on the way."""
    form = await opened(front, await link_of(front, (await front.file())["ticket"]))
    made = await form.send(front)
    recorded = front.recorded
    front.clock.pass_by(minutes=1)
    again = await form.send(front)
    assert (value_of(again, "Code"), front.recorded) == (value_of(made, "Code"), recorded)
    front.clock.pass_by(seconds=1)
    late = await form.send(front)
    assert (late.status_code, "used already" in late.text) == (409, True)
    assert "zi_case" not in front.client.cookies


async def test_whoever_has_the_link_too_does_not_get_the_code_that_another_page_made(front: Front) -> None:
    link = await link_of(front, (await front.file())["ticket"])
    other = await opened(front, link)
    made = await (await opened(front, link)).send(front)
    assert "over" in (await get(front, link)).text
    for refused in (await other.send(front), await press(front, link)):
        assert (refused.status_code, value_of(made, "Code") in refused.text) == (409, False)
        assert "zi_case" not in front.client.cookies


async def test_a_page_of_before_shows_no_code_that_a_later_link_made(front: Front) -> None:
    ticket = (await front.file())["ticket"]
    before = await opened(front, await link_of(front, ticket))
    await before.send(front)
    await press(front, await link_of(front, ticket))
    assert (await before.send(front)).status_code == 409
    assert "zi_case" not in front.client.cookies


async def test_the_new_code_is_shown_for_half_an_hour(front: Front) -> None:
    filed = await front.file()
    made = await press(front, await link_of(front, filed["ticket"]))
    assert value_of(await get(front, made.url.path), "Code") == value_of(made, "Code")
    front.clock.pass_by(minutes=31)
    later = await get(front, made.url.path)
    assert (later.url.path, value_of(made, "Code") in later.text) == (f"/track/{filed['ticket']}", False)


async def test_who_has_the_case_open_by_the_old_code_has_it_open_no_more(front: Front) -> None:
    filed = await front.file()
    token = (await front.act(filed, "token", None, code(filed))).json()["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert (await front.client.get(f"/intake/api/cases/{filed['ticket']}", headers=bearer)).status_code == 200
    await press(front, await link_of(front, filed["ticket"]))
    front.client.cookies.clear()
    assert (await front.client.get(f"/intake/api/cases/{filed['ticket']}", headers=bearer)).status_code == 401


async def test_the_vault_refuses_a_token_of_the_old_code(front: Front) -> None:
    """The desks take such a token until it ends: what they open in the vault with it they don't get."""
    ticket = (await front.request())["ticket"]
    token = await front.office.case_token(ticket)
    request = VaultRequest(ticket=ticket, fields=("company.name",), purpose="own_copy", token=token)
    assert (await front.reading.answer("certificates", request)).fields
    await press(front, await link_of(front, ticket))
    with pytest.raises(VaultRefusedError):
        await front.reading.answer("certificates", request)


async def test_a_repeated_filing_gives_neither_code_and_opens_nothing(front: Front) -> None:
    key = str(uuid4())
    filed = await front.file(key=key)
    await press(front, await link_of(front, filed["ticket"]))
    repeated = await front.file(key=key)
    assert (repeated["ticket"], repeated["event_id"], repeated["code"]) == (
        filed["ticket"],
        filed["event_id"],
        "",
    )
    form = FORM | {"key": hidden_key(await get(front, "/complaints/new"))}
    ticket = value_of(await post(front, "/complaints", form), "Ticket")
    await press(front, await link_of(front, ticket))
    front.client.cookies.clear()
    again = await post(front, "/complaints", form)
    assert (again.url.path, again.url.query) == ("/track", f"ticket={ticket}".encode())
    assert "zi_case" not in front.client.cookies


async def test_the_receipt_shows_no_code_that_was_replaced(front: Front) -> None:
    filed = await file(front)
    ticket = value_of(filed, "Ticket")
    await press(front, await link_of(front, ticket))
    assert (await get(front, f"/track/{ticket}/receipt")).url.path == f"/track/{ticket}"


async def test_of_a_confidential_case_the_link_waits_a_day_and_can_be_stopped(front: Front) -> None:
    filed = await front.file(CONFIDENTIAL)
    link = await link_of(front, filed["ticket"])
    page = await get(front, link)
    assert "works from 3 March 2026" in page.text
    assert "Make a new code" not in page.text
    assert (await press(front, link)).status_code == 409
    page_of_case = await case_page(front, filed)
    assert "Somebody asked for a new code for this case" in page_of_case.text
    stopped = await post(front, f"/track/{filed['ticket']}/stop-codes", {"key": hidden_key(page_of_case)})
    assert "No new codes are made for this case any more." in stopped.text
    front.clock.pass_days(1.5)
    assert (await press(front, link)).status_code == 409
    assert await mailed(front, filed["ticket"]) == {"reporter.email": EMAIL}


async def case_page(front: Front, filed: Any) -> httpx.Response:
    return await post(front, "/track", {"ticket": filed["ticket"], "code": filed["code"]})


async def test_whoever_did_not_ask_stops_it_by_the_link(front: Front) -> None:
    filed = await front.file()
    link = await link_of(front, filed["ticket"])
    page = await press(front, link, "stop")
    assert "No new codes are made for this case" in page.text
    before = front.recorded
    await press(front, link, "stop")
    await ask(front, filed["ticket"])
    assert front.recorded == before
    assert (await front.track(filed))["timeline"][-1]["type"] == "zi.intake.code_replacement_stopped"


async def test_a_link_that_is_used_stops_nothing(front: Front) -> None:
    filed = await front.file()
    link = await link_of(front, filed["ticket"])
    await press(front, link)
    before = front.recorded
    await press(front, link, "stop")
    assert front.recorded == before


async def test_a_forged_link_is_refused_before_a_case_is_looked_for(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed, other = await front.file(), await front.file()
    link = await link_of(front, filed["ticket"])

    async def nothing(*_: object) -> Any:
        raise AssertionError("looked for")

    monkeypatch.setattr(front.office.store, "fetch", nothing)
    forged = (link[:-2], link.replace(filed["ticket"], other["ticket"]), "/lost-code/nonsense/x")
    answers = [await get(front, each) for each in forged]
    assert [each.status_code for each in answers] == [404] * 3
    assert len({each.text.replace(other["ticket"], "").replace(filed["ticket"], "") for each in answers}) <= 3


async def test_no_official_finds_the_link_among_the_data_of_the_case(front: Front) -> None:
    filed = await front.file()
    link = (await link_of(front, filed["ticket"])).rpartition("/")[2]
    opened = await front.act(filed, "personal-data", {"purpose": "handling"})
    assert opened.status_code == 200
    page = await get(front, f"/desk/cases/{filed['ticket']}", **front.staff())
    for content in (opened.text.encode(), page.content, front.everything_kept()):
        assert link.encode() not in content
    messages = [each.message for each in await front.office.steps(filed["ticket"])]
    assert not any(link.encode() in each or filed["code"].encode() in each for each in messages)


async def test_a_mail_that_is_late_gets_no_link(front: Front) -> None:
    filed = await front.file()
    await ask(front, filed["ticket"])
    front.clock.pass_days(1)
    assert await mailed(front, filed["ticket"]) == {"reporter.email": EMAIL}
    assert "code.link" not in dict(
        (
            await front.reading.answer(
                "notify",
                VaultRequest(ticket=filed["ticket"], fields=("reporter.email",), purpose="notify_status"),
            )
        ).fields
    )


async def test_the_acts_are_told_and_name_nobody(front: Front) -> None:
    filed = await front.file()
    await press(front, await link_of(front, filed["ticket"]))
    _, stored = await front.office.store.fetch(decider, front.office.names.aggregate(filed["ticket"]))
    requested = stored.code.requested
    assert isinstance(requested, CodeRequested)
    assert (requested.by.role, requested.by.at) == ("system:intake", MONDAY)


async def test_the_ticket_can_be_sent_to_oneself_without_the_code(front: Front) -> None:
    page = await file(front)
    ticket, secret = value_of(page, "Ticket"), value_of(page, "Code")
    for page_with_ticket in (page, await get(front, f"/track/{ticket}")):
        [address] = [
            part.split('"')[0]
            for part in page_with_ticket.text.split('href="')
            if part.startswith("https://wa.me/")
        ]
        assert ticket in address
        assert secret not in address
        assert secret.replace("-", "") not in address


async def test_before_filing_it_is_said_who_gets_no_new_code(front: Front) -> None:
    for form in ("/complaints/new", "/consultations/new"):
        page = await get(front, form)
        assert "a lost code can&#39;t be replaced, because we don&#39;t know whom to give it to" in page.text
        assert "through it a lost code can be replaced" in page.text
    for form in ("/certificate-applications/new", "/mentoring-requests/new"):
        assert "through it a lost code can be replaced" in (await get(front, form)).text


PHONE_ONLY = {"reporter": {"name": "Obviously Invented", "email": None, "phone": "0812 3456 7890"}}


async def test_a_lost_code_goes_to_a_telephone_where_the_office_has_a_gateway(front: Front) -> None:
    front.office.code_actions.ways = ("email", "phone")
    filed = await front.file(COMPLAINT | PHONE_ONLY)
    assert "telephone number that was confirmed" in (await ask(front, filed["ticket"])).text
    fields = ("reporter.phone", "code.link")
    request = VaultRequest(ticket=filed["ticket"], fields=fields, purpose="notify_status")
    known = dict((await front.reading.answer("notify", request)).fields)
    page = await press(front, f"/lost-code/{filed['ticket']}/{known['code.link']}")
    assert value_of(page, "Code") != filed["code"]
    case = (await get(front, f"/track/{filed['ticket']}")).text
    assert "goes to your confirmed telephone number" in case


@pytest.mark.parametrize("ways", [("email",), ("email", "phone")])
async def test_nothing_goes_to_a_telephone_without_a_gateway_or_of_a_case_in_confidence(
    front: Front, ways: tuple[Any, ...]
) -> None:
    front.office.code_actions.ways = ways
    filed = await front.file((COMPLAINT if len(ways) == 1 else CONFIDENTIAL) | PHONE_ONLY)
    before = front.recorded
    await ask(front, filed["ticket"])
    assert front.recorded == before
