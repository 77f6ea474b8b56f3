from typing import Any

import httpx
import pytest
from tests.intake.erasures import BOSS
from tests.intake.front import BUSINESS, EMAIL, KITCHEN, NAME, NIB, PHONE, Front, code
from tests.intake.test_desk import desk
from tests.intake.test_desk_requests import signed_in
from tests.intake.test_pages import get, hidden_key, post, value_of
from tests.intake.test_uploads import attach, photo

from zi_chassis.web.form import Form
from zi_intake.web.pages.desk_list import PLACES
from zi_intake.web.pages.mentoring import in_rows, products_in

NEW = "/mentoring-requests/new"
FORM = {
    "business.name": BUSINESS,
    "products.0.name": "Amplang Contoh",
    "district": "nunukan",
    "reporter.name": NAME,
}
ALL = FORM | {
    "products.0.description": "Dari ikan tenggiri.",
    "place.kind": "home",
    "place.address": KITCHEN,
    "business.nib": NIB,
    "business.kbli": "10299",
    "business.address": KITCHEN,
    "text": "Saya ingin menjual ke toko.",
    "reporter.phone": PHONE,
    "reporter.email": EMAIL,
}


async def ask(front: Front, form: dict[str, str], **headers: str) -> httpx.Response:
    return await post(front, NEW, {"key": hidden_key(await get(front, NEW))} | form, **headers)


async def items_of(front: Front, ticket: str) -> dict[str, str]:
    return {each.field: each.text for each in (await front.office.actions.own_items(ticket)).values()}


async def test_a_business_asks_to_be_mentored_in_the_browser(front: Front) -> None:
    page = await ask(front, ALL)
    assert page.url.path.endswith("/receipt")
    ticket = value_of(page, "Ticket")
    assert f'href="http://zona.example/umkm/cases/{ticket}"' in page.text
    assert "A mentor takes your request up and gets in touch with you." in page.text
    assert (await items_of(front, ticket))["products"] == (
        '[{"name": "Amplang Contoh", "description": "Dari ikan tenggiri."}]'
    )
    case = await get(front, f"/track/{ticket}")
    assert "This is worked on at the mentoring desk" in case.text
    assert f'href="http://zona.example/umkm/cases/{ticket}"' in case.text
    for form in ("reply", "reopen", "withdraw", "attachments"):
        assert f"/track/{ticket}/{form}" not in case.text
    for personal in (BUSINESS, KITCHEN, NAME, "Amplang"):
        assert personal not in case.text


async def test_a_name_and_a_product_and_a_district_is_enough(front: Front) -> None:
    page = await ask(front, FORM)
    assert page.url.path.endswith("/receipt")
    assert set(await items_of(front, value_of(page, "Ticket"))) == {
        "business.name",
        "products",
        "reporter.name",
    }


async def test_the_first_page_leads_to_it_and_the_page_speaks_indonesian(front: Front) -> None:
    assert f'href="{NEW}"' in (await get(front, "/")).text
    page = await front.client.get(NEW, headers={"Accept": "text/html"})
    assert "Minta pendampingan" in page.text
    assert "<script" not in page.text


async def test_sending_the_form_twice_asks_once(front: Front) -> None:
    key = {"key": hidden_key(await get(front, NEW))}
    first, second = [await post(front, NEW, ALL | key) for _ in range(2)]
    assert value_of(first, "Ticket") == value_of(second, "Ticket")
    other = await post(front, NEW, ALL | key | {"text": "Other words."})
    assert (other.status_code, "Other words." in other.text) == (422, True)
    assert front.recorded == 1


async def test_an_empty_form_is_missed_at_every_field_it_needs(front: Front) -> None:
    page = await ask(front, {})
    assert page.status_code == 422
    for field in ("business-name", "products-0-name", "district", "reporter-name"):
        assert f'href="#field-{field}"' in page.text
        assert f'id="field-{field}"' in page.text
    assert front.recorded == 0


async def test_a_refused_form_keeps_all_that_was_typed(front: Front) -> None:
    typed = ALL | {
        "business.nib": "12",
        "business.kbli": "1",
        "reporter.phone": "call me",
        "products.0.name": "",
        "products.3.name": "Abon Contoh",
        "products.3.description": "x" * 1001,
    }
    page = await ask(front, typed)
    assert page.status_code == 422
    for field in ("business-nib", "business-kbli", "reporter-phone", "products-0-name"):
        assert f'href="#field-{field}"' in page.text
    assert 'href="#field-products-1-description"' in page.text
    for text in (BUSINESS, 'value="12"', "call me", "Abon Contoh", "Dari ikan tenggiri.", "x" * 1001, EMAIL):
        assert text in page.text
    assert '<option value="nunukan" selected>' in page.text
    assert 'value="home" id="field-place-kind" checked' in page.text


async def test_another_product_gets_a_row_and_nothing_is_asked_for_yet(front: Front) -> None:
    key = hidden_key(await get(front, NEW))
    page = await post(front, NEW, FORM | {"key": key, "another": "product", "reporter.name": ""})
    assert (page.status_code, hidden_key(page)) == (200, key)
    assert 'name="products.1.name"' in page.text
    assert 'name="products.2.name"' not in page.text
    assert 'role="alert"' not in page.text
    assert "#field-products-2-name" in page.text
    again = await post(front, NEW, FORM | {"products.1.name": " ", "another": "product"})
    assert 'name="products.2.name"' not in again.text
    assert front.recorded == 0


async def test_there_is_room_for_twenty_products_and_not_for_more(front: Front) -> None:
    twenty = FORM | {f"products.{number}.name": f"Produk {number}" for number in range(20)}
    full = await ask(front, twenty | {"another": "product"})
    assert ('name="products.19.name"' in full.text, 'name="products.20.name"' in full.text) == (True, False)
    assert "Another product" not in full.text
    assert (await ask(front, twenty)).url.path.endswith("/receipt")
    more = await ask(front, twenty | {"products.20.name": "One more"})
    assert (more.status_code, 'href="#field-products-0-name"' in more.text) == (422, True)


def test_rows_that_were_left_blank_are_none() -> None:
    form = Form(
        {
            "products.7.name": "Abon",
            "products.2.name": " ",
            "products.2.description": "a\r\nb",
            "products.1.price": "5",
            "products": "x",
            "products.x.name": "y",
            "key": "k",
        }
    )
    products = products_in(form)
    assert products == [{"description": "a\nb"}, {"name": "Abon"}]
    assert in_rows(form, products).values == {
        "key": "k",
        "products.0.description": "a\nb",
        "products.1.name": "Abon",
    }


async def test_who_is_signed_in_asks_under_that_name(front: Front) -> None:
    me = signed_in(front)
    assert "You are signed in" in (await get(front, NEW, **me)).text
    assert "Sign in first" in (await get(front, NEW)).text
    page = await ask(front, FORM, **me)
    [step, *_] = await front.office.steps(page.url.path.split("/")[2])
    assert (step.parsed["actor"], step.parsed["actorrole"]) == ("applicant-sari", "applicant")


async def opened(front: Front, **changes: Any) -> Any:
    filed = await front.mentored(**changes)
    await post(front, "/track", {"ticket": filed["ticket"], "code": filed["code"]})
    return filed


async def test_the_number_is_given_on_the_page_of_the_case(front: Front) -> None:
    filed = await opened(front)
    where = f"/track/{filed['ticket']}"
    assert f'action="{where}/nib"' in (await get(front, where)).text
    wrong = await post(front, f"{where}/nib", {"nib": "123 typed"})
    assert (wrong.status_code, 'href="#field-nib"' in wrong.text, "123 typed" in wrong.text) == (
        *(422, True),
        True,
    )
    empty = await post(front, f"{where}/nib", {"nib": " "})
    assert (empty.status_code, "Write the 13 digits of the NIB." in empty.text) == (422, True)
    page = await post(front, f"{where}/nib", {"nib": "1234.567.890-123"})
    assert "The business gave its number (NIB)" in page.text
    assert "The number of the business (NIB) was wrong?" in page.text
    assert NIB not in page.text
    assert (await items_of(front, filed["ticket"]))["business.nib"] == NIB


async def test_the_form_for_the_number_sent_twice_gives_it_once(front: Front) -> None:
    filed = await opened(front)
    where = f"/track/{filed['ticket']}"
    key = hidden_key(await get(front, where))
    for _ in range(2):
        assert (await post(front, f"{where}/nib", {"nib": NIB, "key": key})).status_code == 200
    assert len(await front.office.steps(filed["ticket"])) == 2


async def test_only_whose_case_it_is_gives_its_number(front: Front) -> None:
    filed, complaint = await front.mentored(), await front.file()
    stranger = await post(front, f"/track/{filed['ticket']}/nib", {"nib": NIB})
    assert (stranger.status_code, len(await front.office.steps(filed["ticket"]))) == (401, 1)
    await post(front, "/track", {"ticket": complaint["ticket"], "code": complaint["code"]})
    where = f"/track/{complaint['ticket']}"
    assert f"{where}/nib" not in (await get(front, where)).text
    refused = await post(front, f"{where}/nib", {"nib": NIB})
    assert (refused.status_code, "Only a business that asked to be mentored" in refused.text) == (422, True)


async def test_an_erased_mentoring_takes_no_number(front: Front) -> None:
    filed = await opened(front)
    await front.handled(filed, ("ask-erasure", {"reason": "subject_request"}))
    await front.act(filed, "approve-erasure", None, front.staff(*BOSS))
    where = f"/track/{filed['ticket']}"
    page = await get(front, where)
    assert "The personal data of this case was erased" in page.text
    assert f"{where}/nib" not in page.text
    assert (await post(front, f"{where}/nib", {"nib": NIB})).status_code == 409


# -- officials


async def test_an_officer_finds_a_mentoring_and_opens_what_was_said(front: Front) -> None:
    filed = await front.mentored()
    listed = (await get(front, "/desk/?show=passed_on", **front.staff())).text
    assert ("Request to be mentored" in listed, "Nunukan" in listed) == (True, True)
    page = (await get(front, desk(filed), **front.staff())).text
    assert f'href="/umkm/desk/cases/{filed["ticket"]}"' in page
    assert "To mentor the business" in page
    assert "The person asked for it" in page
    assert BUSINESS not in page
    page = await post(front, desk(filed, "open"), {"purpose": "mentoring"}, **front.staff())
    for text in (BUSINESS, "Amplang Contoh: Dari ikan tenggiri.\nAbon Contoh", "In the house where we live"):
        assert text in page.text


async def test_files_of_a_mentoring_are_not_opened_all_at_once(front: Front) -> None:
    filed = await front.mentored()
    assert (await attach(front, filed, photo(), code(filed))).status_code == 201
    page = await post(front, desk(filed, "open"), {"purpose": "mentoring"}, **front.staff())
    assert (BUSINESS in page.text, "data:image" in page.text) == (True, False)
    assert "The files are shown at the other desk, one at a time." in page.text
    opened = (await front.act(filed, "personal-data", {"purpose": "mentoring"})).json()
    assert "attachment" not in {each["field"] for each in opened["fields"]}


async def test_only_a_mentoring_is_opened_to_mentor(front: Front) -> None:
    for filed in (await front.file(), await front.request()):
        assert "To mentor the business" not in (await get(front, desk(filed), **front.staff())).text


@pytest.mark.parametrize(
    ("roles", "places"),
    [
        (("evaluator",), ["/certificates/desk/", "/umkm/desk/"]),
        (("mentor", "evaluator"), ["/certificates/desk/", "/umkm/desk/"]),
        (("head",), ["/certificates/desk/", "/umkm/desk/", "/notify/desk/letters", "/notify/desk/channels"]),
        (("applicant",), ["/certificates/", "/umkm/"]),
        (
            ("supervisor",),
            ["/certificates/desk/", "/umkm/desk/", "/notify/desk/letters", "/notify/desk/channels"],
        ),
        (("officer",), ["/certificates/desk/", "/umkm/desk/", "/notify/desk/letters"]),
    ],
)
async def test_whoever_works_in_several_places_chooses(
    front: Front, roles: tuple[str, ...], places: list[str]
) -> None:
    page = await get(front, "/desk/", **front.staff("somebody", *roles))
    assert (page.status_code, page.url.path) == (200, "/desk/")
    content = page.text.partition('<main id="content"')[2].partition("</main>")[0]
    assert [place for place in PLACES if f'href="{place}"' in content] == places
