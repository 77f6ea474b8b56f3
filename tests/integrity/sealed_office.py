"""An office of the integrity zone in this process, beside a log that holds its messages: its letters are sealed for real."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from tests.intake.front import SetClock
from tests.integrity.officials import MONDAY
from tests.letters.in_process import InProcessWorker
from tests.office_folder import office_folder
from tests.verify.sample_log import POLICY, SampleLog

from zi_chassis.ledger import LedgerClient
from zi_chassis.settings import Settings
from zi_integrity.container import IntegrityOffice
from zi_integrity.letters.issuing import sealed_file
from zi_integrity.letters.maklumat import Pledging
from zi_integrity.read.office_letters import OfficeLetterRow, letter_by_number
from zi_letters.pdf_worker import PdfWorker

PUBLIC = "https://office.example"


class LogBeside:
    """A log that holds the messages of one office, and answers as the ledger's web part does."""

    def __init__(self, folder: Path) -> None:
        self.log = SampleLog(folder)
        self.appended = 0
        self.is_away = False

    def join(self, office: IntegrityOffice, worker: PdfWorker) -> None:
        """The office has its ledger here from now on, and seals with this worker."""
        http = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        ledger = LedgerClient("http://audit.example", http)
        office.ledger = ledger
        office.pledging = Pledging(
            office.store, office.settings.office, office.office_letters.issuing, ledger
        )
        office.office_letters.sealing = office.office_letters.make_sealing(ledger, worker)

    async def rounds(self, office: IntegrityOffice, most: int = 4) -> int:
        """Seal what can be sealed; the log takes what was recorded meanwhile."""
        sealed = 0
        for _ in range(most):
            self.enter(office)
            for problem in office.office_letters.sealing._problems.values():
                problem.next_try = 0.0
            sealed += await office.office_letters.sealing.round()
        return sealed

    def enter(self, office: IntegrityOffice) -> None:
        rows = office.store.messages(self.appended, 10_000)
        self.log.append([row.message for row in rows])
        self.appended += len(rows)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if self.is_away:
            raise httpx.ConnectError("away", request=request)
        path = request.url.path.removeprefix("/audit/api/")
        known = {json.loads(entry)["id"]: index for index, entry in enumerate(self.log.entries)}
        if path == "indexes":
            requested = request.url.params.get_list("event")
            return httpx.Response(200, json={event: known[event] for event in requested if event in known})
        if path == "witness-policy":
            return httpx.Response(200, content=POLICY.format())
        if path == "/audit/log/checkpoint":
            return httpx.Response(200, content=(self.log.folder / "checkpoint").read_bytes())
        event = path.removeprefix("receipts/")
        receipt = self.log.receipt(known[event]) if event in known else b""
        return httpx.Response(200 if receipt else 404, content=receipt)


class SealedOffice:
    """`office` is the process; `restart` is the next one over what it left on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = SetClock(MONDAY)
        self.beside = LogBeside(folder / "log")
        self.worker = InProcessWorker()
        self.office = self._made()

    def _made(self) -> IntegrityOffice:
        settings = Settings(
            service="integrity",
            data=self.folder,
            office="kantor-contoh",
            rules=office_folder(self.folder / "rules", code="kantor-contoh", name="Balai POM Contoh"),
            public_url=PUBLIC,
            log_origin="ledger.example/audit",
        )
        office = IntegrityOffice(settings, self.clock)
        self.beside.join(office, self.worker)
        return office

    async def restart(self) -> None:
        await self.office.__aexit__()
        self.office = self._made()
        await self.open()

    async def open(self) -> None:
        await self.office.__aenter__()
        self.office.vault.unlock()

    async def rounds(self) -> int:
        return await self.beside.rounds(self.office)

    def enter(self) -> None:
        self.beside.enter(self.office)

    def events(self, *names: str) -> list[Any]:
        messages = [json.loads(row.message) for row in self.office.store.messages(0, 10_000)]
        return [each for each in messages if each["type"].rpartition(".")[2] in names]

    def row(self, number: str) -> OfficeLetterRow:
        row = self.office.store.read(lambda tx: letter_by_number(tx, number))
        assert row is not None
        return row

    def file(self, number: str) -> bytes:
        return sealed_file(self.office.store, self.office.vault, self.row(number))


@asynccontextmanager
async def sealed_office(folder: Path) -> AsyncIterator[SealedOffice]:
    house = SealedOffice(folder)
    await house.open()
    try:
        yield house
    finally:
        await house.office.__aexit__()
