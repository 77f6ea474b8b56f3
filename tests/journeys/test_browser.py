"""The main job as people do it: in the browser of a cheap phone that runs no script."""

import re
import shutil
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image
from playwright.sync_api import Browser, Route, TimeoutError
from tests.intake.sample_files import photo
from tests.journeys import records
from tests.journeys.browser import COMPLAINT_STEPS, Visitor, chromium
from tests.journeys.citizens import Citizen
from tests.journeys.door import Door
from tests.journeys.house import House, await_
from tests.journeys.incident_story import PAGES, publish_incident
from tests.journeys.story import foreign_library_agrees
from tests.journeys.tools import ALONE, ToolResult, verify_receipt
from tests.taken_evidence import take

from zi_chassis.access.case_token import CaseTokens
from zi_chassis.settings import Settings

pytestmark = [pytest.mark.journey, pytest.mark.browser]

FORM = {
    "text": "Sambal ini saya beli hari Sabtu. Tutupnya menggembung dan baunya asam.",
    "district": "tarakan",
    "product.commodity": "pangan_olahan",
    "product.name": "Sambal Rekaan Pedas",
    "reporter.name": "Siti Rekaan",
    "reporter.email": "siti.rekaan@contoh.example",
}
FIXED = {"kind": "product"}
QUESTION = "Di warung mana Anda membelinya?"
REPLY = "Di Kios Rekaan, Jalan Contoh 12."
ANSWER = "Terima kasih. Kami sudah menarik 24 botol dari rak kios itu."
GPS = 0x8825
MAILS = 7  # one a status: filed, acknowledged, assigned, asked, replied, answered, closed
HINT = "Lanjutkan dulu sebelum memuat ulang halaman ini"
NOBODY = "0000-0000-0000"
UNSHARED = ["unshare", "--net"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture
def visit(browser: Browser, house: House) -> Iterator[Callable[..., Visitor]]:
    """A browser of their own for each who comes."""
    visitors: list[Visitor] = []

    def come(**wishes: Any) -> Visitor:
        visitors.append(Visitor(browser, house.public_url, **wishes))
        return visitors[-1]

    yield come
    for visitor in visitors:
        visitor.context.close()


Visit = Callable[..., Visitor]


def file(citizen: Visitor) -> tuple[str, str]:
    """Ticket and code, read from the receipt."""
    citizen.go("/complaints/new")
    citizen.answer(FORM)
    citizen.press("Kirim pengaduan")
    return read_receipt(citizen)


def read_receipt(citizen: Visitor) -> tuple[str, str]:
    citizen.page.locator(".keep dd").first.wait_for()
    ticket, code = citizen.page.locator(".keep dd").all_inner_texts()
    assert citizen.path == f"/track/{ticket}/receipt"
    assert ticket.isalnum()
    return ticket, code


def take_up(officer: Visitor, ticket: str) -> None:
    officer.sign_in("officer")
    officer.go(f"/desk/?text={ticket}")  # what others filed in this house may fill the first page
    officer.follow(ticket)
    officer.press("Proses tiket ini")
    officer.press("Saya yang menangani")


def answer(officer: Visitor) -> None:
    officer.write({"answer": ANSWER})
    officer.press("Kirim jawaban")


# -- the whole way


def test_a_citizen_and_an_officer_go_the_whole_way(visit: Visit, tmp_path: Path) -> None:
    citizen, officer = visit(), visit()
    ticket, code = file(citizen)
    confirm_the_address(citizen)
    citizen.go(f"/track/{ticket}/receipt")
    add_photo(citizen)
    citizen = visit()  # another day, with nothing but the slip of paper
    citizen.open_case(ticket, code)
    assert FORM["text"] in citizen.text
    take_up(officer, ticket)
    read_personal_data(officer)
    ask_and_reply(officer, citizen)
    answer(officer)
    officer.press("Tutup tiket")
    citizen.page.reload()
    assert all(text in citizen.text for text in (QUESTION, REPLY, ANSWER, "Tiket ini sudah ditutup"))
    every_step_names_its_ledger_entry(citizen)
    the_mails_came(citizen, ticket)
    the_evidence_holds(citizen, ticket, tmp_path / "evidence.zip")
    the_page_that_checks_agrees(visit(script=True), tmp_path / "evidence.zip")


def confirm_the_address(citizen: Visitor) -> None:
    def mail_came() -> bool:
        citizen.go("/notify/mailbox")
        return FORM["reporter.email"] in citizen.text

    await_(mail_came)
    row = citizen.page.locator("tr", has_text=FORM["reporter.email"]).last
    row.get_by_role("link").click()
    citizen.page.locator('.message a[href*="/notify/mail/"]').first.click()
    citizen.press("Ya, kirimi saya kabar")
    assert "Alamat atau nomor Anda sudah dikonfirmasi" in citizen.text


def add_photo(citizen: Visitor) -> None:
    content = photo()
    assert Image.open(BytesIO(content)).getexif().get_ifd(GPS)
    citizen.page.set_input_files('[name="file"]', upload(content))
    citizen.press("Tambahkan berkas")
    assert "Berkas ditambahkan" in citizen.text
    assert "(1 dari 5 sudah ada)" in citizen.text


def read_personal_data(officer: Visitor) -> None:
    """Closed until a purpose is named; the photo says no more where it was taken."""
    assert not any(personal in officer.text for personal in personal_data())
    officer.press("Buka data pribadi")
    assert "Mohon isi bagian ini." in officer.text
    officer.write({"purpose": "handling"})
    officer.press("Buka data pribadi")
    assert all(personal in officer.text for personal in personal_data())
    source = officer.page.get_by_role("img", name="Gambar yang dikirim").get_attribute("src")
    assert source is not None
    image = Image.open(BytesIO(b64decode(source.partition("base64,")[2])))
    assert dict(image.getexif()) == {}


def personal_data() -> list[str]:
    return [FORM[name] for name in ("text", "product.name", "reporter.name", "reporter.email")]


def ask_and_reply(officer: Visitor, citizen: Visitor) -> None:
    officer.write({"question": QUESTION})
    officer.press("Kirim pertanyaan")
    citizen.page.reload()
    assert "Kami perlu balasan Anda" in citizen.text
    assert "Keperluan: menangani tiket." in citizen.text
    citizen.write({"text": REPLY})
    citizen.press("Kirim balasan")
    officer.page.reload()


def every_step_names_its_ledger_entry(citizen: Visitor) -> None:
    def numbered() -> bool:
        citizen.page.reload()
        steps = citizen.page.locator(".timeline > li").all_inner_texts()
        assert all(re.search(r"Catatan publik nomor \d+", step) for step in steps)
        return len(steps) > MAILS

    def receipt() -> str | None:
        """None where the download did not begin in time: on a busy machine it is asked for again."""
        try:
            with citizen.page.expect_download(timeout=10_000) as download:
                citizen.page.locator(".timeline a").first.click()
        except TimeoutError:
            citizen.page.goto(here)
            return None
        return download.value.path().read_text()

    await_(numbered)
    here = citizen.page.url
    assert await_(receipt).startswith("c2sp.org/tlog-proof@v1")


def the_mails_came(citizen: Visitor, ticket: str) -> None:
    to_the_citizen = citizen.page.locator("tr", has_text=FORM["reporter.email"])  # officials are told too
    links = to_the_citizen.get_by_role("link", name=ticket)

    def all_of_them() -> bool:
        citizen.go("/notify/mailbox")
        return links.count() == MAILS

    await_(all_of_them)
    links.first.click()
    assert ticket in citizen.text
    assert FORM["reporter.email"] in citizen.text

    def each_is_told() -> bool:
        citizen.go(f"/track/{ticket}")
        citizen.unfold("kabar untuk Anda")
        messages = citizen.page.locator("details[open] li", has_text="Email, ").all_inner_texts()
        assert all("diserahkan untuk dikirim" in each for each in messages), messages
        return len(messages) == MAILS

    await_(each_is_told)


def the_evidence_holds(citizen: Visitor, ticket: str, file: Path) -> None:
    def whole() -> bool:
        citizen.go(f"/track/{ticket}")
        citizen.unfold("Bukti")
        with citizen.page.expect_download() as download:
            citizen.follow("Unduh bukti")
        download.value.save_as(file)
        return not take(file.read_bytes()).pending

    await_(whole)
    result = verified_without_network(file)
    assert result.code == ALONE, result.text
    assert "included and matching" in result.text.splitlines()[-1].lower()
    foreign_library_agrees(take(file.read_bytes()))


def the_page_that_checks_agrees(reader: Visitor, file: Path) -> None:
    """Behind the gateway, under its own policy; the keys are the ones that the page shows, as if they had been printed."""
    reader.go("/audit/verify")
    reader.page.set_input_files("#files", file)
    reader.press("Periksa")
    reader.page.wait_for_selector("#verdict:focus")
    assert "tidak dibandingkan dengan apa pun" in reader.page.inner_text("#result .notice").lower()
    keys = reader.page.locator("#office-policy").text_content()
    assert keys
    reader.page.fill("#pins", keys)
    reader.press("Periksa")
    reader.page.wait_for_selector("#result .good")
    assert reader.page.inner_text("#verdict").startswith("Tercantum dan cocok")
    assert FORM["reporter.name"] not in reader.text


def test_the_proof_is_checked_where_it_stands(visit: Visit) -> None:
    """By the checker of the ledger; a proof that is none, or none of this case, never holds."""
    citizen, stranger = visit(script=True), visit()
    file(citizen)
    citizen.follow("Lihat tiket saya")
    citizen.unfold("Bukti")
    await_(lambda: verdict_of_page(citizen) == ("not_compared", True))
    other = proof_of_another(stranger)
    for content in (b"PK\x03\x04 nonsense", b"", other):
        citizen.page.route("**/evidence", answering(content))
        status, holds = verdict_of_page(citizen)
        assert (status in ("fail", "lacking", "nothing_checked", "broken"), holds) == (True, False), status
        citizen.page.unroute("**/evidence")
    citizen.page.route("**/evidence", lambda route: route.abort())
    assert verdict_of_page(citizen) == ("broken", False)


def answering(body: bytes) -> Callable[[Route], None]:
    return lambda route: route.fulfill(body=body)


def proof_of_another(other: Visitor) -> bytes:
    """Return the whole proof of another case."""
    ticket, _ = file(other)

    def proof() -> bytes | None:
        content = other.context.request.get(f"{other.origin}/track/{ticket}/evidence").body()
        return content if content.startswith(b"PK") and not take(content).pending else None

    return await_(proof)


def verdict_of_page(citizen: Visitor) -> tuple[str, bool]:
    """Return the status of a new check of the page, and whether it says that the proof holds."""
    box = citizen.page.locator("#proof-check")
    box.evaluate("box => delete box.dataset.status")
    citizen.press("Periksa bukti sekarang")
    citizen.page.wait_for_selector("#proof-check[data-status]")
    return box.get_attribute("data-status") or "", box.inner_text().startswith("Sesuai")


def verified_without_network(file: Path) -> ToolResult:
    """In a network of its own, where nothing is, if this machine lets us; otherwise without a socket."""
    if shutil.which(UNSHARED[0]) is None or subprocess.run([*UNSHARED, "true"]).returncode:
        return verify_receipt(file)
    line = [*UNSHARED, sys.executable, "-m", "zi_verify.main", "receipt", str(file)]
    done = subprocess.run(line, capture_output=True, text=True, timeout=120)
    return ToolResult(done.returncode, done.stdout + done.stderr)


# -- other ways


def test_who_is_not_content_reopens_the_case(visit: Visit) -> None:
    citizen, officer = visit(), visit()
    ticket, _ = file(citizen)
    take_up(officer, ticket)
    answer(officer)
    citizen.follow("Lihat tiket saya")
    assert "Sudah kami jawab" in citizen.text
    citizen.unfold("Belum puas?")
    citizen.write({"text": "Botolnya masih dijual."})
    citizen.press("Buka kembali tiket")
    assert "Botolnya masih dijual." in citizen.text
    assert "Tiket dibuka kembali" in citizen.text


def test_a_case_is_withdrawn_for_good(visit: Visit) -> None:
    citizen = visit()
    file(citizen)
    citizen.follow("Lihat tiket saya")
    citizen.unfold("Tarik laporan ini")
    citizen.press("Ya, tarik laporan ini")
    assert "Tiket ini sudah Anda tarik" in citizen.text
    assert citizen.page.get_by_role("button", name="Ya, tarik laporan ini").count() == 0


def test_a_question_is_asked_without_a_name(visit: Visit) -> None:
    citizen = visit()
    citizen.go("/consultations/new")
    citizen.choose("protection.anonymous", "yes")
    assert not citizen.page.locator("#field-reporter-name").is_visible()
    citizen.write({"topic": "labelling", "text": "Apa yang wajib ada di label?", "district": "nunukan"})
    citizen.press("Kirim pertanyaan")
    read_receipt(citizen)
    assert "Anda tidak memberi alamat email." in citizen.text


def test_the_other_language_is_one_press_away_and_is_kept(visit: Visit) -> None:
    citizen = visit()
    citizen.go("/complaints/new")
    assert citizen.page.get_by_role("heading", name="Buat pengaduan").count() == 1
    citizen.follow("English")
    assert citizen.page.get_by_role("heading", name="Make a complaint").count() == 1
    citizen.go("/track")
    assert citizen.page.locator("html").get_attribute("lang") == "en"
    citizen.go("/audit/")
    assert citizen.page.get_by_role("heading", name="The ledger", exact=True).count() == 1
    citizen.follow("Bahasa Indonesia")
    assert citizen.page.get_by_role("heading", name="Catatan publik", exact=True).count() == 1


# -- what goes wrong


def test_what_is_wrong_is_named_and_all_that_was_typed_is_kept(visit: Visit) -> None:
    """In the step where it is, which is not left before."""
    citizen = visit()
    citizen.go("/complaints/new")
    citizen.go_on()
    assert mistakes(citizen) == ["#field-text"]
    wrong = FORM | {"district": "", "reporter.email": "siti@contoh", "place.link": "warung"}
    citizen.write_step(wrong, 0)
    citizen.go_on()
    citizen.write_step(wrong, 1)
    citizen.go_on()
    assert mistakes(citizen) == ["#field-district", "#field-place-link"]
    citizen.write({"district": "tarakan", "place.link": ""})
    citizen.go_on()
    citizen.write_step(wrong, 2)
    citizen.go_on()
    assert mistakes(citizen) == ["#field-reporter-email"]
    assert citizen.values(FORM) == FORM | {"reporter.email": "siti@contoh"}
    citizen.write({"reporter.email": FORM["reporter.email"]})
    citizen.go_on()
    citizen.press("Kirim pengaduan")
    read_receipt(citizen)


def mistakes(citizen: Visitor) -> list[str | None]:
    links = citizen.page.get_by_role("alert").get_by_role("link").all()
    return [link.get_attribute("href") for link in links]


@pytest.mark.parametrize("script", [False, True])
def test_a_complaint_takes_four_answers_and_six_taps(visit: Visit, script: bool) -> None:
    """Of links and buttons; an answer is none."""
    citizen = visit(script=script)
    citizen.go("/")
    citizen.follow("Buat pengaduan")
    citizen.write({"text": FORM["text"]})
    citizen.go_on()
    citizen.write({name: FORM[name] for name in ("district", "product.commodity")})
    citizen.go_on()
    citizen.choose("protection.anonymous", "yes")
    citizen.go_on()
    citizen.press("Kirim pengaduan")
    read_receipt(citizen)


def test_answers_are_checked_changed_and_sent_with_a_photo(visit: Visit) -> None:
    citizen = visit()
    citizen.go("/complaints/new")
    citizen.answer(FORM)
    assert all(text in citizen.text for text in personal_data())
    assert "Siti" not in citizen.path
    citizen.press("Ubah: Produk atau tempat")
    assert citizen.values(FORM) == FORM
    citizen.write({"product.name": "Sambal Rekaan Manis"})
    citizen.go_on()
    citizen.go_on()
    assert "Sambal Rekaan Manis" in citizen.text
    citizen.page.set_input_files('[name="file"]', upload(photo()))
    citizen.press("Kirim pengaduan")
    ticket, _ = read_receipt(citizen)
    assert "Berkas Anda sudah" in citizen.text
    citizen.go(f"/track/{ticket}")
    citizen.unfold("Tambahkan foto atau dokumen")
    assert "(1 dari 5 sudah ada)" in citizen.text


def upload(content: bytes) -> Any:
    return {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": content}


def test_with_a_script_a_broken_line_loses_no_text_and_says_so(visit: Visit) -> None:
    """The form stays; loaded anew, or opened in another window, it has all but name and contact; after sending nothing is left."""
    citizen = visit(script=True)
    citizen.go("/complaints/new")
    citizen.context.set_offline(True)
    citizen.answer(FORM)
    no_line(citizen)
    assert citizen.values(FORM) == FORM
    citizen.context.set_offline(False)
    stored_texts = {name: text for name, text in FORM.items() if not name.startswith("reporter.")}
    citizen.page.close()
    citizen.page = citizen.context.new_page()
    citizen.go("/complaints/new")
    await_(lambda: citizen.values(["text"])["text"])
    assert citizen.values(FORM) == FORM | stored_texts | {"reporter.name": "", "reporter.email": ""}
    citizen.page.reload()
    assert citizen.values(stored_texts) == stored_texts
    citizen.answer(FORM)
    citizen.context.set_offline(True)
    citizen.press("Kirim pengaduan")
    no_line(citizen)
    citizen.context.set_offline(False)
    citizen.press("Kirim pengaduan")
    read_receipt(citizen)
    assert drafts(citizen) == 0
    a_photo_is_made_smaller(citizen)


def no_line(citizen: Visitor) -> None:
    assert "Tidak ada sambungan." in citizen.page.get_by_role("alert").inner_text()


def drafts(citizen: Visitor) -> int:
    return int(citizen.page.evaluate("localStorage.length + sessionStorage.length"))


def a_photo_is_made_smaller(citizen: Visitor) -> None:
    picture, content = Image.effect_noise((3000, 2000), 60).convert("RGB"), BytesIO()
    picture.save(content, "JPEG", quality=92)
    citizen.page.set_input_files('[name="file"]', upload(content.getvalue()))
    await_(
        lambda: citizen.page.evaluate("document.querySelector('[name=file]').files[0].name") == "photo.jpg"
    )
    size = citizen.page.evaluate("document.querySelector('[name=file]').files[0].size")
    assert size < len(content.getvalue()) / 1.5
    citizen.press("Tambahkan berkas")
    assert "Berkas ditambahkan" in citizen.text


@pytest.mark.parametrize("script", [False, True])
def test_what_others_have_reported_is_joined_before_sending(visit: Visit, house: House, script: bool) -> None:
    """The officials find it with the others; its own page says that it is joined, and nothing of them. To send it alone is the standard."""
    with house.client() as client:
        published = publish_incident(Door(client, house.staff))
        tickets = [
            file_about(visit(script=script), published.answers, each) for each in (published.incident, "")
        ]
        desk = client.get(published.page, headers=house.staff() | PAGES).text
    assert [ticket in desk for ticket, _ in tickets] == [True, False]
    joined, code = tickets[0]
    citizen = visit(script=script)
    citizen.open_case(joined, code)
    page = citizen.page.content()
    assert FORM["text"] in citizen.text
    assert (published.title in page, published.incident in page) == (False, False)
    others = set(re.findall(r"/desk/cases/(\w+)", desk)) - {joined}
    assert len(others) == 2
    assert not any(other in page for other in others)
    await_(lambda: records.settled(house))
    steps = [
        each["type"] for each in map(records.parse, records.logged(house.data)) if each["subject"] == joined
    ]
    assert {"zi.intake.complaint_filed", "zi.intake.case_linked"} <= set(steps)


def file_about(citizen: Visitor, answers: dict[str, str], joins: str) -> tuple[str, str]:
    """Return ticket and code of a complaint that joins this incident, or none."""
    citizen.go("/complaints/new")
    citizen.answer(FORM | answers)
    assert citizen.page.locator('[name="joins"][value=""]').is_checked()
    citizen.choose("joins", joins)
    citizen.press("Kirim pengaduan")
    return read_receipt(citizen)


def test_a_draft_is_discarded_and_a_protected_one_ends_with_the_window(visit: Visit) -> None:
    citizen = visit(script=True)
    citizen.go("/complaints/new")
    citizen.write({"text": FORM["text"]})
    await_(lambda: drafts(citizen) == 1)
    citizen.press("Hapus")
    assert (citizen.values(["text"])["text"], drafts(citizen)) == ("", 0)
    for step in (0, 1):
        citizen.write_step(FORM, step)
        citizen.go_on()
    citizen.choose("protection.confidential", "yes")
    await_(lambda: citizen.page.evaluate("sessionStorage.length === 1 && localStorage.length === 0"))
    citizen.page.close()
    citizen.page = citizen.context.new_page()
    citizen.go("/complaints/new")
    assert citizen.values(["text"])["text"] == ""


@pytest.mark.parametrize("script", [False, True])
def test_back_and_reload_lose_no_text(visit: Visit, script: bool) -> None:
    """Each step that was left is there after a reload, and all after going back and forward; a step that is being written needs the script
    for a reload, and what it keeps has no name and no contact."""
    citizen = visit(script=script)
    citizen.go("/complaints/new")
    sent: list[str] = []
    for step, names in enumerate(COMPLAINT_STEPS):
        citizen.write_step(FORM, step)
        assert (HINT in citizen.text) is not script, step
        of_step = [name for name in FORM if name.partition(".")[0] in names]
        citizen.page.reload()
        remaining = [
            name for name in (*sent, *of_step) if name in sent or (script and "reporter" not in name)
        ]
        assert citizen.values(remaining) == {name: FORM[name] for name in remaining}, step
        citizen.write_step(FORM, step)
        citizen.go_on()
        sent += of_step
    citizen.page.reload()
    assert all(text in citizen.text for text in personal_data())
    citizen.page.go_back()
    assert citizen.values(FORM) == FORM
    citizen.page.go_back()
    citizen.page.go_back()
    assert citizen.page.locator("#field-text").is_visible()
    assert citizen.values(["text"]) == {"text": FORM["text"]}
    for _ in range(3):
        citizen.page.go_forward()
    assert all(text in citizen.text for text in personal_data())
    citizen.press("Kirim pengaduan")
    read_receipt(citizen)


def test_words_on_the_own_case_outlive_a_reload_until_they_are_sent(visit: Visit, house: House) -> None:
    """With a script, in the window alone: what was sent is gone, what was not stays, another case has nothing of it, and "done" ends all."""
    with house.client() as client:
        door = Door(client, house.staff)
        filed, other = (door.file(Citizen(number, f"drafts {uuid4()}").body) for number in range(2))
        door.office(filed, "acknowledge")
        door.office(filed, "assign", {"officer": "officer"})
        citizen, added, reply = visit(script=True), {"added": FORM["text"]}, {"text": REPLY}
        citizen.open_case(filed["ticket"], filed["code"])
        citizen.unfold("Tambah, koreksi, atau keberatan")
        citizen.choose("added.kind", "correction")
        citizen.write(added)
        for _ in range(2):
            citizen.page.reload()
            assert citizen.values(added) == added
            assert citizen.page.locator('[name="added.kind"][value="correction"]').is_checked()
            assert citizen.page.locator('[name="added"]').is_visible()
        door.office(filed, "ask", {"text": QUESTION})
    citizen.page.reload()
    citizen.write(reply)
    citizen.open_case(other["ticket"], other["code"])
    assert citizen.values(["added"]) == {"added": ""}
    citizen.open_case(filed["ticket"], filed["code"])
    assert citizen.values(reply) == reply
    citizen.context.set_offline(True)
    send_without_line(citizen)
    citizen.context.set_offline(False)
    citizen.page.go_back()
    assert citizen.values(reply) == reply
    too_late(citizen, house, filed["ticket"])
    citizen.press("Kirim balasan")
    citizen.open_case(filed["ticket"], filed["code"])
    assert citizen.values(reply) == reply
    stored = citizen.page.evaluate(
        "Object.values(sessionStorage).flatMap((each) => Object.keys(JSON.parse(each).fields))"
    )
    assert {name.partition("=")[0] for name in stored} == {"text", "added", "added.kind"}
    citizen.press("Kirim balasan")
    assert "Balasan Anda sudah" in citizen.text
    citizen.page.reload()
    assert citizen.page.locator('[name="text"]').count() == 0
    assert citizen.values(added) == added
    assert drafts(citizen) == 1
    citizen.page.locator('form[action$="/leave"] button').click()
    citizen.page.wait_for_url("**/track")
    assert drafts(citizen) == 0


def test_an_answer_that_is_not_sent_outlives_a_reload_and_no_sign_out(visit: Visit, house: House) -> None:
    """Also while a document is added. A colleague who signs in in the same window finds nothing, though nobody signed out on the page."""
    with house.client() as client:
        door = Door(client, house.staff)
        filed = door.file(Citizen(2, f"drafts {uuid4()}").body)
    officer, written = visit(script=True), {"answer": ANSWER, "note": REPLY}
    take_up(officer, filed["ticket"])
    case = f"/desk/cases/{filed['ticket']}"
    officer.write(written)
    officer.page.reload()
    assert officer.values(written) == written
    officer.unfold("Dokumen untuk jawaban")
    officer.page.set_input_files('form[action$="/answer-files"] [name="file"]', upload(photo()))
    officer.press("Tambahkan dokumen")
    assert officer.values(written) == written
    officer.press("Kirim jawaban")
    officer.page.reload()
    assert officer.page.locator('[name="answer"]').count() == 0
    assert officer.values(["note"]) == {"note": REPLY}
    officer.go("/desk/")
    officer.press("Keluar")
    officer.sign_in("supervisor")
    officer.go(case)
    assert (officer.values(["note"]), drafts(officer)) == ({"note": ""}, 0)
    officer.write({"note": ANSWER})
    await_(lambda: drafts(officer) == 1)
    officer.press("Keluar")
    officer.go("/")
    assert drafts(officer) == 0


@pytest.mark.parametrize("script", [False, True])
def test_the_other_language_in_the_middle_of_a_form_loses_no_text(visit: Visit, script: bool) -> None:
    """It leads to the first step. With a script all is there again; without one the way back has it."""
    citizen = visit(script=script)
    citizen.go("/complaints/new")
    citizen.write_step(FORM, 0)
    citizen.go_on()
    citizen.write_step(FORM, 1)
    citizen.follow("English")
    assert citizen.page.get_by_role("heading", name="Make a complaint").count() == 1
    if not script:
        citizen.page.go_back()
    typed = of_steps(1)
    await_(lambda: citizen.values(["text"])["text"])
    assert citizen.values(typed) == {name: FORM[name] for name in typed}


def test_the_way_back_on_the_page_keeps_what_later_steps_have(visit: Visit) -> None:
    citizen = visit()
    citizen.go("/complaints/new")
    for step in (0, 1):
        citizen.write_step(FORM, step)
        citizen.go_on()
    citizen.write_step(FORM, 2)
    for _ in range(2):
        citizen.page.locator(".step:visible a.quiet").click()
    assert citizen.page.locator("#field-text").is_visible()
    citizen.go_on()
    assert citizen.values(FORM) == FORM


def test_without_a_script_a_broken_line_loses_no_text(visit: Visit) -> None:
    """Sent without a line and gone back: what was typed is there. Sent again and loaded anew with a line, it is filed."""
    citizen = visit()
    citizen.go("/")
    citizen.follow("Buat pengaduan")
    for step in range(len(COMPLAINT_STEPS)):
        citizen.write_step(FORM, step)
        citizen.context.set_offline(True)
        send_without_line(citizen)
        citizen.page.go_back()
        assert citizen.values(FORM).items() >= {name: FORM[name] for name in of_steps(step)}.items()
        citizen.context.set_offline(False)
        citizen.go_on()
    citizen.context.set_offline(True)
    send_without_line(citizen)
    citizen.page.go_back()
    assert all(text in citizen.text for text in personal_data())
    send_without_line(citizen)
    citizen.context.set_offline(False)
    citizen.page.reload()
    read_receipt(citizen)


@pytest.mark.parametrize("kind", ["consultations", "suggestions"])
def test_what_is_mended_after_a_refusal_outlives_a_broken_line(visit: Visit, kind: str) -> None:
    """Without a script: refused once, mended, sent without a line, gone back to, and sent."""
    citizen = visit()
    citizen.go(f"/{kind}/new")
    citizen.write({"text": FORM["text"]})
    citizen.page.locator("main form .button").last.click()
    citizen.page.get_by_role("alert").wait_for()
    mended = {
        "text": f"{FORM['text']} Mohon dijawab.",
        "district": "tarakan",
        "reporter.name": FORM["reporter.name"],
    }
    if kind == "consultations":
        mended["topic"] = "labelling"
    citizen.write(mended)
    citizen.context.set_offline(True)
    send_without_line(citizen)
    citizen.page.go_back()
    assert citizen.values(mended) == mended
    citizen.context.set_offline(False)
    citizen.page.locator("main form .button").last.click()
    read_receipt(citizen)


def of_steps(last: int) -> list[str]:
    parts = [part for names in COMPLAINT_STEPS[: last + 1] for part in names]
    return [name for name in FORM if name.partition(".")[0] in parts]


def send_without_line(citizen: Visitor) -> None:
    citizen.page.locator("main form .button:not(.quiet):visible").last.click(no_wait_after=True)
    await_(lambda: citizen.page.url.startswith("chrome-error:") or citizen.page.wait_for_timeout(50))


def test_a_wrong_code_opens_nothing_and_says_what_to_do(visit: Visit) -> None:
    ticket, _ = file(visit())
    stranger = visit()
    stranger.open_case(ticket, NOBODY)
    assert "Silakan periksa keduanya pada tanda terima Anda." in stranger.text
    assert FORM["text"] not in stranger.text
    assert stranger.values(["ticket", "code"]) == {"ticket": ticket, "code": NOBODY}


def test_after_half_an_hour_the_code_is_asked_for_again(visit: Visit, house: House) -> None:
    citizen = visit()
    ticket, code = file(citizen)
    too_late(citizen, house, ticket)
    citizen.go(f"/track/{ticket}")
    assert "Silakan masukkan kode" in citizen.text
    assert FORM["text"] not in citizen.text
    citizen.write({"code": code})
    citizen.press("Tampilkan tiket")
    assert FORM["text"] in citizen.text


def too_late(citizen: Visitor, house: House, ticket: str) -> None:
    """Let half an hour pass for this case."""
    expired = CaseTokens(Settings(service="intake", data=house.data)).issue(ticket, ttl=-60)
    citizen.context.add_cookies([{"name": "zi_case", "value": expired, "url": house.public_url}])


def test_an_impatient_finger_files_once(visit: Visit, house: House) -> None:
    citizen = visit()
    citizen.go("/complaints/new")
    citizen.answer(FORM)
    [key] = citizen.values(["key"]).values()
    before = filings(house)
    citizen.page.get_by_role("button", name="Kirim pengaduan").dblclick()
    citizen.page.wait_for_url("**/receipt")
    ticket, _ = read_receipt(citizen)
    form: dict[str, str | float | bool] = {**FORM, **FIXED, "key": key}
    again = citizen.context.request.post(f"{house.public_url}/complaints/new", form=form)
    assert again.url.endswith(f"/track/{ticket}/receipt")
    assert filings(house) == before + 1


def filings(house: House) -> int:
    types = [records.parse(message)["type"] for message in records.stored(house.data, "intake")]
    return types.count("zi.intake.complaint_filed")
