"""A second office in another province, made by the commands of docs/office.md: it works, and nothing in it tells of the first."""

import html
import os
import re
import subprocess
from collections.abc import Mapping
from email import message_from_bytes
from email.policy import default
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pikepdf
import pytest
from tests.intake.sample_files import photo
from tests.journeys import mails
from tests.journeys.browser import Visitor, chromium
from tests.journeys.certificates import SKI, Certificates
from tests.journeys.citizens import Citizen, citizens
from tests.journeys.door import Door, Filed, code, fresh, good, opened
from tests.journeys.house import LISTENERS, ROOT, SERVICES, House, await_

from zi_rules.certificate.kind import CertificateKind
from zi_rules.configuration import read
from zi_rules.office import OfficeData, load_office

pytestmark = [pytest.mark.journey, pytest.mark.browser]

PAGE = ROOT / "docs" / "office.md"
COMMANDS = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
FIRST = re.compile(
    r"tarakan|kaltara|malinau|bulungan|nunukan|tana.tidung|\bwita\b|makassar|kalimantan", re.IGNORECASE
)
OPEN = re.compile(r"^\| `GET (/[^`{]*)` \| everybody \|", re.MULTILINE)
BEHIND_THE_GATEWAY = ("/health", "/ready", "/metrics")
DESCRIPTION = re.compile(r'<meta name="description" content="([^"]*)">')
FOOT = re.compile(r"<address>(.*?)</address>", re.DOTALL)
# As docs/office.md gives them; opening hours in the language of the reader.
REACHED_BY = (
    *(
        "Jalan Contoh 7, Muara Contoh 99999",
        "+62 800 0000 000",
        "+62 800 0000 001",
        "tanya@muara-contoh.example",
    ),
    *("map.example/muara-contoh", "HALOBPOM: 1500533", "SP4N-LAPOR!: www.lapor.go.id"),
)
HOURS = {"id": "Senin sampai Jumat 08.00-15.30 WIB", "en": "Monday to Friday, 08:00-15:30 WIB"}
# A file that is kept and used without the office: whoever checks a proof with it asks nobody here.
WITHOUT_FRAME = ("/audit/verify",)
PAGES = {"Accept": "text/html", "Accept-Language": "en"}


def made_by_the_page(folder: Path) -> Path:
    """Run every command of the page but the last, which starts the house."""
    *commands, start = COMMANDS.findall(PAGE.read_text())
    assert start == "make up\n"
    environment = os.environ | {"ZI_RULES": str(folder)}
    for command in commands:
        subprocess.run(["sh", "-euc", command], cwd=ROOT, env=environment, check=True)
    return folder


def first_office(text: str) -> list[str]:
    """Return what tells of the first office, with what stands around it."""
    return [text[max(found.start() - 60, 0) : found.end() + 30] for found in FIRST.finditer(text)]


def open_pages() -> list[str]:
    """Return what everybody may read, as tests/web found it."""
    listed = OPEN.findall((ROOT / "docs" / "routes.md").read_text())
    return [path for path in listed if not path.endswith(BEHIND_THE_GATEWAY)]


@pytest.fixture
def second(own_house: House, tmp_path: Path) -> House:
    office = made_by_the_page(tmp_path / "office")
    answers_by_two(office / "standards" / "complaint.toml")
    own_house.environment |= {"ZI_RULES": str(office)}
    look_at_the_previews(tmp_path / "office-letters")
    own_house.start()
    return own_house


def test_an_office_of_another_province_works_and_nothing_tells_of_the_first(second: House) -> None:
    [citizen] = citizens(1, "office")
    with second.client() as client:
        first_district = client.post("/intake/api/complaints", json=citizen.body, headers=fresh())
        assert first_district.status_code == 422
        body = citizen.body | {"district": "hulu_contoh"}
        filed = good(client.post("/intake/api/complaints", json=body, headers=fresh()), 201)
        tracked = good(client.get(f"/intake/api/cases/{filed['ticket']}", headers=opened(client, filed)))
        assert tracked["ticket"] == filed["ticket"]
        receipt_names_the_office(client, filed)
        answered_by_two(Door(client, second.staff), filed, citizen)
        mails.confirm(client, citizen.texts["email"])
        certificates = Certificates(client, second.staff)
        case = certificates.queued("Kenari", SKI)
        [letter] = certificates.issued(case)
        look_at_the_letter(certificates.file(case, letter))
        look_at_the_pages(client, filed["ticket"])
        adopted_by_all(client)
        look_at_files(second)
        another = Citizen(1, "office")
        filed = assigned(Door(client, second.staff), another.body | {"district": "hulu_contoh"})
        approved_by_another_in_a_browser(second, filed, another.texts["answer"])


def answers_by_two(standard: Path) -> None:
    """Let a second person read each answer to a complaint before it goes out."""
    text, tiers = re.subn(
        r"^(\[tiers\.\w+\])$", r"\1\nsecond_person = true", standard.read_text(), flags=re.MULTILINE
    )
    assert tiers == 3
    standard.write_text(text)


def reaches_the_office(text: str, language: str) -> bool:
    """Return whether each way to a human at the office is named."""
    visible_text = html.unescape(re.sub(r"<[^>]+>", "", text))
    return all(way in visible_text for way in (*REACHED_BY, HOURS[language]))


def receipt_names_the_office(client: httpx.Client, filed: Filed) -> None:
    client.post("/track", data={"ticket": filed["ticket"], "code": filed["code"]})
    receipt = client.get(f"/track/{filed['ticket']}/receipt", headers=PAGES)
    client.cookies.clear()
    assert (receipt.status_code, filed["code"] in receipt.text) == (200, True)
    assert reaches_the_office("".join(FOOT.findall(receipt.text)), "en")


def assigned(door: Door, body: Mapping[str, Any]) -> Filed:
    filed = door.file(body)
    door.office(filed, "acknowledge")
    door.office(filed, "assign", {"officer": "officer"}, "supervisor")
    return filed


def approved_by_another_in_a_browser(house: House, filed: Filed, answer: str) -> None:
    """Let an officer write an answer that a supervisor reads and sends: it is not the officer's to send, and reaches the citizen then."""
    case, approval = f"/desk/cases/{filed['ticket']}", 'form[action$="/approve-draft"] button'
    with chromium() as browser:
        officer, supervisor, reporter = (Visitor(browser, house.public_url) for _ in range(3))
        officer.sign_in("officer")
        officer.go(case)
        officer.write({"answer": answer})
        officer.press("Kirim jawaban")
        assert "Sebuah jawaban menunggu orang kedua" in officer.text
        reporter.open_case(filed["ticket"], filed["code"])
        assert answer not in reporter.text
        supervisor.sign_in("supervisor")
        supervisor.go(case)
        supervisor.write({"purpose": "handling"})
        supervisor.press("Buka data pribadi")
        assert answer in supervisor.text
        assert officer.page.locator(approval).count() == 0
        supervisor.page.locator(approval).click()
        supervisor.page.locator(approval).wait_for(state="detached")
        reporter.page.reload()
        assert answer in reporter.text
        assert "Sudah dijawab" in reporter.text


def answered_by_two(door: Door, filed: Filed, citizen: Citizen) -> None:
    """Nobody is offered what they wrote to send it, nor can they send the draft before it; its document is closed to the citizen until
    somebody else has sent it."""
    for person in ("officer", "supervisor"):
        door.client.get("/desk/", headers=door.staff(person) | PAGES)
    door.office(filed, "acknowledge")
    door.office(filed, "assign", {"officer": "officer"}, "supervisor")
    sent = door.client.post(
        f"/intake/api/cases/{filed['ticket']}/answer-files",
        files={"file": ("letter", photo(), "image/jpeg")},
        headers=door.staff("officer") | fresh(),
    )
    item = good(sent, 201)["item"]["item"]
    drafts: list[str] = []
    for writer in ("officer", "supervisor", "officer"):
        text = f"{citizen.texts['answer']} {writer}"
        door.office(filed, "answer", {"text": text, "files": [item]}, writer)
        drafts += drafts_shown(door, filed, "supervisor")
        assert drafts_shown(door, filed, writer) == []
        assert decided(door, filed, drafts[-1], writer).status_code == 422
        case = door.track(filed)
        assert (case["state"], text in str(case)) == ("assigned", False)
        assert file_of(door, filed, item).status_code == 404
    assert len(drafts) == len(set(drafts)) == 2
    assert [decided(door, filed, drafts[-1], "supervisor").status_code for _ in range(2)] == [303, 422]
    case = door.track(filed)
    assert (case["state"], [each["text"] for each in case["messages"]][1:]) == ("answered", [text])
    assert file_of(door, filed, item).headers["content-type"] == "image/jpeg"


def drafts_shown(door: Door, filed: Filed, person: str) -> list[str]:
    """Return the draft that this official may decide about, if one waits."""
    page = door.client.get(f"/desk/cases/{filed['ticket']}", headers=door.staff(person) | PAGES).text
    return list(set(re.findall(r'name="draft" value="([0-9a-f-]+)"', page)))


def decided(door: Door, filed: Filed, draft: str, person: str) -> httpx.Response:
    where = f"/desk/cases/{filed['ticket']}/approve-draft"
    return door.client.post(where, data={"draft": draft}, headers=door.staff(person) | PAGES)


def file_of(door: Door, filed: Filed, item: str) -> httpx.Response:
    where = f"/intake/api/cases/{filed['ticket']}/files/{item}"
    return door.client.post(where, json={"purpose": "handling"}, headers=code(filed))


def look_at_the_previews(folder: Path) -> None:
    """One of each kind of letter, of this office and of no other, and none that anybody could take for a letter."""
    assert {each.stem for each in folder.iterdir()} == set(CertificateKind)
    for each in folder.iterdir():
        content = attached_to(each.read_bytes())["content.json"]
        assert '"name":"Balai POM di Muara Contoh"' in content
        assert '"is_sample":true' in content
        assert first_office(content) == []


def attached_to(pdf: bytes) -> dict[str, str]:
    with pikepdf.open(BytesIO(pdf)) as document:
        return {name: spec.get_file().read_bytes().decode() for name, spec in document.attachments.items()}


def look_at_the_letter(pdf: bytes) -> None:
    attached = attached_to(pdf)
    content = attached["content.json"]
    assert '"name":"Balai POM di Muara Contoh"' in content
    assert "Jalan Contoh 7, Muara Contoh 99999" in content
    assert '"zone":"WIB"' in content
    assert "#1d4f91" in content  # its logo
    assert [found for name in ("content.json", "issued.json") for found in first_office(attached[name])] == []


def look_at_the_pages(client: httpx.Client, ticket: str) -> None:
    pages = [*open_pages(), f"/track?ticket={ticket}", "/notify/mailbox"]
    assert len(pages) > 40
    found, described, footless = {}, {}, set()
    for path in pages:
        for language in ("id", "en"):
            answer = client.get(path, headers={"Accept-Language": language}, follow_redirects=True)
            assert answer.status_code < 500, path
            found[path] = first_office(answer.text)
            is_page = (
                answer.text.startswith("<!doctype html>") and answer.url.netloc == client.base_url.netloc
            )
            if is_page and path not in WITHOUT_FRAME:
                footless |= {path} - {
                    path for text in FOOT.findall(answer.text) if reaches_the_office(text, language)
                }
                described[path, language] = "".join(DESCRIPTION.findall(answer.text))
    assert {path: traces for path, traces in found.items() if traces} == {}
    assert len(described) > 60
    assert footless == set()
    assert [page for page, text in described.items() if not 40 < len(text) < 200] == []
    assert [path for path, _ in described if described[path, "id"] == described[path, "en"]] == []
    home = client.get("/", headers={"Accept-Language": "en"}).text
    assert "Balai POM di Muara Contoh" in home
    logo = re.search(r'<img src="(/intake/static/[0-9a-f]{12}/logo\.svg)"', home)
    assert logo
    assert "#1d4f91" in client.get(logo[1]).text
    assert '<a href="https://wa.me/628000000001">' in home
    form = client.get("/complaints/new", headers={"Accept-Language": "en"}).text
    assert "Hulu Contoh Regency" in form


def adopted_by_all(client: httpx.Client) -> None:
    """Every service adopted the same data of the office, in the ledger and for everybody to read."""
    for service in ("intake", "umkm", "certificates", "integrity", "notify", "audit"):
        listed = good(client.get(f"/{service}/api/configurations"))
        [office] = [each for each in listed if each["kind"] == "office"]
        content = client.get(f"/{service}/api/configurations/{office['digest']}").text
        assert "Balai POM di Muara Contoh" in content, service


def look_at_files(house: House) -> None:
    rules = Path(house.environment["ZI_RULES"])
    office = load_office(rules)
    assert read(OfficeData, office.configuration).timezone.key == "Asia/Jakarta"
    sent = await_(lambda: [file for file in (house.data / "mailbox").rglob("*") if file.parent.name == "new"])
    for mail in sent:
        text = mail.read_text()
        assert "From: Balai POM di Muara Contoh <layanan@muara-contoh.example>" in text
        assert re.search(r"^Message-ID: <[^@>]+@muara-contoh\.example>", text, re.MULTILINE)
        assert first_office(text) == []
        words = str(message_from_bytes(mail.read_bytes(), policy=default).get_content())
        assert any(reaches_the_office(words, language) for language in HOURS), words
    for log in (house.data / "logs").glob("*.log"):
        assert first_office(log.read_text()) == [], log.name
    for service in SERVICES:
        metrics = httpx.get(
            f"http://127.0.0.1:{house.port + LISTENERS[service]}/{service}/metrics", trust_env=False
        )
        assert metrics.status_code == 200
        assert first_office(metrics.text) == [], service
