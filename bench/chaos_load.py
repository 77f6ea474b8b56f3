"""A steady load of complaints from clients that send again until they have their 201, and the judgement of what became of each."""

import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
from tests.journeys.citizens import Citizen

from zi_tlog.checkpoint import parse_checkpoint
from zi_tlog.note import parse_note
from zi_tlog.tile import FULL, new_bundles, read_bundle

TIMEOUT = 10.0
PAUSE = 1.0  # seconds, after which a client that got no 201 sends again under the same key
WITH_MAIL = 5  # every so many complaints name an e-mail address
FILED = "zi.intake.complaint_filed"


@dataclass(frozen=True)
class Acknowledged:
    ticket: str
    code: str
    event_id: str
    attempts: int
    waited: float  # seconds from the first attempt to the 201
    has_mail: bool


class Load:
    """Complaints at a steady rate, in a thread of its own, whatever the house answers."""

    def __init__(self, url: str, rate: float) -> None:
        self._url, self._rate = url, rate
        self.requests = self.begun = self.unanswered = 0
        self.errors: Counter[str] = Counter()
        self.acknowledged: list[Acknowledged] = []
        self.last_error = 0.0  # monotonic
        self.seconds = 0.0
        self._series = uuid4().hex
        self._ended, self._given_up = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    def start(self) -> None:
        self._thread.start()

    def stop(self, patience: float) -> None:
        """Begin no further complaint, and wait until each that was begun has its 201, at most `patience` seconds."""
        self._ended.set()
        self._thread.join(patience)
        self._given_up.set()
        self._thread.join()

    @property
    def waiting(self) -> int:
        return self.begun - len(self.acknowledged) - self.unanswered

    async def _run(self) -> None:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=50)
        client = httpx.AsyncClient(base_url=self._url, trust_env=False, timeout=TIMEOUT, limits=limits)
        begun = time.monotonic()
        async with client, asyncio.TaskGroup() as tasks:
            while not self._ended.is_set():
                tasks.create_task(self._file(client, self.begun))
                self.begun += 1
                await asyncio.sleep(begun + self.begun / self._rate - time.monotonic())
            self.seconds = time.monotonic() - begun

    async def _file(self, client: httpx.AsyncClient, number: int) -> None:
        key, begun, attempts = str(uuid4()), time.monotonic(), 0
        while True:
            attempts += 1
            answer = await self._attempt(client, key, complaint(number, self._series))
            if answer is not None:
                waited = time.monotonic() - begun
                filed = (answer["ticket"], answer["code"], answer["event_id"])
                self.acknowledged.append(Acknowledged(*filed, attempts, waited, _has_mail(number)))
                return
            if self._given_up.is_set():
                self.unanswered += 1
                return
            await asyncio.sleep(PAUSE)

    async def _attempt(
        self, client: httpx.AsyncClient, key: str, body: dict[str, Any]
    ) -> dict[str, Any] | None:
        self.requests += 1
        try:
            answer = await client.post("/intake/api/complaints", json=body, headers={"Idempotency-Key": key})
        except httpx.TimeoutException:
            kind = f"no answer in {TIMEOUT:.0f} s"
        except httpx.TransportError:
            kind = "connection broken"
        else:
            if answer.status_code == 201:
                filed: dict[str, Any] = answer.json()
                return filed
            kind = _kind(answer)
        self.errors[kind] += 1
        self.last_error = time.monotonic()
        return None


def complaint(number: int, series: str) -> dict[str, Any]:
    """Return the form of an invented citizen; every fifth names an e-mail address."""
    body = Citizen(number, series).body
    if not _has_mail(number):
        body["reporter"].pop("email")
    return body


def _has_mail(number: int) -> bool:
    return number % WITH_MAIL == 0


def _kind(answer: httpx.Response) -> str:
    """Name an answer that is no 201, and whether the gateway gave it by itself."""
    of_gateway = answer.headers.get("content-type", "").startswith("application/problem") and (
        '"type":"about:blank"' in answer.text
    )
    return f"{answer.status_code} of the gateway" if of_gateway else str(answer.status_code)


class PublishedEntries:
    """The entries of the published log, read over HTTP as anybody reads them, each once; `filed` counts the complaints in all of them."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self.size = 0
        self.filed: Counter[str] = Counter()

    def read_new(self) -> list[bytes]:
        """Return the entries since the last call."""
        answer = self._client.get("/audit/log/checkpoint")
        answer.raise_for_status()
        size = parse_checkpoint(parse_note(answer.content).text).size
        found: list[bytes] = []
        for bundle in new_bundles(self.size, size):
            entries = read_bundle(bundle, self._bundle)
            found += entries[max(0, self.size - bundle.index * FULL) :]
        self.size = size
        self.filed += Counter(_filings(found))
        return found

    def _bundle(self, path: str) -> bytes | None:
        answer = self._client.get(f"/audit/log/{path}")
        if answer.status_code == 404:
            return None
        answer.raise_for_status()
        return answer.content


@dataclass(frozen=True)
class Judgement:
    lost: int
    doubled: int
    entries: int


def judge(
    client: httpx.Client, log: PublishedEntries, acknowledged: Sequence[Acknowledged], patience: float
) -> Judgement:
    """Count which acknowledged complaints can't be tracked or are not in the ledger, and which the ledger has twice or under no 201.

    Nobody else files, and `log` stands where the load began."""
    filed: Counter[str] = Counter()
    ids = {each.event_id for each in acknowledged}
    until = time.monotonic() + patience
    while True:
        filed += Counter(_filings(log.read_new()))
        if filed.keys() >= ids or time.monotonic() > until:
            break
        time.sleep(1)
    lost = sum(not filed[each.event_id] or not _is_tracked(client, each) for each in acknowledged)
    twice = sum(filed.values()) - len(filed)
    foreign = len(filed.keys() - ids)
    same_ticket = len(acknowledged) - len({each.ticket for each in acknowledged})
    return Judgement(lost, twice + foreign + same_ticket, log.size)


def _filings(entries: Sequence[bytes]) -> list[str]:
    messages = (json.loads(entry) for entry in entries)
    return [message["id"] for message in messages if message["type"] == FILED]


def _is_tracked(client: httpx.Client, filed: Acknowledged) -> bool:
    answer = client.get(f"/intake/api/cases/{filed.ticket}", headers={"X-Case-Code": filed.code})
    return answer.status_code == 200 and answer.json()["ticket"] == filed.ticket
