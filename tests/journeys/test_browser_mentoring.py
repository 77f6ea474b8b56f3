"""A product from nothing to its number, as people do it: on a cheap phone, narrow and without scripts, and at the desk of the office."""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize
from tests.certificates.tools import ran
from tests.journeys.browser import Visitor, chromium
from tests.journeys.certificates import nib_of
from tests.journeys.house import House, await_
from tests.journeys.letters import Applicant
from tests.journeys.makers import DESK, REQUEST, Maker, MentoringDesk, kitchen
from tests.journeys.mentoring import KBLI, MENTOR, SAMBAL, Mentoring, OpenedCase
from tests.journeys.seen_pages import unseen_pages
from tests.journeys.test_browser_pages import NARROW, hindrances, outlives_a_reload, reach
from tests.journeys.tools import ALONE, verify_receipt
from tests.journeys.tour import unfolded
from tests.journeys.trip_story import plan_of, planned

pytestmark = [pytest.mark.journey, pytest.mark.browser]

SMALL: ViewportSize = {"width": NARROW, "height": 568}
# Of the checklist in force: raw water that was not tested, which is critical; and a minor one.
WATER, SHELVES = "air_diuji", "fifo"
WATER_TEXT = "Air yang dipakai sudah diuji dan layak untuk pangan."
PARTS_OF_THE_LIST = 18
LARGEST = 100_000
NUMBER = "MD 123456789012"
PLAN = "Air diuji di laboratorium kabupaten sebelum akhir bulan."

Visit = Callable[..., Visitor]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture
def visit(browser: Browser, house: House) -> Iterator[Visit]:
    """A browser of their own for each who comes."""
    visitors: list[Visitor] = []

    def come(narrow: bool = False, script: bool = False) -> Visitor:
        visitors.append(Visitor(browser, house.public_url, script=script))
        if narrow:
            visitors[-1].page.set_viewport_size(SMALL)
        return visitors[-1]

    yield come
    for visitor in visitors:
        visitor.context.close()


@pytest.fixture(scope="module")
def mentoring(house: House) -> Iterator[Mentoring]:
    with house.client() as client:
        yield Mentoring(client, house.staff)


# -- the whole way


def test_a_woman_who_has_nothing_yet_comes_to_her_number(
    visit: Visit, mentoring: Mentoring, tmp_path: Path
) -> None:
    maker = Maker(visit(narrow=True), "Kelapa")
    asked_for(maker)
    maker = back_another_day(maker, visit)
    said_what_she_makes(maker)
    mentor = MentoringDesk(visit(), MENTOR)
    taken_and_decided(mentor, maker)
    case = mentoring.opened(maker.ticket, maker.code)
    looked_at_her_own_place(maker)
    mentoring.visited(case, {SHELVES, WATER})
    put_right(maker, MentoringDesk(visit(), "officer"))
    papers_brought(maker, mentoring, case)
    permitted(maker, *(MentoringDesk(visit(), person) for person in ("officer", "evaluator", "supervisor")))
    registered(maker)
    mentoring.visited(case)
    assert maker.next() == "Nomor Anda sudah terbit! Petugas datang sekali lagi"
    checker = MentoringDesk(visit(), "officer")
    checker.opens(maker.ticket)
    checker.visitor.press("Sudah saya periksa: ini nomor produk ini")
    mentor.follows(maker.ticket)
    mentor.visitor.press("Kunjungan terakhir baik: usaha ini melanjutkan sendiri")
    assert maker.next() == "Anda berhasil"
    the_proof_holds(maker, tmp_path / "proof.zip")


def asked_for(maker: Maker) -> None:
    """Only after what can't be right was said at its field; all that was typed stays."""
    visitor, wrong = maker.visitor, kitchen(maker.name) | {"district": "", "reporter.email": "bunga"}
    visitor.go("/")
    visitor.follow("Minta pendampingan")
    visitor.write(wrong | {"business.nib": "123"})
    visitor.press("Tambah produk")
    visitor.write({"products.1.name": "Bakso Kelapa"})
    visitor.press("Kirim permintaan")
    assert maker.wrong() == ["district", "business-nib", "reporter-email"]
    assert visitor.values(wrong) == wrong
    assert visitor.values(["products.1.name"]) == {"products.1.name": "Bakso Kelapa"}
    visitor.write({**kitchen(maker.name), "business.nib": "", "products.1.name": ""})
    visitor.press("Kirim permintaan")
    maker.keeps()


def back_another_day(maker: Maker, visit: Visit) -> Maker:
    """With nothing but the slip of paper."""
    return Maker.of(visit(narrow=True), maker.name, {"ticket": maker.ticket, "code": maker.code})


def said_what_she_makes(maker: Maker) -> None:
    assert maker.next() == "Berikutnya: sebutkan produk Anda"
    visitor = maker.visitor
    visitor.follow("Tambah produk")
    assert visitor.values(["name"]) == {"name": "Nugget Kelapa"}  # as she said at the front door
    visitor.choose("traits.frozen_meat_or_fish", "yes")
    visitor.press("Simpan")
    assert maker.wrong() == ["kind"]
    assert visitor.values(["name"]) == {"name": "Nugget Kelapa"}
    assert maker.page.locator('[name="traits.frozen_meat_or_fish"]').is_checked()
    visitor.write({"kind": "frozen_fish"})
    visitor.press("Simpan")
    assert "Nugget Kelapa" in visitor.text
    assert maker.next().startswith("Petugas menentukan jalur produk Anda")


def taken_and_decided(mentor: MentoringDesk, maker: Maker) -> None:
    """Her name is closed until it is opened, and that she sees."""
    mentor.follows(maker.ticket)
    visitor = mentor.visitor
    visitor.press("Dampingi usaha ini")
    assert "Dapur Kelapa" not in visitor.text
    visitor.press("Buka data usaha")
    assert "Dapur Kelapa" in visitor.text
    assert "Nugget Kelapa" in visitor.text
    visitor.press("Tentukan jalur menurut ketentuan")
    assert maker.next() == "Berikutnya: lihat tempat Anda sendiri dengan daftar kami"
    assert "Rp" in maker.visitor.text


def looked_at_her_own_place(maker: Maker) -> None:
    """Part by part, each with its drawing; on the shelves not everything is well."""
    visitor = maker.visitor
    visitor.follow("Ke daftarnya")
    visitor.follow("Mulai")
    drawings = [maker.answers(wrong=SHELVES) for _ in range(PARTS_OF_THE_LIST)]
    assert drawings == [1] * PARTS_OF_THE_LIST
    visitor.press("Selesai, tampilkan hasil saya")
    assert "1 hal perlu diperbaiki" in visitor.text
    assert maker.next().startswith("Petugas datang pada perjalanan berikutnya")


def put_right(maker: Maker, officer: MentoringDesk) -> None:
    """Agree on what was found and show that it is put right; somebody else looks at it."""
    visitor, agreed = maker.visitor, {"plan": PLAN, "due": "2026-01-01"}
    assert maker.next() == "Berikutnya: 1 hal kritis harus diperbaiki"
    visitor.follow("Lihat temuannya")
    visitor.follow(WATER_TEXT)
    visitor.write(agreed)
    visitor.press("Sepakat")
    assert maker.wrong() == ["due"]
    assert visitor.values(agreed) == agreed
    visitor.write({"due": ""})
    visitor.press("Sepakat")
    assert PLAN in visitor.text
    assert maker.next() == "Berikutnya: perbaiki yang disepakati, dan kirim foto"
    visitor.follow("Lihat temuannya")
    visitor.follow(WATER_TEXT)
    visitor.write({"note": "Hasil uji."})
    visitor.press("Kirim")
    assert maker.wrong() == ["file"]
    assert visitor.values(["note"]) == {"note": "Hasil uji."}
    maker.shows("Kirim")
    assert "1 foto atau dokumen sudah dikirim." in visitor.text
    assert maker.next().startswith("Petugas lain memeriksa perbaikan Anda")
    officer.follows_finding(maker.ticket, WATER)
    officer.looks_at(f"Buka: {WATER_TEXT}")
    officer.visitor.choose(f"means.{WATER}", "on_site")
    officer.visitor.press("Sudah diperbaiki dengan benar")


def papers_brought(maker: Maker, mentoring: Mentoring, case: OpenedCase) -> None:
    """A list says what is missing, and where each is given: one paper on the phone, the others likewise."""
    visitor = maker.visitor
    assert maker.next() == "Berikutnya: 12 hal belum ada untuk izin"
    visitor.follow("Buka dokumen")
    missing = maker.page.get_by_text("Belum ada", exact=True).count()
    visitor.write({"document": "layout"})
    visitor.press("Tambahkan dokumen")
    assert maker.wrong() == ["file"]
    assert visitor.values(["document"]) == {"document": "layout"}
    maker.shows("Tambahkan dokumen")
    assert maker.page.get_by_text("Belum ada", exact=True).count() == missing - 1
    maker.look()
    visitor.follow("KBLI yang sesuai dengan produk")
    visitor.write({"kbli": "1021"})
    visitor.press("Simpan")
    assert maker.wrong() == ["kbli"]
    assert visitor.values(["kbli"]) == {"kbli": "1021"}
    visitor.write({"kbli": KBLI})
    visitor.press("Simpan")
    maker.look()
    visitor.follow("Nomor Induk Berusaha (NIB), gratis di OSS")
    visitor.write({"nib": "123"})
    visitor.press("Berikan nomor")
    assert visitor.values(["nib"]) == {"nib": "123"}
    assert maker.wrong() == ["nib"]
    visitor.write({"nib": nib_of(maker.name)})
    visitor.press("Berikan nomor")
    await_(lambda: mentoring.read(case)["has_nib"])
    mentoring.complete(case)


def permitted(maker: Maker, officer: MentoringDesk, evaluator: MentoringDesk, signer: MentoringDesk) -> None:
    """Account, evaluation, signature: three people of the office, each from the list on the desk."""
    assert maker.next() == "Berikutnya: ajukan izin (IP CPPOB)"
    maker.visitor.press("Saya sudah mengajukan di OSS")
    assert maker.next().startswith("Balai memeriksa pengajuan Anda")
    for desk, act in (
        (officer, "Akun benar: mulai evaluasi"),
        (evaluator, "Sesuai CPPOB: teruskan untuk ditandatangani"),
        (signer, "Tanda tangani izin"),
    ):
        desk.follows(maker.ticket)
        desk.visitor.press(act)
    assert maker.next() == "Berikutnya: daftarkan produk Anda"


def registered(maker: Maker) -> None:
    """With the dossier that was made here; the number comes back from Jakarta."""
    visitor = maker.visitor
    maker.page.locator("#field-command").get_by_role("link", name="Nugget Kelapa").click()
    assert "Siap: 100 %" in visitor.text
    dossier = zipfile.ZipFile(io.BytesIO(maker.downloads("Unduh berkas")))
    assert dossier.testzip() is None
    assert "1-untuk-pendaftaran/02-komposisi-dengan-jumlahnya.png" in dossier.namelist()
    assert "Nugget Kelapa" in dossier.read("index.html").decode()
    visitor.press("Saya sudah mengirimnya di e-reg.pom.go.id")
    assert maker.next().startswith("Jakarta menilai produk Anda")
    maker.page.locator("#field-command").get_by_role("link", name="Nugget Kelapa").click()
    visitor.write({"number": "12"})
    visitor.press("Ini nomor saya")
    assert maker.wrong() == ["number"]
    assert visitor.values(["number"]) == {"number": "12"}
    visitor.write({"number": NUMBER})
    visitor.press("Ini nomor saya")
    assert f"Nomor {NUMBER.replace(' ', '')}" in visitor.text


def the_proof_holds(maker: Maker, file: Path) -> None:
    """Of all that she gave and of who has looked at it."""
    file.write_bytes(maker.proof())
    result = verify_receipt(file)
    assert result.code == ALONE, result.text
    for step in ("mentoring_requested", "business_number_given", "attachment_added", "personal_data_opened"):
        assert f"zi.intake.{step}" in result.text


# -- on paper, and once


def test_a_letter_to_the_health_office_is_taken_along_on_paper(
    visit: Visit, mentoring: Mentoring, tmp_path: Path
) -> None:
    case = mentoring.mentored("Mangga", SAMBAL)
    mentor, maker = MentoringDesk(visit(), MENTOR), Maker.of(visit(narrow=True), "Mangga", case)
    assert maker.next().startswith("Kami buatkan surat pengantar")
    mentor.opens(maker.ticket)
    mentor.visitor.write({"note": "Sambal matang dalam botol, tahan tiga bulan."})
    mentor.visitor.press("Buat surat dan rujuk")
    mentor.visitor.press("Buka suratnya")
    assert "Dapur Mangga" in mentor.visitor.text
    assert maker.next() == "Berikutnya: bawa surat kami ke Dinas Kesehatan"
    maker.visitor.follow("Buka suratnya")
    paper = printed(maker.page, tmp_path)
    for text in ("Dapur Mangga", SAMBAL["name"], "tahan tiga bulan", maker.ticket, "Tanggal, nama dan cap"):
        assert text in paper
    assert "Cetak halaman ini" not in paper
    assert "Bantuan usaha pangan" not in paper
    maker.look()
    maker.visitor.unfold("Dinas Kesehatan mengirim saya kembali")
    maker.visitor.press("Saya dikirim kembali")
    assert maker.next().startswith("Petugas menentukan jalur produk Anda")


def printed(page: Page, folder: Path) -> str:
    """Return what can be read on the sheets."""
    file = folder / "letter.pdf"
    page.pdf(path=file, format="A4")
    return ran("pdftotext", "-layout", str(file), "-")


def test_what_she_has_said_is_taken_over_by_her_application_for_letters(
    visit: Visit, mentoring: Mentoring
) -> None:
    case = mentoring.requested("Nangka", nib_of("Nangka"))
    applicant = Applicant(visit(), "Nangka")
    applicant.requests()
    maker = Maker.of(visit(narrow=True), "Nangka", case)
    agrees(maker, applicant.ticket)
    visitor, take = applicant.visitor, f"Ambil alamat dari kasus pendampingan {maker.ticket}"
    await_(lambda: offered(applicant, take))
    visitor.write({"hs_codes": "2103.90.12"})
    visitor.press(take)
    assert visitor.values(["warehouse", "hs_codes"]) == {
        "warehouse": "Jalan Nangka 1, Nunukan",
        "hs_codes": "2103.90.12",
    }
    visitor.go(f"{applicant.here}/account")
    assert visitor.values(["warehouse"]) == {"warehouse": ""}  # looked up, and not saved
    looked_up_and_taken_back(maker, applicant.ticket)
    await_(lambda: not offered(applicant, take))


def agrees(maker: Maker, to: str) -> None:
    maker.look()
    maker.visitor.unfold("Setuju untuk satu permohonan")
    maker.visitor.write({"to": "12"})
    maker.visitor.press("Saya setuju permohonan ini mengambilnya")
    assert maker.wrong() == ["to"]
    assert maker.visitor.values(["to"]) == {"to": "12"}
    maker.visitor.write({"to": to})
    maker.visitor.press("Saya setuju permohonan ini mengambilnya")
    assert f"Anda setuju bahwa permohonan {to} mengambil data Anda dari sini" in maker.visitor.text


def offered(applicant: Applicant, button: str) -> bool:
    applicant.visitor.go(f"{applicant.here}/account")
    return applicant.visitor.page.get_by_role("button", name=button).count() == 1


def looked_up_and_taken_back(maker: Maker, to: str) -> None:
    """She sees that it was, and says that it is enough."""
    maker.visitor.go(f"/track/{maker.ticket}")
    assert "diambil ke dalam permintaan surat keterangannya" in maker.visitor.text
    maker.look()
    maker.visitor.press(f"Tarik kembali persetujuan ({to})")
    assert "Anda setuju bahwa permohonan" not in maker.visitor.text


# -- signed in


def test_whoever_signs_in_for_a_business_needs_no_code(visit: Visit) -> None:
    visitor = visit(narrow=True)
    visitor.go(REQUEST)
    visitor.follow("Usaha Anda punya akun di sini? Masuk dahulu.")
    visitor.press("applicant")
    assert visitor.path == REQUEST
    visitor.write(kitchen("Pepaya"))
    visitor.press("Kirim permintaan")
    ticket = visitor.page.locator(".keep dd").first.inner_text()
    visitor.context.clear_cookies(name="zi_case")

    def is_listed() -> bool:
        visitor.go("/umkm/")
        return visitor.page.get_by_role("link", name=ticket).count() == 1

    await_(is_listed)
    visitor.follow(ticket)
    assert "Berikutnya: sebutkan produk Anda" in visitor.text


# -- everybody


@dataclass(frozen=True)
class Cases:
    """`found` waits for somebody to look at what was put right, `applied` for its permit."""

    new: OpenedCase
    found: OpenedCase
    referred: OpenedCase
    applied: OpenedCase
    trip: str


@pytest.fixture(scope="module")
def cases(mentoring: Mentoring) -> Cases:
    new = mentoring.requested("Rambutan")
    referred = mentoring.mentored("Salak", SAMBAL)
    mentoring.done(referred, "refer", {"note": "Sambal matang dalam botol."}, MENTOR)
    found = mentoring.mentored("Sawo", nib=nib_of("Sawo"))
    mentoring.looked_at_itself(found, {SHELVES})
    mentoring.visited(found, {WATER})
    mentoring.done(found, "agree", {"item": WATER, "plan": PLAN})
    mentoring.send(found, "give-evidence", item=WATER)
    applied = mentoring.mentored("Sirsak", nib=nib_of("Sirsak"))
    mentoring.looked_at_itself(applied)
    mentoring.visited(applied)
    mentoring.complete(applied)
    mentoring.done(applied, "apply-for-permit")
    trip = planned(mentoring, plan_of("2030-01-21", found))
    return Cases(new, found, referred, applied, trip)


def test_every_page_of_mentoring_is_open_to_everybody(browser: Browser, house: House, cases: Cases) -> None:
    """In Indonesian on a phone; tests/umkm looks at them in every state and in both languages."""
    visitor = Visitor(browser, house.public_url, examines=True)
    found, paths = list[str](), set[str]()
    for name in tour(visitor, cases):
        paths.add(visitor.path.partition("?")[0])
        found += hindrances(visitor.page, name)
    visitor.context.close()
    assert not found, "\n".join(found)
    assert unseen_pages("umkm", paths) == []


def test_what_a_mentor_writes_at_the_desk_outlives_a_reload(visit: Visit, cases: Cases) -> None:
    visitor = visit(script=True)
    MentoringDesk(visitor, MENTOR)
    outlives_a_reload(visitor, f"{DESK}cases/{cases.found['ticket']}")


def tour(visitor: Visitor, cases: Cases) -> Iterator[str]:
    """Each page once; the states in which a page can be are looked at where they are made."""
    yield from _anybody(visitor)
    for name, parts in CASE_PAGES.items():
        case: OpenedCase = getattr(cases, name)
        visitor.open_case(case["ticket"], case["code"])
        for part in parts:
            yield _opened_path(visitor, part.format(case["ticket"]))
    visitor.go("/umkm/cases/00000000")
    yield "no such case"
    yield from _desks(visitor, cases)
    yield from _training(visitor)


CASE_PAGES = {
    "new": ("/track/{}", "/umkm/cases/{}", "/umkm/cases/{}/business", "/umkm/cases/{}/products/new"),
    "found": (
        *("/umkm/cases/{}", "/umkm/cases/{}/findings", f"/umkm/cases/{{}}/findings/{WATER}"),
        *("/umkm/cases/{}/assessment", "/umkm/cases/{}/assessment/bangunan"),
    ),
    "referred": ("/umkm/cases/{}/referral-letter",),
    "applied": (
        *("/umkm/cases/{}/documents", "/umkm/cases/{}/products/1", "/umkm/cases/{}/products/1/change"),
        *("/umkm/cases/{}/handover", "/umkm/cases/{}/handover/products/1"),
    ),
}


OPEN_PAGES = (
    *("/umkm/", "/umkm/statistics", "/umkm/permits", "/umkm/letters/", "/umkm/letters/answer"),
    "/umkm/letters/SR-2026-000001",
)


def _anybody(visitor: Visitor) -> Iterator[str]:
    for path in (*OPEN_PAGES, REQUEST):
        yield _opened_path(visitor, path)
    visitor.page.locator("main form button").last.click()
    yield "request with mistakes"
    visitor.write(kitchen("Tampui"))
    visitor.page.locator("main form button").last.click()
    unfolded(visitor)
    yield "receipt"


def _desks(visitor: Visitor, cases: Cases) -> Iterator[str]:
    """Of each official, and the case in which they have something to do, with what is personal in it."""
    plan = "trips/plan?where=nunukan"
    desks = {
        "supervisor": (cases.new, ["", "board", "trips", f"trips/{cases.trip}"]),
        "evaluator": (cases.applied, ["lists/permits"]),
        "officer": (cases.found, ["", "lists/findings", "lists/numbers", "lists/letters"]),
        MENTOR: (cases.found, ["", "../visits/", "trainings", "lists/cases", "lists/visits", plan]),
    }
    for person, (case, paths) in desks.items():
        visitor.context.clear_cookies(name="zi_staff")
        desk = MentoringDesk(visitor, person)
        for path in paths:
            yield _opened_path(visitor, DESK + path)
        desk.opens(case["ticket"])
        visitor.page.locator('form[action*="/open"] button').click()
        unfolded(visitor)
        yield f"case at the desk of a {person}"
    yield _opened_path(visitor, f"{DESK}cases/{cases.referred['ticket']}")
    for part in ("new", "1/change", "1/label"):
        yield _opened_path(visitor, f"{DESK}cases/{cases.found['ticket']}/products/{part}")


def _training(visitor: Visitor) -> Iterator[str]:
    visitor.go(f"{DESK}trainings")
    unfolded(visitor)
    planned = {"topic": "label", "district": "nunukan", "begins": "2030-01-20T09:00", "places": "20"}
    visitor.write(planned)
    visitor.page.locator("main form button").last.click()
    yield "training"


def _opened_path(visitor: Visitor, path: str) -> str:
    visitor.read(path)
    unfolded(visitor)
    return path


@pytest.mark.parametrize("path", ["/umkm/", REQUEST])
def test_a_first_page_of_mentoring_is_light(visit: Visit, path: str) -> None:
    visitor = visit(narrow=True)
    sizes: list[int] = []
    visitor.page.on("response", lambda answer: sizes.append(len(answer.body())))
    visitor.page.goto(visitor.origin + path, wait_until="networkidle")
    assert len(sizes) >= 3  # page, style, icon
    assert sum(sizes) < LARGEST


def test_mentoring_is_asked_for_by_keyboard(visit: Visit) -> None:
    visitor = visit()
    visitor.go(REQUEST)
    for name, text in kitchen("Ubi").items():
        reach(visitor.page, name)
        if name == "district":
            visitor.page.keyboard.press("ArrowDown")
        else:
            visitor.page.keyboard.type(text)
    visitor.page.keyboard.press("Enter")  # sends, and adds no product
    visitor.page.wait_for_url("**/receipt")
