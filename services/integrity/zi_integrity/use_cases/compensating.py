"""The acts of officials and citizens about a compensation, over the store; with each goes who is known to have had the case in their hands."""

from collections.abc import Sequence
from uuid import UUID

from zi_chassis.domain import Act
from zi_chassis.storage.in_time import in_time
from zi_chassis.storage.store import Store
from zi_chassis.vault.vault import Sealed, Vault
from zi_contracts.intake import Items
from zi_contracts.integrity.compensation import AnswerChannel, CompensationProof
from zi_integrity.domain.compensation import (
    AnswerOffer,
    Compensation,
    CompensationCommands,
    CompensationOpened,
    GiveCompensation,
    OfferCompensation,
    RecordCause,
    RecordOfferAnswer,
)
from zi_integrity.domain.compensation_errors import (
    NoCompensationError,
    UnknownCauseError,
    UnknownFormError,
)
from zi_integrity.domain.compensation_terms import CompensationTerms, cause_of, texts_of
from zi_integrity.messaging.compensation_published import compensations
from zi_integrity.messaging.finished_cases import case_under
from zi_integrity.read.case_hands import hands_of

OFFER_TEXT, PROOF_TEXT, CAUSE_TEXT = "compensation.offer", "compensation.proof", "compensation.cause"
FOR_THE_CITIZEN = frozenset({OFFER_TEXT, PROOF_TEXT})


class Compensating:
    def __init__(self, store: Store, vault: Vault, terms: CompensationTerms) -> None:
        self._store = store
        self._vault = vault
        self._terms = terms

    async def state(self, id: UUID) -> tuple[Compensation, CompensationOpened]:
        """Read a compensation. Raises NoCompensationError."""
        _, state = await self._store.fetch(compensations, id)
        if state.opened is None:
            raise NoCompensationError
        return state, state.opened

    async def offer(self, id: UUID, by: Act, request: UUID, more: Sequence[str], text: str) -> None:
        """Offer what is owed and these forms beside it, with the words of the office."""
        _, opened = await self.state(id)
        if not set(more) <= self._terms.pinned(opened.rules).forms.keys():
            raise UnknownFormError
        answer_by = self._terms.answer_by(opened.rules, by.at)
        keep, items = await in_time(self._sealed, id, OFFER_TEXT, text)
        command = OfferCompensation(
            by=by,
            request=request,
            involved=await self._involved(opened.ticket),
            forms=tuple(dict.fromkeys((*opened.owed, *more))),
            answer_by=answer_by,
            give_by=self._terms.give_by(opened.rules, answer_by),
            items=items,
        )
        await self._handle(id, command, keep)

    async def answer(self, id: UUID, by: Act, owner: str, request: UUID, *, accepts: bool) -> None:
        """Answer as the citizen of the case, whose name in the case is `owner`."""
        _, opened = await self.state(id)
        give_by = self._terms.give_by(opened.rules, by.at)
        command = AnswerOffer(by=by, owner=owner, request=request, accepts=accepts, give_by=give_by)
        await self._handle(id, command)

    async def record_answer(
        self, id: UUID, by: Act, request: UUID, how: AnswerChannel, *, accepts: bool
    ) -> None:
        _, opened = await self.state(id)
        command = RecordOfferAnswer(
            by=by,
            request=request,
            involved=await self._involved(opened.ticket),
            accepts=accepts,
            how=how,
            give_by=self._terms.give_by(opened.rules, by.at),
        )
        await self._handle(id, command)

    async def give(self, id: UUID, by: Act, request: UUID, proof: CompensationProof, text: str) -> None:
        _, opened = await self.state(id)
        keep, items = await in_time(self._sealed, id, PROOF_TEXT, text)
        involved = await self._involved(opened.ticket)
        command = GiveCompensation(by=by, request=request, involved=involved, proof=proof, items=items)
        await self._handle(id, command, keep)

    async def record_cause(self, id: UUID, by: Act, request: UUID, cause: str, text: str) -> None:
        _, opened = await self.state(id)
        if cause not in self._terms.pinned(opened.rules).causes:
            raise UnknownCauseError
        keep, items = await in_time(self._sealed, id, CAUSE_TEXT, text)
        involved = await self._involved(opened.ticket)
        command = RecordCause(by=by, request=request, involved=involved, cause=cause, items=items)
        await self._handle(id, command, keep)

    async def _involved(self, ticket: str) -> frozenset[str]:
        """Return who filed the case and all who ever had it, as far as it was published."""
        hands = await self._store.query(lambda tx: hands_of(tx, ticket))
        case = await self._store.query(lambda tx: case_under(tx, ticket))
        return hands if case is None else hands | {case.actor}

    def _sealed(self, id: UUID, field: str, text: str) -> tuple[Sealed | None, Items]:
        if not text:
            return None, ()
        data_subject = cause_of(id) if field == CAUSE_TEXT else texts_of(id)
        sealed = self._vault.seal(data_subject, {field: text})
        return sealed, sealed.refs

    async def _handle(self, id: UUID, command: CompensationCommands, keep: Sealed | None = None) -> None:
        await self._store.handle(compensations, id, command, keep=keep)
