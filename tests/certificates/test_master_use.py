"""Master data: what a company states once fills in its applications, which pin the version that they used."""

from typing import Any

import pytest
from tests.certificates.calling import Calling
from tests.certificates.inside import OUTLINE, Inside, sample_item
from tests.certificates.test_master_data import PRODUCER, PRODUCT, TEXTS, added
from tests.certificates.test_pages import here
from tests.certificates.visiting import Visiting
from tests.web.browsing import hidden

from zi_certificates.domain.changes import changes
from zi_certificates.domain.master_content import MasterSupplier, UsedEntry
from zi_certificates.domain.master_entry import EntryRetiredError, NoSuchEntryError, OtherEntryKindError
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.use_cases.master_use import LongProducerError, NoProducerNameError
from zi_certificates.use_cases.statement_checks import PRODUCER as PRINTED
from zi_chassis.domain import UnavailableError

ITEM = sample_item(registration="MD123456789012")
REST = {
    "batch": "B-1",
    "manufactured": "2026-06-01",
    "expires": "2028-06-01",
    "quantity": "12.5",
    "country": "MY",
    "port": "Tarakan",
    "invoice": "INV-1",
}
WHOLE = PRODUCT.model_copy(
    update={"hs_code": "21039012", "unit": "kg", "pack": "botol", "registration_number": "MD123456789012"}
)


async def begun(inside: Inside, name: str = "one", account: str | None = None) -> IntakeRequest:
    request = await inside.requested(name, account=account)
    await inside.office.applying.draft(request, inside.citizen(request), None, OUTLINE)
    return request


async def used(inside: Inside, request: IntakeRequest) -> list[UsedEntry]:
    statement = (await inside.state(request)).statement
    return list(statement.used) if statement else []


async def test_an_application_pins_the_version_and_later_changes_do_not_alter_it(either: Inside) -> None:
    request = await begun(either)
    producer = await added(either, request, PRODUCER)
    supplier = await added(either, request, MasterSupplier(label="Toko", country="MY"))
    content = WHOLE.model_copy(update={"producer": producer, "supplier": supplier})
    entry = await added(either, request, content)
    use, data, by = either.office.master_use, either.office.master_data, either.citizen(request)
    await use.add_item(request, by, None, ITEM, entry, 1)
    await data.change(request, by, None, entry, 1, content.model_copy(update={"composition": ("gula",)}))
    await data.change(request, by, None, producer, 1, PRODUCER.model_copy(update={"label": "Lain"}))
    await data.retire(request, by, None, supplier, 1)
    pinned = await use.used_by((await either.state(request)).statement)
    assert [(each.used.kind, each.used.revision, each.used.product) for each in pinned] == [
        ("product", 1, 1),
        ("producer", 1, 1),
        ("supplier", 1, 1),
    ]
    assert [each.version.digest for each in pinned] == [each.used.digest for each in pinned]
    assert pinned[0].version.content == content
    assert pinned[1].version.content == PRODUCER
    assert {each.differs for each in pinned} == {()}


async def test_what_is_stated_in_another_way_is_told(inside: Inside) -> None:
    request = await begun(inside)
    entry = await added(inside, request, WHOLE)
    use, by = inside.office.master_use, inside.citizen(request)
    await use.add_item(request, by, None, ITEM.model_copy(update={"product": "Kecap Lain"}), entry)
    await inside.office.applying.change_item(
        request, by, None, 1, ITEM.model_copy(update={"pack": "jeriken", "registration_number": None})
    )
    [pinned] = await use.used_by((await inside.state(request)).statement)
    assert pinned.differs == ("registration_number", "pack")


async def test_a_pin_goes_with_its_product_and_another_is_a_change(inside: Inside) -> None:
    request = await begun(inside)
    entry = await added(inside, request, WHOLE)
    use, by = inside.office.master_use, inside.citizen(request)
    await inside.office.applying.add_items(request, by, None, [ITEM])
    await use.add_item(request, by, None, ITEM, entry)
    statement = (await inside.state(request)).statement
    assert statement is not None
    assert [each.product for each in statement.used] == [2]
    newer = [each.model_copy(update={"revision": 2}) for each in statement.used]
    [change] = changes(statement, statement.with_used(2, newer))
    assert (change.where, change.item) == ("used.product", 2)
    await inside.office.applying.remove_item(request, by, None, 2)
    assert await used(inside, request) == []


async def test_the_producer_that_letters_print_is_taken_from_the_vault_of_another_request(
    inside: Inside,
) -> None:
    first = await inside.requested()
    entry = await added(inside, first, PRODUCER, TEXTS | {"master.address": "Jalan Utara 1"})
    later = await begun(inside, "two", first.ticket)
    by = inside.citizen(later)
    await inside.office.master_use.name_producer(later, by, None, entry)
    assert inside.vault.texts(later.ticket, PRINTED) == ["Utara Foods, Jalan Utara 1"]
    [read] = inside.vault.reads
    assert (read.ticket, read.purpose, read.token) == (first.ticket, "letter", None)
    assert "master.contact" not in read.fields
    [pin] = await used(inside, later)
    assert (pin.entry, pin.kind, pin.product) == (entry, "producer", None)
    await inside.office.applying.state_parties(later, by, None, {PRINTED: "PT Lain, Jalan Lain"})
    assert await used(inside, later) == []


async def test_a_producer_without_a_name_or_with_a_long_address_is_not_printed(inside: Inside) -> None:
    request = await begun(inside)
    use, by = inside.office.master_use, inside.citizen(request)
    bare = await added(inside, request, PRODUCER)
    with pytest.raises(NoProducerNameError):
        await use.name_producer(request, by, None, bare)
    long = await added(inside, request, PRODUCER, {"master.name": "U" * 150, "master.address": "J" * 60})
    with pytest.raises(LongProducerError):
        await use.name_producer(request, by, None, long)
    inside.vault.is_away = True
    with pytest.raises(UnavailableError):
        await use.name_producer(request, by, None, long)
    assert await used(inside, request) == []


async def test_only_what_is_the_companys_in_use_and_fitting_is_used(inside: Inside) -> None:
    request = await begun(inside)
    use, data, by = inside.office.master_use, inside.office.master_data, inside.citizen(request)
    producer, entry = await added(inside, request, PRODUCER, TEXTS), await added(inside, request, WHOLE)
    with pytest.raises(OtherEntryKindError):
        await use.product(request, producer)
    with pytest.raises(OtherEntryKindError):
        await use.name_producer(request, by, None, entry)
    with pytest.raises(NoSuchEntryError):
        await use.product(request, entry, 2)
    stranger = await inside.requested("stranger", business="9" * 64)
    with pytest.raises(NoSuchEntryError):
        await use.product(stranger, entry)
    await data.retire(request, by, None, entry, 1)
    with pytest.raises(EntryRetiredError):
        await use.product(request, entry, 1)
    assert await use.used_by(None) == []


async def test_the_api_uses_a_product_and_a_producer(calling: Calling) -> None:
    inside = calling.inside
    request = await begun(inside)
    producer = await added(inside, request, PRODUCER, TEXTS)
    entry = await added(inside, request, WHOLE.model_copy(update={"producer": producer}))
    headers, where = calling.owner_headers(request), f"/applications/{request.ticket}/master-data"
    assert (await calling.post(f"{where}/{entry}/item", REST, headers)).json()["revision"] == 2
    assert (await calling.post(f"{where}/{producer}/producer", None, headers)).status_code == 200
    bare = await added(inside, request, PRODUCT)
    missing = await calling.post(f"{where}/{bare}/item", REST, headers)
    assert missing.status_code == 422
    assert "hs_code" in missing.text
    stated = (await calling.get(f"/applications/{request.ticket}", headers)).json()["statement"]
    assert [each["kind"] for each in stated["used"]] == ["product", "producer", "producer"]
    path = f"/applications/{request.ticket}/used-master-data"
    for reader in (headers, calling.evaluator):
        pinned: list[dict[str, Any]] = (await calling.get(path, reader)).json()
        assert pinned[0]["version"]["content"]["composition"] == ["kedelai"]
    await inside.declared("evaluator-ani")
    assert (await calling.get(path, calling.evaluator)).status_code == 403
    assert (await calling.get(path, calling.person("mentor-1", "mentor"))).status_code == 403


async def test_the_pages_use_a_product_and_a_producer(visiting: Visiting) -> None:
    inside = visiting.inside
    request = await begun(inside)
    producer, entry = (
        await added(inside, request, PRODUCER, TEXTS),
        await added(inside, request, WHOLE),
    )
    browser, path = visiting.owner(request), f"{here(request)}/master-data"
    assert f"{entry}/use" in (await browser.get(path)).text
    form = await browser.post(f"{path}/{entry}/use", {})
    assert 'value="Kecap Contoh"' in form.text
    assert (await inside.state(request)).revision == 1
    typed = {"product": "Kecap Contoh", "hs_code": "21039012", "unit": "kg", "pack": "jeriken", **REST}
    source = {"entry": str(entry), "entry_revision": "1", "key": hidden(form)}
    wrong = await browser.post(f"{here(request)}/items/new", typed | source | {"quantity": "viel"})
    assert (wrong.status_code, f'name="entry" value="{entry}"' in wrong.text) == (422, True)
    await browser.post(f"{here(request)}/items/new", typed | source)
    page = await browser.post(f"{path}/{producer}/use", {})
    assert "Kept encrypted already." in page.text
    assert [each.kind for each in await used(inside, request)] == ["product", "producer"]
    unknown = await browser.post(f"{here(request)}/items/new", typed | source | {"entry": "nonsense"})
    assert unknown.status_code == 409
    inside.vault.is_away = True
    away = await browser.post(f"{path}/{producer}/use", {})
    assert away.status_code == 503


async def test_an_official_sees_what_was_used_unless_they_have_an_interest(visiting: Visiting) -> None:
    inside = visiting.inside
    first = await inside.submitted()
    request = await inside.requested("two", account=first.ticket)
    by = inside.citizen(request)
    entry = await added(inside, request, WHOLE)
    await inside.drafted(request)
    await inside.office.applying.remove_item(request, by, None, 1)
    await inside.office.master_use.add_item(
        request, by, None, ITEM.model_copy(update={"pack": "jeriken"}), entry
    )
    address = f"/certificates/desk/applications/{request.ticket}"
    browser = visiting.person("evaluator-ani", "evaluator")
    page = await browser.get(address)
    assert "kedelai" in page.text
    assert "Stated in another way" in page.text
    await inside.declared("evaluator-ani")
    assert "kedelai" not in (await browser.get(address)).text
