"""Only products with a number that an officer looked up, and with a composition, are handed over; what is shown is what is shared."""

from uuid import UUID

import pytest
from tests.umkm.inside import Inside, ticket_of
from tests.umkm.visiting import Visiting
from tests.web.browsing import hidden

from zi_chassis.domain import UnavailableError, WrongRoleError
from zi_umkm.domain import errors
from zi_umkm.messaging.upstream import MentoringRequest

TO = ticket_of("letters")
OFFICER = "officer-budi"


async def checked(inside: Inside) -> MentoringRequest:
    """Its product has a number that an officer has confirmed."""
    request = await inside.numbered()
    officer = inside.staff(OFFICER, "officer")
    await inside.office.numbers.check(request, officer, None, 1, "MD123456789012", "confirmed")
    return request


async def described(inside: Inside, composition: str = "ikan\ntepung") -> MentoringRequest:
    request = await checked(inside)
    by = inside.business(request)
    await inside.office.handing_over.describe(request, by, None, 1, composition, "plastik 250 g")
    return request


async def test_a_product_is_ready_once_its_number_was_looked_up_and_its_composition_is_written(
    inside: Inside,
) -> None:
    request = await inside.numbered()
    handing_over, by = inside.office.handing_over, inside.business(request)
    shared = await handing_over.shared(request)
    assert (shared.ready, shared.unchecked, shared.undescribed) == ((), {1}, frozenset())
    officer = inside.staff(OFFICER, "officer")
    await inside.office.numbers.check(request, officer, None, 1, "MD123456789012", "confirmed")
    assert (await handing_over.shared(request)).undescribed == {1}
    await handing_over.describe(request, by, None, 1, "ikan\ntepung", "plastik 250 g")
    [ready] = (await handing_over.shared(request)).ready
    assert (ready.product, ready.number) == (1, "MD123456789012")
    assert sorted(each.field for each in ready.items) == [
        "product.composition",
        "product.name",
        "product.pack",
    ]


async def test_what_is_handed_over_is_published_without_a_word_of_the_recipe(inside: Inside) -> None:
    request = await described(inside)
    handing_over, by = inside.office.handing_over, inside.business(request)
    shared = await handing_over.shared(request)
    await handing_over.hand_over(request, by, None, TO, shared.digest)
    published = [row.message.decode() for row in inside.office.store.messages(0, 500)]
    assert "zi.umkm.products_handed_over" in published[-1]
    assert TO in published[-1]
    assert not [each for each in published if "tepung" in each or "Nugget" in each]
    await handing_over.end(request, by, None, TO)
    assert list((await handing_over.state(request)).ended) == [TO]


async def test_a_recipe_that_changed_after_it_was_shown_is_not_shared(inside: Inside) -> None:
    request = await described(inside)
    handing_over, by = inside.office.handing_over, inside.business(request)
    shared = await handing_over.shared(request)
    await handing_over.describe(request, by, None, 1, "ikan\ntepung\nrahasia")
    with pytest.raises(errors.SharedChangedError):
        await handing_over.hand_over(request, by, None, TO, shared.digest)


async def test_a_business_whose_number_was_refuted_hands_nothing_over(inside: Inside) -> None:
    request = await described(inside)
    officer = inside.staff(OFFICER, "officer")
    await inside.office.numbers.check_business(request, officer, None, request.business_ref, "refuted")
    shared = await inside.office.handing_over.shared(request)
    with pytest.raises(errors.UnnumberedBusinessError):
        await inside.office.handing_over.hand_over(request, inside.business(request), None, TO, shared.digest)


async def test_a_refused_or_repeated_description_leaves_nothing_in_the_vault(inside: Inside) -> None:
    request, key = await checked(inside), UUID(int=3)
    handing_over, by = inside.office.handing_over, inside.business(request)
    with pytest.raises(errors.UnknownProductError):
        await handing_over.describe(request, by, None, 7, "ikan")
    with pytest.raises(WrongRoleError):
        await handing_over.describe(request, inside.mentor(), None, 1, "ikan")
    for _ in range(2):
        await handing_over.describe(request, by, key, 1, "ikan")
    assert inside.vault.texts(request.ticket, "product.composition") == ["ikan"]
    inside.vault.is_away = True
    with pytest.raises(UnavailableError):
        await handing_over.describe(request, by, None, 1, "udang")


async def test_the_page_shows_what_is_shared_before_and_to_whom_after(visiting: Visiting) -> None:
    inside = visiting.inside
    request = await checked(inside)
    browser, path = visiting.owner(request), f"/umkm/cases/{request.ticket}/handover"
    assert "Hand my products over" in (await browser.get(f"/umkm/cases/{request.ticket}")).text
    assert "write its composition" in (await browser.get(path)).text
    form = await browser.get(f"{path}/products/1")
    for wrong in ({"composition": " "}, {"composition": "x\n" * 101}, {"composition": "x" * 201}):
        assert (await browser.post(f"{path}/products/1", wrong)).status_code == 422
    long = await browser.post(f"{path}/products/1", {"composition": "ikan", "pack": "x" * 201})
    assert (long.status_code, "ikan</textarea>" in long.text) == (422, True)
    typed = {"composition": "ikan\r\ntepung", "pack": "plastik 250 g", "key": hidden(form)}
    page = await browser.post(f"{path}/products/1", typed)
    assert "ikan<br>tepung" in page.text
    assert "ikan\ntepung</textarea>" in (await browser.get(f"{path}/products/1")).text
    agreed = page.text.partition('name="agreed" value="')[2].partition('"')[0]
    wrong_ticket = await browser.post(path, {"agreed": agreed, "to": "Bunga"})
    assert (wrong_ticket.status_code, 'value="Bunga"' in wrong_ticket.text) == (422, True)
    stale = await browser.post(path, {"agreed": "0" * 64, "to": TO})
    assert "has changed since you looked" in stale.text
    done = await browser.post(path, {"agreed": agreed, "to": TO})
    assert f"application {TO} takes them over" in done.text
    back = await browser.post(f"{path}/end", {"to": TO})
    assert "Taken back on" in back.text
    assert (await browser.post(f"{path}/end", {"to": TO})).status_code == 422


async def test_nobody_agrees_to_what_can_not_be_shown(visiting: Visiting) -> None:
    inside = visiting.inside
    request = await described(inside)
    inside.vault.is_away = True
    page = await visiting.owner(request).get(f"/umkm/cases/{request.ticket}/handover")
    assert "can be shown just now" in page.text
    assert 'name="agreed"' not in page.text


async def test_a_product_that_is_not_made_has_no_page(visiting: Visiting) -> None:
    request = await checked(visiting.inside)
    browser, path = visiting.owner(request), f"/umkm/cases/{request.ticket}/handover/products/9"
    assert (await browser.get(path)).status_code == 404
    assert (await browser.post(path, {"composition": "ikan"})).status_code == 404
