"""Whoever comes to a page of certificates can read and use it: with a screen reader, a keyboard, a narrow phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Locator
from tests.certificates.inside import ACCOUNT_DOCUMENTS, EXPORT, STATED, Inside, sample_item, ticket_of
from tests.certificates.test_refunds import paid_too_little
from tests.certificates.visiting import visited
from tests.journeys.browser import LANGUAGES, Visitor, chromium
from tests.journeys.test_browser_pages import hindrances
from tests.journeys.tour import unfolded
from tests.web.hosting import Host

from zi_certificates.domain.statement import Document
from zi_certificates.messaging.upstream import IntakeRequest
from zi_contracts.certificates import PublishedFinding

pytestmark = pytest.mark.browser

APPLICATIONS = "/certificates/applications/"
DESK = "/certificates/desk/"
MENTORING = ticket_of("mentoring")
BUSINESS_DATA = {
    "business.address": "Jalan Dapur 7",
    "products": '[{"name": "Sambal Contoh"}, {"name": "Keripik Contoh"}]',
}
WANTED = (PublishedFinding(reason="document_unreadable", where="documents.invoice"),)
TABLE = FilePayload(name="list.csv", mimeType="text/csv", buffer=b"product,hs_code\nx,")
PICTURE = FilePayload(name="photo.jpg", mimeType="image/jpeg", buffer=b"as a phone takes it")
PARTS = ("", "/account", "/exchange", "/particulars", "/items", "/items/new", "/items/1", "/documents")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as first:
        yield first


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    with Host(visited(tmp_path)) as first:
        yield first


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_an_applicant_is_open_to_everybody(browser: Browser, host: Host, language: str) -> None:
    request = host.run(begun(host.visiting.inside))
    visitor = host.visitor(browser, host.visiting.owner(request), language)
    found = [what for name in tour(visitor, request, host) for what in hindrances(visitor.page, name)]
    visitor.context.close()
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_desk_is_open_to_everybody(browser: Browser, host: Host, language: str) -> None:
    everything = ("evaluator", "officer", "supervisor", "signer", "head")
    person = host.visiting.person("evaluator-ani", *everything, name="Ani Contoh")
    visitor = host.visitor(browser, person, language)
    found = [what for name in desk(visitor, host) for what in hindrances(visitor.page, name)]
    visitor.context.close()
    assert not found, "\n".join(found)


async def begun(inside: Inside) -> IntakeRequest:
    request = await inside.requested(series="ske")
    by = inside.citizen(request)
    await inside.office.applying.open_account(request, by, None, STATED)
    await inside.office.applying.draft(request, by, None, EXPORT.model_copy(update={"country": "CN"}))
    await inside.office.applying.add_items(request, by, None, [sample_item(), sample_item("B-002")])
    inside.vault.add(MENTORING, BUSINESS_DATA)
    await inside.consented(request.ticket, MENTORING)
    return request


def tour(visitor: Visitor, request: IntakeRequest, host: Host) -> Iterator[str]:
    for path in (
        "/certificates/",
        "/certificates/fairness",
        "/certificates/hs-codes?text=saus",
        "/certificates/units",
        *(APPLICATIONS + request.ticket + part for part in PARTS),
    ):
        assert visitor.go(path).ok
        unfolded(visitor)
        yield path
    for part in ("/items/new", "/particulars"):
        visitor.go(APPLICATIONS + request.ticket + part)
        _press(visitor.page.locator("main form button").first)
        yield f"{part} with mistakes"
    for refusal in (None, "not_allowed"):
        host.visiting.inside.vault.refusal = refusal
        for part in ("/account", "/items"):
            visitor.go(APPLICATIONS + request.ticket + part)
            _press(visitor.page.locator("button[name=case]"))
            yield f"{part} taken over, {refusal}"
    visitor.go(f"{APPLICATIONS}{request.ticket}/items")
    visitor.page.set_input_files("[name=list]", files=TABLE)
    _press(visitor.page.locator("form[action$=upload] button"))
    yield "a table that can't be read"
    yield from _on_its_way(visitor, host)


def _come_as_owner(visitor: Visitor, host: Host, request: IntakeRequest) -> None:
    [(name, value)] = host.visiting.owner(request).cookies.items()
    visitor.context.add_cookies([{"name": name, "value": value, "url": host.origin}])


def _on_its_way(visitor: Visitor, host: Host) -> Iterator[str]:
    inside = host.visiting.inside
    office = inside.office
    request = host.run(inside.submitted("two"))
    path, by = APPLICATIONS + request.ticket, inside.citizen(request)
    _come_as_owner(visitor, host, request)
    yield _visit(visitor, path, "to be paid")
    host.run(inside.pay(request))
    yield _visit(visitor, path, "in the queue")
    host.run(office.deciding.take_next(inside.evaluator(), None))
    host.run(office.deciding.ask_data(request.ticket, inside.evaluator(), None, WANTED, "Mohon yang jelas."))
    yield _visit(visitor, path, "asked for more")
    host.run(office.applying.change_item(request, by, None, 1, sample_item("B-009")))
    yield _visit(visitor, path, "asked for more, changed")
    invoice = Document(kind="invoice", file=host.run(inside.attached(request, "a clear invoice")))
    host.run(office.applying.attach(request, by, None, invoice))
    yield _visit(visitor, path, "asked for more, attached")
    yield _visit(visitor, f"{path}/company-products", "products of the company")
    newer = host.run(inside.requested("amending", account=request.ticket))
    _come_as_owner(visitor, host, newer)
    yield _visit(visitor, f"{APPLICATIONS}{newer.ticket}/amend", "a letter to amend")
    _come_as_owner(visitor, host, request)
    visitor.go(f"{path}/items/new")
    _press(visitor.page.locator("button[formaction$=hs-codes]"))
    yield "HS codes to pick from"
    host.run(office.applying.send_data(request, by, None, host.run(inside.state(request)).revision))
    host.run(office.deciding.reject(request.ticket, inside.evaluator(), None, WANTED))
    yield _visit(visitor, path, "rejected")
    host.run(office.applying.withdraw(request, by, None))
    yield _visit(visitor, path, "withdrawn")
    signed = host.run(inside.signed("three"))
    [cookie] = host.visiting.owner(signed).cookies.items()
    visitor.context.add_cookies([{"name": cookie[0], "value": cookie[1], "url": host.origin}])
    yield _visit(visitor, APPLICATIONS + signed.ticket, "signed")
    host.run(inside.sealed(signed))
    host.run(inside.mentored("evaluator-eko"))
    yield _visit(visitor, APPLICATIONS + signed.ticket, "issued, flagged")


def desk(visitor: Visitor, host: Host) -> Iterator[str]:
    inside = host.visiting.inside
    account = host.run(begun(inside))
    request = host.run(inside.paid("two"))
    yield _visit(visitor, DESK, "desk")
    _press(visitor.page.locator("form[action$=take] button"))
    unfolded(visitor)
    yield "taken"
    _press(visitor.page.locator("form[action*=open] button"))
    unfolded(visitor)
    yield "the company's data"
    _press(visitor.page.locator("button[value=reject]"))
    unfolded(visitor)
    yield "rejected without a reason"
    host.run(inside.office.deciding.ask_data(request.ticket, inside.evaluator(), None, WANTED))
    host.run(
        inside.office.applying.change_item(request, inside.citizen(request), None, 1, sample_item("B-9"))
    )
    yield _visit(visitor, f"{DESK}applications/{request.ticket}", "what changed")
    yield _visit(visitor, f"{DESK}accounts/{account.ticket}", "an account")
    owing = host.run(paid_too_little(inside, "owing", "d" * 64))
    officer = inside.staff("officer-ira", "officer")
    host.run(inside.office.refunding.report(owing.ticket, officer, None, "bank-owing", "SP2D-1"))
    yield _visit(visitor, f"{DESK}applications/{owing.ticket}", "a refund that waits")
    visitor.go(f"{DESK}appointments")
    _press(visitor.page.locator("main form button").last)
    yield "appointments with mistakes"
    yield _visit(visitor, f"{DESK}find?wanted=nothing", "nothing found")
    issued = host.run(inside.signed("three"))
    host.run(inside.sealed(issued))
    yield _visit(visitor, f"{DESK}applications/{issued.ticket}", "issued letters")
    visitor.go(f"{DESK}appointments")
    visitor.context.clear_cookies()
    _press(visitor.page.locator("main form button").last)
    yield "signed out"


def _press(button: Locator) -> None:
    """Whoever looks at the page looks at the next one."""
    with button.page.expect_navigation():
        button.click()


def _visit(visitor: Visitor, path: str, name: str) -> str:
    visitor.go(path)
    unfolded(visitor)
    return name


def test_a_phone_without_scripts_goes_the_way_of_an_application(browser: Browser, host: Host) -> None:
    request = host.run(host.visiting.inside.requested())
    visitor = Visitor(browser, host.origin, "en")
    [(name, value)] = host.visiting.owner(request).cookies.items()
    visitor.context.add_cookies([{"name": name, "value": value, "url": host.origin}])
    visitor.go(APPLICATIONS + request.ticket)
    visitor.follow("To the account")
    visitor.write({"hs_codes": "21039012", "warehouse": "Jalan Gudang 3"})
    visitor.press("Save the account")
    for kind in ACCOUNT_DOCUMENTS:
        visitor.write({"kind": kind})
        visitor.page.set_input_files("[name=file]", files=PICTURE)
        visitor.press("Add the document")
    visitor.follow("Go on with the application")
    visitor.follow("Choose the letters and goods")
    visitor.choose("kind", "ski_post_border")
    visitor.write({"goods": "pangan_olahan"})
    visitor.press("Save")
    visitor.follow("To the products")
    visitor.follow("Add a product")
    visitor.write(
        {"product": "Kecap Contoh", "hs_code": "21039012", "batch": "B-1", "unit": "KGM", "pack": "botol"}
    )
    visitor.press("Save the product")
    assert visitor.values(["product", "batch"]) == {"product": "Kecap Contoh", "batch": "B-1"}
    more = {"manufactured": "2026-06-01", "expires": "2028-06-01", "quantity": "12,5"}
    visitor.write({**more, "country": "MY", "port": "Tarakan", "invoice": "INV-1"})
    visitor.press("Save the product")
    assert "1 product is listed." in visitor.text
    visitor.context.close()


def test_a_phone_without_scripts_takes_over_what_was_told_in_the_mentoring(
    browser: Browser, host: Host
) -> None:
    request = host.run(begun(host.visiting.inside))
    visitor = Visitor(browser, host.origin, "en")
    [(name, value)] = host.visiting.owner(request).cookies.items()
    visitor.context.add_cookies([{"name": name, "value": value, "url": host.origin}])
    visitor.go(f"{APPLICATIONS}{request.ticket}/account")
    visitor.write({"hs_codes": "21039012\n19059010"})
    visitor.press(f"Take over the address from mentoring case {MENTORING}")
    assert visitor.values(["hs_codes", "warehouse"]) == {
        "hs_codes": "21039012\n19059010",
        "warehouse": "Jalan Dapur 7",
    }
    visitor.press("Save the account")
    visitor.go(f"{APPLICATIONS}{request.ticket}/items")
    visitor.press(f"Take over a product from mentoring case {MENTORING}")
    assert visitor.values(["product"]) == {"product": "Sambal Contoh"}
    visitor.press("Keripik Contoh")
    assert visitor.values(["product"]) == {"product": "Keripik Contoh"}
    visitor.context.close()
