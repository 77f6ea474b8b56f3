"""Complaints of dozens of citizens and a few mentored businesses, and then everything that the house keeps and says, searched for what they wrote."""

import re
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from gzip import compress
from pathlib import Path

import httpx
import pytest
from tests.intake.sample_files import photo
from tests.journeys import mails, records
from tests.journeys.certificates import nib_of
from tests.journeys.citizens import SYLLABLES, Citizen, citizens
from tests.journeys.door import Door, Filed, code
from tests.journeys.house import PLAIN, SERVICES, House, await_
from tests.journeys.mentoring import MENTOR, NUGGETS, SAMBAL, Mentoring, OpenedCase
from tests.sample import sample

from zi_audit.domain.senders import SENDERS
from zi_chassis.settings import NATS_MONITOR

pytestmark = pytest.mark.journey

COMPLAINTS = sample(24)
BUSINESSES = sample(3)
FINDING = "air_diuji"
WITH_A_PHOTO = 8  # every eighth
UNPACKED = 100_000
LISTS = {
    "supervisor": (
        *("desk/", "intake/api/cases", "notify/api/counts"),
        *("umkm/desk/board", "umkm/api/board", "umkm/api/statistics"),
    ),
    MENTOR: ("umkm/desk/", "umkm/api/desk", "umkm/api/visits"),
}

WORD = re.compile(b"(?:%b){4}" % "|".join(SYLLABLES).encode())  # in small letters
NUMBER = re.compile(rb"[0-9]{12,}")
OF_CODES = re.compile(rb"[0-9A-Z-]{12,}")  # what one can stand in: the look at each place takes long
CODE = re.compile(rb"(?=([0-9A-Z]{4}-?[0-9A-Z]{4}-?[0-9A-Z]{4}))")
BASE64 = re.compile(rb"[A-Za-z0-9+/]{16,}")
HEX = re.compile(rb"[0-9A-Fa-f]{32,}")
PACKED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")


@dataclass
class Filings:
    """The filed cases, the secrets that may be found nowhere, and the search for them."""

    filed: list[Filed | OpenedCase]
    vocabulary: set[bytes]
    numbers: set[bytes]
    codes: set[bytes]
    tokens: list[bytes]

    def found_in(self, content: bytes) -> set[bytes]:
        """Secrets in the bytes themselves, and in what they hold as base64, hexadecimal, gzip or zlib."""
        return {secret for form in forms(content) for secret in self._plainly(form)}

    def _plainly(self, content: bytes) -> Iterator[bytes]:
        yield from {found[0] for found in WORD.finditer(content.lower())} & self.vocabulary
        yield from {each for found in NUMBER.finditer(content) for each in windows(found[0])} & self.numbers
        yield from {each for found in OF_CODES.finditer(content) for each in codes(found[0])} & self.codes
        yield from (token for token in self.tokens if token in content)


def windows(digits: bytes) -> Iterator[bytes]:
    return (digits[at : at + size] for size in (12, 13) for at in range(len(digits) - size + 1))


def codes(run: bytes) -> Iterator[bytes]:
    return (found[1].replace(b"-", b"") for found in CODE.finditer(run))


def forms(content: bytes) -> Iterator[bytes]:
    yield content
    runs = b"\n".join(found[0] for found in BASE64.finditer(content))
    for shift in range(4):
        yield b"\n".join(unbased(run[shift:]) for run in runs.split(b"\n"))
    yield b"\n".join(
        bytes.fromhex(found[0][: len(found[0]) // 2 * 2].decode()) for found in HEX.finditer(content)
    )
    yield b"\n".join(
        unpacked(content[found.start() : found.start() + UNPACKED]) for found in PACKED.finditer(content)
    )


def unbased(run: bytes) -> bytes:
    whole = run[: len(run) - (len(run) % 4 == 1)]
    return b64decode(whole + b"=" * (-len(whole) % 4))


def unpacked(content: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=47).decompress(content, UNPACKED)
    except zlib.error:
        return b""


@pytest.fixture(scope="module")
def filings(house: House) -> Filings:
    everybody = citizens(COMPLAINTS, "privacy")
    with ThreadPoolExecutor(6) as pool:
        filed = list(pool.map(lambda citizen: handled(house, citizen), everybody))
        owners = citizens(BUSINESSES, "mentored")
        filed += list(pool.map(lambda citizen: mentored(house, citizen), owners))
    assert len({each["ticket"] for each in filed}) == COMPLAINTS + BUSINESSES
    await_(lambda: all_told(house, everybody), pause=1.0)
    texts = [text for citizen in (*everybody, *owners) for text in citizen.texts.values()]
    everything = "\n".join([*texts, *map(nib_of, map(business, owners))]).encode()
    return Filings(
        filed=filed,
        vocabulary={found[0] for found in WORD.finditer(everything.lower())},
        numbers={found[0] for found in NUMBER.finditer(everything)},
        codes={each["code"].replace("-", "").encode() for each in filed},
        tokens=[house.token(who).encode() for who in ("officer", "auditor", MENTOR)],
    )


def handled(house: House, citizen: Citizen) -> Filed:
    """Half of them go all the way, some with a photo."""
    with house.client() as client:
        door = Door(client, house.staff)
        filed = door.file(citizen.body)
        if citizen.number % 2:
            mails.confirm(client, citizen.texts["email"])
            door.all_steps(filed, citizen.texts, photo() if citizen.number % WITH_A_PHOTO == 1 else None)
            assert door.evidence(filed)
        opened = client.post(f"/intake/api/cases/{filed['ticket']}/token", headers=code(filed))
        assert opened.status_code == 200
        assert client.get(f"/track?ticket={filed['ticket']}").status_code < 400
        return filed


def business(owner: Citizen) -> str:
    """Its name, of one word, which is also the owner's and in the address."""
    return owner.texts["photo"]


def mentored(house: House, owner: Citizen) -> OpenedCase:
    """Words of everybody about everything; some are referred, some come as far as the permit."""
    texts, name = owner.texts, business(owner)
    with house.client() as client:
        mentoring = Mentoring(client, house.staff)
        sambal = {**SAMBAL, "name": texts["product"]}
        case = mentoring.mentored(name, {**NUGGETS, "name": texts["place"]}, sambal)
        mentoring.looked_at_itself(case)
        mentoring.visited(case, {FINDING}, note=texts["text"])
        mentoring.done(case, "refer", {"note": texts["address"]}, MENTOR)
        assert mentoring.letter(case).status_code == 200
        mentoring.give_number(case, nib_of(name))
        planned = {
            "item": FINDING,
            "cause": texts["question"],
            "correction": texts["link"],
            "plan": texts["name"],
        }
        mentoring.done(case, "agree", planned, MENTOR)
        mentoring.send(case, "give-evidence", item=FINDING, note=texts["reply"])
        mentoring.done(case, "reopen", {"item": FINDING, "note": texts["answer"]}, "officer")
        if owner.number % 3 == 0:
            mentoring.put_right(case, FINDING)
            mentoring.complete(case)
            mentoring.permitted(case)
            assert mentoring.dossier(case, 1).namelist()
        return case


def all_told(house: House, everybody: list[Citizen]) -> bool:
    """The last mail of each is in the mailbox, and all of it in the ledger."""
    wanted = {citizen.texts["email"]: 7 if citizen.number % 2 else 1 for citizen in everybody}
    came = [mail["To"] for mail in records.mails(house.data)]
    return all(came.count(address) == times for address, times in wanted.items()) and records.settled(house)


def files(house: House) -> Iterator[Path]:
    """Everything under the data folder but the citizens' own mailbox, and what the runner printed."""
    yield house.log
    for path in sorted(house.data.rglob("*")):
        if path.is_file() and not path.is_relative_to(house.data / "mailbox" / "maildir"):
            yield path


def contents(paths: list[Path]) -> Iterator[tuple[Path, bytes]]:
    """Without those that are only the beginning of another, as half-filled files of the log are."""
    longest: dict[Path, bytes] = {}
    for path in sorted(paths, key=lambda path: path.stat().st_size, reverse=True):
        content = path.read_bytes()
        if (
            not longest.setdefault(path.parent, content).startswith(content)
            or longest[path.parent] is content
        ):
            yield path, content


def found_in_files(house: House, filings: Filings) -> tuple[list[Path], dict[str, set[bytes]]] | None:
    """Return the files, and what is found by the names of those that hold something; nothing when one went meanwhile, as a half-filled file
    of the log does when a longer one has come."""
    searched = list(files(house))
    try:
        pairs = ((path.name, filings.found_in(content)) for path, content in contents(searched))
        return searched, {name: secrets for name, secrets in pairs if secrets}
    except FileNotFoundError:
        return None


def test_nothing_personal_is_in_any_file_outside_of_the_vaults_ciphertext(
    house: House, filings: Filings
) -> None:
    searched, found = await_(lambda: found_in_files(house, filings))
    assert found == {}
    names = {path.name for path in searched}
    assert {"store.db", "store.db-wal", "ledger.db", "index.db", "checkpoint", "intake.log"} <= names
    assert any(path.suffix == ".blk" for path in searched)  # what JetStream keeps


def test_no_stream_and_no_entry_of_the_log_says_anything_personal(house: House, filings: Filings) -> None:
    messages = [
        *(message for sender in SENDERS for message in records.published(house, sender)),
        *records.logged(house.data),
    ]
    assert len(messages) > 4 * COMPLAINTS
    assert filings.found_in(b"\n".join(messages)) == set()


def test_no_page_of_measurements_and_no_list_of_cases_says_anything_personal(
    house: House, filings: Filings
) -> None:
    metrics = [f"{house.service_url(name)}/{name}/metrics" for name in SERVICES]
    monitor = [f"http://127.0.0.1:{house.port + NATS_MONITOR}/{page}" for page in ("varz", "connz", "jsz")]
    lists = [(f"{house.url}/{page}", person) for person, pages in LISTS.items() for page in pages]
    for url, person in [*((url, "supervisor") for url in (*metrics, *monitor)), *lists]:
        answer = httpx.get(url, headers=house.staff(person), **PLAIN, timeout=60)
        assert answer.status_code == 200, url
        assert filings.found_in(answer.content) == set(), url
    measured = httpx.get(metrics[0], **PLAIN, timeout=60).text
    assert 'route="/intake/api/complaints"' in measured
    assert 'route="/intake/api/cases/{ticket}/token"' in measured


def test_no_log_names_a_case(house: House, filings: Filings) -> None:
    written = b"".join(path.read_bytes() for path in (house.data / "logs").iterdir())
    assert [each["ticket"] for each in filings.filed if each["ticket"].encode() in written] == []


def test_the_mailbox_holds_addresses_and_nothing_else_of_them(house: House, filings: Filings) -> None:
    """A mail is on its way through the open net: it says that something happened, and where to look."""
    texts = [mail.get_payload(decode=True) for mail in records.mails(house.data)]
    assert filings.found_in(b"\n".join(text for text in texts if isinstance(text, bytes))) == set()


@pytest.mark.parametrize("disguise", [bytes, b64encode, lambda b: b"x" + b64encode(b), bytes.hex, compress])
def test_the_search_finds_what_is_there(filings: Filings, disguise: Callable[[bytes], bytes | str]) -> None:
    content = f"{Citizen(7, 'privacy').body} {filings.filed[7]['code']}".encode()
    hidden = disguise(content)
    found = filings.found_in(b"--- \0" + (hidden.encode() if isinstance(hidden, str) else hidden) + b" ---")
    assert found >= {found[0] for found in WORD.finditer(content.lower())}
    assert found & filings.codes
    assert found & filings.numbers
