"""Processes are killed without warning under load: what was acknowledged is there, once, everywhere."""

import threading
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from itertools import islice
from pathlib import Path
from queue import Empty, SimpleQueue
from uuid import uuid4

import httpx
import pytest
from tests.journeys import gifts, records
from tests.journeys.citizens import Citizen, citizens
from tests.journeys.house import SERVICES, House, await_
from tests.journeys.tools import audit, verify_log
from tests.sample import sample

pytestmark = pytest.mark.journey

KILLED = ("intake", "umkm", "certificates", "integrity", "notify", "audit-writer", "audit", "nats")
# Filed while each is killed. Intake takes a dozen at once, and many more must be under way when it falls.
SHARES = {name: sample(70 if name == "intake" else 10) for name in KILLED}
COMPLAINTS = sum(SHARES.values())
CLIENTS = 8
BEFORE_THE_KILL = 3
MAIL_DOMAIN = "balai-pom-tarakan.example"


class Filing:
    """Eight clients that file what is handed out; each sends again under the same key until it has its 201."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.answers: dict[str, bytes] = {}
        self.bodies: dict[str, dict[str, object]] = {}
        self.repeated: set[str] = set()
        self._open: SimpleQueue[Citizen] = SimpleQueue()
        self._ended = threading.Event()

    def hand_out(self, some: list[Citizen]) -> None:
        for citizen in some:
            self._open.put(citizen)

    def run(self) -> None:
        with self.house.client() as client:
            while not self._ended.is_set():
                try:
                    citizen = self._open.get(timeout=0.05)
                except Empty:
                    continue
                self._file(client, citizen)

    def end(self) -> None:
        self._ended.set()

    def _file(self, client: httpx.Client, citizen: Citizen) -> None:
        key = str(uuid4())
        self.bodies[key] = citizen.body
        while not self._ended.is_set():
            answer = post(client, key, citizen.body)
            if answer is not None and answer.status_code == 201:
                self.answers[key] = answer.content
                return
            assert answer is None or answer.status_code >= 500, answer.text
            self.repeated.add(key)
            time.sleep(0.1)


class Looking:
    """An official who looks at the personal data of the first case that was filed, again and again."""

    def __init__(self, house: House, filing: Filing) -> None:
        self.house, self.filing = house, filing
        self.headers = house.staff()
        self.tried = self.found = 0
        self.ticket = ""
        self._ended = threading.Event()

    def run(self) -> None:
        key, answer = await_(lambda: next(iter(self.filing.answers.items()), None))
        self.ticket = records.parse(answer)["ticket"]
        with self.house.client() as client:
            while not self._ended.wait(0.05):
                self.tried += 1
                self.found += str(self.filing.bodies[key]["text"]) in self._texts(client)

    def end(self) -> None:
        self._ended.set()

    def _texts(self, client: httpx.Client) -> list[str]:
        where = f"/intake/api/cases/{self.ticket}/personal-data"
        try:
            answer = client.post(where, json={"purpose": "handling"}, headers=self.headers, timeout=10)
        except httpx.TransportError:
            return []
        assert answer.status_code == 200 or answer.status_code >= 500, answer.text
        return [field["text"] for field in answer.json()["fields"]] if answer.status_code == 200 else []


class Reporting:
    """An official who reports one gift after the other; each is sent again under its key until it is taken."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.headers = house.staff("supervisor")
        self.taken: set[str] = set()
        self.repeated: set[str] = set()
        self._ended = threading.Event()

    def run(self) -> None:
        with self.house.client() as client:
            while not self._ended.wait(0.2):
                key = str(uuid4())
                await_(lambda key=key: self._report(client, key), pause=0.1)

    def end(self) -> None:
        """End after the report that is under way."""
        self._ended.set()

    def _report(self, client: httpx.Client, key: str) -> bool:
        try:
            answer = gifts.report(client, self.headers, key)
        except httpx.TransportError:
            answer = None
        if answer is None or answer.status_code >= 500:
            self.repeated.add(key)
            return False
        assert answer.status_code == 303, answer.text
        self.taken.add(key)
        return True


def post(client: httpx.Client, key: str, body: dict[str, object]) -> httpx.Response | None:
    """None when the connection broke before the answer."""
    try:
        return client.post("/intake/api/complaints", json=body, headers={"Idempotency-Key": key}, timeout=10)
    except httpx.TransportError:
        return None


def test_nothing_is_lost_or_done_twice_when_processes_are_killed(own_house: House, tmp_path: Path) -> None:
    own_house.is_executed = True
    own_house.start()
    filing = Filing(own_house)
    looking, reporting = Looking(own_house, filing), Reporting(own_house)
    with ThreadPoolExecutor(CLIENTS + 2) as pool:
        running = [pool.submit(worker.run) for worker in (looking, reporting, *[filing] * CLIENTS)]
        try:
            file_under_kills(own_house, filing)
        finally:
            filing.end()
            looking.end()
            reporting.end()
        for task in running:
            task.result()
    assert filing.repeated  # some were cut off in the middle
    await_(lambda: at_rest(own_house), pause=0.5)
    every_201_is_kept_once(own_house, filing)
    every_report_is_kept_once(own_house, reporting)
    for sender in records.SENDERS:
        the_stream_equals_the_store(own_house, sender)
        chain_and_versions_are_whole(records.stored(own_house.data, sender))
    every_mail_came(own_house, filing)
    the_log_verifies(own_house, tmp_path)
    a_repeated_key_gets_the_same_bytes(own_house, filing)
    own_house.stop()
    every_look_is_known(own_house, looking)
    nothing_differs_on_disk(own_house)


def file_under_kills(house: House, filing: Filing) -> None:
    everybody = iter(citizens(COMPLAINTS, "kill"))
    for name, share in SHARES.items():
        before = len(filing.answers)
        filing.hand_out(list(islice(everybody, share)))
        await_(lambda before=before: len(filing.answers) >= before + BEFORE_THE_KILL)
        house.kill(name)
        await_(lambda after=before + share: len(filing.answers) == after)
    assert len(filing.answers) == COMPLAINTS


def at_rest(house: House) -> bool:
    """Everybody is ready again, every mail was handed over, all of it is in the ledger."""
    for name in SERVICES:
        assert house.unready(name) == {}
    types = Counter(records.parse(message)["type"] for message in records.stored(house.data, "notify"))
    return types["zi.notify.delivery_handed_over"] == COMPLAINTS and records.settled(house)


def every_201_is_kept_once(house: House, filing: Filing) -> None:
    messages = [records.parse(message) for message in records.stored(house.data, "intake")]
    filed = [message["id"] for message in messages if message["type"] == "zi.intake.complaint_filed"]
    promised = [records.parse(answer)["event_id"] for answer in filing.answers.values()]
    assert sorted(map(str, filed)) == sorted(map(str, promised))
    assert len(set(filed)) == COMPLAINTS


def every_report_is_kept_once(house: House, reporting: Reporting) -> None:
    """Also those that are sent once more now."""
    with house.client() as client:
        for key in {*reporting.repeated, *sorted(reporting.taken)[:5]}:
            assert gifts.report(client, reporting.headers, key).status_code == 303
    messages = [records.parse(message) for message in records.stored(house.data, "integrity")]
    reported = [message for message in messages if message["type"] == "zi.integrity.gift_reported"]
    assert len(reported) == len(reporting.taken)


def the_stream_equals_the_store(house: House, sender: str) -> None:
    assert records.published(house, sender) == records.stored(house.data, sender)


def chain_and_versions_are_whole(messages: list[bytes]) -> None:
    previous = "0" * 64
    versions: dict[object, int] = defaultdict(int)
    for position, message in enumerate(messages, 1):
        fields = records.parse(message)
        assert (fields["position"], fields["previous"]) == (position, previous)
        previous = sha256(message).hexdigest()
        versions[fields["aggregate"]] += 1
        assert fields["version"] == versions[fields["aggregate"]]


def every_mail_came(house: House, filing: Filing) -> None:
    """At least once; at most once more for each kill, and then under the same Message-ID."""
    came = Counter(mail["Message-ID"] for mail in records.citizens_mails(house.data))
    promised = {f"<{records.parse(answer)['event_id']}@{MAIL_DOMAIN}>" for answer in filing.answers.values()}
    assert set(came) == promised
    assert max(came.values()) <= 1 + len(KILLED)


def the_log_verifies(house: House, folder: Path) -> None:
    token = folder / "token"
    token.write_text(house.token("auditor"))
    for place in (house.data / records.TILES, f"{house.url}/audit/log"):
        result = verify_log(place, "--token-file", str(token))
        assert result.code == 0, result.text
        assert "intake: " in result.text  # its chain was read, not the hashes alone


def every_look_is_known(house: House, looking: Looking) -> None:
    """One is an event, the others are counted; also those that were cut off before their answer."""
    messages = [records.parse(message) for message in records.stored(house.data, "intake")]
    events = [each for each in messages if each["actorrole"] == "staff:officer"]
    assert [each["subject"] for each in events] == [looking.ticket]
    [counted] = records.looked_again(house.data)
    assert looking.found <= 1 + counted <= looking.tried
    assert looking.found > len(KILLED)


def a_repeated_key_gets_the_same_bytes(house: House, filing: Filing) -> None:
    with house.client() as client:
        for key in {*filing.repeated, *list(filing.answers)[::20]}:
            answer = post(client, key, filing.bodies[key])
            assert answer is not None
            assert (answer.status_code, answer.content) == (201, filing.answers[key])


def nothing_differs_on_disk(house: House) -> None:
    for examination in (["fsck"], *(["reconcile", "--service", sender] for sender in records.SENDERS)):
        result = audit(house.data, *examination)
        assert result.code == 0, f"{examination} {result.text}"
