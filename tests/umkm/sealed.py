"""umkm in this process beside a log that holds its messages: its letters are sealed for real, with the vault in memory."""

import json
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from tests.certificates.inside import SetClock, VaultInMemory
from tests.letters.in_process import InProcessWorker
from tests.umkm.inside import Inside, office_settings
from tests.umkm.steps import MONDAY
from tests.verify.sample_log import POLICY, SampleLog

from zi_chassis.ledger import LedgerClient
from zi_chassis.service import Service
from zi_umkm.container import MentoringOffice
from zi_umkm.main import front
from zi_umkm.read.letters import MentoringLetterRow, mentoring_letter_numbered

PUBLIC = "https://office.example"


class SealedMentoring:
    """`inside` is the process; `restart` is the next one over what it left on disk."""

    def __init__(self, folder: Path, inside: Inside) -> None:
        self.folder = folder
        self.inside = inside
        self.log = SampleLog(folder / "log")
        self.appended = 0
        self.worker = InProcessWorker()
        self._join()

    @property
    def office(self) -> MentoringOffice:
        return self.inside.office

    def _join(self) -> None:
        """The office has its ledger here from now on."""
        http = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        self.office.ledger = LedgerClient("http://audit.example", http)
        self.office.sealing = self.office.letters.sealing(self.office.ledger, self.worker)

    async def restart(self) -> None:
        await self.office.__aexit__()
        service = front(office_settings(self.folder, public_url=PUBLIC), self.inside.clock)
        self.inside.service, self.inside.office = service, service.app.state.office
        self.office.connect(self.inside.vault)
        self._join()
        await self.office.__aenter__()

    def enter(self) -> None:
        """Put what was published into the ledger."""
        rows = self.office.store.messages(self.appended, 10_000)
        self.log.append([row.message for row in rows])
        self.appended += len(rows)

    async def rounds(self, most: int = 4) -> int:
        sealed = 0
        for _ in range(most):
            self.enter()
            for problem in self.office.sealing._problems.values():
                problem.next_try = 0.0
            sealed += await self.office.sealing.round()
        return sealed

    def events(self, *names: str) -> list[Any]:
        messages = [json.loads(row.message) for row in self.office.store.messages(0, 10_000)]
        return [each for each in messages if each["type"].rpartition(".")[2] in names]

    def row(self, number: str) -> MentoringLetterRow:
        row = self.office.store.read(lambda tx: mentoring_letter_numbered(tx, number))
        assert row is not None
        return row

    def file(self, number: str) -> bytes:
        item = self.row(number).file_item
        assert item is not None
        return b64decode(self.inside.vault.plain[item.item][2])

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/audit/api/")
        known = {json.loads(entry)["id"]: index for index, entry in enumerate(self.log.entries)}
        if path == "indexes":
            requested = request.url.params.get_list("event")
            return httpx.Response(200, json={event: known[event] for event in requested if event in known})
        if path == "witness-policy":
            return httpx.Response(200, content=POLICY.format())
        event = path.removeprefix("receipts/")
        receipt = self.log.receipt(known[event]) if event in known else b""
        return httpx.Response(200 if receipt else 404, content=receipt)


@asynccontextmanager
async def sealed_mentoring(folder: Path) -> AsyncIterator[SealedMentoring]:
    clock, vault = SetClock(MONDAY), VaultInMemory()
    service: Service = front(office_settings(folder, public_url=PUBLIC), clock)
    office: MentoringOffice = service.app.state.office
    office.connect(vault)
    async with office:
        house = SealedMentoring(folder, Inside(service, office, clock, vault))
        yield house
