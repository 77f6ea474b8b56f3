"""An import letter from the first page to whoever verifies it, as people do it: in the browser of a cheap phone without scripts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from tests.certificates.tools import ran
from tests.journeys.browser import LANGUAGES, Visitor, chromium
from tests.journeys.certificates import SKI, Certificates, OpenedCase
from tests.journeys.house import House, await_
from tests.journeys.letters import NUMBER, Applicant, Official, cells, company
from tests.journeys.seen_pages import unseen_pages
from tests.journeys.test_browser_pages import hindrances, outlives_a_reload, reach, tabbed
from tests.journeys.tour import unfolded

from zi_chassis.office_clock import office_zone

pytestmark = [pytest.mark.journey, pytest.mark.browser]

QUESTION = "Mohon pindai ulang fakturnya, halaman dua gelap."
WRONG = {"reasons": [{"reason": "name_differs", "where": "product", "item": 1}], "note": None}
APPLICATION = "/certificates/applications/"
FRONT_DOOR = "/certificate-applications/new"
VERIFY = "/certificates/verify"
LARGEST = 50_000

Visit = Callable[..., Visitor]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@contextmanager
def visits(browser: Browser, house: House) -> Iterator[Visit]:
    """A browser of their own for each who comes."""
    visitors: list[Visitor] = []

    def come(**wishes: Any) -> Visitor:
        visitors.append(Visitor(browser, house.public_url, **wishes))
        return visitors[-1]

    yield come
    for visitor in visitors:
        visitor.context.close()


@pytest.fixture
def visit(browser: Browser, house: House) -> Iterator[Visit]:
    with visits(browser, house) as come:
        yield come


# -- the whole way


def test_a_company_gets_its_letter_and_anybody_verifies_it(visit: Visit, tmp_path: Path) -> None:
    applicant = Applicant(visit(), "Pala")
    applicant.requests()
    prepared(applicant, visit)
    submitted_and_paid(applicant)
    asked_and_answered(applicant, visit)
    an_acting_signer_signs(applicant, visit)
    number, pdf = applicant.downloads()
    assert NUMBER.fullmatch(number)
    assert "Orang ke-4" in applicant.visitor.text
    anybody_verifies(visit(), number, pdf, tmp_path)


def prepared(applicant: Applicant, visit: Visit) -> None:
    """Account, letter, products and documents, each named as the next step."""
    assert applicant.next() == "Berikutnya: isi akun perusahaan"
    applicant.fills_in_the_account()
    assert applicant.next() == "Berikutnya: tentukan surat yang Anda mohonkan"
    applicant.chooses_the_letter()
    applicant.visitor.follow("Buka daftar produk")
    listed(applicant)
    assert applicant.next() == "Berikutnya: 5 hal kurang atau salah"
    missing = applicant.missing()
    assert missing[0].startswith("Faktur (invoice): Lampirkan dokumen yang diminta.")
    assert len(missing) == 5
    assert all("Sumber: " in each or "(belum ditetapkan)" in each for each in missing)
    applicant.attaches("invoice", "packing_list", "bill_of_lading")
    applicant.uploads("certificate_of_analysis", 1, 2)
    assert applicant.next() == "Petugas memverifikasi akun terlebih dahulu"
    opened_and_verified(Official(visit(), "officer"), applicant)
    assert applicant.next() == "Berikutnya: ajukan permohonan"


def listed(applicant: Applicant) -> None:
    """One by hand, one by a table; what can't be read is said field by field and line by line."""
    visitor, wrong = applicant.visitor, cells(quantity="1.200.000", expires="", batch="", unit="KGM")
    applicant.types_a_product(wrong)
    assert [
        each.get_attribute("href") for each in visitor.page.get_by_role("alert").get_by_role("link").all()
    ] == [
        "#field-batch",
        "#field-expires",
        "#field-quantity",
    ]
    assert visitor.values(wrong) == wrong
    visitor.write(cells(unit="KGM"))
    visitor.press("Simpan produk")
    assert "1 produk tercantum." in visitor.text
    right, wrong = cells("B-002"), cells("B-003", country="Malaysia", quantity="banyak")
    applicant.uploads_a_table(right, wrong)
    report = visitor.page.get_by_role("alert").locator("li").all_inner_texts()
    assert [line.partition(":")[0] for line in report] == ["Baris 3, Jumlah", "Baris 3, Negara"]
    assert "1 produk tercantum." in visitor.text
    applicant.uploads_a_table(right)
    assert "2 produk tercantum." in visitor.text


def opened_and_verified(officer: Official, applicant: Applicant) -> None:
    """A document and the company's name are closed until they are opened, and that shows at the front door."""
    visitor = officer.visitor
    visitor.follow(applicant.ticket)
    with visitor.page.expect_popup() as popup:
        visitor.page.get_by_role("button", name="Buka: KTP penanggung jawab").click()
    expect(popup.value.locator("img")).to_have_count(1)
    assert f"PT {applicant.name}" not in visitor.text
    visitor.press("Buka data perusahaan")
    assert f"PT {applicant.name}" in visitor.text
    visitor.press("Memenuhi syarat")
    assert applicant.ticket not in visitor.text


def submitted_and_paid(applicant: Applicant) -> None:
    visitor = applicant.visitor
    visitor.page.get_by_role("button", name="Ajukan permohonan").dblclick()
    visitor.page.get_by_role("heading", name="Berikutnya: bayar Rp 50.000").wait_for()
    visitor.follow("Ke pembayaran")
    assert "Tidak ada uang yang berpindah di sini" in visitor.text
    visitor.press("Simulasikan pembayaran")
    visitor.follow("Kembali ke permohonan")
    assert "Urutan 1 dari 1." in visitor.text


def asked_and_answered(applicant: Applicant, visit: Visit) -> None:
    """The first evaluator has scripts: the note outlives a reload and a refusal, until it was sent."""
    first, visitor = Official(visit(script=True), "evaluator"), applicant.visitor
    assert first.takes() == applicant.ticket
    with first.visitor.page.expect_popup() as popup:
        first.visitor.page.get_by_role("button", name="Buka: Faktur (invoice)").click()
    expect(popup.value.locator("img")).to_have_count(1)
    first.visitor.write({"note": QUESTION})
    first.visitor.page.reload()
    assert first.visitor.values(["note"]) == {"note": QUESTION}
    first.visitor.press("Minta kepada pemohon")
    assert "Pilih sedikitnya satu alasan" in first.visitor.page.get_by_role("alert").inner_text()
    first.opens(applicant.ticket)
    assert first.visitor.values(["note"]) == {"note": QUESTION}
    first.picks("document_unreadable", "documents.invoice")
    first.visitor.press("Minta kepada pemohon")
    assert applicant.next() == "Berikutnya: kirim yang diminta kantor"
    assert QUESTION in visitor.text
    assert visitor.page.get_by_role("button", name="Kirim", exact=True).count() == 0
    visitor.follow("Buka dokumen")
    applicant.uploads("invoice")
    visitor.follow("Lanjutkan permohonan ini")
    visitor.press("Kirim")
    first.opens(applicant.ticket)
    assert "Sejak kantor meminta kelengkapan" in first.visitor.text
    assert first.visitor.page.evaluate("sessionStorage.length") == 0
    first.passes()
    second = Official(visit(), "evaluator-2")
    assert second.takes() == applicant.ticket
    second.passes()


def an_acting_signer_signs(applicant: Applicant, visit: Visit) -> None:
    """Whom the head has appointed before."""
    head, acting = Official(visit(), "head"), Official(visit(), "officer-2")
    acting.opens(applicant.ticket)
    assert acting.visitor.page.get_by_role("button", name="Tanda tangani").count() == 0
    head.visitor.follow("Pelaksana harian")
    head.visitor.press("Tunjuk")
    assert head.visitor.page.get_by_role("alert").inner_text().count("Mohon isi bagian ini.") == 3
    today = datetime.now(office_zone())
    begins, ends = f"{today:%Y-%m-%d}T00:00", f"{today + timedelta(days=2):%Y-%m-%d}T00:00"
    head.visitor.write({"official": "officer-2", "begins": begins, "ends": ends})
    head.visitor.press("Tunjuk")
    acting.visitor.page.reload()
    acting.visitor.press("Tanda tangani")
    head.visitor.press("Akhiri penunjukan officer-2")
    assert "Diakhiri lebih awal" in head.visitor.text
    the_data_are_held(head.visitor, applicant.ticket)


def the_data_are_held(visitor: Visitor, ticket: str) -> None:
    """Nothing is due where the office has decided nothing; a hold is placed all the same, and not lifted by who placed it."""
    visitor.go("/certificates/desk/retention")
    assert "Kantor belum menetapkan berapa lama data disimpan" in visitor.text
    assert "Daftar ini kosong." in visitor.text
    visitor.write({"view": "all", "text": ticket})
    visitor.press("Tampilkan")
    visitor.follow(ticket)
    assert "suratnya belum berakhir: datanya tetap disimpan" in visitor.text
    visitor.page.get_by_text("Tahan data", exact=True).click()
    visitor.write({"reason": "complaint"})
    visitor.press("Tahan")
    assert "Ada pengaduan yang belum diputuskan" in visitor.text
    assert visitor.page.get_by_role("button", name="Cabut penahanan").count() == 0


def anybody_verifies(stranger: Visitor, number: str, pdf: bytes, folder: Path) -> None:
    stranger.go("/certificates/")
    stranger.page.locator("main").get_by_role("link", name="Periksa surat").click()
    stranger.write({"letter": f" {number.lower()} "})
    stranger.press("Periksa")
    assert stranger.path == f"{VERIFY}/{number}"
    assert f"Ada surat yang berlaku dengan nomor {number}" in stranger.text
    assert "PT Pala" not in stranger.text
    assert f"Asli, dan berlaku hari ini: {number}" in shown_file(stranger, pdf)
    changed = bytes([*pdf[:2000], pdf[2000] ^ 1, *pdf[2001:]])
    assert "Ini bukan surat sebagaimana kami terbitkan" in shown_file(stranger, changed)
    stranger.page.goto(code_on(pdf, folder))
    assert f"Kode ini milik surat {number}, yang berlaku hari ini" in stranger.text
    assert "Bandingkan ini dengan kertasnya" in stranger.text
    stranger.follow("Register semua surat")
    stranger.follow(number)
    assert stranger.path == f"{VERIFY}/{number}"


def shown_file(visitor: Visitor, content: bytes) -> str:
    upload: Any = {"name": "surat.pdf", "mimeType": "application/pdf", "buffer": content}
    visitor.page.set_input_files('[name="file"]', upload)
    visitor.press("Periksa berkas")
    return visitor.text


def code_on(pdf: bytes, folder: Path) -> str:
    """The address that a phone's camera reads from the last page."""
    file = folder / "letter.pdf"
    file.write_bytes(pdf)
    ran("pdftoppm", "-r", "150", "-png", str(file), str(folder / "page"))
    *_, page = sorted(folder.glob("page*.png"))
    return ran("zbarimg", "--quiet", "--raw", str(page)).strip()


# -- signed in


def test_whoever_signs_in_for_a_company_needs_no_code(visit: Visit) -> None:
    visitor = visit()
    visitor.go(FRONT_DOOR)
    visitor.follow("Perusahaan Anda punya akun di sini? Masuk dahulu.")
    visitor.press("applicant")
    assert visitor.path == FRONT_DOOR
    assert "Anda sudah masuk" in visitor.text
    visitor.choose("series", "ske")
    visitor.write(company("Cengkih"))
    visitor.press("Kirim permintaan")
    ticket = visitor.page.locator(".keep dd").first.inner_text()
    visitor.context.clear_cookies(name="zi_case")

    def is_listed() -> bool:
        visitor.go("/certificates/")
        return visitor.page.get_by_role("link", name=ticket).count() == 1

    await_(is_listed)
    visitor.follow(ticket)
    assert "Berikutnya: isi akun perusahaan" in visitor.text


# -- too slow, and too fast


@pytest.fixture(scope="module")
def begun(house: House) -> OpenedCase:
    with house.client() as client:
        desk = Certificates(client, house.staff)
        case = desk.requested("Pinang")
        desk.open_account(case)
        desk.done(case, "statement", SKI)
        return case


def test_whoever_types_for_longer_than_the_page_stays_open_loses_nothing(
    visit: Visit, begun: OpenedCase
) -> None:
    visitor = visit()
    opened(visitor, begun)
    visitor.go(f"{APPLICATION}{begun['ticket']}/items/new")
    visitor.write(cells(unit="KGM"))
    visitor.context.clear_cookies(name="zi_case")
    visitor.press("Simpan produk")
    assert "Isian Anda belum diterima" in visitor.text
    with visitor.page.expect_popup() as popup:
        visitor.follow("Masukkan nomor tiket dan kode di jendela baru")
    popup.value.locator('[name="code"]').fill(begun["code"])
    popup.value.get_by_role("button", name="Tampilkan tiket").click()
    popup.value.wait_for_load_state("domcontentloaded")
    visitor.press("Kirim lagi")
    assert "1 produk tercantum." in visitor.text


def test_what_was_changed_in_another_window_is_not_lost_and_not_sent_unseen(
    visit: Visit, begun: OpenedCase
) -> None:
    visitor = visit()
    opened(visitor, begun)
    here = visitor.path
    visitor.go(f"{here}/items")
    before = visitor.page.locator("main details").count()
    visitor.follow("Tambah produk")
    visitor.write(cells("B-700", unit="KGM"))
    visitor.page.get_by_role("button", name="Simpan produk").dblclick()
    visitor.page.wait_for_url(f"**{here}/items")
    assert visitor.page.locator("main details").count() == before + 1
    other, page = visitor.context.new_page(), visitor.page
    for each in (other, page):
        each.goto(f"{visitor.origin}{here}/items")
        each.locator("main summary").last.click()
    for each in (page, other):
        each.get_by_role("button", name=f"Hapus produk {before + 1}").click()
    assert "tidak memiliki produk bernomor itu" in other.get_by_role("alert").inner_text()
    assert page.locator("main details").count() == before


# -- how it can end


@dataclass(frozen=True)
class Ends:
    withdrawn: OpenedCase
    rejected: OpenedCase
    revoked: OpenedCase
    to_pay: OpenedCase
    empty: OpenedCase
    bill: str
    number: str
    account: str


@pytest.fixture(scope="module")
def ends(house: House) -> Ends:
    with house.client() as client:
        desk = Certificates(client, house.staff)
        withdrawn = desk.requested("Lidah")
        desk.open_account(withdrawn)
        desk.drafted(withdrawn, SKI)
        desk.submitted(withdrawn)
        desk.done(withdrawn, "withdraw")
        rejected = desk.queued("Kemiri")
        assert desk.take() == rejected["ticket"]
        desk.decide("evaluator", rejected, "reject", WRONG)
        account = {"ticket": rejected["ticket"], "code": rejected["code"]}
        revoked = desk.queued("Kemiri", account=rejected)
        [letter] = desk.issued(revoked)
        desk.does("signer", f"letters/{letter['letter']}/revoke", {"reason": "unsafe_product"})
        to_pay = desk.requested("Kemiri", account=account)
        desk.drafted(to_pay, SKI)
        bill = desk.submitted(to_pay)["bill"]
        await_(lambda: desk.read(revoked)["state"] == "revoked")
        account_reference = desk.read(to_pay)["account"]["reference"]
        empty = desk.requested("Kemiri", account=account)
        return Ends(withdrawn, rejected, revoked, to_pay, empty, bill, letter["number"], account_reference)


def test_what_was_withdrawn_rejected_or_revoked_is_shown_as_such(visit: Visit, ends: Ends) -> None:
    visitor = visit()
    assert "Permohonan ini sudah berakhir" in opened(visitor, ends.withdrawn)
    text = opened(visitor, ends.rejected)
    assert "Permohonan ditolak" in text
    assert "Permohonan dapat diajukan kembali 3 kali" in text
    assert "Surat sekarang tidak berlaku" in opened(visitor, ends.revoked)
    assert visitor.page.get_by_text("Dicabut", exact=True).count() == 2
    visitor.go(f"{VERIFY}/{ends.number}")
    assert f"Tidak berlaku hari ini: {ends.number}" in visitor.text
    assert "Surat ini dicabut pada" in visitor.text
    visitor.go("/certificates/register")
    assert ends.number not in visitor.text
    visitor.write({"show": "all"})
    visitor.press("Tampilkan")
    assert ends.number in visitor.text


def opened(visitor: Visitor, case: OpenedCase) -> str:
    visitor.open_case(case["ticket"], case["code"])
    visitor.follow("Ke permohonan")
    return visitor.text


# -- everybody


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_around_a_letter_is_open_to_everybody(
    browser: Browser, house: House, ends: Ends, begun: OpenedCase, language: str
) -> None:
    """tests/certificates makes the other states of the workspace and of the desk."""
    visitor = Visitor(browser, house.public_url, language, examines=True)
    found: list[str] = []
    paths: set[str] = set()
    for name in chain(tour(visitor, ends), workspace_tour(visitor, begun), desk_tour(visitor, ends)):
        paths.add(visitor.path.partition("?")[0])
        found += hindrances(visitor.page, name)
        if len(visitor.page.content().encode()) > LARGEST:
            found.append(f"{name} is heavy")
    visitor.context.close()
    assert not found, "\n".join(found)
    assert unseen_pages("certificates", paths) == []


def test_what_is_written_around_a_letter_outlives_a_reload(
    visit: Visit, ends: Ends, begun: OpenedCase
) -> None:
    company = visit(script=True)
    company.open_case(begun["ticket"], begun["code"])
    outlives_a_reload(company, f"{APPLICATION}{begun['ticket']}/account")


OPEN_PAGES = (
    *("/certificates/", "/certificates/fairness", "/certificates/register?show=all"),
    *("/certificates/statistics", "/certificates/hs-codes?text=kecap", "/certificates/units"),
)


def tour(visitor: Visitor, ends: Ends) -> Iterator[str]:
    visitor.go(FRONT_DOOR)
    unfolded(visitor)
    yield "request"
    visitor.page.locator("main form button").click()
    yield "request with mistakes"
    for path in (*OPEN_PAGES, VERIFY):
        visitor.read(path)
        unfolded(visitor)
        yield path
    for button in visitor.page.locator("main form button").all()[:2]:
        button.click()
        yield "verified nothing"
    for number in (ends.number, "SKI-2026-999999", "nothing"):
        visitor.go(f"{VERIFY}/{number}")
        yield f"verified {number}"
    visitor.go(f"/certificates/billing-simulator/{ends.bill}")
    yield "to be paid"
    for case in (ends.rejected, ends.revoked, ends.to_pay):
        visitor.open_case(case["ticket"], case["code"])
        unfolded(visitor)
        yield "request on its way"
        visitor.read(APPLICATION + case["ticket"])
        unfolded(visitor)
        yield "application"
    visitor.open_case(ends.empty["ticket"], ends.empty["code"])
    visitor.read(f"{APPLICATION}{ends.empty['ticket']}/amend")
    yield "amendment"
    visitor.open_case(case["ticket"], case["code"])
    for page in ("", "/new?kind=product", "/new?kind=producer", "/new?kind=supplier"):
        visitor.read(f"{APPLICATION}{case['ticket']}/master-data{page}")
        yield f"master data{page}"
    visitor.go(APPLICATION + case["ticket"])
    unfolded(visitor)
    visitor.context.clear_cookies(name="zi_case")
    visitor.page.locator("form[action$=withdraw] button").click()
    yield "sent too late"


PARTS = (
    *("account", "particulars", "items", "items/new", "documents", "company-products", "exchange"),
    "master-data/new?kind=product",
)


def workspace_tour(visitor: Visitor, case: OpenedCase) -> Iterator[str]:
    """All parts of an application on its way, and an entry of the company's data."""
    visitor.open_case(case["ticket"], case["code"])
    for part in PARTS:
        visitor.read(f"{APPLICATION}{case['ticket']}/{part}")
        unfolded(visitor)
        yield part
    visitor.go(f"{APPLICATION}{case['ticket']}/master-data/new?kind=supplier")
    visitor.write({"label": "Pemasok Rekaan", "name": "CV Pemasok Rekaan", "country": "MY"})
    visitor.page.locator("main form button").last.click()
    visitor.go(f"{APPLICATION}{case['ticket']}/master-data")
    visitor.page.locator("main h2 a").first.click()
    unfolded(visitor)
    yield "an entry of the company's data"


def desk_tour(visitor: Visitor, ends: Ends) -> Iterator[str]:
    """The desk of somebody who oversees, of the head, and of an officer who verifies accounts."""
    ticket, account = ends.to_pay["ticket"], ends.account
    for person, paths in {
        "supervisor": ("", "applications?queue=all", f"applications/{ticket}", "retention"),
        "head": (
            "appointments",
            "signatories",
            f"retention/{ends.revoked['ticket']}",
            f"applications/{ends.revoked['ticket']}",
        ),
        "officer": ("accounts", f"accounts/{account}"),
    }.items():
        visitor.context.clear_cookies(name="zi_staff")
        visitor.sign_in(person)
        for path in paths:
            visitor.read(f"/certificates/desk/{path}")
            unfolded(visitor)
            yield f"{path} at the desk of a {person}"
    visitor.context.clear_cookies(name="zi_staff")


def test_a_letter_is_asked_for_and_verified_by_keyboard(visit: Visit, ends: Ends) -> None:
    visitor = visit()
    visitor.go(VERIFY)
    reach(visitor.page, "letter")
    visitor.page.keyboard.type(ends.number)
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url(f"**{VERIFY}/{ends.number}")
    visitor.go(FRONT_DOOR)
    reach(visitor.page, "series")
    visitor.page.keyboard.press("Space")
    for name, text in company("Jahe").items():
        reach(visitor.page, name)
        visitor.page.keyboard.type(text)
    press(visitor, "Kirim permintaan")
    visitor.page.wait_for_url("**/receipt")
    opened(visitor, ends.to_pay)
    press(visitor, "Ke pembayaran")
    visitor.page.wait_for_url(f"**/{ends.bill}")


def press(visitor: Visitor, label: str) -> None:
    """By the Tab key and Enter."""
    assert any(tabbed(visitor.page) == label for _ in range(30))
    visitor.page.keyboard.press("Enter")
