"""The commands to a case: from its business, its mentors, and the officials who verify and evaluate.

Every command is made under the write lock, from the case as it is then: the rules judge the same state that is decided on.
"""

from datetime import datetime
from uuid import UUID

from zi_chassis.clock import Clock
from zi_chassis.domain import Act
from zi_chassis.office_clock import office_zone
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled, Store
from zi_chassis.vault.connection import VaultWriter
from zi_contracts.intake import Items
from zi_contracts.umkm import EndReason, VerifiedBy
from zi_contracts.vault import ItemRef
from zi_rules.mentoring.assessment import Score
from zi_rules.mentoring.readiness import Readiness
from zi_umkm.domain import corrective_action as actions
from zi_umkm.domain import rule_evaluation
from zi_umkm.domain.business import BusinessProfile
from zi_umkm.domain.case import messages
from zi_umkm.domain.case.messages import MentoringCommands
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.domain.ids import request_id_of
from zi_umkm.domain.rulebook import MentoringRulebook
from zi_umkm.messaging.published import cases
from zi_umkm.messaging.upstream import MentoringRequest, interested_in
from zi_umkm.read.cases import evidenced_at
from zi_umkm.read.mentorships import evaluators_of
from zi_umkm.read.number_checks import checkers_of
from zi_umkm.read.trips import trip_to
from zi_umkm.use_cases.assessed_score import AssessedScores
from zi_umkm.use_cases.decisions import CaseDecisions, Decision
from zi_umkm.use_cases.statements import ActionTexts, BusinessStated, profile_of, ticket_to_publish
from zi_umkm.use_cases.vault_fields import NOTE, PRODUCT_NAME


class Mentoring:
    """`key` is an Idempotency-Key: the same act of the same person under it is done once. Notes lie in the vault."""

    def __init__(
        self, store: Store, rules: MentoringRulebook, vault_writer: VaultWriter, clock: Clock
    ) -> None:
        self._store = store
        self._rules = rules
        self._vault_writer = vault_writer
        self._decisions = CaseDecisions(store, vault_writer)
        self._clock = clock
        self.scores = AssessedScores(store, rules)

    async def state(self, request: MentoringRequest) -> MentoringCase:
        return await self._decisions.state(request)

    async def readiness(self, request: MentoringRequest) -> dict[int, Readiness]:
        """Return the readiness of each product that BPOM registers, by its number."""
        now, scored = await self.scored(request)
        rules = self._rules.of(now, self._clock.now())
        for_bpom = [each for each in now.triaged if each.track == "md"]
        enough = self._rules.self_enough(now)
        return {each.product: rule_evaluation.ready(now, each, scored, rules, enough) for each in for_bpom}

    async def scored(self, request: MentoringRequest) -> tuple[MentoringCase, Score | None]:
        """Return the case and the score of its last assessment by an official."""
        now = await self.state(request)
        return now, await self.scores.fetch(request.mentoring, now)

    # -- the business and its mentors

    async def restate(
        self, request: MentoringRequest, by: Act, key: UUID | None, stated: BusinessStated
    ) -> Handled[MentoringCase]:
        request_id = request_id_of(key, by, "restate", [stated])
        names = await self._names(request, by, key, stated)

        def decision(tx: Tx, now: MentoringCase, items: Items) -> MentoringCommands:
            business = profile_of(now, stated, names)
            self._rules.refuse_unknown_goods(business, by.at, now.business)
            return messages.Restate(by=by, request=request_id, business=business)

        return await self._decisions.decide(request, decision)

    async def _names(
        self, request: MentoringRequest, by: Act, key: UUID | None, stated: BusinessStated
    ) -> dict[int, Items]:
        """Store the product names and return their items by position.

        A refused or repeated statement stores nothing.
        """
        named = {place: each.name for place, each in enumerate(stated.products) if each.name is not None}
        now = await self.state(request)
        business = profile_of(now, stated, {})
        self._rules.refuse_unknown_goods(business, by.at, now.business)
        command = messages.Restate(
            by=by, request=request_id_of(key, by, "restate", [stated]), business=business
        )
        if command.request not in now.requests:
            cases.decide(command, now)
        return {
            place: await self._vault_writer.keep(
                request.ticket, {PRODUCT_NAME: name}, request_id_of(key, by, f"name {place}", [stated])
            )
            for place, name in named.items()
        }

    async def return_(
        self, request: MentoringRequest, by: Act, key: UUID | None, note: str | None = None
    ) -> Handled[MentoringCase]:
        """Record that the health office sent the business back."""
        request_id = request_id_of(key, by, "return", [note])
        return await self._decisions.decide(
            request,
            lambda tx, now, items: messages.Return(by=by, request=request_id, items=items),
            request_id,
            note_fields(note),
        )

    async def add_document(
        self,
        request: MentoringRequest,
        by: Act,
        key: UUID | None,
        document: str,
        file: ItemRef,
        product: int | None = None,
    ) -> Handled[MentoringCase]:
        """Add a file that was attached at intake."""
        request_id = request_id_of(key, by, "add-document", [document, product, file])
        return await self._decisions.decide(request, self._adding(by, request_id, document, file, product))

    async def refuse_document(
        self, request: MentoringRequest, by: Act, document: str, file: ItemRef, product: int | None
    ) -> None:
        """Raise what `add_document` would raise, before the file is uploaded."""
        await self._decisions.would_record(request, self._adding(by, None, document, file, product))

    def _adding(
        self, by: Act, request_id: UUID | None, document: str, file: ItemRef, product: int | None
    ) -> Decision:
        def decision(tx: Tx, now: MentoringCase, items: Items) -> MentoringCommands:
            self._rules.refuse_unasked(frozenset({document}), now, by.at, label=False)
            return messages.AddDocument(
                by=by, request=request_id, document=document, product=product, items=(file,)
            )

        return decision

    async def agree(
        self,
        request: MentoringRequest,
        by: Act,
        key: UUID | None,
        item: str,
        due: datetime | None = None,
        texts: ActionTexts | None = None,
    ) -> Handled[MentoringCase]:
        """Agree on an action; without a date, the rules' time for corrections applies."""
        fields = (texts or ActionTexts()).fields
        request_id = request_id_of(key, by, "agree", [item, due, texts])

        def decision(tx: Tx, now: MentoringCase, items: Items) -> MentoringCommands:
            until, promised_by = self._rules.correction_due(now, by.at) if due is None else (due, None)
            return actions.AgreeAction(
                by=by, request=request_id, item=item, due=until, promised_by=promised_by, items=items
            )

        return await self._decisions.decide(request, decision, request_id, fields)

    async def give_evidence(
        self,
        request: MentoringRequest,
        by: Act,
        key: UUID | None,
        item: str,
        files: Items,
        note: str | None = None,
    ) -> Handled[MentoringCase]:
        request_id = request_id_of(key, by, "give-evidence", [item, files, note])

        def decision(tx: Tx, now: MentoringCase, items: Items) -> MentoringCommands:
            return actions.GiveActionEvidence(by=by, request=request_id, item=item, items=(*files, *items))

        return await self._decisions.decide(request, decision, request_id, note_fields(note))

    async def refuse_evidence(self, request: MentoringRequest, by: Act, item: str) -> None:
        """Raise what `give_evidence` would raise, before the file is uploaded."""
        await self._decisions.would_record(
            request, lambda tx, now, items: actions.GiveActionEvidence(by=by, item=item, items=())
        )

    async def send_registration(
        self, request: MentoringRequest, by: Act, key: UUID | None, product: int
    ) -> Handled[MentoringCase]:
        request_id = request_id_of(key, by, "send-registration", [product])

        def decision(tx: Tx, now: MentoringCase, items: Items) -> MentoringCommands:
            rules = self._rules.of(now, by.at)
            triaged = [each for each in now.triaged if each.product == product]
            missing = [
                code
                for each in triaged
                for code in rule_evaluation.missing_for_registration(
                    now, each, rules, self._rules.self_enough(now)
                )
            ]
            version = rule_evaluation.pin_of(rules, self._rules.decree_pin(now, by.at))
            return messages.SendRegistration(
                by=by, request=request_id, product=product, rules=version, missing=tuple(missing)
            )

        return await self._decisions.decide(request, decision)

    async def return_registration(
        self, request: MentoringRequest, by: Act, key: UUID | None, product: int, note: str | None = None
    ) -> Handled[MentoringCase]:
        request_id = request_id_of(key, by, "return-registration", [product, note])

        def decision(tx: Tx, now: MentoringCase, items: Items) -> MentoringCommands:
            return messages.ReturnRegistration(by=by, request=request_id, product=product, items=items)

        return await self._decisions.decide(request, decision, request_id, note_fields(note))

    async def resume(self, request: MentoringRequest, by: Act, key: UUID | None) -> Handled[MentoringCase]:
        request_id = request_id_of(key, by, "resume")
        return await self._decisions.decide(
            request, lambda tx, now, items: messages.ResumeMentoring(by=by, request=request_id)
        )

    async def close(
        self, request: MentoringRequest, by: Act, key: UUID | None, reason: EndReason
    ) -> Handled[MentoringCase]:
        command = messages.CloseMentoring(
            by=by, request=request_id_of(key, by, "close", [reason]), reason=reason
        )
        return await self._decisions.decide(request, lambda tx, now, items: command)

    async def give_consent(
        self, request: MentoringRequest, by: Act, key: UUID | None, to: str
    ) -> Handled[MentoringCase]:
        """Consent that the request with the ticket `to` takes over the statements of this case."""
        to = ticket_to_publish(to)
        command = messages.GiveConsent(by=by, request=request_id_of(key, by, "give-consent", [to]), to=to)
        return await self._decisions.decide(request, lambda tx, now, items: command)

    async def withdraw_consent(
        self, request: MentoringRequest, by: Act, key: UUID | None, to: str
    ) -> Handled[MentoringCase]:
        to = ticket_to_publish(to)
        command = messages.WithdrawConsent(
            by=by, request=request_id_of(key, by, "withdraw-consent", [to]), to=to
        )
        return await self._decisions.decide(request, lambda tx, now, items: command)

    # -- mentors

    async def assign(
        self, request: MentoringRequest, by: Act, key: UUID | None, mentor: str
    ) -> Handled[MentoringCase]:
        """Assign a mentor, by themselves or by a supervisor; never somebody who has evaluated the business or checked a number of it."""
        request_id = request_id_of(key, by, "assign", [mentor])

        def decision(tx: Tx, now: MentoringCase, items: Items) -> MentoringCommands:
            return messages.AssignMentor(
                by=by,
                request=request_id,
                mentor=mentor,
                evaluators=evaluators_of(tx, now.business_ref),
                checkers=checkers_of(tx, now.business_ref),
                interested=interested_in(tx, now.business_ref),
            )

        return await self._decisions.decide(request, decision)

    async def triage(self, request: MentoringRequest, by: Act, key: UUID | None) -> Handled[MentoringCase]:
        """Decide the ways by the rules in force, which the case keeps from then on."""
        request_id = request_id_of(key, by, "triage")

        def decision(tx: Tx, now: MentoringCase, items: Items) -> MentoringCommands:
            rules = self._rules.in_force(by.at)
            business = now.business or BusinessProfile(district=request.district)
            self._rules.refuse_outdated_goods(business, by.at)
            outcomes = rule_evaluation.outcomes(business, rules)
            pin = rule_evaluation.pin_of(rules, self._rules.decree_pin(MentoringCase(), by.at))
            return messages.TriageProducts(by=by, request=request_id, rules=pin, outcomes=outcomes)

        return await self._decisions.decide(request, decision)

    async def graduate(self, request: MentoringRequest, by: Act, key: UUID | None) -> Handled[MentoringCase]:
        request_id = request_id_of(key, by, "graduate")
        return await self._decisions.decide(
            request, lambda tx, now, items: messages.Graduate(by=by, request=request_id)
        )

    # -- officials who are not its mentors

    async def verify(
        self,
        request: MentoringRequest,
        by: Act,
        key: UUID | None,
        item: str,
        means: VerifiedBy | None = None,
        note: str | None = None,
    ) -> Handled[MentoringCase]:
        """Verify an action, as an official who is not its author; of a critical finding, as the rules of the case say."""
        request_id = request_id_of(key, by, "verify", [item, means, note])

        def decision(tx: Tx, now: MentoringCase, items: Items) -> MentoringCommands:
            accept = frozenset(each.value for each in self._rules.of(now, by.at).critical.means)
            trip = _trip_since_evidence(tx, request.mentoring, by, item)
            return actions.VerifyAction(
                by=by, request=request_id, item=item, means=means, trip=trip, accept=accept, items=items
            )

        return await self._decisions.decide(request, decision, request_id, note_fields(note))

    async def reopen(
        self, request: MentoringRequest, by: Act, key: UUID | None, item: str, note: str | None = None
    ) -> Handled[MentoringCase]:
        request_id = request_id_of(key, by, "reopen", [item, note])

        def decision(tx: Tx, now: MentoringCase, items: Items) -> MentoringCommands:
            return actions.ReopenAction(by=by, request=request_id, item=item, items=items)

        return await self._decisions.decide(request, decision, request_id, note_fields(note))


def _trip_since_evidence(tx: Tx, mentoring: UUID, by: Act, item: str) -> str:
    """Return the letter of assignment of a trip on which the official can have seen what its evidence is about."""
    evidenced = evidenced_at(tx, mentoring, item) or by.at
    zone = office_zone()
    return trip_to(tx, mentoring, by.actor, evidenced.astimezone(zone).date(), by.at.astimezone(zone).date())


def note_fields(note: str | None) -> dict[str, str]:
    return {} if note is None else {NOTE: note}
