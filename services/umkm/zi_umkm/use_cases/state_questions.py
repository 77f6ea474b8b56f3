"""Record, correct and answer the state's further questions about a dossier; their words lie in the vault."""

from datetime import datetime
from uuid import UUID, uuid4, uuid5

from zi_chassis.domain import Act
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled, Store
from zi_chassis.vault.connection import VaultWriter
from zi_contracts.intake import Items
from zi_contracts.umkm import QuestionDayReason
from zi_umkm.domain.case import state_questions as questions
from zi_umkm.domain.case.messages import MentoringCommands
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.domain.ids import request_id_of
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.use_cases.decisions import NO_TEXTS, CaseDecisions
from zi_umkm.use_cases.vault_fields import NOTE


class StateQuestions:
    """`key` is an Idempotency-Key: the same act of the same person under it is done once."""

    def __init__(self, store: Store, vault_writer: VaultWriter) -> None:
        self._decisions = CaseDecisions(store, vault_writer)

    async def record(
        self,
        request: MentoringRequest,
        by: Act,
        key: UUID | None,
        product: int,
        due: datetime,
        text: str | None,
    ) -> Handled[MentoringCase]:
        request_id = request_id_of(key, by, "record-state-question", [product, due, text])
        question = uuid4() if request_id is None else uuid5(request_id, "question")

        def decision(tx: Tx, now: MentoringCase, items: Items) -> MentoringCommands:
            return questions.RecordStateQuestion(
                by=by, request=request_id, question=question, product=product, due=due, items=items
            )

        texts = {NOTE: text} if text else NO_TEXTS
        return await self._decisions.decide(request, decision, request_id, texts)

    async def correct(
        self,
        request: MentoringRequest,
        by: Act,
        key: UUID | None,
        question: UUID,
        due: datetime,
        reason: QuestionDayReason,
        text: str,
    ) -> Handled[MentoringCase]:
        """Put another day in place of the recorded one, with the reason."""
        request_id = request_id_of(key, by, "correct-state-question", [question, due, reason, text])

        def decision(tx: Tx, now: MentoringCase, items: Items) -> MentoringCommands:
            return questions.CorrectStateQuestion(
                by=by, request=request_id, question=question, due=due, reason=reason, items=items
            )

        return await self._decisions.decide(request, decision, request_id, {NOTE: text})

    async def answer(
        self, request: MentoringRequest, by: Act, key: UUID | None, question: UUID
    ) -> Handled[MentoringCase]:
        """Record that the state was answered at its own place."""
        request_id = request_id_of(key, by, "answer-state-question", [question])

        def decision(tx: Tx, now: MentoringCase, items: Items) -> MentoringCommands:
            return questions.AnswerStateQuestion(by=by, request=request_id, question=question)

        return await self._decisions.decide(request, decision)
