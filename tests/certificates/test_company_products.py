"""The products of a company: as its applications have stated them, versioned, searched, and stated again."""

from tests.certificates.calling import Calling
from tests.certificates.inside import OUTLINE, Inside, sample_item
from tests.certificates.test_pages import here
from tests.certificates.visiting import Visiting
from tests.web.browsing import Browser

from zi_certificates.domain.statement import Document
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.use_cases.company_catalogue import products_for
from zi_rules.certificate.item import UnnumberedItem


async def next_application(inside: Inside, first: IntakeRequest) -> IntakeRequest:
    """A later application of the same company, to which nothing is listed yet."""
    request = await inside.requested("two", account=first.ticket)
    await inside.office.applying.draft(request, inside.citizen(request), None, OUTLINE)
    return request


async def submitted(inside: Inside, request: IntakeRequest, items: list[UnnumberedItem]) -> None:
    """With every document that the rules ask for."""
    applying, by = inside.office.applying, inside.citizen(request)
    await applying.draft(request, by, None, OUTLINE)
    await applying.add_items(request, by, None, items)
    for missing in (await applying.examination(request)).missing:
        file = await inside.attached(request, f"{missing.any_of[0]} {missing.item}")
        products = () if missing.item is None else (missing.item,)
        await applying.attach(
            request, by, None, Document(kind=missing.any_of[0], file=file, products=products)
        )
    await applying.submit(request, by, None, (await inside.state(request)).revision)


async def test_a_draft_is_no_product_yet_and_each_way_to_state_one_is_a_version(either: Inside) -> None:
    first = await either.requested()
    await either.verified(first)
    await either.drafted(first)
    store, by = either.office.store, either.citizen(first)
    assert (await products_for(store, first)).total == 0
    await either.office.applying.submit(first, by, None, (await either.state(first)).revision)
    later = await either.requested("two", account=first.ticket)
    either.clock.pass_hours(1)
    other = {"pack": "jeriken", "registration_number": "ml 123456789012"}
    await submitted(either, later, [sample_item("B-2").model_copy(update=other), sample_item("B-3")])
    found = await products_for(store, later)
    [product] = found.products
    assert found.total == 1
    assert sorted(each.fields["pack"] for each in product.versions) == ["botol", "jeriken"]
    assert {each.last for each in product.versions} == {either.clock.now()}


async def test_the_products_of_another_business_stay_with_it(inside: Inside) -> None:
    first = await inside.submitted()
    stranger = await inside.requested("three", account=first.ticket, business="9" * 64)
    found = inside.office.store
    assert (await products_for(found, first)).total == 1
    assert (await products_for(found, stranger)).total == 0


async def test_products_are_searched_paged_and_counted(calling: Calling) -> None:
    inside = calling.inside
    first = await inside.requested()
    await inside.verified(first)
    later = await inside.requested("two", account=first.ticket)
    for start, request in ((0, first), (11, later)):
        numbers = range(start, start + 11)
        named = [sample_item(f"B-{n}").model_copy(update={"product": f"Kecap {n:02} 100%"}) for n in numbers]
        await submitted(inside, request, named)
    where, headers = f"/applications/{later.ticket}/company-products", calling.owner_headers(later)
    pages = [(await calling.get(f"{where}?page={number}", headers)).json() for number in (1, 2, 3)]
    assert [(each["total"], len(each["products"])) for each in pages] == [(22, 20), (22, 2), (22, 0)]
    listed = [each["versions"][0]["fields"]["product"] for page in pages for each in page["products"]]
    assert listed == [f"Kecap {n:02} 100%" for n in range(22)]
    assert (await calling.get(f"{where}?text=cap 1", headers)).json()["total"] == 10
    assert (await calling.get(f"{where}?text=100_", headers)).json()["total"] == 0
    assert (await calling.get(f"{where}?page=0", headers)).status_code == 422
    browser = calling.visiting.owner(later)
    page = await browser.get(f"{here(later)}/company-products")
    assert "22 products are found." in page.text
    assert f'href="{here(later)}/company-products?page=2" rel="next"' in page.text
    second = await browser.get(f"{here(later)}/company-products?text=kecap&page=2")
    assert 'company-products?text=kecap&amp;page=1" rel="prev"' in second.text


async def test_a_product_of_an_earlier_application_fills_in_the_form(visiting: Visiting) -> None:
    inside = visiting.inside
    first = await inside.submitted()
    later = await next_application(inside, first)
    browser = visiting.owner(later)
    assert "Use a product of an earlier application" in (await browser.get(f"{here(later)}/items")).text
    path = f"{here(later)}/company-products"
    page = await browser.get(path)
    assert "1 product is found." in page.text
    assert "0 products are found." in (await browser.get(f"{path}?text=100%25")).text
    assert "1 product is found." in (await browser.get(f"{path}?text=kecap&page=abc")).text
    await _used(browser, path, page.text)
    for wrong in ("", "nonsense", "00000000-0000-0000-0000-000000000001 abc"):
        assert (await browser.post(path, {"picked": wrong})).status_code == 404
    assert (await inside.state(later)).revision == 1


async def _used(browser: Browser, path: str, text: str) -> None:
    picked = text.partition('name="picked" value="')[2].partition('"')[0]
    form = await browser.post(path, {"picked": picked})
    assert 'value="Kecap Contoh"' in form.text
    assert 'value="ML123456789012"' in form.text
    assert 'value="B-001"' not in form.text


async def test_a_product_of_an_earlier_application_becomes_an_entry_of_the_companys_data(
    visiting: Visiting,
) -> None:
    inside = visiting.inside
    first = await inside.submitted()
    later = await inside.requested("two", account=first.ticket)
    browser, path = visiting.owner(later), f"{here(later)}/master-data"
    page = await browser.get(f"{here(later)}/company-products")
    picked = page.text.partition('name="picked" value="')[2].partition('"')[0]
    form = await browser.post(f"{path}/of-applications", {"picked": picked})
    assert 'name="label" type="text" value="Kecap Contoh"' in form.text
    assert 'value="ML123456789012"' in form.text
    assert (await inside.office.master_data.page(later)).total == 0
    typed = {"kind": "product", "label": "Kecap Contoh", "registration_number": "ML123456789012"}
    await browser.post(f"{path}/new", typed)
    assert (await inside.office.master_data.page(later)).total == 1
    assert (await browser.post(f"{path}/of-applications", {"picked": "nonsense"})).status_code == 404
