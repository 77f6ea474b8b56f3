"""Assessments on the spot, as devices and forms send them: every answer is a command of its own, and to finish one assesses the case."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid5

from zi_chassis.bus.lanes import Reaction
from zi_chassis.domain import Act, DomainError, Value
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled, Store
from zi_chassis.vault.connection import VaultWriter
from zi_contracts.intake import Items
from zi_contracts.umkm import RuleVersion, Side
from zi_contracts.vault import ItemRef
from zi_rules.mentoring.assessment import AnswerValue, ChecklistAnswer, score
from zi_rules.mentoring.checklist import Checklist
from zi_umkm.domain import errors, rule_evaluation
from zi_umkm.domain.case import messages
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.domain.ids import visit_id
from zi_umkm.domain.rulebook import MentoringRulebook
from zi_umkm.domain.visit import (
    AddPhoto,
    AnswerItem,
    BeginVisit,
    FinishVisit,
    ItemAnswered,
    SettleAnswers,
    SignVisit,
    Visit,
    speaker,
)
from zi_umkm.messaging.published import cases, visits
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.use_cases.sync import SentAnswer
from zi_umkm.use_cases.vault_fields import VISIT_NOTE

Coming = AddPhoto | SignVisit
NO_FILE = ItemRef(item=UUID(int=0), field="attachment", digest="0" * 64)


class FilledItem(Value):
    """The answer of a form to an item."""

    outcome: AnswerValue
    grade: str | None = None
    note: str | None = None


class SentFile(Value):
    """A photo, of one item or of none, or the signature of a side under these answers; `id` was made by the device."""

    id: UUID
    item: str | None = None
    side: Side | None = None
    answers: tuple[UUID, ...] = ()
    claimed_at: datetime

    def command(self, by: Act, file: ItemRef) -> Coming:
        if self.side is None:
            return AddPhoto(by=by, photo=self.id, item=self.item, claimed_at=self.claimed_at, file=file)
        return SignVisit(
            by=by,
            signature=self.id,
            side=self.side,
            answers=self.answers,
            claimed_at=self.claimed_at,
            file=file,
        )


@dataclass(frozen=True)
class SentFate:
    """`known` was taken before; what is refused has its reason."""

    id: UUID
    fate: Literal["taken", "known", "refused"]
    refused: DomainError | None = None


@dataclass(frozen=True)
class Synced:
    state: Visit
    fates: tuple[SentFate, ...]


class Visiting:
    """`visit` is the id that the device made. Officials visit whom they mentor; a business assesses itself."""

    def __init__(self, store: Store, rules: MentoringRulebook, vault_writer: VaultWriter) -> None:
        self._store = store
        self._rules = rules
        self._vault_writer = vault_writer

    async def state(self, request: MentoringRequest, visit: UUID) -> Visit:
        return (await self._store.fetch(visits, visit_id(request.mentoring, visit)))[1]

    async def sync(
        self,
        request: MentoringRequest,
        by: Act,
        visit: UUID,
        checklist: RuleVersion,
        answers: Iterable[SentAnswer],
    ) -> Synced:
        """Begin the visit if nobody has, and take, recognise or refuse each answer by itself."""
        form = self._rules.checklist(checklist)
        await self._refuse_strangers(request, by)
        begun = await self._begin(request, by, visit, rule_evaluation.version_of(form))
        fates = await asyncio.gather(
            *(self._answer(request, by, visit, form, begun, each) for each in answers)
        )
        return Synced(await self.state(request, visit), tuple(fates))

    async def fill(
        self, request: MentoringRequest, by: Act, visit: UUID, key: UUID, filled: Mapping[str, FilledItem]
    ) -> Synced:
        """Record the answers of a form by item, in place of the person's earlier ones; a repeated key changes nothing."""
        now = await self.state(request, visit)
        checklist = now.begun.checklist if now.begun is not None else self._in_force(by)
        new = {item: each for item, each in filled.items() if uuid5(key, item) not in now.sent}
        answers = [
            SentAnswer(
                id=uuid5(key, item),
                item=item,
                outcome=each.outcome,
                grade=each.grade,
                note=each.note,
                replaces=tuple(earlier.answer for earlier in answers_by(by, now, item)),
                device_time=by.at,
            )
            for item, each in new.items()
            if not _is_unchanged(now, by, item, each)
        ]
        return await self.sync(request, by, visit, checklist, answers)

    async def refuse_file(self, request: MentoringRequest, by: Act, visit: UUID, sent: SentFile) -> None:
        """Raise what `add_file` would raise, before the file is uploaded."""
        await self._refuse_strangers(request, by)
        now = await self.state(request, visit)
        if now.begun is None:
            raise errors.NoVisitError
        form = self._rules.checklist(now.begun.checklist)
        if sent.item is not None and sent.item not in {each.code for each in form.items}:
            raise errors.UnfitAnswerError
        known = now.sent.get(sent.id)
        visits.decide(sent.command(by, getattr(known, "file", NO_FILE)), now)

    async def add_file(
        self, request: MentoringRequest, by: Act, visit: UUID, sent: SentFile, file: ItemRef
    ) -> Handled[Visit]:
        """Add a file that was attached at intake."""
        await self.refuse_file(request, by, visit, sent)
        id = visit_id(request.mentoring, visit)
        return await self._store.handle(visits, id, sent.command(by, file))

    async def settle(
        self, request: MentoringRequest, by: Act, visit: UUID, item: str, answer: UUID
    ) -> Handled[Visit]:
        """Decide which of several answers to an item counts."""
        await self._refuse_strangers(request, by)
        command = SettleAnswers(by=by, item=item, answer=answer)
        return await self._store.handle(visits, visit_id(request.mentoring, visit), command)

    def is_complete(self, visit: Visit) -> bool:
        """Tell whether every item has an answer that nobody disputes."""
        if visit.begun is None or visit.in_dispute:
            return False
        form = self._rules.checklist(visit.begun.checklist)
        return not score(form, rule_evaluation.answers_of(visit)).unanswered

    async def finish(self, request: MentoringRequest, by: Act, visit: UUID) -> Handled[MentoringCase]:
        """Finish the visit and assess the case with its result: both are recorded or neither."""
        await self._refuse_strangers(request, by)
        id, mentoring = visit_id(request.mentoring, visit), request.mentoring

        def found(tx: Tx) -> list[Reaction]:
            states = self._store.states(tx, {id: visits, mentoring: cases})
            return self._finishing(by, id, states[id][1], mentoring, states[mentoring][1])

        handled = await self._store.decide_all(found)
        if handled:
            return handled[1]
        version, now = await self._store.fetch(cases, mentoring)
        return Handled(now, version, ())

    def _finishing(
        self, by: Act, id: UUID, visit: Visit, mentoring: UUID, now: MentoringCase
    ) -> list[Reaction]:
        """Return the commands that finish a visit; none where it was finished this way before."""
        if visit.begun is None:
            raise errors.NoVisitError
        form, answers = self._rules.checklist(visit.begun.checklist), rule_evaluation.answers_of(visit)
        if visit.in_dispute:
            raise errors.InDisputeError(visit.in_dispute)
        if unanswered := score(form, answers).unanswered:
            raise errors.UnansweredError(unanswered)
        result = rule_evaluation.result_of(form, answers, visit.begun.checklist)
        assessed = now.assessments.get(visit.begun.visit)
        is_known = assessed is not None and assessed.says_all_of(result, visit.officials)
        if visit.result == result and is_known:
            return []
        assess = messages.Assess(
            by=by,
            visit=visit.begun.visit,
            assessor=visit.begun.assessor,
            result=result,
            assessors=visit.officials,
        )
        return [
            Reaction(visits, id, FinishVisit(by=by, result=result)),
            Reaction(cases, mentoring, assess),
        ]

    async def _begin(self, request: MentoringRequest, by: Act, visit: UUID, checklist: RuleVersion) -> Visit:
        command = BeginVisit(
            by=by,
            visit=visit,
            case=request.mentoring,
            ticket=request.ticket,
            assessor="official" if by.role.startswith("staff:") else "business",
            checklist=checklist,
        )
        handled = await self._store.handle(visits, visit_id(request.mentoring, visit), command)
        return handled.state

    async def _answer(
        self, request: MentoringRequest, by: Act, visit: UUID, form: Checklist, now: Visit, sent: SentAnswer
    ) -> SentFate:
        try:
            rule_evaluation.refuse_unfit(
                form, sent.item, ChecklistAnswer(said=sent.outcome, grade=sent.grade)
            )
            items = await self._noted(request, by, now, sent)
            id = visit_id(request.mentoring, visit)
            handled = await self._store.handle(visits, id, _answering(by, sent, items))
        except DomainError as refused:
            return SentFate(sent.id, "refused", refused)
        return SentFate(sent.id, "taken" if handled.recorded else "known")

    async def _noted(self, request: MentoringRequest, by: Act, now: Visit, sent: SentAnswer) -> Items:
        """Store the note of an answer; a refused answer stores nothing, the same text again is the same item."""
        known = now.sent.get(sent.id)
        visits.decide(_answering(by, sent, getattr(known, "items", ())), now)
        if sent.note is None:
            return ()
        request_id = uuid5(sent.id, f"note {speaker(by)} {sent.note}")
        return await self._vault_writer.keep(request.ticket, {VISIT_NOTE: sent.note}, request_id)

    async def _refuse_strangers(self, request: MentoringRequest, by: Act) -> None:
        """Raise for officials who never mentored the case; a former mentor may go on."""
        _, now = await self._store.fetch(cases, request.mentoring)
        if now.registered is None:
            raise errors.MentoringNotBegunError
        if by.role.startswith("staff:") and by.actor not in now.mentors:
            raise errors.NotTheMentorError

    def _in_force(self, by: Act) -> RuleVersion:
        return rule_evaluation.version_of(self._rules.checklist_in_force(by.at))


def _answering(by: Act, sent: SentAnswer, items: Items) -> AnswerItem:
    return AnswerItem(
        by=by,
        answer=sent.id,
        item=sent.item,
        said=sent.outcome,
        grade=sent.grade,
        replaces=sent.replaces,
        claimed_at=sent.device_time,
        items=items,
    )


def answers_by(by: Act, now: Visit, item: str) -> list[ItemAnswered]:
    """Return the answers to the item that the same speaker gave and nobody replaced."""
    return [each for each in now.standing.get(item, ()) if speaker(each.by) == speaker(by)]


def _is_unchanged(now: Visit, by: Act, item: str, filled: FilledItem) -> bool:
    earlier = answers_by(by, now, item)
    same = len(earlier) == 1 and (earlier[0].said, earlier[0].grade) == (filled.outcome, filled.grade)
    return same and filled.note is None
