"""Citizens and officials together in browsers that run no script: confidence, topics for appointed people, illness, entries, lost codes, the lists."""

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pikepdf
import pytest
from PIL import Image
from playwright.sync_api import Browser
from tests.intake.sample_files import photo
from tests.journeys import mails, records
from tests.journeys.browser import Visitor, chromium
from tests.journeys.citizens import COMMODITY, Citizen
from tests.journeys.door import Door, Filed, fresh, good
from tests.journeys.house import House, await_
from tests.journeys.incident_story import publish_incident

pytestmark = [pytest.mark.journey, pytest.mark.browser]

PAGE = {"Accept": "text/html", "Accept-Language": "en"}
TABLET = 768
Visit = Callable[[], Visitor]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture
def visit(browser: Browser, house: House) -> Iterator[Visit]:
    visitors: list[Visitor] = []

    def come() -> Visitor:
        visitors.append(Visitor(browser, house.public_url))
        return visitors[-1]

    yield come
    for visitor in visitors:
        visitor.context.close()


@pytest.fixture
def door(house: House) -> Iterator[Door]:
    with house.client() as client:
        yield Door(client, house.staff)


@pytest.fixture
def citizen() -> Citizen:
    return Citizen(0, f"desk {uuid4()}")


def submit(visitor: Visitor, action: str, **fields: str) -> None:
    """Fill in the form that is sent there, and send it."""
    form = visitor.page.locator(f'form[action$="{action}"]')
    for name in fields:
        form = form.filter(has=visitor.page.locator(f'[name="{name}"]:not([type="hidden"])'))
    form = form.first
    for name, value in fields.items():
        field = form.locator(f'[name="{name}"]').first
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        elif field.evaluate("field => field.type") in ("radio", "checkbox"):
            form.locator(f'[name="{name}"][value="{value}"]').check()
        else:
            field.fill(value)
    form.locator("button").last.click()
    visitor.page.wait_for_load_state("domcontentloaded")


def unfolded(visitor: Visitor) -> None:
    folded = visitor.page.locator("details:not([open]) > summary")
    while folded.count():
        folded.first.click()


def official(visit: Visit, person: str, path: str) -> Visitor:
    visitor = visit()
    visitor.sign_in(person)
    visitor.go(path)
    unfolded(visitor)
    return visitor


def assigned(door: Door, filed: Filed, officer: str = "officer") -> Filed:
    """By a supervisor, to an officer who has been at the desk."""
    good_page = door.client.get("/desk/", headers=door.staff(officer) | PAGE)
    assert good_page.status_code == 200
    door.office(filed, "acknowledge")
    door.office(filed, "assign", {"officer": officer}, "supervisor")
    return filed


def test_a_confidential_name_takes_a_second_person_and_the_reporter_is_told(
    visit: Visit, door: Door, citizen: Citizen
) -> None:
    filed = assigned(door, door.file(citizen.body | {"confidentiality": "confidential"}))
    case, name = f"/desk/cases/{filed['ticket']}", citizen.texts["name"]
    colleague = official(visit, "officer-2", case)
    assert colleague.page.locator('form[action$="/open"]').count() == 0
    refused = door.client.post(
        f"/intake/api/cases/{filed['ticket']}/personal-data",
        json={"purpose": "handling"},
        headers=door.staff("officer-2"),
    )
    assert (refused.status_code, name in refused.text) == (409, False)
    colleague.go(f"{case}/disclosure")
    submit(colleague, "/disclosure", reason="investigation")
    submit(official(visit, "head", f"{case}/disclosure"), "/consent")
    colleague.go(case)
    submit(colleague, "/open", purpose="handling")
    assert name in colleague.text
    reporter = visit()
    reporter.open_case(filed["ticket"], filed["code"])
    for sentence in ("Seorang pegawai yang tidak menangani tiket ini", "Orang kedua menyetujui"):
        assert sentence in reporter.text


def test_a_complaint_about_an_official_is_seen_by_nobody_at_the_desk(
    visit: Visit, door: Door, citizen: Citizen
) -> None:
    reporter = visit()
    reporter.go("/complaints/new")
    reporter.choose("kind", "topic:conduct")
    unfolded(reporter)
    assert all(way in reporter.text for way in ("KPK", "Ombudsman", "SANG INTEGRITAS"))
    reporter.answer(
        {"text": citizen.texts["text"], "district": "tarakan", "reporter.name": citizen.texts["name"]}
    )
    assert "KPK" in reporter.text
    reporter.page.locator('form[action="/complaints"] button').last.click()
    reporter.page.locator(".keep dd").first.wait_for()
    ticket = reporter.path.split("/")[2]
    for person in ("officer", "officer-2", "supervisor"):
        headers = door.staff(person)
        assert good(door.client.get(f"/intake/api/cases?text={ticket}", headers=headers)) == []
        assert door.client.get(f"/desk/cases/{ticket}", headers=headers | PAGE).status_code == 404
    head = official(visit, "head", f"/desk/?text={ticket}")
    assert ticket in head.text


def all_pages(door: Door) -> set[str]:
    """Each case once, and as many as are counted; what other journeys left under way may move one from page to page meanwhile."""
    path: str | None = "/intake/api/cases?show=all&limit=50"
    found: list[str] = []
    while path is not None:
        answer = door.client.get(path, headers=door.staff("officer"))
        found += [each["ticket"] for each in good(answer)]
        onward = re.match(r'<([^>]+)>; rel="next"', answer.headers.get("link", ""))
        path = onward[1] if onward else None
    assert len(found) == len(set(found)) == int(answer.headers["x-total-count"])
    return set(found)


def test_every_case_is_on_a_page_of_the_list_and_is_given_to_somebody_from_a_list(
    visit: Visit, door: Door, citizen: Citizen
) -> None:
    tickets = {door.file(Citizen(number, citizen.series).body)["ticket"] for number in range(3)}
    assert tickets <= await_(lambda: all_pages(door))
    ticket = min(tickets)
    door.client.get("/desk/", headers=door.staff("officer-2") | PAGE)
    officer = official(visit, "officer", f"/desk/?text={ticket}")
    assert officer.page.locator("table.list tbody tr").count() == 1
    assert "hari" in officer.page.locator("table.list tbody").inner_text()
    officer.follow(ticket)
    submit(officer, "/acknowledge")
    supervisor = official(visit, "supervisor", f"/desk/cases/{ticket}")
    listed = supervisor.page.locator('[name="officer"] option').evaluate_all(
        "all => all.map(each => each.value)"
    )
    assert "officer-2" in listed
    assert not {"mentor", "auditor", "call-centre"} & set(listed)
    submit(supervisor, "/assign", officer="officer-2")
    assert "officer-2" in supervisor.text


def test_somebody_ill_comes_first_and_what_is_written_as_people_write_it_is_taken(
    visit: Visit, door: Door, citizen: Citizen
) -> None:
    reporter = visit()
    reporter.go("/complaints/new?illness=yes")
    answers = {
        "text": citizen.texts["text"],
        "district": "outside_province",
        "product.commodity": "unknown",
        "product.registration_number": "12345",
        "place.link": "toko.example/sambal",
        "reporter.name": citizen.texts["name"],
        "reporter.phone": "0812 3456 7890",
    }
    reporter.answer(answers)
    assert reporter.page.locator(".if-ill").is_visible()
    reporter.page.locator('form[action="/complaints"] button').last.click()
    reporter.page.locator(".keep dd").first.wait_for()
    ticket = reporter.path.split("/")[2]
    officer = official(visit, "officer", f"/desk/?text={ticket}")
    assert officer.page.locator("table.list tbody .badge.late").count() >= 1
    officer.follow(ticket)
    submit(officer, "/acknowledge")
    unfolded(officer)
    tier = officer.page.locator('[name="tier"] option').last.get_attribute("value")
    assert tier
    submit(
        officer, "/triage", tier=tier, reason="Ada yang sakit.", subject="Keracunan makanan", emergency="yes"
    )
    listed = good(door.client.get("/intake/api/cases", headers=door.staff("officer")))
    place = [each["ticket"] for each in listed].index(ticket)
    assert listed[place]["emergency"]
    assert all(each["emergency"] or each["judge_by"] for each in listed[:place])
    reporter.go(f"/track/{ticket}")
    assert "Ada yang sakit." in reporter.text


def test_a_citizen_adds_words_rates_the_answer_and_gets_a_new_code(
    visit: Visit, door: Door, citizen: Citizen
) -> None:
    filed = assigned(door, door.file(citizen.body))
    reporter = visit()
    reporter.go("/")
    assert reporter.page.locator(
        'footer address a[href^="tel:"], footer address a[href^="https://wa.me/"]'
    ).count()
    submit(reporter, "/track", ticket=filed["ticket"], code=filed["code"])
    assert reporter.path == f"/track/{filed['ticket']}"
    unfolded(reporter)
    submit(reporter, "/words", **{"added.kind": "correction", "added": citizen.texts["reply"]})
    assert citizen.texts["reply"] in reporter.text
    door.office(filed, "answer", {"text": citizen.texts["answer"]})
    reporter.go(f"/track/{filed['ticket']}")
    unfolded(reporter)
    submit(reporter, "/rating")
    assert "Terima kasih" in reporter.text
    a_new_code(visit(), door, filed, citizen.texts["email"])


def a_new_code(reporter: Visitor, door: Door, filed: Filed, address: str) -> None:
    """By a link to the confirmed address; the code before it opens the case no more."""
    mails.confirm(door.client, address)
    reporter.go(f"/lost-code?ticket={filed['ticket']}")
    submit(reporter, "/lost-codes", ticket=filed["ticket"])
    pattern = rf"/lost-code/{filed['ticket']}/[\w-]+"
    reporter.go(await_(lambda: mails.mailed_link(door.client, address, pattern)))
    reporter.page.locator('button[value="make"]').click()
    reporter.page.locator(".keep dd").nth(1).wait_for()
    _, code = reporter.page.locator(".keep dd").all_inner_texts()
    assert code != filed["code"]
    for other, opens in ((filed["code"], False), (code, True)):
        answer = door.client.get(f"/intake/api/cases/{filed['ticket']}", headers={"X-Case-Code": other})
        assert (answer.status_code == 200) is opens, answer.text
    reporter.go(await_(lambda: mails.mailed_link(door.client, address, mails.LINK)))
    reporter.page.locator('button[value="stop"]').click()
    reporter.page.locator('button[value="confirm"]').wait_for()
    assert reporter.page.locator('button[value="stop"]').count() == 0


@pytest.mark.parametrize("kind", ["information-requests", "suggestions"])
def test_a_request_and_a_suggestion_are_sent_and_followed(visit: Visit, citizen: Citizen, kind: str) -> None:
    sender = visit()
    sender.go(f"/{kind}/new")
    words, name = citizen.texts["text"], citizen.texts["name"]
    submit(sender, f"/{kind}", text=words, district="tarakan", **{"reporter.name": name})
    ticket, code = sender.page.locator(".keep dd").all_inner_texts()
    follower = visit()
    follower.open_case(ticket, code)
    unfolded(follower)
    assert words in follower.text
    assert "laporan" not in follower.text.lower()


def test_an_officer_enters_for_somebody_and_a_colleague_works_on_it(
    visit: Visit, door: Door, citizen: Citizen
) -> None:
    """With the receipt to hand over; a visit, a note, and a referral of which the citizen reads why."""
    counter = official(visit, "officer", "/desk/entries/new")
    submit(
        counter,
        "/desk/entries",
        road="counter",
        kind="product",
        district="tarakan",
        text=citizen.texts["text"],
        **{"product.commodity": COMMODITY, "reporter.name": citizen.texts["name"]},
    )
    ticket, code = counter.page.locator(".keep dd").all_inner_texts()
    assert counter.page.locator('img[src^="data:image/svg"]').count() == 1
    counter.go(f"/desk/cases/{ticket}")
    assert counter.page.locator('form[action$="/acknowledge"]').count() == 0
    colleague = official(visit, "officer-2", f"/desk/cases/{ticket}")
    submit(colleague, "/acknowledge")
    submit(colleague, "/assign")
    unfolded(colleague)
    submit(colleague, "/note", note="Sudah ditelepon.")
    unfolded(colleague)
    submit(colleague, "/visit", visited_on="2020-01-06", outcome="closed", findings=citizen.texts["place"])
    unfolded(colleague)
    submit(
        colleague,
        "/refer",
        referral_body="health_office",
        referral_reason="Diawasi Dinas Kesehatan.",
        referral_text="Sambal berjamur.",
    )
    reporter = visit()
    reporter.open_case(ticket, code)
    assert ("Diawasi Dinas Kesehatan." in reporter.text, "Sudah ditelepon." in reporter.text) == (True, False)


def test_who_has_a_postal_address_alone_gets_a_letter(visit: Visit, door: Door, citizen: Citizen) -> None:
    """It is one sheet of A4 in the language of the case. Whoever may not know of a case finds no letter of it, and what became of it is said once; one that came back waits again."""
    counter, address = official(visit, "officer", "/desk/entries/new"), citizen.texts["address"]
    submit(
        counter,
        "/desk/entries",
        road="counter",
        kind="product",
        district="tarakan",
        text=citizen.texts["text"],
        **{
            "product.commodity": COMMODITY,
            "reporter.name": citizen.texts["name"],
            "reporter.address": address,
        },
    )
    ticket, code = counter.page.locator(".keep dd").all_inner_texts()
    abroad = Citizen(1, citizen.series)
    reporter = {"name": abroad.texts["name"], "address": abroad.texts["address"]}
    body = abroad.body | {"confidentiality": "confidential", "reporter": reporter}
    entry = {"road": "counter", "complaint": body}
    headers = door.staff("officer") | fresh()
    secret = good(door.client.post("/intake/api/entries", json=entry, headers=headers), 201)
    assert door.client.get("/desk/", headers=door.staff("officer-2") | PAGE).status_code == 200
    for filed in ({"ticket": ticket}, secret):
        door.office(filed, "acknowledge", person="officer-2")
        door.office(filed, "assign", {"officer": "officer-2"}, "supervisor")
        door.office(filed, "answer", {"text": citizen.texts["answer"]}, "officer-2")
        await_(lambda filed=filed: listed_letters(door, filed["ticket"], "officer-2") == 1)
    assert listed_letters(door, secret["ticket"], "officer") == 0
    for role in ("mentor", "auditor"):
        assert door.client.get(LETTERS, headers=door.staff(role) | PAGE).status_code == 403
    colleague = official(visit, "officer-2", f"{LETTERS}?ticket={secret['ticket']}")
    assert (secret["ticket"] in colleague.text, ticket in colleague.text) == (True, False)
    colleague.page.locator('table.list a[href^="/notify/desk/letters/"]').click()
    printed_letter(colleague, f"We have answered ticket {secret['ticket']}", abroad.texts["name"])
    colleague.go(f"{LETTERS}?ticket={ticket}")
    colleague.page.locator('table.list a[href^="/notify/desk/letters/"]').click()
    letter = colleague.path
    printed_letter(colleague, f"Tiket {ticket} sudah kami jawab", citizen.texts["name"])
    assert address not in colleague.page.content()
    assert door.client.get(letter, headers=door.staff("officer") | PAGE).status_code == 200
    colleague.page.locator('button[value="posted"]').click()
    colleague.page.wait_for_url(f"**{LETTERS}")
    assert listed_letters(door, ticket, "officer-2") == 0
    assert listed_letters(door, ticket, "officer-2", "settled") == 1
    for settlement, status in {"posted": 204, "no_postal_address": 409}.items():
        api = letter.replace("/desk/", "/api/")
        again = door.client.post(api, json={"settlement": settlement}, headers=door.staff("officer"))
        assert again.status_code == status, again.text
    colleague.go(letter)
    colleague.page.locator('button[value="came_back"]').click()
    colleague.page.wait_for_url(f"**{LETTERS}")
    colleague.go(letter)
    assert "Surat kembali ke kantor" in colleague.text
    assert colleague.page.locator("main button").count() == 3
    assert listed_letters(door, ticket, "officer-2") == 1
    addressee = visit()
    addressee.open_case(ticket, code)
    returned = "Surat kami kepada Anda kembali ke kantor"
    await_(lambda: addressee.go(addressee.path).ok and returned in addressee.text)
    colleague.go(f"/desk/cases/{ticket}")
    submit(colleague, "/open", purpose="handling")
    assert address in colleague.text


LETTERS = "/notify/desk/letters"


def listed_letters(door: Door, ticket: str, person: str, show: str = "waiting") -> int:
    """Walk through all pages of the list and compare their rows with the count that it names; return those of this ticket."""
    path: str | None = f"/notify/api/letters?show={show}"
    found: list[str] = []
    while path is not None:
        answer = door.client.get(path, headers=door.staff(person))
        found += [each["ticket"] for each in good(answer)]
        onward = re.match(r'<([^>]+)>; rel="next"', answer.headers.get("link", ""))
        path = onward[1] if onward else None
    searched = door.client.get(f"/notify/api/letters?show={show}&ticket={ticket}", headers=door.staff(person))
    assert int(searched.headers["x-total-count"]) == len(good(searched)) == found.count(ticket)
    return found.count(ticket)


def printed_letter(visitor: Visitor, subject: str, name: str) -> None:
    """Of the letter alone, under the head of the office; neither buttons nor what is said to the official, and nobody's name."""
    assert subject in visitor.text
    with pikepdf.open(BytesIO(visitor.page.pdf(format="A4"))) as sheets:
        assert len(sheets.pages) == 1
    visitor.page.emulate_media(media="print")
    text = visitor.page.locator("body").inner_text()
    left_out = visitor.page.locator(".button:visible, form:visible, main a:visible, h1:visible").count()
    visitor.page.emulate_media(media="null")
    assert (subject in text, name in text, left_out) == (True, False, 0)
    assert all(part in text for part in ("Balai POM di Tarakan", "/track", "HALOBPOM"))


def test_another_system_enters_reads_how_it_stands_and_is_let_in_nowhere_else(
    house: House, door: Door, citizen: Citizen
) -> None:
    system, key, path = door.staff("call-centre"), fresh(), "/intake/api/system-entries"
    answers = [
        door.client.post(path, json={"complaint": citizen.body}, headers=system | key) for _ in range(2)
    ]
    entered, again = (good(each, 201) for each in answers)
    assert (again["ticket"], again["code"]) == (entered["ticket"], entered["code"])
    stands: Any = good(door.client.get(f"{path}/{entered['ticket']}", headers=system))
    assert stands == {
        "ticket": entered["ticket"],
        "state": "filed",
        "holder": "office",
        "due": entered["due"],
    }
    other = door.file(Citizen(1, citizen.series).body)
    assert door.client.get(f"{path}/{other['ticket']}", headers=system).status_code == 404
    for closed in ("/intake/api/cases", f"/intake/api/cases/{other['ticket']}", "/desk/", "/audit/entries"):
        assert door.client.get(closed, headers=system | PAGE).status_code in (401, 403), closed
    refusal = door.client.post(
        f"/intake/api/cases/{entered['ticket']}/acknowledge", headers=door.staff("officer-2") | fresh()
    )
    assert refusal.json()["type"] == "urn:zona:problem:entered_yourself", "its keeper"
    door.office(entered, "acknowledge")
    await_(lambda: records.settled(house))
    [filed] = [
        each
        for each in map(records.parse, records.logged(house.data))
        if each["subject"] == entered["ticket"] and each["type"] == "zi.intake.complaint_filed"
    ]
    assert (filed["actor"], filed["actorrole"]) == ("call-centre", "staff:entry")
    assert (filed["data"]["road"], filed["data"]["system"]) == ("system", "call_centre")


def test_reports_of_another_channel_are_brought_in_line_by_line_and_once(
    visit: Visit, door: Door, citizen: Citizen
) -> None:
    number = str(uuid4())
    lines = (
        f'id,text,district,kind,name\n{number},"{citizen.texts["text"]}",tarakan,product,\n'
        f"{number}-x,Di tempat lain,nowhere,product,\n"
    )
    supervisor = official(visit, "supervisor", "/desk/lapor")
    submit(supervisor, "/desk/lapor", file=lines)
    assert (number in supervisor.text, f"{number}-x" in supervisor.text) == (True, True)
    [ticket] = supervisor.page.locator('table.list a[href^="/desk/cases/"]').all_inner_texts()
    submit(supervisor, "/desk/lapor", file=lines)
    assert supervisor.page.locator('table.list a[href^="/desk/cases/"]').all_inner_texts() == [ticket]
    supervisor.go(f"/desk/cases/{ticket}")
    unfolded(supervisor)
    assert "Lewat LAPOR!" in supervisor.text


def test_one_answer_goes_to_all_reporters_of_an_incident(visit: Visit, door: Door) -> None:
    published = publish_incident(door)
    officer = official(visit, "officer", published.page)
    submit(officer, "/answer", answer="Produk ini sudah ditarik dari peredaran.")
    assert "2 tiket sudah dijawab" in officer.text
    for ticket in re.findall(r"/desk/cases/(\w+)", officer.page.content()):
        officer.go(f"/desk/cases/{ticket}")
        assert "Sudah dijawab" in officer.text


def test_all_work_of_an_absent_colleague_goes_to_another(visit: Visit, door: Door, citizen: Citizen) -> None:
    """A confidential case too: whoever had it reads it no more, and what has ended stays. Sent twice it changes nothing more."""
    bodies = [Citizen(number, citizen.series).body for number in range(3)]
    named, ended = (assigned(door, door.file(body), "officer-2") for body in bodies[:2])
    secret = assigned(door, door.file(bodies[2] | {"confidentiality": "confidential"}), "officer-2")
    door.office(ended, "answer", {"text": citizen.texts["answer"]}, "officer-2")
    door.office(ended, "close", person="officer-2")
    supervisor = official(visit, "supervisor", "/desk/handover")
    submit(supervisor, "/desk/handover", colleague="officer-2", officer="officer")
    supervisor.page.locator("main .notice").wait_for()
    body = {"colleague": "officer-2", "officer": "officer"}
    again = door.client.post("/intake/api/handover", json=body, headers=door.staff("supervisor") | fresh())
    assert good(again)["tickets"] == []
    for filed, officer in ((named, "officer"), (secret, "officer"), (ended, "officer-2")):
        listed = door.client.get(
            f"/intake/api/cases?show=all&text={filed['ticket']}", headers=door.staff("supervisor")
        )
        assert [each["officer"] for each in good(listed)] == [officer]
    name = Citizen(2, citizen.series).texts["name"]
    path = f"/intake/api/cases/{secret['ticket']}/personal-data"
    for person, status in (("officer-2", 409), ("supervisor", 409), ("officer", 200)):
        answer = door.client.post(path, json={"purpose": "handling"}, headers=door.staff(person) | fresh())
        assert (answer.status_code, name in answer.text) == (status, status == 200), person


def test_an_answer_brings_a_document_and_its_page_is_printed_on_one_sheet(
    visit: Visit, door: Door, citizen: Citizen
) -> None:
    filed = assigned(door, door.file(citizen.body))
    officer, reporter = official(visit, "officer", f"/desk/cases/{filed['ticket']}"), visit()
    officer.page.set_input_files('form[action$="/answer-files"] [name="file"]', picture())
    submit(officer, "/answer-files")
    reporter.open_case(filed["ticket"], filed["code"])
    assert reporter.page.locator('main a[href*="/files/"]').count() == 0
    officer.page.locator('[name^="files."]').check()
    submit(officer, "/answer", answer=citizen.texts["answer"])
    officer.page.locator('form[action$="/answer"]').wait_for(state="detached")
    reporter.page.reload()
    link = reporter.page.locator('main a[href*="/files/"]').first.get_attribute("href")
    document = reporter.context.request.get(f"{reporter.origin}{link}")
    assert document.headers["content-type"] == "image/jpeg"
    assert dict(Image.open(BytesIO(document.body())).getexif()) == {}
    assert visit().context.request.get(f"{reporter.origin}{link}").status == 401
    printed_on_one_sheet(reporter, filed)


def printed_on_one_sheet(reporter: Visitor, filed: Filed) -> None:
    """With the time, the address, the picture for a phone and how to reach the office; neither buttons nor the code."""
    with pikepdf.open(BytesIO(reporter.page.pdf(format="A4"))) as sheets:
        assert len(sheets.pages) == 1
    reporter.page.emulate_media(media="print")
    text = reporter.page.locator("body").inner_text()
    box, case = (reporter.page.locator(each).bounding_box() for each in (".print img", ".case"))
    assert f"{reporter.origin}/track/{filed['ticket']}" in text
    assert all(part in text for part in ("Dicetak", "HALOBPOM", "SP4N-LAPOR!", "Balai POM di Tarakan"))
    assert box
    assert case
    assert 90 < box["width"] == box["height"] <= case["y"] - box["y"]
    assert filed["code"] not in text
    assert reporter.page.locator(".button:visible, form:visible").count() == 0


def picture() -> Any:
    return {"name": "surat.jpg", "mimeType": "image/jpeg", "buffer": photo()}


def test_the_ticket_goes_to_the_own_whatsapp_without_the_code_and_into_no_log(
    visit: Visit, house: House, citizen: Citizen
) -> None:
    """Filed on a tablet, which none of the pages on the way is too wide for."""
    reporter = visit()
    reporter.page.set_viewport_size({"width": TABLET, "height": 1024})
    reporter.read("/")
    fits(reporter)
    reporter.follow("Buat pengaduan")
    answers = {"text": citizen.texts["text"], "district": "tarakan", "product.commodity": COMMODITY}
    for step in range(3):
        fits(reporter)
        reporter.write_step(answers | {"reporter.name": citizen.texts["name"]}, step)
        reporter.go_on()
    fits(reporter)
    submit(reporter, "/complaints")
    reporter.page.locator(".keep dd").nth(1).wait_for()
    ticket, code = reporter.page.locator(".keep dd").all_inner_texts()
    for page in (f"/track/{ticket}/receipt", f"/track/{ticket}"):
        reporter.read(page)
        unfolded(reporter)
        fits(reporter)
        link = reporter.page.locator('main a[href^="https://wa.me/"]')
        [message] = parse_qs(urlsplit(link.get_attribute("href") or "").query)["text"]
        assert (ticket in message, code in message, link.get_attribute("rel")) == (True, False, "noreferrer")
        assert all(
            way in reporter.page.locator("footer address").inner_text() for way in ("HALOBPOM", "SP4N")
        )
    other = visit()
    other.go(message.rpartition(" ")[2].removeprefix(other.origin))
    assert other.values(["ticket", "code"]) == {"ticket": ticket, "code": ""}
    desk = official(visit, "officer", f"/desk/?text={ticket}")
    desk.page.set_viewport_size({"width": TABLET, "height": 1024})
    fits(desk)
    desk.follow(ticket)
    desk.page.wait_for_url(f"**/desk/cases/{ticket}")
    fits(desk)
    written = b"".join(path.read_bytes() for path in (house.data / "logs").iterdir())
    assert ticket.encode() not in written


def fits(visitor: Visitor) -> None:
    """Nobody moves the page sideways."""
    needed, width = visitor.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert needed <= width, f"{visitor.path}: {needed} px wide on a screen of {width}"
