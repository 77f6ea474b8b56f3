"""Amendments as the company and the officials meet them: pages and the HTTP interface."""

from datetime import date, timedelta

import pytest
from tests.certificates.calling import Calling
from tests.certificates.inside import Inside
from tests.certificates.test_amending import (
    SKE,
    WRONG,
    begun,
    changed,
    issued,
    judged,
    letter,
    signed,
    submitted,
)
from tests.certificates.test_desk import at_desk, done
from tests.certificates.test_pages import filled, here
from tests.certificates.visiting import Visiting


@pytest.fixture
def inside(visiting: Visiting) -> Inside:
    return visiting.inside


TEXT = "Batch lain yang dikirim."
AMENDED = {"number": SKE, "reason": "details_changed", "text": TEXT}


async def test_a_company_amends_a_letter_of_its_account(visiting: Visiting, inside: Inside) -> None:
    of = await issued(inside)
    request = await inside.requested("two", series="ske", account=of.ticket)
    browser = visiting.owner(request)
    first = await browser.get(here(request))
    assert f'href="{here(request)}/amend"' in first.text
    chosen = await browser.get(f"{here(request)}/amend?letter={SKE}")
    assert f'value="{SKE}"' in chosen.text
    assert "1 letter is valid." in chosen.text
    page = await filled(browser, f"{here(request)}/amend", AMENDED)
    assert f"This amends letter {SKE}" in page.text
    assert "Details of the shipment have changed" in page.text
    assert TEXT not in page.text
    old = await visiting.owner(of).get(here(of))
    assert f"Amendment {request.ticket}:" in old.text
    assert "Until it is sealed, this letter stays valid." in old.text
    assert "Ask for an amendment" not in old.text
    again = await browser.get(f"{here(request)}/amend")
    assert f"This amends letter {SKE}" in again.text


async def test_what_was_typed_stays_when_the_letter_can_not_be_amended(
    visiting: Visiting, inside: Inside
) -> None:
    of = await issued(inside)
    request = await inside.requested("two", series="ske", account=of.ticket)
    form = AMENDED | {"number": "SKE-2026-000099"}
    page = await filled(visiting.owner(request), f"{here(request)}/amend", form)
    assert page.status_code == 409
    assert TEXT in page.text
    assert "Only a valid letter of your own account" in page.text
    none = await filled(visiting.owner(request), f"{here(request)}/amend", {"number": "", "text": ""})
    assert none.status_code == 422


async def test_officials_see_what_is_amended_and_open_the_reason(visiting: Visiting, inside: Inside) -> None:
    of = await issued(inside)
    request = await begun(inside, of)
    await changed(inside, request, port="Nunukan")
    await submitted(inside, request)
    await inside.pay(request)
    await inside.office.deciding.take_next(inside.evaluator(), None)
    browser = visiting.person("evaluator-ani", "evaluator")
    page = await browser.get(at_desk(request))
    assert f"This amends letter {SKE}" in page.text
    assert "Against the letter that is amended" in page.text
    assert "Nunukan" in page.text
    assert f'action="/desk/cases/{of.ticket}/files/' in page.text
    assert TEXT not in page.text
    opened = await done(browser, at_desk(request), "open")
    assert "PT one" in opened.text
    assert TEXT in opened.text
    await inside.office.deciding.reject(request.ticket, inside.evaluator(), None, (WRONG,))
    old = await browser.get(at_desk(of))
    assert f'href="{at_desk(request)}"' in old.text
    assert "It was refused, and this letter stays as it is:" in old.text


async def test_the_interface_amends_and_tells_of_it_at_the_letter(calling: Calling) -> None:
    inside = calling.inside
    of = await issued(inside)
    request = await inside.requested("two", series="ske", account=of.ticket)
    begin = await calling.tell(request, "amendment", AMENDED)
    assert begin.status_code == 200, begin.text
    stated = (await calling.read(request))["statement"]
    assert (stated["replaces"], stated["amendment"], len(stated["products"])) == (SKE, "details_changed", 1)
    [letter] = (await calling.read(of))["letters"]
    [amendment] = letter["amendments"]
    assert (amendment["ticket"], amendment["is_open"], letter["standing"]) == (request.ticket, True, "valid")
    other = await inside.requested("three", series="ske", account=of.ticket)
    second = await calling.tell(other, "amendment", AMENDED)
    assert (second.status_code, second.json()["type"]) == (409, "urn:zona:problem:amendment_open")


async def test_the_public_register_names_what_replaced_a_letter(visiting: Visiting, inside: Inside) -> None:
    of = await issued(inside)
    request = await begun(inside, of)
    await changed(inside, request, port="Nunukan")
    await submitted(inside, request)
    await inside.pay(request)
    await judged(inside, request)
    await signed(inside, request)
    [new] = await inside.sealed(request)
    where = f"/certificates/register?show=all&number={SKE}"
    assert "Replaced by" not in (await visiting.stranger().get(where)).text
    await inside.office.sealing._register.end_replaced()
    page = await visiting.stranger().get(where)
    assert f'<a href="/certificates/verify/{new}">Replaced by {new}.</a>' in page.text


async def test_an_import_letter_is_asked_for_the_day_of_arrival(calling: Calling) -> None:
    inside = calling.inside
    of = await issued(inside, "ski")
    request = await inside.requested("two", account=of.ticket)
    body = AMENDED | {"number": "SKI-2026-000001"}
    without = await calling.tell(request, "amendment", body)
    assert without.json()["type"] == "urn:zona:problem:arrival_needed"
    arrives: date = inside.clock.now().date() + timedelta(days=4)
    assert (
        await calling.tell(request, "amendment", body | {"arrives": arrives.isoformat()})
    ).status_code == 200


async def test_an_official_ticks_what_is_wrong_and_the_company_reads_it(
    visiting: Visiting, inside: Inside
) -> None:
    of = await issued(inside)
    row, desk = await letter(inside, SKE), at_desk(of)
    evaluator, company = visiting.person("evaluator-ani", "evaluator"), visiting.owner(of)
    here_, command = f"call.{row.letter}", f"letters/{row.letter}/call-for-amendment"
    unnamed = await done(evaluator, desk, command, **{here_: "Pelabuhan keliru."})
    assert unnamed.status_code == 409
    assert "Name at least one field of the letter that is wrong." in unnamed.text
    assert "Pelabuhan keliru." in unnamed.text
    called = await done(
        evaluator, desk, command, **{here_: "Pelabuhan keliru.", f"fields.{row.letter}.port": "yes"}
    )
    assert "The company was asked to have it amended. The error is in: Port." in called.text
    assert f'name="fields.{row.letter}.port"' not in called.text
    assert f'name="fields.{row.letter}.batch"' in called.text
    page = await company.get(here(of))
    assert (
        "The error is in: Port. If you change anything else, you pay for an amendment of your own."
        in page.text
    )
    request = await begun(inside, of)
    amending = await visiting.owner(request).get(here(request))
    assert "An official found the error. The error is in: Port." in amending.text


async def test_the_statistics_count_amendments_apart(visiting: Visiting, inside: Inside) -> None:
    of = await issued(inside)
    request = await begun(inside, of)
    await changed(inside, request, port="Nunukan")
    await submitted(inside, request)
    await inside.pay(request)
    await inside.office.deciding.take_next(inside.evaluator(), None)
    await inside.office.deciding.reject(request.ticket, inside.evaluator(), None, (WRONG,))
    page = await visiting.stranger().get("/certificates/statistics")
    assert "Not amended" in page.text
    assert "2 (100 %)" in page.text


async def test_no_signature_is_offered_that_would_be_refused(visiting: Visiting, inside: Inside) -> None:
    of = await issued(inside)
    request = await begun(inside, of)
    await changed(inside, request, port="Nunukan")
    await submitted(inside, request)
    await inside.pay(request)
    await judged(inside, request)
    signer = visiting.person("signer-budi", "signer")
    offered = f'action="{at_desk(request)}/sign"'
    assert offered in (await signer.get(at_desk(request))).text
    row = await letter(inside, SKE)
    await inside.office.deciding.suspend(of.ticket, inside.signer(), None, row.letter, "unsafe_product")
    page = await signer.get(at_desk(request))
    assert offered not in page.text
    assert "It can&#39;t be signed now" in page.text
