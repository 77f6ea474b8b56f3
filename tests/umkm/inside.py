"""umkm over a real store, as the routes and pages use it, with what intake says told to it; no broker, no network."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from tests.certificates.inside import SetClock, VaultInMemory, ticket_of
from tests.umkm.steps import DAY, MONDAY, named
from tests.web.provider import ISSUER

from zi_chassis.access.identity import Staff
from zi_chassis.bus.lanes import LaneMessage
from zi_chassis.domain import Act
from zi_chassis.service import Service
from zi_chassis.settings import Settings
from zi_chassis.storage.recorded import NO_PREVIOUS, rfc3339
from zi_chassis.storage.store import Handled
from zi_chassis.storage.timers import TimerLoop
from zi_contracts.message import Message
from zi_contracts.vault import ItemRef
from zi_rules.mentoring.checklist import Checklist
from zi_umkm.container import MentoringOffice
from zi_umkm.domain.business import BusinessProduct
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.domain.rule_evaluation import version_of
from zi_umkm.main import front
from zi_umkm.messaging.timers import Reminding
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.use_cases.statements import BusinessStated, ProductStated
from zi_umkm.use_cases.sync import SentAnswer
from zi_umkm.use_cases.visiting import FilledItem, SentFile

FISH = ProductStated(kind="frozen_fish", traits=("frozen_meat_or_fish",), name="Nugget Ikan Contoh")
SAMBAL = ProductStated(kind="sambal", name="Sambal Contoh")
# What the rules ask of a product of medium risk that is registered at BPOM.
PERMIT_PAPERS = (
    *(
        "standard_statement",
        "premises_photos",
        "investment_value",
        "location_map",
        "layout",
        "quality_manual",
    ),
    *("product_description", "process_flow", "separate_premises", "identity_and_tax_number"),
)
PRODUCT_PAPERS = ("label_design", "composition", "production_process", "premises_plan", "lab_results")


@dataclass
class Inside:
    """umkm over a real store, without a broker."""

    service: Service
    office: MentoringOffice
    clock: SetClock
    vault: VaultInMemory
    positions: dict[str, int] = field(default_factory=dict)
    files: dict[tuple[str, str], ItemRef] = field(default_factory=dict)

    # -- what intake says

    async def hear(
        self,
        event: str,
        data: Mapping[str, Any],
        case: UUID,
        ticket: str,
        actor: str,
        role: str,
        sender: str = "intake",
    ) -> bytes:
        position = self.positions.get(sender, 0) + 1
        self.positions[sender] = position
        raw = json.dumps(
            {
                "specversion": "1.0",
                "id": str(uuid5(case, f"{sender} {position}")),
                "source": f"/zi/contoh/{sender}",
                "type": f"zi.{sender}.{event}",
                "subject": ticket,
                "time": rfc3339(self.clock.now()),
                "datacontenttype": "application/json",
                "aggregate": str(case),
                "version": position,
                "position": position,
                "previous": NO_PREVIOUS,
                "actor": actor,
                "actorrole": role,
                "commitment": NO_PREVIOUS,
                "data": dict(data),
            }
        ).encode()
        received = [LaneMessage(position, raw, Message.parse(raw))]
        await self.office.store.receive(sender, received, self.office.react)
        return raw

    async def declared(self, official: str, business: str) -> None:
        """Hear of a conflict of interest."""
        data = {"official": official, "business_ref": business, "kind": "actual", "source": "family"}
        declaration = named(f"declaration {official} {business}")
        sender, role = "integrity", "staff:mentor"
        await self.hear("conflict_declared", data, declaration, "conflict", official, role, sender)

    async def cleared(self, official: str, business: str) -> None:
        data = {"official": official, "business_ref": business, "reason": "interest_ended"}
        declaration = named(f"declaration {official} {business}")
        sender, role = "integrity", "staff:supervisor"
        await self.hear("conflict_cleared", data, declaration, "conflict", "supervisor-sari", role, sender)

    async def requested(
        self,
        name: str = "one",
        district: str = "nunukan",
        *,
        nib: bool = True,
        business: str | None = None,
        actor: str | None = None,
        role: str = "public",
    ) -> MentoringRequest:
        """As intake passes it on; a business that is signed in has an `actor` of its own."""
        ticket, subject, case = ticket_of(name), named(f"subject {name}"), named(f"case {name}")
        fields = {
            "business.name": f"Dapur {name}",
            "place": f'{{"kind": "separate", "address": "Jalan {name} 1"}}',
            "products": "Nugget ikan",
            "reporter.name": "Bunga Contoh",
        }
        items = self.vault.add(ticket, fields)
        data = {
            "state": "passed_on",
            "holder": "office",
            "language": "id",
            "reachable_by": ["phone"],
            "business_ref": named(f"business {business or name}").hex * 2,
            "data_subject": str(subject),
            "district": district,
            "has_nib": nib,
            "products": 1,
            "items": [each.model_dump(mode="json") for each in items],
        }
        await self.hear("mentoring_requested", data, case, ticket, actor or str(subject), role)
        return await self.office.access.request(ticket)

    async def attached(self, request: MentoringRequest, name: str) -> ItemRef:
        """A file at intake; the same again is the item that it was."""
        if (request.ticket, name) in self.files:
            return self.files[request.ticket, name]
        [item] = self.vault.add(request.ticket, {"attachment": name})
        self.files[request.ticket, name] = item
        refs = [item.model_dump(mode="json")]
        fields = {"media_type": "application/pdf", "size": len(name), "items": refs}
        actor = str(request.data_subject)
        await self.hear("attachment_added", fields, request.case, request.ticket, actor, "public")
        return item

    async def given_number(self, request: MentoringRequest, name: str = "numbered") -> str:
        """The business tells intake its number; what it is called from then on."""
        business_ref = named(f"business {name}").hex * 2
        data = {
            "state": "passed_on",
            "holder": "office",
            "language": "id",
            "reachable_by": ["phone"],
            "business_ref": business_ref,
            "former_ref": request.business_ref,
            "items": [],
        }
        actor = str(request.data_subject)
        await self.hear("business_number_given", data, request.case, request.ticket, actor, "public")
        return business_ref

    async def erased(self, request: MentoringRequest) -> bytes:
        """All that is personal of the case; return the message."""
        data = {"state": "closed", "holder": "citizen", "language": "id", "reachable_by": []}
        data |= {"reason": "subject_request", "asked_by": "officer-budi"}
        role = "staff:supervisor"
        return await self.hear(
            "data_subject_erased", data, request.case, request.ticket, "supervisor-eka", role
        )

    # -- the usual way

    def business(self, request: MentoringRequest) -> Act:
        return Act(at=self.clock.now(), actor=str(request.data_subject), role="public")

    def staff(self, name: str, role: str) -> Act:
        return Act(at=self.clock.now(), actor=name, role=f"staff:{role}")

    def mentor(self, name: str = "mentor-ani") -> Act:
        return self.staff(name, "mentor")

    @property
    def checklist(self) -> Checklist:
        return self.office.rules.checklist_in_force(self.clock.now())

    async def state(self, request: MentoringRequest) -> MentoringCase:
        return await self.office.mentoring.state(request)

    async def stated_products(self, request: MentoringRequest) -> list[BusinessProduct]:
        business = (await self.state(request)).business
        return list(business.products) if business else []

    async def tick(self) -> int:
        """Whatever is due by now."""
        reminding = Reminding(self.office.store, self.office.rules)
        return await TimerLoop(self.office.store, self.clock, reminding).tick()

    async def slept(self) -> None:
        """A silence long enough for every case that is not with the office."""
        self.clock.at += 91 * DAY
        await self.tick()

    async def stated(
        self,
        name: str = "one",
        *products: ProductStated,
        district: str = "nunukan",
        business: str | None = None,
    ) -> MentoringRequest:
        """It has said what it makes."""
        request = await self.requested(name, district, business=business)
        stated = BusinessStated.model_validate(
            {"district": district, "kbli": ("10213",), "products": products or (FISH,)}
        )
        await self.office.mentoring.restate(request, self.business(request), None, stated)
        return request

    async def mentored(
        self,
        name: str = "one",
        *products: ProductStated,
        district: str = "nunukan",
        business: str | None = None,
        mentor: str = "mentor-ani",
    ) -> MentoringRequest:
        """And has a mentor and its way."""
        request = await self.stated(name, *products, district=district, business=business)
        await self.office.mentoring.assign(request, self.mentor(mentor), None, mentor)
        await self.office.mentoring.triage(request, self.mentor(mentor), None)
        return request

    async def refer(
        self,
        request: MentoringRequest,
        note: str | None = None,
        key: UUID | None = None,
        mentor: str = "mentor-ani",
    ) -> Handled[MentoringCase]:
        """Its mentor writes the letter to the health office."""
        person = Staff(sub=mentor, name="Ani Contoh", roles=frozenset({"mentor"}), token=mentor, expires=0)
        return await self.office.letters.referring.refer(request, self.mentor(mentor), key, note, person)

    async def visited(
        self,
        request: MentoringRequest,
        wrong: tuple[str, ...] = ("cuci_tangan", "fifo"),
        visit: str = "first",
        finished_by: str = "mentor-ani",
    ) -> None:
        """By its mentor: everything is well but `wrong`, and both have signed."""
        id, by, form = named(f"visit {request.ticket} {visit}"), self.mentor(), self.checklist
        answers = [
            SentAnswer(
                id=named(f"{id} {each.code}"),
                item=each.code,
                outcome="no" if each.code in wrong else "yes",
                grade=each.grades[0] if each.code in wrong else None,
                device_time=self.clock.now(),
            )
            for each in form.items
        ]
        await self.office.visiting.sync(request, by, id, version_of(form), answers)
        for side in ("business", "office"):
            file = await self.attached(request, f"signature {side} {visit}")
            sent = SentFile.model_validate(
                {
                    "id": named(f"{id} {side}"),
                    "side": side,
                    "answers": tuple(each.id for each in answers),
                    "claimed_at": self.clock.now(),
                }
            )
            await self.office.visiting.add_file(request, by, id, sent, file)
        await self.office.visiting.finish(request, self.mentor(finished_by), id)

    async def put_right(self, request: MentoringRequest, item: str = "cuci_tangan") -> None:
        """And looked at by somebody else."""
        by = self.business(request)
        await self.office.mentoring.agree(request, by, None, item)
        await self.evidenced(request, item)
        await self.office.mentoring.verify(
            request, self.staff("officer-budi", "officer"), None, item, "on_site"
        )

    async def evidenced(self, request: MentoringRequest, item: str = "cuci_tangan") -> None:
        file = await self.attached(request, f"evidence {item}")
        await self.office.mentoring.give_evidence(request, self.business(request), None, item, (file,))

    async def complete(self, request: MentoringRequest) -> None:
        """Every paper and every part of the label is there, and it has looked at itself."""
        by, mentoring = self.business(request), self.office.mentoring
        await self.assessed_itself(request)
        for document in PERMIT_PAPERS:
            await mentoring.add_document(request, by, None, document, await self.attached(request, document))
        for document in PRODUCT_PAPERS:
            file = await self.attached(request, document)
            await mentoring.add_document(request, by, None, document, file, 1)
        rules = self.office.rules.in_force(self.clock.now())
        label = frozenset(each.code for each in rules.requirements if each.part == "label")
        await self.office.label_checking.check_parts(request, self.mentor(), None, 1, label)

    async def assessed_itself(self, request: MentoringRequest, wrong: tuple[str, ...] = ()) -> None:
        id, by = named(f"own {request.ticket}"), self.business(request)
        fields = {
            each.code: FilledItem(outcome="no" if each.code in wrong else "yes")
            for each in self.checklist.items
        }
        await self.office.visiting.fill(request, by, id, named(f"key {request.ticket}"), fields)
        await self.office.visiting.finish(request, by, id)

    async def applied(self, name: str = "one", business: str | None = None) -> MentoringRequest:
        """For its permit."""
        request = await self.mentored(name, business=business)
        await self.visited(request)
        await self.put_right(request)
        await self.complete(request)
        await self.office.permits.apply(request, self.business(request), None)
        return request

    async def evaluated(self, name: str = "one", business: str | None = None) -> MentoringRequest:
        """And its account is verified."""
        request = await self.applied(name, business)
        await self.office.permits.verify_account(request, self.staff("officer-budi", "officer"), None)
        return request

    async def found_fit(self, name: str = "one", business: str | None = None) -> MentoringRequest:
        request = await self.evaluated(name, business)
        evaluator = self.staff("evaluator-citra", "evaluator")
        await self.office.permits.find_fit(request, evaluator, None)
        return request

    async def permitted(self, name: str = "one", business: str | None = None) -> MentoringRequest:
        request = await self.found_fit(name, business)
        await self.signed(request)
        return request

    async def signed(
        self, request: MentoringRequest, signer: str = "head-gita", key: UUID | None = None
    ) -> None:
        """The permit, by this head of the office."""
        person = Staff(
            sub=signer, name="Gita Contoh", roles=frozenset({"head"}), token=f"token {signer}", expires=2**40
        )
        await self.office.permit_issuing.issue(request, self.staff(signer, "head"), person, key)

    async def numbered(self, name: str = "one") -> MentoringRequest:
        request = await self.permitted(name)
        by = self.business(request)
        await self.office.mentoring.send_registration(request, by, None, 1)
        await self.office.numbers.record(request, by, None, 1, "MD 123456789012")
        return request


def office_settings(folder: Path, database: str = "", public_url: str = "http://zona.example") -> Settings:
    return Settings(service="umkm", data=folder, database=database, issuer=ISSUER, public_url=public_url)


@asynccontextmanager
async def opened(folder: Path, database: str = "") -> AsyncIterator[Inside]:
    clock = SetClock(MONDAY)
    service = front(office_settings(folder, database), clock)
    office: MentoringOffice = service.app.state.office
    vault = VaultInMemory()
    office.connect(vault)
    async with office:
        yield Inside(service, office, clock, vault)
