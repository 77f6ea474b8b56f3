"""Certificates over a real store, as the routes and pages use it, with what others say told to it; no broker, no network."""

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid5

from nats.aio.client import Client
from tests.certificates.officials import BUSINESS, MONDAY, evaluator, named, signer, staff, system
from tests.web.provider import ISSUER

from zi_certificates.container import CertificatesOffice
from zi_certificates.domain.account import Account
from zi_certificates.domain.application.commands import (
    RecordNumber,
    Seal,
)
from zi_certificates.domain.application.events import (
    LettersSigned,
)
from zi_certificates.domain.application.state import (
    Application,
)
from zi_certificates.domain.ids import letter_id, register_id
from zi_certificates.domain.issuing import to_issue
from zi_certificates.domain.statement import Document, Outline
from zi_certificates.main import front
from zi_certificates.messaging.published import applications, registers
from zi_certificates.messaging.upstream import IntakeRequest, request_of
from zi_certificates.read.bills import bill_for
from zi_certificates.use_cases.payment_notice import PaymentNotice
from zi_certificates.use_cases.payments import record_payment
from zi_certificates.use_cases.statement_checks import AccountStated
from zi_chassis.bus.lanes import LaneMessage
from zi_chassis.clock import Clock
from zi_chassis.domain import Act
from zi_chassis.service import Service
from zi_chassis.settings import Settings
from zi_chassis.storage.recorded import NO_PREVIOUS, rfc3339
from zi_chassis.storage.store import Handled
from zi_chassis.vault.requests import KEEP, Answer, VaultClient, VaultUnavailableError
from zi_contracts.certificates import SignedLetter
from zi_contracts.message import Message
from zi_contracts.vault import (
    DisclosedItem,
    ItemRef,
    VaultKeepRequest,
    VaultKept,
    VaultRefusal,
    VaultReply,
    VaultRequest,
)
from zi_rules.certificate.item import Analysis, AnalysisResult, UnnumberedItem
from zi_rules.ticket import ticket_from_bytes

SALT = b64encode(bytes(32)).decode()
DEMO_RULES = Path(__file__).parents[2] / "rules" / "zi_rules" / "data" / "demo"
OUTLINE = Outline(kinds=("ski_post_border",), goods="pangan_olahan")
EXPORT = Outline(kinds=("ske_health",), goods="pangan_olahan", country="MY")
STATED = AccountStated(hs_codes=("2103.90.12",), warehouse="Jalan Gudang 3, Tarakan")
ACCOUNT_DOCUMENTS = (
    *("application_letter", "responsible_person_statement", "hs_code_list", "identity_card"),
    *("warehouse_photos", "nib"),
)


def sample_item(batch: str = "B-001", registration: str = "ML123456789012") -> UnnumberedItem:
    tested = AnalysisResult(parameter="timbal", result="0,1 mg/kg", method="AAS")
    return UnnumberedItem(
        product="Kecap Contoh",
        registration_number=registration,
        hs_code="21039012",
        batch=batch,
        manufactured=date(2026, 6, 1),
        expires=date(2028, 6, 1),
        quantity=Decimal("1200.5"),
        unit="kg",
        pack="botol",
        country="MY",
        port="Tarakan",
        invoice="INV-CONTOH-1",
        analysis=Analysis(
            dated=date(2026, 6, 3), batch=batch, manufactured=date(2026, 6, 1), results=(tested,)
        ),
    )


class SetClock(Clock):
    def __init__(self, at: datetime = MONDAY) -> None:
        super().__init__()
        self.at = at

    def now(self) -> datetime:
        return self.at

    def pass_hours(self, hours: float) -> None:
        self.at += timedelta(hours=hours)


class VaultInMemory(VaultClient):
    """Intake's vault as its client sees it; `plain` is what it keeps, by item. `meanwhile` happens while something is kept.

    `refusal` is what it says to whoever reads, if it is set; `reads` are those that were asked for.
    """

    def __init__(self) -> None:
        super().__init__(cast(Client, None), "certificates")
        self.plain: dict[UUID, tuple[str, str, str]] = {}
        self._by_request: dict[UUID, tuple[ItemRef, ...]] = {}
        self.meanwhile: Callable[[], Awaitable[None]] | None = None
        self.is_away = False
        self.refusal: VaultRefusal | None = None
        self.reads: list[VaultRequest] = []

    def add(self, ticket: str, texts: Mapping[str, str]) -> tuple[ItemRef, ...]:
        return tuple(self._store(ticket, field, text) for field, text in texts.items())

    def texts(self, ticket: str, field: str) -> list[str]:
        return [
            text for _, stored_ticket, name, text in self._all() if (stored_ticket, name) == (ticket, field)
        ]

    def _all(self) -> list[tuple[UUID, str, str, str]]:
        return [(item, *rest) for item, rest in self.plain.items()]

    def _store(self, ticket: str, field: str, text: str) -> ItemRef:
        item = named(f"{ticket} {field} {len(self.plain)}")
        self.plain[item] = (ticket, field, text)
        return ItemRef(item=item, field=field, digest=sha256(text.encode()).hexdigest())

    async def _ask(self, what: str, content: bytes, kind: type[Answer]) -> Answer:
        if self.is_away:
            raise VaultUnavailableError("The vault gave no answer.")
        if self.meanwhile is not None:
            await self.meanwhile()
        answer = self._keep(content) if what == KEEP else self._read_from(content)
        return kind.model_validate_json(answer.model_dump_json())

    def _keep(self, content: bytes) -> VaultKept:
        request = VaultKeepRequest.model_validate_json(content)
        if request.request not in self._by_request:
            self._by_request[request.request] = self.add(request.ticket, request.fields)
        return VaultKept(items=self._by_request[request.request])

    def _read_from(self, content: bytes) -> VaultReply:
        request = VaultRequest.model_validate_json(content)
        self.reads.append(request)
        if self.refusal is not None:
            return VaultReply(error=self.refusal)
        matching = [
            (item, field, text)
            for item, ticket, field, text in self._all()
            if ticket == request.ticket and field in request.fields
        ]
        if request.items is None:
            return VaultReply(fields={field: text for _, field, text in matching})
        requested = [each for each in matching if each[0] in request.items]
        return VaultReply(
            items=tuple(
                DisclosedItem(item=item, field=field, salt=SALT, text=text) for item, field, text in requested
            )
        )


@dataclass
class Inside:
    service: Service
    office: CertificatesOffice
    clock: SetClock
    vault: VaultInMemory
    positions: dict[str, int] = field(default_factory=dict)
    lane: asyncio.Lock = field(default_factory=asyncio.Lock)

    # -- what others say

    async def hear(
        self,
        sender: str,
        event: str,
        data: Mapping[str, Any],
        *,
        aggregate: UUID,
        subject: str = "-",
        actor: str = "somebody",
        role: str = "staff:integrity",
    ) -> Message:
        """As the inbox would hand it over: one after the other."""
        async with self.lane:
            position = self.positions.get(sender, 0) + 1
            raw = json.dumps(
                {
                    "specversion": "1.0",
                    "id": str(uuid5(aggregate, f"{sender} {position}")),
                    "source": f"/zi/contoh/{sender}",
                    "type": f"zi.{sender}.{event}",
                    "subject": subject,
                    "time": rfc3339(self.clock.now()),
                    "datacontenttype": "application/json",
                    "aggregate": str(aggregate),
                    "version": position,
                    "position": position,
                    "previous": NO_PREVIOUS,
                    "actor": actor,
                    "actorrole": role,
                    "commitment": NO_PREVIOUS,
                    "data": dict(data),
                }
            ).encode()
            message = Message.parse(raw)
            received = [LaneMessage(position, raw, message)]
            await self.office.store.receive(sender, received, self.office.react)
            self.positions[sender] = position
        return message

    async def mentored(self, official: str, business: str = BUSINESS) -> Message:
        data = {"mentor": official, "business_ref": business}
        return await self.hear("umkm", "mentoring_recorded", data, aggregate=named(f"mentor {official}"))

    async def consented(self, ticket: str, mentoring: str, *, withdrawn: bool = False) -> Message:
        """A business agrees, or does so no more, that its mentoring case is taken over into the application with this ticket."""
        stands = {"state": "registered", "holder": "office", "language": "id", "reachable_by": ["email"]}
        data = stands | {"business_ref": BUSINESS, "to": ticket}
        event = "consent_withdrawn" if withdrawn else "consent_given"
        return await self.hear("umkm", event, data, aggregate=named(mentoring), subject=mentoring)

    async def numbered(self, former: str, business: str = BUSINESS) -> Message:
        """A mentored business gives its number at intake."""
        stands = {"state": "passed_on", "holder": "office", "language": "id", "reachable_by": ["email"]}
        data = stands | {"business_ref": business, "former_ref": former, "items": []}
        return await self.hear("intake", "business_number_given", data, aggregate=named(f"number {former}"))

    async def declared(self, official: str, business: str = BUSINESS) -> Message:
        data = {"official": official, "business_ref": business, "kind": "actual", "source": "family"}
        declaration = named(f"declaration {official} {business}")
        return await self.hear("integrity", "conflict_declared", data, aggregate=declaration)

    async def cleared(self, official: str, business: str = BUSINESS) -> Message:
        data = {"official": official, "business_ref": business, "reason": "interest_ended"}
        declaration = named(f"declaration {official} {business}")
        return await self.hear("integrity", "conflict_cleared", data, aggregate=declaration)

    async def requested(
        self,
        name: str = "one",
        series: str = "ski",
        account: str | None = None,
        business: str = BUSINESS,
        actor: str | None = None,
        role: str = "public",
        nib: str | None = "1234567890123",
    ) -> IntakeRequest:
        """As intake passes it on; an applicant who is signed in has an `actor` of their own."""
        ticket, subject = ticket_of(name), named(f"subject {name}")
        company = {
            "company.name": f"PT {name}",
            "company.address": "Jalan Contoh 1",
            "reporter.name": "Bunga",
            **({} if nib is None else {"company.nib": nib}),
        }
        items = self.vault.add(ticket, company)
        data = {
            "state": "passed_on",
            "holder": "office",
            "language": "id",
            "reachable_by": ["email"],
            "series": series,
            "business_ref": business,
            "data_subject": str(subject),
            "account": account,
            "items": [each.model_dump(mode="json") for each in items],
        }
        who = {"actor": actor or str(subject), "role": role}
        case = named(f"case {name}")
        await self.hear("intake", "certificate_requested", data, aggregate=case, subject=ticket, **who)
        request = await self.office.store.query(lambda tx: request_of(tx, ticket))
        assert request is not None
        return request

    async def attached(self, request: IntakeRequest, name: str) -> ItemRef:
        """A file at intake."""
        [item] = self.vault.add(request.ticket, {"attachment": name})
        data = {
            "media_type": "application/pdf",
            "size": len(name),
            "items": [item.model_dump(mode="json")],
        }
        await self.hear("intake", "attachment_added", data, aggregate=request.case, subject=request.ticket)
        return item

    async def known(self, official: str, *roles: str) -> None:
        """As an official becomes known who opens the desk."""
        await self.office.officials.note(self.office.store.database, official, roles)

    # -- the usual way

    def citizen(self, request: IntakeRequest) -> Act:
        return Act(at=self.clock.now(), actor=str(request.data_subject), role="public")

    def evaluator(self, name: str = "evaluator-ani") -> Act:
        return evaluator(name, self.clock.now())

    def signer(self, name: str = "signer-budi") -> Act:
        return signer(name, self.clock.now())

    def staff(self, name: str, role: str) -> Act:
        return staff(name, role, self.clock.now())

    async def verified(self, request: IntakeRequest) -> Handled[Account]:
        """An account with all that the rules ask of it."""
        documents = [
            Document(kind=kind, file=await self.attached(request, kind)) for kind in ACCOUNT_DOCUMENTS
        ]
        stated = STATED.model_copy(update={"documents": tuple(documents)})
        await self.office.applying.open_account(request, self.citizen(request), None, stated)
        officer = self.staff("officer-ira", "officer")
        return await self.office.deciding.verify_account(request.ticket, officer, None, 1)

    async def drafted(
        self, request: IntakeRequest, outline: Outline = OUTLINE, replaces: str | None = None
    ) -> None:
        """With one product and every document that the rules ask for."""
        applying, by = self.office.applying, self.citizen(request)
        await applying.draft(request, by, None, outline, replaces)
        registration = "ML123456789012" if request.series == "ski" else "MD123456789012"
        await applying.add_items(request, by, None, [sample_item(registration=registration)])
        for missing in (await applying.examination(request)).missing:
            file = await self.attached(request, missing.any_of[0])
            products = () if missing.item is None else (missing.item,)
            document = Document(kind=missing.any_of[0], file=file, products=products)
            await applying.attach(request, by, None, document)

    async def submitted(
        self, name: str = "one", business: str = BUSINESS, account: str | None = None
    ) -> IntakeRequest:
        request = await self.requested(name, business=business, account=account)
        if account is None:
            await self.verified(request)
        await self.drafted(request)
        revision = (await self.state(request)).revision
        await self.office.applying.submit(request, self.citizen(request), None, revision)
        return request

    async def paid(
        self, name: str = "one", business: str = BUSINESS, account: str | None = None
    ) -> IntakeRequest:
        """It waits in the queue; the next one a minute later."""
        request = await self.submitted(name, business, account)
        await self.pay(request)
        return request

    async def pay(self, request: IntakeRequest) -> None:
        bill = await self.office.store.query(lambda tx: bill_for(tx, request.application))
        assert bill is not None
        payment = f"bank-{bill.bill}"
        notice = PaymentNotice(bill=bill.bill, payment=payment, amount=bill.amount, paid_at=self.clock.now())
        await record_payment(self.office, notice)
        self.clock.pass_hours(1 / 60)

    async def passed(self, name: str = "one", business: str = BUSINESS) -> IntakeRequest:
        """Two evaluators found it good; it waits for a signature."""
        request = await self.paid(name, business)
        for official in ("evaluator-ani", "evaluator-eko"):
            taken = await self.office.deciding.take_next(self.evaluator(official), None)
            assert taken.state.draft is not None
            assert taken.state.draft.ticket == request.ticket
            await self.office.deciding.pass_evaluation(
                request.ticket, self.evaluator(official), None, taken.state.revision
            )
        return request

    async def signed(self, name: str = "one") -> IntakeRequest:
        request = await self.passed(name)
        now = await self.state(request)
        assert now.statement is not None
        letters = tuple(
            signed_letter(request.application, kind, now.revision) for kind in now.statement.kinds
        )
        await self.office.deciding.sign(request.ticket, self.signer(), None, now.revision, letters)
        return request

    async def sealed(self, request: IntakeRequest) -> list[str]:
        """What follows by itself when the letters are signed; their numbers."""
        by, year = system(self.clock.now()), self.clock.now().year
        register = register_id(self.office.settings.office, request.series, year)
        events = await self.office.store.events(request.application)
        [signed] = [each for each in events if isinstance(each, LettersSigned)]
        numbers: list[str] = []
        for issue in to_issue(request.application, await self.state(request), signed, year, by):
            done = await self.office.store.handle(registers, register, issue)
            numbers.append(json.loads(done.recorded[0].message)["data"]["number"])
            for command in (
                RecordNumber(by=by, letter=issue.letter, number=numbers[-1]),
                Seal(by=by, letter=issue.letter, file="f" * 64),
            ):
                await self.office.store.handle(applications, request.application, command)
        return numbers

    async def state(self, request: IntakeRequest) -> Application:
        return (await self.office.store.fetch(applications, request.application))[1]


def signed_letter(application: UUID, kind: str, revision: int) -> SignedLetter:
    letter = letter_id(application, kind, revision)
    return SignedLetter(letter=letter, kind=kind, content="c" * 64, template="d" * 64)


def ticket_of(name: str) -> str:
    return ticket_from_bytes(named(f"ticket {name}").bytes)


@asynccontextmanager
async def opened(
    folder: Path, database: str = "", clock: SetClock | None = None, rules: Path = DEMO_RULES, **more: Any
) -> AsyncIterator[Inside]:
    """The demonstration's rules, because they have tariffs; the simulator of billing."""
    clock = clock or SetClock()
    settings = Settings(
        service="certificates",
        data=folder,
        database=database,
        issuer=ISSUER,
        public_url="http://zona.example",
        rules=rules,
        billing="simulator",
        **more,
    )
    service = front(settings, clock)
    office: CertificatesOffice = service.app.state.office
    vault = VaultInMemory()
    office.connect(vault)
    async with office:
        yield Inside(service, office, clock, vault)
