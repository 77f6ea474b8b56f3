"""A company keeps its producers, suppliers and products once: by the use cases, the API and the pages."""

from typing import Any
from uuid import UUID

import pytest
from tests.certificates.calling import Calling
from tests.certificates.inside import Inside
from tests.certificates.test_pages import here
from tests.certificates.visiting import Visiting
from tests.web.browsing import hidden

from zi_certificates.domain.account import NoAccountError
from zi_certificates.domain.master_content import MasterProducer, MasterProduct, MasterSupplier
from zi_certificates.domain.master_entry import EntryChangedError, EntryRetiredError, NoSuchEntryError
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.use_cases.master_data import NotOfTheCompanyError
from zi_certificates.use_cases.trade_lists import UnlistedUnitError
from zi_chassis.domain import UnavailableError
from zi_rules.certificate.units import Unit
from zi_rules.provenance import Text

PRODUCER = MasterProducer(label="Pabrik Utara", country="CN")
PRODUCT = MasterProduct(label="Kecap Contoh", registration_number="MD 123456789012", composition=("kedelai",))
TEXTS = {"master.name": "Utara Foods", "master.contact": "Bunga Contoh, 0811"}


async def added(
    inside: Inside, request: IntakeRequest, content: Any = PRODUCT, texts: dict[str, str] | None = None
) -> UUID:
    entry, _ = await inside.office.master_data.add(
        request, inside.citizen(request), None, content, texts or {}
    )
    return entry


async def test_what_is_stated_in_one_application_is_there_in_the_next_of_the_company(either: Inside) -> None:
    first = await either.requested()
    entry = await added(either, first)
    later = await either.requested("two", account=first.ticket)
    row, versions = await either.office.master_data.entry(later, entry)
    assert (row.newest.content, len(versions)) == (PRODUCT, 1)
    changed = PRODUCT.model_copy(update={"pack": "jeriken"})
    data, by = either.office.master_data, either.citizen(later)
    await data.change(later, by, None, entry, 1, changed)
    row, versions = await data.entry(first, entry)
    assert [each.content for each in versions] == [changed, PRODUCT]
    assert (row.newest.revision, len({each.digest for each in versions})) == (2, 2)


async def test_a_unit_is_one_of_the_offices_list_and_written_as_letters_print_it(inside: Inside) -> None:
    request = await inside.requested()
    entry = await added(inside, request, PRODUCT.model_copy(update={"unit": "CARTON"}))
    data, by = inside.office.master_data, inside.citizen(request)
    assert (await data.entry(request, entry))[0].newest.content.unit == "karton"
    fathom = PRODUCT.model_copy(update={"unit": "fathom"})
    with pytest.raises(UnlistedUnitError):
        await added(inside, request, fathom)
    with pytest.raises(UnlistedUnitError):
        await data.change(request, by, None, entry, 1, fathom)


async def test_a_unit_from_before_there_was_a_list_stays_until_another_is_chosen(inside: Inside) -> None:
    request, data = await inside.requested(), inside.office.master_data
    units, data._units = data._units, [UnitsOfThatTime()]
    entry = await added(inside, request, PRODUCT.model_copy(update={"unit": "krat besar"}))
    data._units = units
    changed = PRODUCT.model_copy(update={"unit": "krat besar", "pack": "jeriken"})
    await data.change(request, inside.citizen(request), None, entry, 1, changed)
    assert (await data.entry(request, entry))[0].newest.content == changed


class UnitsOfThatTime:
    def unit(self, written: str) -> Unit:
        return Unit(code="XX", sign=written, name=Text(id=written, en=written))


@pytest.mark.parametrize("name", ["account", "business"])
async def test_another_company_neither_reads_nor_writes_it(inside: Inside, name: str) -> None:
    first = await inside.requested()
    entry = await added(inside, first)
    stranger = await inside.requested(
        "stranger", account=first.ticket if name == "business" else None, business="9" * 64
    )
    data, by = inside.office.master_data, inside.citizen(stranger)
    refusal = NoAccountError if name == "business" else NoSuchEntryError
    with pytest.raises(refusal):
        await data.entry(stranger, entry)
    with pytest.raises(refusal):
        await data.change(stranger, by, None, entry, 1, PRODUCT)
    with pytest.raises(refusal):
        await data.retire(stranger, by, None, entry, 1)
    if name == "account":
        assert (await data.page(stranger)).total == 0
        with pytest.raises(NotOfTheCompanyError):
            await added(inside, stranger, PRODUCT.model_copy(update={"producer": entry}))


async def test_a_company_that_got_its_number_later_keeps_its_data(inside: Inside) -> None:
    first = await inside.requested(business="1" * 64)
    entry = await added(inside, first)
    await inside.numbered("1" * 64)
    later = await inside.requested("two", account=first.ticket)
    assert (await inside.office.master_data.entry(later, entry))[0].entry == entry


async def test_names_and_contacts_lie_in_the_vault_alone(inside: Inside) -> None:
    request = await inside.requested()
    entry = await added(inside, request, PRODUCER, TEXTS)
    assert inside.vault.texts(request.ticket, "master.contact") == ["Bunga Contoh, 0811"]
    row, _ = await inside.office.master_data.entry(request, entry)
    assert sorted(each.item.field for each in row.newest.texts) == sorted(TEXTS)
    stored = inside.office.store.query(
        lambda tx: [dict(each) for each in tx.execute("SELECT * FROM master_versions")]
    )
    assert "Bunga" not in str(await stored)


async def test_a_text_that_is_not_stated_stays_and_an_empty_one_goes(inside: Inside) -> None:
    request = await inside.requested()
    entry = await added(inside, request, PRODUCER, TEXTS)
    data, by = inside.office.master_data, inside.citizen(request)
    changed = {"master.contact": "", "master.address": "Jalan Utara 1"}
    handled = await data.change(request, by, None, entry, 1, PRODUCER, changed)
    assert [each.item.field for each in handled.state.texts] == ["master.name", "master.address"]


async def test_a_refused_entry_leaves_nothing_in_the_vault(inside: Inside) -> None:
    request = await inside.requested()
    entry = await added(inside, request, PRODUCER)
    data, by = inside.office.master_data, inside.citizen(request)
    with pytest.raises(EntryChangedError):
        await data.change(request, by, None, entry, 2, PRODUCER, TEXTS)
    await data.retire(request, by, None, entry, 1)
    with pytest.raises(EntryRetiredError):
        await data.change(request, by, None, entry, 1, PRODUCER, TEXTS)
    assert inside.vault.texts(request.ticket, "master.name") == []
    inside.vault.is_away = True
    with pytest.raises(UnavailableError):
        await added(inside, request, PRODUCER, TEXTS)
    assert (await data.page(request, "producer", retired=True)).total == 1
    assert (await data.page(request)).total == 0


async def test_the_same_key_states_an_entry_once(inside: Inside) -> None:
    request, key = await inside.requested(), UUID(int=5)
    data, by = inside.office.master_data, inside.citizen(request)
    for _ in range(2):
        entry, _ = await data.add(request, by, key, PRODUCER, TEXTS)
        await data.change(request, by, key, entry, 1, PRODUCER.model_copy(update={"country": "MY"}), TEXTS)
    assert (await data.page(request)).total == 1
    assert len((await data.entry(request, entry))[1]) == 2
    assert len(inside.vault.texts(request.ticket, "master.name")) == 2


async def test_a_product_names_a_producer_in_use_of_its_own_company(inside: Inside) -> None:
    request = await inside.requested()
    producer = await added(inside, request, PRODUCER)
    supplier = await added(inside, request, MasterSupplier(label="Toko", country="MY"))
    entry = await added(
        inside, request, PRODUCT.model_copy(update={"producer": producer, "supplier": supplier})
    )
    with pytest.raises(NotOfTheCompanyError):
        await added(inside, request, PRODUCT.model_copy(update={"producer": supplier}))
    data, by = inside.office.master_data, inside.citizen(request)
    await data.retire(request, by, None, producer, 1)
    with pytest.raises(NotOfTheCompanyError):
        await added(inside, request, PRODUCT.model_copy(update={"producer": producer}))
    product = PRODUCT.model_copy(update={"producer": producer, "supplier": supplier, "label": "Sambal"})
    await data.change(request, by, None, entry, 1, product)
    bare = product.model_copy(update={"producer": None})
    await data.change(request, by, None, entry, 2, bare)
    with pytest.raises(NotOfTheCompanyError):
        await data.change(request, by, None, entry, 3, product)
    await data.restore(request, by, None, producer, 1)
    assert [each.entry for each in (await data.choices(request, "producer")).rows] == [producer]


async def test_entries_are_searched_paged_and_counted(either: Inside) -> None:
    request = await either.requested()
    for number in range(22):
        await added(either, request, PRODUCT.model_copy(update={"label": f"Kecap {number:02} 100%"}))
    await added(either, request, PRODUCER)
    data = either.office.master_data
    pages = [await data.page(request, "product", page=number) for number in (1, 2, 3)]
    assert [(each.total, len(each.rows)) for each in pages] == [(22, 20), (22, 2), (22, 0)]
    labels = [each.newest.content.label for page in pages for each in page.rows]
    assert labels == [f"Kecap {n:02} 100%" for n in range(22)]
    totals = {text: (await data.page(request, None, text)).total for text in ("", "kecap 1", "100_", "utara")}
    assert totals == {"": 23, "kecap 1": 10, "100_": 0, "utara": 1}
    assert (await data.page(request, None, "md123456789012")).total == 22


async def test_the_api_lists_adds_changes_and_retires(calling: Calling) -> None:
    request = await calling.inside.requested()
    where, headers = f"/applications/{request.ticket}/master-data", calling.owner_headers(request)
    permits = [{"scheme": "gacc", "number": "CIDN0001", "valid_until": "2028-01-31"}]
    body = {"kind": "producer", "label": "Pabrik", "country": "cn", "permits": permits, "contact": "Bunga"}
    done = (await calling.post(where, {"entry": body}, headers)).json()
    entry = f"{where}/{done['entry']}"
    assert (done["revision"], done["retired"]) == (1, False)
    changed = body | {"label": "Pabrik Baru"}
    answer = await calling.post(f"{entry}/change", {"revision": 1, "entry": changed}, headers)
    assert answer.json()["revision"] == 2
    stale = await calling.post(f"{entry}/change", {"revision": 1, "entry": body}, headers)
    assert (stale.status_code, stale.json()["type"].rpartition(":")[2]) == (409, "entry_changed")
    history = (await calling.get(entry, headers)).json()
    assert [each["content"]["label"] for each in history["versions"]] == ["Pabrik Baru", "Pabrik"]
    assert history["newest"]["content"]["country"] == "CN"
    assert "Bunga" not in str(history)
    assert (await calling.post(f"{entry}/retire", {"revision": 2}, headers)).json()["retired"]
    listed = (await calling.get(f"{where}?retired=true", headers)).json()
    assert (listed["total"], listed["entries"][0]["entry"]) == (1, done["entry"])
    assert not (await calling.post(f"{entry}/restore", {"revision": 2}, headers)).json()["retired"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "producer", "label": "", "country": "CN"},
        {"kind": "producer", "label": "Pabrik", "country": "China"},
        {"kind": "customs", "label": "Pabrik", "country": "CN"},
        {"kind": "product", "label": "Kecap", "shelf_life_months": 0},
        {"kind": "product", "label": "Kecap", "composition": ["x"] * 101},
        {
            "kind": "producer",
            "label": "Pabrik",
            "country": "CN",
            "permits": [{"scheme": "gmp", "number": "1"}, {"scheme": "gmp", "number": "2"}],
        },
    ],
)
async def test_what_can_not_be_an_entry_is_refused(calling: Calling, wrong: dict[str, Any]) -> None:
    request = await calling.inside.requested()
    where, headers = f"/applications/{request.ticket}/master-data", calling.owner_headers(request)
    assert (await calling.post(where, {"entry": wrong}, headers)).status_code == 422
    assert (await calling.get(where, headers)).json()["total"] == 0


async def test_no_official_reads_or_writes_it(calling: Calling) -> None:
    request = await calling.inside.requested()
    entry = await added(calling.inside, request)
    where = f"/applications/{request.ticket}/master-data"
    for role in ("evaluator", "officer", "head", "signer", "supervisor"):
        headers = calling.person("official-1", role)
        assert (await calling.get(f"{where}/{entry}", headers)).status_code == 401
        assert (await calling.post(f"{where}/{entry}/retire", {"revision": 1}, headers)).status_code == 401


async def test_the_pages_add_change_and_retire(visiting: Visiting) -> None:
    request = await visiting.inside.requested()
    browser, path = visiting.owner(request), f"{here(request)}/master-data"
    empty = await browser.get(path)
    assert "0 entries are found." in empty.text
    assert "There is no such entry." in empty.text
    form = await browser.get(f"{path}/new?kind=producer")
    typed = {"kind": "producer", "label": "Pabrik Utara", "country": "cn", "contact": "Bunga Contoh"}
    wrong = await browser.post(f"{path}/new", typed | {"gacc_until": "2027-01-31", "label": ""})
    assert wrong.status_code == 422
    assert 'value="Bunga Contoh"' in wrong.text
    nowhere = await browser.post(f"{path}/new", typed | {"country": "QQ"})
    assert nowhere.status_code == 422
    assert "Choose a country from the list." in nowhere.text
    permits = {"gacc_number": "CIDN0001", "gacc_until": "2026-01-31"}
    page = await browser.post(f"{path}/new", typed | permits | {"key": hidden(form)})
    assert "Pabrik Utara" in page.text
    assert "Now: Bunga Contoh." in page.text
    entry = (await visiting.inside.office.master_data.page(request)).rows[0].entry
    changed = typed | permits | {"label": "Pabrik Selatan", "contact": "-", "revision": "1"}
    page = await browser.post(f"{path}/{entry}", changed)
    assert "Version 2" in page.text
    assert "Bunga" not in page.text
    stale = await browser.post(f"{path}/{entry}", changed)
    assert "has changed since you looked" in stale.text
    retired = await browser.post(f"{path}/{entry}/retire", {"revision": "2"})
    assert "This entry is retired" in retired.text
    assert "1 entry is found." in (await browser.get(f"{path}?retired=yes&kind=producer&text=selatan")).text
    assert "Over" in (await browser.get(f"{path}?retired=yes")).text
    again = await browser.post(f"{path}/{entry}/restore", {"revision": "2"})
    assert "This entry is retired" not in again.text
    twice = await browser.post(f"{path}/{entry}/restore", {"revision": "1"})
    assert twice.status_code == 409


async def test_a_product_page_keeps_the_lines_of_its_composition(visiting: Visiting) -> None:
    request = await visiting.inside.requested()
    producer = await added(visiting.inside, request, PRODUCER)
    browser, path = visiting.owner(request), f"{here(request)}/master-data"
    typed = {"kind": "product", "label": "Kecap", "composition": "kedelai\r\ngula", "producer": str(producer)}
    page = await browser.post(f"{path}/new", typed)
    assert "kedelai<br>gula" in page.text
    assert "Pabrik Utara" in page.text
    beyond = await browser.get(f"{path}?page=2")
    assert beyond.text.count('rel="prev"') == 1
    assert "The list ends here." in beyond.text


async def test_a_product_keeps_its_retired_producer_when_something_else_is_corrected(
    visiting: Visiting,
) -> None:
    request = await visiting.inside.requested()
    producer = await added(visiting.inside, request, PRODUCER)
    entry = await added(visiting.inside, request, PRODUCT.model_copy(update={"producer": producer}))
    data, by = visiting.inside.office.master_data, visiting.inside.citizen(request)
    await data.retire(request, by, None, producer, 1)
    page = await visiting.owner(request).get(f"{here(request)}/master-data/{entry}")
    assert f'<option value="{producer}" selected>Pabrik Utara (retired)</option>' in page.text


async def test_an_entry_that_is_not_there_is_not_found(visiting: Visiting) -> None:
    request = await visiting.inside.requested()
    entry = await added(visiting.inside, request)
    browser, path = visiting.owner(request), f"{here(request)}/master-data"
    for address in (f"{path}/new?kind=customs", f"{path}/{UUID(int=9)}"):
        assert (await browser.get(address)).status_code == 404
    for address in (f"{path}/new", f"{path}/{UUID(int=9)}", f"{path}/{entry}/delete"):
        assert (await browser.post(address, {})).status_code == 404


async def test_a_contact_of_another_request_is_not_read_here(visiting: Visiting) -> None:
    inside = visiting.inside
    first = await inside.requested()
    entry = await added(inside, first, PRODUCER, TEXTS)
    later = await inside.requested("two", account=first.ticket)
    page = await visiting.owner(later).get(f"{here(later)}/master-data/{entry}")
    assert "Kept encrypted with another request" in page.text
    assert "Bunga" not in page.text
    inside.vault.refusal = "erased"
    page = await visiting.owner(first).get(f"{here(first)}/master-data/{entry}")
    assert (page.status_code, "Bunga" in page.text) == (200, False)


async def test_a_unit_of_a_product_is_chosen_from_the_list_on_its_page(visiting: Visiting) -> None:
    request = await visiting.inside.requested()
    browser, path = visiting.owner(request), f"{here(request)}/master-data"
    form = await browser.get(f"{path}/new?kind=product")
    assert '<option value="XCT">' in form.text
    typed = {"key": hidden(form), "kind": "product", "label": "Kecap Contoh"}
    refused = await browser.post(f"{path}/new", {**typed, "unit": "fathom"})
    assert (refused.status_code, "The unit “fathom” isn" in refused.text) == (409, True)
    saved = await browser.post(f"{path}/new", {**typed, "unit": "XCT"})
    assert '<option value="XCT" selected>' in saved.text
    assert "<dd>karton</dd>" in saved.text
