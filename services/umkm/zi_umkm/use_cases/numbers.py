"""Record, correct and check the numbers of a case; of a number that somebody states, only how it is written is checked here."""

from uuid import UUID

from zi_chassis.domain import Act
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled, Store
from zi_chassis.vault.connection import VaultWriter
from zi_contracts.intake import Items
from zi_contracts.umkm import NumberOutcome
from zi_umkm.domain.case import numbers
from zi_umkm.domain.case.messages import MentoringCommands
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.domain.ids import request_id_of
from zi_umkm.domain.rulebook import MentoringRulebook
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.read.mentorships import mentors_of
from zi_umkm.use_cases.decisions import CaseDecisions


class Numbers:
    """`key` is an Idempotency-Key: the same act of the same person under it is done once."""

    def __init__(self, store: Store, rules: MentoringRulebook, vault_writer: VaultWriter) -> None:
        self._rules = rules
        self._decisions = CaseDecisions(store, vault_writer)

    async def record(
        self, request: MentoringRequest, by: Act, key: UUID | None, product: int, number: str
    ) -> Handled[MentoringCase]:
        """Record the number of BPOM, or that of the health office for a product that was referred to it."""
        request_id = request_id_of(key, by, "record-number", [product, number])

        def decision(tx: Tx, now: MentoringCase, items: Items) -> MentoringCommands:
            kind = numbers.recorded_by(product, now)
            referred = kind is numbers.RecordReferredNumber
            return kind(
                by=by,
                request=request_id,
                product=product,
                number=self._rules.written(number),
                shape=self._rules.number_shape(number, referred=referred),
                numbers=self._rules.number_pin,
            )

        return await self._decisions.decide(request, decision)

    async def correct(
        self, request: MentoringRequest, by: Act, key: UUID | None, product: int, number: str
    ) -> Handled[MentoringCase]:
        """Put another number in place of one that nobody has confirmed."""
        request_id = request_id_of(key, by, "correct-number", [product, number])

        def decision(tx: Tx, now: MentoringCase, items: Items) -> MentoringCommands:
            return numbers.CorrectRegistrationNumber(
                by=by,
                request=request_id,
                product=product,
                number=self._rules.written(number),
                shape=self._rules.number_shape(number, referred=product in now.referred_numbers),
                numbers=self._rules.number_pin,
            )

        return await self._decisions.decide(request, decision)

    async def check(
        self,
        request: MentoringRequest,
        by: Act,
        key: UUID | None,
        product: int,
        number: str,
        outcome: NumberOutcome,
    ) -> Handled[MentoringCase]:
        """Record what an official found who looked up the number of a product."""
        request_id = request_id_of(key, by, "check-number", [product, number, outcome])

        def decision(tx: Tx, now: MentoringCase, items: Items) -> MentoringCommands:
            return numbers.CheckRegistrationNumber(
                by=by,
                request=request_id,
                mentors=mentors_of(tx, now.business_ref),
                product=product,
                number=self._rules.written(number),
                outcome=outcome,
            )

        return await self._decisions.decide(request, decision)

    async def check_business(
        self, request: MentoringRequest, by: Act, key: UUID | None, business_ref: str, outcome: NumberOutcome
    ) -> Handled[MentoringCase]:
        """Record what an official found who looked up the business number (NIB) behind the reference."""
        request_id = request_id_of(key, by, "check-business-number", [business_ref, outcome])

        def decision(tx: Tx, now: MentoringCase, items: Items) -> MentoringCommands:
            return numbers.CheckBusinessNumber(
                by=by,
                request=request_id,
                mentors=mentors_of(tx, now.business_ref),
                business_ref=business_ref,
                outcome=outcome,
            )

        return await self._decisions.decide(request, decision)
