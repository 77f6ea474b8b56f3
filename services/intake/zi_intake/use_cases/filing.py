"""From what a citizen sent to a kept case and its receipt; the same key and body give the same receipt for ever."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from zi_chassis.access.identity import APPLICANT, Staff, act
from zi_chassis.bus.lanes import Reaction
from zi_chassis.clock import Clock
from zi_chassis.domain import Act, UnavailableError
from zi_chassis.storage.database import MACHINE, Tx
from zi_chassis.storage.recorded import event_id
from zi_chassis.storage.store import Handled, Store
from zi_chassis.vault.vault import Sealed, Vault
from zi_contracts.intake import Items, Road
from zi_intake.bodies.filings import CertificateBody, ComplaintBody, ConsultationBody, MentoringBody, Product
from zi_intake.bodies.information import InformationBody, SuggestionBody
from zi_intake.domain.case import filings
from zi_intake.domain.case.handling_messages import JoinIncident
from zi_intake.domain.case.refusals import InformationNotOfferedError
from zi_intake.domain.case.state import Case
from zi_intake.domain.incident_match import Matter
from zi_intake.messaging.published import decider
from zi_intake.names import Names
from zi_intake.promise import Promises
from zi_intake.read.published_incidents import is_open_to
from zi_intake.terms import FilingTerms, Terms
from zi_intake.use_cases.person_reference import PersonReferences
from zi_rules.emergency import EmergencyRules
from zi_rules.standard import NoStandardError, ServiceKind

Body = ComplaintBody | ConsultationBody | InformationBody | SuggestionBody
Answerable = (
    filings.FileComplaint | filings.FileConsultation | filings.RequestInformation | filings.MakeSuggestion
)
AnyBody = Body | CertificateBody | MentoringBody


@dataclass(frozen=True)
class CounterEntry:
    """An official who enters a case for somebody, and how it came in; or a system, with who keeps its secret."""

    by: Act
    road: Road
    system: str | None = None
    keeper: str | None = None


@dataclass(frozen=True)
class FilingConfirmation:
    """`code` is empty once it was replaced: the repeat of a filing gives neither the old one nor the new one."""

    ticket: str
    code: str
    event_id: UUID
    due: datetime | None
    promise: str


class FrontDoor:
    def __init__(
        self,
        store: Store,
        vault: Vault,
        names: Names,
        terms: Terms,
        promises: Promises,
        references: PersonReferences,
        emergency: EmergencyRules,
        clock: Clock,
    ) -> None:
        self._store = store
        self._vault = vault
        self._names = names
        self._terms = terms
        self._promises = promises
        self._references = references
        self._emergency = emergency
        self._clock = clock

    async def ticket(self, key: UUID) -> str:
        """Return the ticket that is recorded for the key, also one of before with a symbol; else the one that a filing gets now."""
        first = self._names.first_ticket(key)
        return first if first.isalnum() or await self.is_filed(first) else self._names.ticket(key)

    async def is_filed(self, ticket: str) -> bool:
        """Raises UnavailableError."""
        return await self.filed_at(ticket) is not None

    async def filed_at(self, ticket: str) -> datetime | None:
        """Return when it was filed, None if it is not. Raises UnavailableError."""
        try:
            filing = (await self._store.fetch(decider, self._names.aggregate(ticket)))[1].filing
            return None if filing is None else filing.by.at
        except MACHINE as fault:
            raise UnavailableError(f"The store does not answer: {type(fault).__name__}") from fault

    async def file(self, key: UUID, body: Body, entry: CounterEntry | None = None) -> FilingConfirmation:
        """File a case, or enter it; it is on disk on return. A known key with another body raises AnotherBodyError."""
        ticket = await self.ticket(key)
        data_subject = self._names.data_subject(ticket)
        sealed = self._vault.seal(data_subject, body.items, fresh=True)
        reference = None
        if isinstance(body, ComplaintBody | ConsultationBody):
            reference = await self._references.of(body)
        command = self._command(body, ticket, data_subject, sealed.refs, reference, entry)
        is_own = entry is None
        if is_own and isinstance(body, ComplaintBody) and body.joins is not None and not body.is_confidential:
            return await self._file_joining(command, sealed, body.joins, matter_of(body))
        return await self._file(command, sealed)

    async def request_certificate(
        self,
        key: UUID,
        body: CertificateBody,
        person: Staff | None,
        earlier: filings.CertificateRequested | None,
    ) -> FilingConfirmation:
        """File a request for letters; a person who is signed in for the company may name an earlier request."""
        ticket = await self.ticket(key)
        data_subject = self._names.data_subject(ticket)
        sealed = self._vault.seal(data_subject, body.items, fresh=True)
        command = filings.RequestCertificate(
            **self._common_fields(body, ticket, data_subject, sealed.refs, self._by(data_subject, person)),
            series=body.series,
            business_ref=self._business_ref(body, ticket, earlier),
            account=earlier and account_of(earlier),
        )
        return await self._file(command, sealed)

    async def request_mentoring(
        self, key: UUID, body: MentoringBody, person: Staff | None
    ) -> FilingConfirmation:
        """File a request to be mentored."""
        ticket, nib = await self.ticket(key), body.business.nib
        data_subject = self._names.data_subject(ticket)
        sealed = self._vault.seal(data_subject, body.items, fresh=True)
        command = filings.RequestMentoring(
            **self._common_fields(body, ticket, data_subject, sealed.refs, self._by(data_subject, person)),
            business_ref=self._names.temporary_business_ref(ticket)
            if nib is None
            else self._names.business_ref(nib),
            district=body.district,
            has_nib=nib is not None,
            products=len(body.products),
        )
        return await self._file(command, sealed)

    def _business_ref(
        self, body: CertificateBody, ticket: str, earlier: filings.CertificateRequested | None
    ) -> str:
        if body.company.nib is not None:
            return self._names.business_ref(body.company.nib)
        return self._names.temporary_business_ref(ticket) if earlier is None else earlier.business_ref

    async def _file(self, command: filings.Filing, sealed: Sealed) -> FilingConfirmation:
        aggregate = self._names.aggregate(command.ticket)
        return await self._confirmed(
            aggregate, await self._store.handle(decider, aggregate, command, keep=sealed)
        )

    async def _file_joining(
        self, command: filings.Filing, sealed: Sealed, incident: UUID, matter: Matter
    ) -> FilingConfirmation:
        """File the complaint and put it to the incident; to none if that is not open to it by now. A repeat decides nothing anew."""
        aggregate = self._names.aggregate(command.ticket)

        def found(tx: Tx) -> list[Reaction]:
            filing = Reaction(decider, aggregate, command, sealed)
            version, _ = self._store.states(tx, {aggregate: decider})[aggregate]
            if version or not is_open_to(tx, incident, matter, command.by.at):
                return [filing]
            return [filing, Reaction(decider, aggregate, JoinIncident(by=command.by, incident=incident))]

        filed, *_ = await self._store.decide_all(found)
        return await self._confirmed(aggregate, filed)

    async def _confirmed(self, aggregate: UUID, filed: Handled[Case]) -> FilingConfirmation:
        """Confirm the filing by what was recorded, now or when it came first."""
        message: bytes | None
        if filed.recorded:
            id, message = filed.recorded[0].event_id, filed.recorded[0].message
        else:
            id = event_id(aggregate, 1)
            message = await asyncio.to_thread(self._store.message, id)
        state, filing = filed.state, filed.state.filing
        assert filing is not None
        assert message is not None
        promise = self._promises.over(id, message, filing.by.at).decode()
        due = filing.due if isinstance(filing, filings.PromisedFiled) else None
        code = "" if state.code.number else self._names.code(filing.ticket)
        return FilingConfirmation(filing.ticket, code, id, due, promise)

    def _command(
        self,
        body: Body,
        ticket: str,
        data_subject: UUID,
        items: Items,
        reference: str | None,
        entry: CounterEntry | None = None,
    ) -> Answerable:
        by = self._by(data_subject) if entry is None else entry.by
        if isinstance(body, ComplaintBody):
            terms = self._terms.at_filing(ServiceKind.COMPLAINT, body.kind, by.at)
        else:
            terms = self._terms_of(body, by.at)
        fields = self._common_fields(body, ticket, data_subject, items, by) | {
            "confidentiality": body.way,
            "anonymous": body.is_anonymous,
            "confidential": body.is_confidential,
            "district": body.district,
            "standard": terms.standard,
            "person_ref": reference,
            "road": entry and entry.road,
            "system": entry and entry.system,
            "keeper": entry and entry.keeper,
        }
        if isinstance(body, SuggestionBody):
            return filings.MakeSuggestion(**fields, wants_answer=body.wants_answer)
        fields |= {"due": terms.due, "acknowledge_by": terms.acknowledge_by}
        if isinstance(body, InformationBody):
            return filings.RequestInformation(**fields)
        if isinstance(body, ConsultationBody):
            return filings.FileConsultation(**fields, topic=body.topic)
        return filings.FileComplaint(
            **fields,
            kind=body.kind,
            commodity=None if body.product is None else body.product.commodity,
            appointed_topic=body.appointed_topic,
            judge_by=self._judge_by(terms, by) if body.illness and body.appointed_topic is None else None,
        )

    def _terms_of(
        self, body: ConsultationBody | InformationBody | SuggestionBody, at: datetime
    ) -> FilingTerms:
        """Return the terms of the filing; a suggestion waits for its citizen as a question does. Raises InformationNotOfferedError."""
        if not isinstance(body, InformationBody):
            return self._terms.at_filing(ServiceKind.CONSULTATION, "consultation", at)
        try:
            return self._terms.at_filing(ServiceKind.PUBLIC_INFORMATION, "information", at)
        except NoStandardError as error:
            raise InformationNotOfferedError from error

    def _judge_by(self, terms: FilingTerms, by: Act) -> datetime:
        """Return by when an officer judges what the reporter calls an emergency; where the office has no time for that, with the
        confirmation."""
        within = self._emergency.judge_within
        if within is None:
            return terms.acknowledge_by
        return min(terms.acknowledge_by, self._terms.after(terms.standard, within.period, by.at))

    def _common_fields(
        self, body: AnyBody, ticket: str, data_subject: UUID, items: Items, by: Act
    ) -> dict[str, Any]:
        """Return the fields that every filing has."""
        return {
            "by": by,
            "ticket": ticket,
            "body_digest": self._names.body_digest(body.model_dump_json().encode()),
            "data_subject": data_subject,
            "language": body.language,
            "reachable_by": body.reachable_by,
            "items": items,
        }

    def _by(self, data_subject: UUID, person: Staff | None = None) -> Act:
        """Return the act of the signed-in person, or without one of the case's data subject."""
        if person is not None:
            return act(person, APPLICANT, self._clock)
        return Act(at=self._clock.now(), actor=str(data_subject), role="public")


def account_of(earlier: filings.CertificateRequested) -> str:
    """Return the ticket of the request that opened the company's account."""
    return earlier.account or earlier.ticket


def matter_of(body: ComplaintBody) -> Matter:
    """Return what published incidents are compared with."""
    product = body.product or Product(commodity=None)
    return Matter(
        body.district, product.commodity or "", product.name or "", product.registration_number or ""
    )
