"""A certificates store whose letters are sealed: real events and projections, a log that holds its messages, a vault in memory."""

import json
from base64 import b64decode
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from tests.certificates import steps as usual
from tests.certificates.officials import MONDAY, named, signer
from tests.certificates.vault import KeptVault
from tests.intake.front import SetClock
from tests.letters.in_process import InProcessWorker
from tests.letters.sample_letter import TEMPLATE
from tests.office_folder import office_folder
from tests.rules.certificate.stated import RULES, WORDING
from tests.verify.sample_log import POLICY, SampleLog

from zi_certificates.letters.content import IssuingOffice, holder, signatory
from zi_certificates.letters.issuer import load_letter_keys
from zi_certificates.letters.register import CertificateRegister
from zi_certificates.letters.signing import LetterSignature, contents_to_sign, letters_to_sign
from zi_certificates.messaging.published import DECIDERS, applications
from zi_certificates.read.accounts import Accounts
from zi_certificates.read.application_table import Applications
from zi_certificates.read.letters import LetterRow, Letters, letters_of
from zi_chassis.ledger import LedgerClient
from zi_chassis.settings import Settings
from zi_chassis.storage.database import Database
from zi_chassis.storage.store import Store
from zi_letters.content import OfficeParty
from zi_letters.keys import LetterKeys
from zi_letters.sealing import Sealing
from zi_letters.template import find_template

OFFICE = "kantor-contoh"
PUBLIC = "https://office.example"


class House:
    """`start` is a process that begins, over what the one before left on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = Settings(
            service="certificates",
            data=folder,
            office=OFFICE,
            rules=office_folder(folder / "rules", code=OFFICE, name="Balai POM Contoh"),
            public_url=PUBLIC,
        )
        self.clock = SetClock(MONDAY)
        self.vault = KeptVault()
        self.log = SampleLog(folder / "log")
        self.appended = 0
        self.ledger_is_away = False
        self.start()

    def start(self) -> None:
        self.store = Store(
            service="certificates",
            office=OFFICE,
            database=Database(self.folder / "certificates.sqlite"),
            deciders=DECIDERS,
            projections=(Accounts(), Applications(), Letters()),
        )
        self.store.open()
        self.keys: LetterKeys = load_letter_keys(self.settings)
        transport = httpx.MockTransport(self._ledger)
        self.ledger = LedgerClient("http://audit.example", httpx.AsyncClient(transport=transport))
        self.worker = InProcessWorker()
        self.sealing = Sealing(
            self.store,
            CertificateRegister(self.store, OFFICE, self.clock),
            self.keys,
            self.ledger,
            lambda: self.vault,
            partial(find_template, shipped=[TEMPLATE], stored=lambda digest: None),
            self.worker,
        )

    async def stop(self) -> None:
        await self.worker.close()
        self.store.close()

    async def signed(self, name: str = "first", *kinds: str, **drafted: Any) -> UUID:
        """An application with its letters signed for."""
        id = named(name)
        draft = usual.draft(*kinds).model_copy(
            update={"ticket": f"T{named(name).hex[:8]}".upper(), **drafted}
        )
        bill = {"bill": f"82{id.int % 10**13:013}"}
        submit, pay = usual.SUBMIT.model_copy(update=bill), usual.PAY.model_copy(update=bill)
        for command in (draft, submit, pay, usual.TAKE, usual.PASS):
            await self.store.handle(applications, id, command)
        _, application = await self.store.fetch(applications, id)
        head = IssuingOffice(
            OfficeParty(name="Balai POM Contoh", address="Jalan Contoh 1"),
            self.keys.address,
            self.keys.code.key.vkey,
            WORDING,
        )
        by = LetterSignature(
            signatory("Pejabat Contoh", "staff:signer", WORDING, is_acting=False),
            holder("PT Contoh", "Jalan Rasa 2"),
            MONDAY,
        )
        contents = contents_to_sign(id, application, by, head, RULES, bytes(32))
        letters = await letters_to_sign(self.vault, draft.ticket, contents)
        sign = usual.SIGN.model_copy(update={"letters": letters, "by": signer(at=self.clock.at)})
        await self.store.handle(applications, id, sign)
        return id

    def enter(self) -> None:
        """What the store has published goes into the ledger."""
        rows = self.store.messages(self.appended, 10_000)
        self.log.append([row.message for row in rows])
        self.appended += len(rows)

    async def rounds(self, most: int = 6) -> int:
        """As time passes: each letter is tried again at once, and the ledger takes what was said meanwhile."""
        sealed = 0
        for _ in range(most):
            for problem in self.sealing._problems.values():
                problem.next_try = 0.0
            sealed += await self.sealing.round()
            self.enter()
        return sealed

    async def letters(self, application: UUID) -> Sequence[LetterRow]:
        return await self.store.query(lambda tx: letters_of(tx, application))

    def file(self, row: LetterRow) -> bytes:
        assert row.file_item is not None
        return b64decode(self.vault.items[row.file_item.item][1])

    def events(self, *types: str) -> list[Any]:
        messages = [json.loads(row.message) for row in self.store.messages(0, 10_000)]
        return [each for each in messages if each["type"].rpartition(".")[2] in types]

    def _ledger(self, request: httpx.Request) -> httpx.Response:
        if self.ledger_is_away:
            raise httpx.ConnectError("away", request=request)
        path = request.url.path.removeprefix("/audit/api/")
        known = {json.loads(entry)["id"]: index for index, entry in enumerate(self.log.entries)}
        if path == "indexes":
            requested = request.url.params.get_list("event")
            return httpx.Response(200, json={event: known[event] for event in requested if event in known})
        if path == "witness-policy":
            return httpx.Response(200, content=POLICY.format())
        event = path.removeprefix("receipts/")
        return (
            httpx.Response(200, content=self.log.receipt(known[event]))
            if event in known
            else httpx.Response(404)
        )
