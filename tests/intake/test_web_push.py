"""A citizen agrees to notices on a browser on the page of the case, ends them there, and gives no address that this house should not call."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from tests.intake import acts
from tests.intake.acts import AGREE_PUSH, END_PUSH, GONE_PUSH, after, events
from tests.intake.front import COMPLAINT, TEXT, Front, opened
from tests.intake.test_pages import get, hidden_key, post
from tests.intake.test_policies import message

from zi_chassis.bus.lanes import LaneMessage
from zi_chassis.domain import Act, ErasedError, WrongRoleError
from zi_chassis.vault.requests import VaultService
from zi_contracts.vault import VaultRequest
from zi_intake.domain.case import refusals
from zi_intake.domain.case.code_messages import CodeReplaced, CodeRequested
from zi_intake.domain.case.messages import CaseCommands, OpenPersonalData
from zi_intake.domain.case.web_push_decisions import MOST_AGREED
from zi_intake.domain.case.web_push_messages import WebPushAgreed, WebPushEnded
from zi_intake.vault_answers import READABLE

RULES = """
version = 2
email = { retry_minutes = [1] }
web_push = { retry_minutes = [1], services = ["https://push.example", "https://*.notify.windows.example"] }
"""
SUBSCRIPTION = {"endpoint": "https://push.example/an-address", "p256dh": f"B{'A' * 86}", "auth": "A" * 22}
OTHER_BROWSER = AGREE_PUSH.model_copy(update={"items": (acts.item("browser.subscription"),)})


# -- what the case knows


@pytest.mark.parametrize("case", [acts.FILED, acts.ASSIGNED, acts.ANSWERED, acts.CLOSED, acts.PASSED_ON])
def test_a_browser_is_turned_on_at_any_time_and_its_address_kept(case: tuple[CaseCommands, ...]) -> None:
    state = after(*case, AGREE_PUSH)
    assert isinstance(events(*case, AGREE_PUSH)[-1], WebPushAgreed)
    assert state.web_push.is_on
    assert state.items == after(*case).items + AGREE_PUSH.items


def test_another_browser_takes_its_place_and_after_the_end_none_is_opened() -> None:
    state = after(*acts.ASSIGNED, AGREE_PUSH, OTHER_BROWSER)
    assert state.items == after(*acts.ASSIGNED).items + OTHER_BROWSER.items
    ended = after(END_PUSH, state=state)
    assert ended.items == after(*acts.ASSIGNED).items
    assert not ended.web_push.is_on


def test_the_end_is_an_event_once() -> None:
    recorded = events(*acts.ASSIGNED, AGREE_PUSH, END_PUSH, END_PUSH)
    assert [type(each) for each in recorded[-2:]] == [WebPushAgreed, WebPushEnded]
    assert events(*acts.ASSIGNED, END_PUSH) == events(*acts.ASSIGNED)


def test_a_new_code_ends_the_notices_of_whoever_had_the_one_before() -> None:
    before = (*acts.ASSIGNED, AGREE_PUSH, acts.REQUEST_CODE)
    recorded = events(*before, acts.REPLACE_CODE)
    assert [type(each) for each in recorded[-2:]] == [WebPushEnded, CodeReplaced]
    assert not after(*before, acts.REPLACE_CODE).web_push.is_on
    ended = events(*acts.ASSIGNED, AGREE_PUSH, END_PUSH, acts.REQUEST_CODE, acts.REPLACE_CODE)
    assert [type(each) for each in ended[-2:]] == [CodeRequested, CodeReplaced]


@pytest.mark.parametrize("reader", [acts.officer(), acts.supervisor(), acts.desk()])
def test_nobody_but_notify_opens_the_address_of_a_browser(reader: Act) -> None:
    state = after(*acts.PASSED_ON if reader == acts.desk() else acts.ASSIGNED, AGREE_PUSH)
    items = tuple(ref.item for ref in state.items)
    opening = OpenPersonalData(by=reader, items=items, purpose="handling")
    with pytest.raises(WrongRoleError):
        after(opening, state=state)
    others = opening.model_copy(update={"items": items[:-1]})
    assert after(others, state=state).access.hours
    by_notify = OpenPersonalData(by=acts.desk(service="notify"), items=items[-1:], purpose="notify_status")
    assert after(by_notify, state=state).access.hours


def test_a_push_service_that_knows_a_browser_no_more_ends_that_one_and_none_after_it() -> None:
    assert not after(*acts.ASSIGNED, AGREE_PUSH, GONE_PUSH).web_push.is_on
    for late in (acts.DAY, timedelta(seconds=-30)):  # its address may not be the one that the attempt read
        agreed = AGREE_PUSH.model_copy(update={"by": acts.citizen(GONE_PUSH.by.at + late)})
        assert after(*acts.ASSIGNED, agreed, GONE_PUSH).web_push.is_on


def test_notices_are_turned_on_only_so_often() -> None:
    full = after(*acts.ASSIGNED, *[AGREE_PUSH] * MOST_AGREED)
    with pytest.raises(refusals.TooManyBrowsersError):
        after(AGREE_PUSH, state=full)
    after(END_PUSH, state=full)


def test_an_erased_case_has_no_browser_and_takes_none() -> None:
    erased = after(*acts.ERASED)
    with pytest.raises(ErasedError):
        after(AGREE_PUSH, state=erased)
    assert after(GONE_PUSH, state=erased) == erased


# -- on the page


@pytest.fixture
async def front(tmp_path: Path) -> AsyncIterator[Front]:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "message_channels.toml").write_text(RULES)
    async with opened(tmp_path) as inside:
        yield inside


async def file_and_open(front: Front, **changes: str) -> str:
    """File a case, open its page in the browser, return its ticket."""
    filed = await front.file(COMPLAINT | changes)
    await post(front, "/track", {"ticket": filed["ticket"], "code": filed["code"]})
    return str(filed["ticket"])


async def agree(front: Front, ticket: str, **changes: str) -> int:
    page = await get(front, f"/track/{ticket}")
    fields = {"key": hidden_key(page), **SUBSCRIPTION, **changes}
    return (await post(front, f"/track/{ticket}/web-push", fields)).status_code


@pytest.mark.parametrize(("confidentiality", "warned"), [("named", 0), ("confidential", 1)])
async def test_the_form_says_what_others_read_on_the_screen(
    front: Front, confidentiality: str, warned: int
) -> None:
    ticket = await file_and_open(front, confidentiality=confidentiality)
    english, indonesian = [
        (await get(front, f"/track/{ticket}", **{"Accept-Language": language})).text
        for language in ("en", "id")
    ]
    assert "It shows the name of this office" in english
    assert "Isinya nama Balai" in indonesian
    assert english.count("only where nobody else sees the screen") == warned
    assert indonesian.count("hanya jika layarnya tidak dilihat orang lain") == warned


async def test_no_official_is_shown_the_address_of_a_browser(front: Front) -> None:
    ticket = await file_and_open(front)
    await agree(front, ticket)
    headers = {"Accept": "text/html", **front.staff()}
    page = await front.client.post(
        f"/desk/cases/{ticket}/open", data={"purpose": "handling"}, headers=headers
    )
    answer = await front.act({"ticket": ticket}, "personal-data", {"purpose": "handling"})
    for reply in (page, answer):
        assert reply.status_code == 200
        assert TEXT in reply.text
        assert "an-address" not in reply.text


async def known_to_notify(front: Front, ticket: str) -> dict[str, str]:
    request = VaultRequest(ticket=ticket, fields=("browser.subscription",), purpose="notify_status")
    return dict((await front.reading.answer("notify", request)).fields)


async def test_a_browser_is_turned_on_and_off_and_its_address_is_for_notify_alone(front: Front) -> None:
    ticket = await file_and_open(front)
    assert await agree(front, ticket) == 200
    page = await get(front, f"/track/{ticket}")
    assert "End the notices on my browser" in page.text
    assert json.loads((await known_to_notify(front, ticket))["browser.subscription"]) == SUBSCRIPTION
    stored_bytes = front.everything_kept()
    assert b"an-address" not in stored_bytes
    for other in ("audit", "certificates", "umkm"):
        request = json.dumps({"ticket": ticket, "fields": ["browser.subscription"], "purpose": "audit"})
        refused = await VaultService(READABLE, front.reading.answer).answer(other, request.encode())
        assert refused.error == "not_allowed", other
    ended = await post(front, f"/track/{ticket}/web-push/end", {"key": hidden_key(page)})
    assert "No browser gets notices about this case any more." in ended.text
    assert await known_to_notify(front, ticket) == {}


ELSEWHERE = (
    "",
    "http://push.example/x",
    "https://push.example",
    "https://push.example:8443/x",
    "https://push.example@elsewhere.example/x",
    "https://elsewhere.example/https://push.example/x",
    "https://push.example.elsewhere.example/x",
    "https://127.0.0.1/x",
    "https://169.254.169.254/latest/meta-data",
    "http://127.0.0.1:8084/x",
    "https://[::1]/x",
    "https://notify.windows.example/x",
    "https://a.b.notify.windows.example/x",
    "https://a.notify.windows.example#/x",
    "https://push.example/x y",
    "https://push.example/" + "x" * 500,
)


async def test_an_address_that_is_none_of_a_push_service_is_kept_nowhere(front: Front) -> None:
    ticket = await file_and_open(front)
    for endpoint in ELSEWHERE:
        assert await agree(front, ticket, endpoint=endpoint) == 422, endpoint
    assert not (await front.office.state(ticket)).web_push.times


async def test_without_the_code_nobody_turns_them_on_or_off(front: Front) -> None:
    ticket = await file_and_open(front)
    await agree(front, ticket)
    front.client.cookies.clear()
    for path in ("web-push", "web-push/end"):
        assert (await post(front, f"/track/{ticket}/{path}", SUBSCRIPTION)).status_code == 401
    assert (await front.office.state(ticket)).web_push.is_on


async def test_what_notify_says_of_a_browser_that_is_gone_ends_it(front: Front) -> None:
    ticket = await file_and_open(front)
    await agree(front, ticket)
    for lane_message in gone_browser(front, ticket):
        await front.office.store.receive("notify", [lane_message], front.office.react)
    assert not (await front.office.state(ticket)).web_push.is_on


async def test_what_notify_says_of_a_browser_ends_none_that_took_its_place_meanwhile(front: Front) -> None:
    ticket = await file_and_open(front)
    await agree(front, ticket)
    requested, begun, failed = gone_browser(front, ticket)
    for lane_message in (requested, begun):
        await front.office.store.receive("notify", [lane_message], front.office.react)
    front.clock.pass_by(minutes=12)  # after the attempt began, and before its end is recorded
    await agree(front, ticket, endpoint="https://push.example/another")
    await front.office.store.receive("notify", [failed], front.office.react)
    assert (await front.office.state(ticket)).web_push.is_on


def gone_browser(front: Front, ticket: str) -> list[LaneMessage]:
    """Return what notify says of an attempt that begins in 10 minutes and ends after 5 more at a browser that is gone."""
    fields = {
        "template": "complaint_filed",
        "template_version": 1,
        "language": "id",
        "cause": str(UUID(int=9)),
    }
    steps = [
        (1, message(1, ticket, "delivery_requested", channel="web_push", **fields)),
        (10, message(2, ticket, "delivery_handing_over", attempt=1)),
        (15, message(3, ticket, "delivery_failed", reason_class="gone")),
    ]
    return [
        LaneMessage(
            each.position,
            b"",
            each.message.model_copy(update={"time": front.clock.at + timedelta(minutes=minutes)}),
        )
        for minutes, each in steps
    ]


async def test_an_office_without_push_services_offers_none(tmp_path: Path) -> None:
    async with opened(tmp_path) as front:
        ticket = await file_and_open(front)
        page = await get(front, f"/track/{ticket}")
        assert "web_push" not in page.text
        assert (await post(front, f"/track/{ticket}/web-push", SUBSCRIPTION)).status_code == 404


async def test_the_worker_stands_between_no_page_and_its_reader(front: Front) -> None:
    worker = await get(front, "/intake/web-push/worker.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    assert "service-worker-allowed" not in worker.headers
    assert "fetch" not in worker.text
