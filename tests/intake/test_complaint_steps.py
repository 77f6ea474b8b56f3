"""A complaint in four steps: its answers travel in the page and are stored nowhere before they are sent."""

import re
from html import unescape

import httpx
import pytest
from tests.intake.front import NAME, TEXT, Front
from tests.intake.test_pages import FORM, HTML, get, hidden_key, post, value_of
from tests.intake.test_uploads import photo

CHECK = "/complaints/check/1"


async def checked(front: Front, **changes: str) -> httpx.Response:
    key = hidden_key(await get(front, "/complaints/new"))
    return await post(front, CHECK, FORM | {"key": key} | changes)


def hidden(page: httpx.Response) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text)
    return {name: unescape(value) for name, value in found}


async def send(front: Front, fields: dict[str, str], content: bytes) -> httpx.Response:
    files = {"file": ("x.jpg", content, "image/jpeg")}
    return await front.client.post(
        "/complaints", data=fields, files=files, headers=HTML, follow_redirects=True
    )


async def test_the_check_has_every_answer_in_the_page_and_stores_nothing(front: Front) -> None:
    typed = FORM | {"text": f'{TEXT}\n"<b>"', "protection.confidential": "yes"}
    page = await checked(front, **typed)
    assert (page.status_code, front.recorded) == (200, 0)
    carried = hidden(page)
    assert {name: carried[name] for name in typed} == typed
    assert "&lt;b&gt;" in page.text
    for text in ("Processed food or drink", "Tarakan", NAME, "Protection"):
        assert text in page.text
    filed = await post(front, "/complaints", carried)
    assert filed.url.path.endswith("/receipt")
    assert front.recorded == 1


async def test_nothing_personal_is_in_an_address(front: Front) -> None:
    page = await checked(front)
    assert page.url == page.url.copy_with(path=CHECK, query=None)
    assert "reporter" not in "".join(re.findall(r'(?:href|action)="([^"]*\?[^"]*)"', page.text))


@pytest.mark.parametrize("step", ["what", "where", "you"])
async def test_a_part_is_changed_at_its_step_with_all_answers_there(front: Front, step: str) -> None:
    page = await checked(front, edit=step)
    assert page.status_code == 200
    assert f'class="step current" id="step-{step}"' in page.text
    for typed in (TEXT, NAME, "Sambal Rahasia"):
        assert typed in page.text


@pytest.mark.parametrize(
    ("changes", "step", "others"),
    [
        ({"text": ""}, "what", 0),
        ({"district": "", "reporter.email": "no address"}, "where", 1),
        ({"reporter.name": "", "reporter.email": ""}, "you", 0),
    ],
)
async def test_what_is_wrong_is_said_in_its_step_and_the_first_is_shown(
    front: Front, changes: dict[str, str], step: str, others: int
) -> None:
    page = await checked(front, **changes)
    assert page.status_code == 422
    assert f'class="step current" id="step-{step}"' in page.text
    assert page.text.count('class="summary"') == 1 + others
    assert len(re.findall(r'class="step current"', page.text)) == 1


async def test_a_step_is_left_when_what_it_asks_is_there(front: Front) -> None:
    """Later steps are not missed yet, and answers that are in them already stay."""
    first = await checked(front, to="where", district="", **{"reporter.name": "", "product.name": "Sambal"})
    assert (first.status_code, 'class="step current" id="step-where"' in first.text) == (200, True)
    assert 'class="summary"' not in first.text
    assert 'value="Sambal"' in first.text
    second = await checked(front, to="you", district="")
    assert (second.status_code, 'class="step current" id="step-where"' in second.text) == (422, True)
    assert 'href="#field-district"' in second.text


async def test_each_heading_stands_once(front: Front) -> None:
    page = await get(front, "/complaints/new")
    headings = re.findall(r"<h[12][^>]*>([^<]+)</h[12]>", page.text)
    assert len(headings) == len(set(headings))


async def test_a_link_chooses_what_it_is_about_and_no_other_value(front: Front) -> None:
    page = await get(front, "/complaints/new?kind=service")
    assert 'value="service" checked' in page.text
    other = await get(front, "/complaints/new?kind=topic:conduct")
    assert 'value="product" id="field-kind" checked' in other.text


async def test_the_safe_ways_come_before_what_appointed_officials_see(front: Front) -> None:
    page = await checked(front, kind="topic:conduct")
    assert "You can go around this office." in page.text
    direct = await post(front, "/complaints", hidden(page) | {"ways": ""})
    assert "File it here all the same" in direct.text
    assert front.recorded == 0
    filed = await post(front, "/complaints", hidden(page))
    assert filed.url.path.endswith("/receipt")


async def test_a_photo_is_sent_with_the_complaint_once(front: Front) -> None:
    fields = hidden(await checked(front))
    for _ in range(2):
        receipt = await send(front, fields, photo())
        assert receipt.url.path.endswith("/receipt")
        assert "Your file has arrived" in receipt.text
    [state] = [await front.office.state(value_of(receipt, "Ticket"))]
    assert (state.attachments, front.recorded) == (1, 2)


async def test_a_photo_that_cannot_be_kept_takes_nothing_away(front: Front) -> None:
    fields = hidden(await checked(front))
    receipt = await send(front, fields, b"MZ\x90\x00 no picture")
    assert receipt.status_code == 200
    assert 'href="#field-file"' in receipt.text
    ticket, code = value_of(receipt, "Ticket"), value_of(receipt, "Code")
    assert "zi_case=" in receipt.headers["set-cookie"]
    [address] = re.findall(r'href="([^"]*lang=[^"]*)"', receipt.text)
    assert value_of(await get(front, address), "Code" if "lang=en" in address else "Kode") == code
    assert (await front.track({"ticket": ticket, "code": code}))["messages"][0]["text"] == TEXT


async def test_the_room_for_a_photo_is_none_for_text(front: Front) -> None:
    refused = await send(front, FORM | {"text": "x" * 300_000}, b"")
    assert refused.status_code == 413
    assert front.recorded == 0


async def test_only_pages_that_nobody_is_to_find_are_not_kept_by_the_browser(front: Front) -> None:
    """Going back needs what the browser has; what protects somebody stands on no disk."""
    plain, wrong = await checked(front), await checked(front, district="")
    assert {page.headers["cache-control"] for page in (plain, wrong)} == {"private, no-cache"}
    for protected in (
        {"protection.anonymous": "yes", "reporter.name": "", "reporter.email": ""},
        {"kind": "topic:conduct"},
    ):
        assert (await checked(front, **protected)).headers["cache-control"] == "no-store"


async def test_no_step_is_sent_to_the_address_of_its_page(front: Front) -> None:
    """Else a line that breaks while it is sent takes the page away that the person would go back to."""
    here = "/complaints/new"
    page = await get(front, here)
    for fields in ({"to": "where"}, {"district": ""}, {}, {"edit": "you"}):
        actions = set(re.findall(r'(?:form)?action="(/complaints[^"]*)"', page.text))
        assert here not in actions
        here = min(actions - {"/complaints"})
        page = await post(front, here, FORM | {"key": hidden_key(page)} | fields)
