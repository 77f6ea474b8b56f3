"""A form is sent to an address of its own, so that nothing of it is lost when the line breaks and the person goes back."""

import re
from itertools import pairwise

import pytest
from tests.intake.front import Front
from tests.intake.test_pages import FORM, FORMS, get, hidden_key, post, value_of

ONE_PAGE = (*FORMS[1:], "/information-requests/new", "/suggestions/new")


@pytest.mark.parametrize("page", FORMS)
async def test_no_form_is_sent_to_the_address_of_its_page(front: Front, page: str) -> None:
    answer = await get(front, page)
    [action] = re.findall(r'<form method="post" action="([^"]+)" novalidate[^>]*>', answer.text)
    assert action == ("/complaints/check/1" if page == "/complaints/new" else page.removesuffix("/new"))
    assert answer.headers["cache-control"] == "private, no-cache"
    opened = await front.client.get(f"{action}?lang=en")
    assert (opened.status_code, opened.headers["location"]) == (303, f"{page}?lang=en")


@pytest.mark.parametrize("page", ONE_PAGE)
async def test_what_was_refused_is_sent_to_another_address_each_time(front: Front, page: str) -> None:
    """Keep the refused page in the browser, with all that was mended in it, for a line that breaks as it is sent."""
    address = page.removesuffix("/new")
    sent_to = [address, f"{address}/again", address, f"{address}/again"]
    for here, onward in pairwise(sent_to):
        refused = await post(
            front, here, {"text": "Kept.", "business.name": "Kept.", "company.name": "Kept."}
        )
        assert (refused.status_code, refused.headers["cache-control"]) == (422, "private, no-cache")
        assert "Kept." in refused.text
        assert f'<form method="post" action="{onward}" novalidate' in refused.text
    opened = await front.client.get(f"{address}/again?lang=en")
    assert (opened.status_code, opened.headers["location"]) == (303, f"{page}?lang=en")


async def test_what_was_refused_in_protection_is_stored_nowhere(front: Front) -> None:
    for switch in ("protection.anonymous", "protection.confidential"):
        refused = await post(front, "/consultations", FORM | {"district": "", switch: "yes"})
        assert (refused.status_code, refused.headers["cache-control"]) == (422, "no-store")
        assert FORM["text"] in refused.text


async def test_one_more_row_of_products_is_a_page_to_go_back_to(front: Front) -> None:
    page = await post(front, "/mentoring-requests", {"products.0.name": "Abon", "another": "yes"})
    assert (page.status_code, page.headers["cache-control"]) == (200, "private, no-cache")
    assert 'action="/mentoring-requests/again"' in page.text


@pytest.mark.parametrize("page", ["/complaints/new", "/consultations/new"])
async def test_whoever_has_no_script_is_told_before_loading_the_page_anew(front: Front, page: str) -> None:
    [hint] = re.findall(r"<noscript><p class=\"hint\">([^<]+)</p></noscript>", (await get(front, page)).text)
    assert ("Earlier steps stay" in hint) is (page == "/complaints/new")


async def test_whoever_goes_back_and_writes_something_else_can_send_that_too(front: Front) -> None:
    key = hidden_key(await get(front, "/complaints/new"))
    first = await post(front, "/complaints", FORM | {"key": key})
    other = FORM | {"text": "Something else."}
    refusal = await post(front, "/complaints", other | {"key": key})
    assert refusal.status_code == 422
    assert "has arrived and has a ticket of its own" in refusal.text
    second = await post(front, "/complaints", other | {"key": hidden_key(refusal)})
    assert value_of(second, "Ticket") != value_of(first, "Ticket")


async def test_the_address_of_an_act_on_a_case_leads_to_the_case(front: Front) -> None:
    for act in ("reply", "reopen", "withdraw", "attachments", "nib", "leave"):
        answer = await front.client.get(f"/track/XXXX/{act}?lang=en")
        assert (answer.status_code, answer.headers["location"]) == (303, "/track/XXXX?lang=en")


async def test_a_place_outside_a_seller_online_and_an_unknown_kind_can_be_chosen(front: Front) -> None:
    page = await get(front, "/complaints/new")
    for choice in ("outside_province", "online", "unknown"):
        assert f'<option value="{choice}">' in page.text
    changes = {"district": "online", "product.commodity": "unknown", "place.link": "toko.example/sambal"}
    filed = await post(front, "/complaints", FORM | {"key": hidden_key(page)} | changes)
    assert filed.url.path.endswith("/receipt")
    desk = await get(front, "/desk/?district=online", **front.staff())
    assert value_of(filed, "Ticket") in desk.text
    assert "On the internet" in desk.text
    for elsewhere in ("/mentoring-requests/new", "/consultations/new"):
        assert 'value="online"' not in (await get(front, elsewhere)).text
    refused = await front.ask_for_mentoring(district="online")
    assert refused.status_code == 422
