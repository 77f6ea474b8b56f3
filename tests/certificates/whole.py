"""Letters that are signed and sealed as in the running service, with a ledger that holds what the service published."""

import json
from base64 import b64decode
from pathlib import Path

import httpx
from tests.certificates.inside import Inside
from tests.letters.in_process import InProcessWorker
from tests.verify.sample_log import POLICY, SampleLog

from zi_certificates.messaging.published import applications
from zi_certificates.read.letters import LetterRow, letters_of
from zi_chassis.access.identity import Staff

PERSON = Staff(
    sub="signer-budi", name="Budi Contoh", roles=frozenset({"signer"}), token="opaque", expires=4_000_000_000
)


class Whole:
    def __init__(self, inside: Inside, folder: Path) -> None:
        self.inside = inside
        inside.office.sealing._worker = InProcessWorker()
        self.log = SampleLog(folder / "log")
        self._appended = 0
        client = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        inside.office.ledger._client = client

    async def sealed(self, name: str = "one") -> LetterRow:
        """From the request to the file."""
        office = self.inside.office
        request = await self.inside.passed(name)
        _, state = await office.store.fetch(applications, request.application)
        by = self.inside.signer(PERSON.sub)
        await office.signing.sign(request.ticket, by, None, state.revision, PERSON)
        for _ in range(3):
            self.enter()
            for problem in office.sealing._problems.values():
                problem.next_try = 0.0
            await office.sealing.round()
        [row] = await office.store.query(lambda tx: letters_of(tx, request.application))
        return row

    async def now(self, row: LetterRow) -> LetterRow:
        [fresh] = await self.inside.office.store.query(lambda tx: letters_of(tx, row.application))
        return fresh

    def file(self, row: LetterRow) -> bytes:
        assert row.file_item is not None
        return b64decode(self.inside.vault.plain[row.file_item.item][2])

    def enter(self) -> None:
        rows = self.inside.office.store.messages(self._appended, 10_000)
        self.log.append([row.message for row in rows])
        self._appended += len(rows)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/audit/api/")
        known = {json.loads(entry)["id"]: index for index, entry in enumerate(self.log.entries)}
        if path == "indexes":
            requested = request.url.params.get_list("event")
            return httpx.Response(200, json={event: known[event] for event in requested if event in known})
        if path == "witness-policy":
            return httpx.Response(200, content=POLICY.format())
        event = path.removeprefix("receipts/")
        if event not in known:
            return httpx.Response(404)
        return httpx.Response(200, content=self.log.receipt(known[event]))
