"""The actions on a filed case: texts go into the vault, times come from the pinned standard, the decider decides."""

import asyncio
from collections.abc import Callable, Container, Mapping
from datetime import datetime
from functools import partial
from hashlib import sha256
from uuid import UUID, uuid5

from zi_chassis.access.desk_officials import roles_of
from zi_chassis.bus.lanes import Reaction
from zi_chassis.clock import Clock
from zi_chassis.domain import Act, Decider, ErasedError
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Around, Handled, Store
from zi_chassis.vault.vault import OpenedItem, Sealed, Vault
from zi_contracts.intake import ErasureReason, PinnedStandard, RefusalReason
from zi_contracts.vault import ItemRef
from zi_intake.bodies.filings import TriageBody
from zi_intake.bodies.words import AddedWordsBody, RatingBody
from zi_intake.domain.case import messages
from zi_intake.domain.case.filings import requests_information
from zi_intake.domain.case.refusals import NoSuchTierError
from zi_intake.domain.case.state import Case
from zi_intake.domain.case.word_messages import AddWords, RateAnswer
from zi_intake.messaging.published import decider
from zi_intake.names import Names
from zi_intake.read.case_words import CaseWords, write_words
from zi_intake.read.retention_over import is_retention_over
from zi_intake.terms import Terms
from zi_intake.use_cases.file_errors import NOT_OPENED, NOT_STORED, refused_while_away
from zi_rules.emergency import EmergencyRules
from zi_rules.standard import UnknownTierError

HandledCase = Handled[Case]


def request_id_of(key: UUID | None, by: Act, act: str, content: bytes = b"") -> UUID | None:
    """Return the id of a request under an idempotency key: of this act of this person with this content. Another content is another
    request, so it is never taken for a repeat and lost."""
    return key and uuid5(key, f"{act} {by.actor} {sha256(content).hexdigest()}")


def items_of(
    state: Case, fields: Container[str] | None = None, items: Container[UUID] | None = None
) -> tuple[UUID, ...]:
    """Return the items of a case that have one of these fields and are among these items; None selects all."""
    return tuple(
        ref.item
        for ref in state.items
        if (fields is None or ref.field in fields) and (items is None or ref.item in items)
    )


def _with_words(words: CaseWords, tx: Tx, decide: Callable[[], HandledCase]) -> HandledCase:
    """Write the words of the officer in the transaction of their event."""
    handled = decide()
    if handled.recorded:
        write_words(tx, words)
    return handled


class CaseActions:
    def __init__(
        self,
        store: Store,
        vault: Vault,
        names: Names,
        terms: Terms,
        emergency: EmergencyRules,
        clock: Clock,
    ) -> None:
        self._store = store
        self._vault = vault
        self._names = names
        self._terms = terms
        self._emergency = emergency
        self._clock = clock

    def citizen(self, ticket: str) -> Act:
        return Act(at=self._clock.now(), actor=str(self._names.data_subject(ticket)), role="public")

    async def acknowledge(self, ticket: str, by: Act, request: UUID | None) -> HandledCase:
        request = request_id_of(request, by, "acknowledge")
        return await self.handle(ticket, messages.Acknowledge(by=by, request=request))

    async def assign(
        self,
        ticket: str,
        by: Act,
        request: UUID | None,
        officer: str,
        instead_of: str | None = None,
        topic: str | None = None,
        is_seen: bool = True,
        holder_sees: bool = True,
    ) -> HandledCase:
        """Decide by the roles of the officer that are known under the write lock."""
        request = request_id_of(request, by, "assign", officer.encode())
        id = self._names.aggregate(ticket)

        def command(tx: Tx) -> tuple[Decider[Case], UUID, messages.Assign]:
            known = roles_of(tx, officer)
            return (
                decider,
                id,
                messages.Assign(
                    by=by,
                    request=request,
                    officer=officer,
                    known_roles=known,
                    instead_of=instead_of,
                    topic=topic,
                    is_seen=is_seen,
                    holder_sees=holder_sees,
                ),
            )

        return await self._store.decide(command)

    async def take(self, ticket: str, by: Act, request: UUID | None) -> None:
        """Acknowledge the case and take it, both or neither: no promise is kept by a case that nobody has. One that somebody has by now stays
        with them."""
        id = self._names.aggregate(ticket)
        acknowledge = messages.Acknowledge(by=by, request=request_id_of(request, by, "acknowledge"))
        assigned = request_id_of(request, by, "assign", by.actor.encode())

        def found(tx: Tx) -> list[Reaction]:
            _, case = self._store.states(tx, {id: decider})[id]
            if case.officer is not None:
                return []
            known = roles_of(tx, by.actor)
            assign = messages.Assign(by=by, request=assigned, officer=by.actor, known_roles=known)
            return [Reaction(decider, id, acknowledge), Reaction(decider, id, assign)]

        await self._store.decide_all(found)

    async def triage(self, ticket: str, by: Act, request: UUID | None, body: TriageBody) -> HandledCase:
        """Raises NoSuchTierError for a tier that the standard of the case doesn't have."""
        state = await self.state(ticket)
        try:
            standard = self._terms.in_tier(state.standard, body.tier)
        except UnknownTierError as error:
            raise NoSuchTierError from error
        sealed = await self.sealed(ticket, {"triage.reason": body.reason})
        command = messages.TriageCase(
            by=by,
            request=request_id_of(request, by, "triage", body.model_dump_json().encode()),
            standard=standard,
            due=self._due(standard, state, by, emergency=body.emergency),
            emergency=body.emergency,
            items=sealed.refs,
        )
        id = self._names.aggregate(ticket)
        number = body.registration_number or ""
        words = CaseWords(id, body.subject, body.product or "", body.place or "", number)
        return await self._store.handle(decider, id, command, sealed, around=partial(_with_words, words))

    def _due(self, standard: PinnedStandard, state: Case, by: Act, *, emergency: bool) -> datetime:
        """Return when the answer is due in the tier; for an emergency, within the office's time for those."""
        due = self._terms.due_in_tier(standard, state.began or by.at, state.pauses)
        within = self._emergency.answer_within
        if not emergency or within is None:
            return due
        return min(due, self._terms.after(standard, within.period, by.at))

    async def add_note(self, ticket: str, by: Act, request: UUID | None, text: str) -> HandledCase:
        sealed = await self.sealed(ticket, {"case.note": text})
        request = request_id_of(request, by, "note", text.encode())
        return await self.handle(ticket, messages.AddNote(by=by, request=request, items=sealed.refs), sealed)

    async def ask(self, ticket: str, by: Act, request: UUID | None, text: str) -> HandledCase:
        sealed = await self.sealed(ticket, {"question": text})
        reply_by = self._terms.reply_by(await self._standard(ticket), by.at)
        request = request_id_of(request, by, "ask", text.encode())
        command = messages.Ask(by=by, request=request, items=sealed.refs, reply_by=reply_by)
        return await self.handle(ticket, command, sealed)

    async def reply(self, ticket: str, by: Act, request: UUID | None, text: str) -> HandledCase:
        sealed = await self.sealed(ticket, {"reply": text})
        due = await self._due_after_reply(ticket, by)
        request = request_id_of(request, by, "reply", text.encode())
        command = messages.Reply(by=by, request=request, items=sealed.refs, due=due)
        return await self.handle(ticket, command, sealed)

    async def add_words(
        self, ticket: str, by: Act, request: UUID | None, body: AddedWordsBody
    ) -> HandledCase:
        sealed = await self.sealed(ticket, {body.kind: body.text})
        request = request_id_of(request, by, "words", body.model_dump_json().encode())
        command = AddWords(by=by, request=request, kind=body.kind, items=sealed.refs)
        return await self.handle(ticket, command, sealed)

    async def rate(self, ticket: str, by: Act, request: UUID | None, body: RatingBody) -> HandledCase:
        request = request_id_of(request, by, "rate", body.rating.encode())
        return await self.handle(ticket, RateAnswer(by=by, request=request, rating=body.rating))

    async def answer(
        self,
        ticket: str,
        by: Act,
        request: UUID | None,
        text: str,
        files: tuple[UUID, ...] = (),
        refusal: str | None = None,
    ) -> HandledCase:
        answer = await self.answering(ticket, by, request, text, files, refusal)
        return await self._store.handle(decider, answer.aggregate, answer.command, answer.keep)

    async def answering(
        self,
        ticket: str,
        by: Act,
        request: UUID | None,
        text: str,
        files: tuple[UUID, ...] = (),
        refusal: str | None = None,
    ) -> Reaction:
        """Return the command that answers the case, with its sealed text and the files that it names."""
        content = text.encode() + b"".join(each.bytes for each in files) + (refusal or "").encode()
        sealed, standard = await self.sealed(ticket, {"answer": text}), await self._standard(ticket)
        command = messages.Answer(
            by=by,
            request=request_id_of(request, by, "answer", content),
            items=sealed.refs,
            files=files,
            refusal=refusal,
            closes_on=self._terms.closes_on(standard, by.at),
            draft=self._terms.draft_id(standard),
        )
        return Reaction(decider, self._names.aggregate(ticket), command, sealed)

    async def close(self, ticket: str, by: Act, request: UUID | None) -> HandledCase:
        until = self._terms.reopen_until(await self._standard(ticket), by.at)
        request = request_id_of(request, by, "close")
        return await self.handle(ticket, messages.Close(by=by, request=request, reopen_until=until))

    async def reopen(self, ticket: str, by: Act, request: UUID | None, text: str | None) -> HandledCase:
        sealed = None if text is None else await self.sealed(ticket, {"reply": text})
        state = await self.state(ticket)
        is_objection = requests_information(state.filing)
        within = self._terms.objection_due if is_objection else self._terms.due_after_reopening
        due = within(state.standard, by.at)
        items = () if sealed is None else sealed.refs
        request = request_id_of(request, by, "reopen", (text or "").encode())
        return await self.handle(
            ticket, messages.Reopen(by=by, request=request, items=items, due=due), sealed
        )

    async def withdraw(self, ticket: str, by: Act, request: UUID | None) -> HandledCase:
        request = request_id_of(request, by, "withdraw")
        return await self.handle(ticket, messages.Withdraw(by=by, request=request))

    async def attach(
        self,
        ticket: str,
        by: Act,
        request: UUID | None,
        media_type: str,
        content: bytes,
        limits: messages.StorageLimits,
        field: str = "attachment",
    ) -> HandledCase:
        """Add a file; `request` is the request id already, made of the file as it was sent."""
        sealed = await self.sealed(ticket, {field: content}, {field: media_type})
        command = messages.AddAttachment(
            by=by, request=request, items=sealed.refs, media_type=media_type, size=len(content), limits=limits
        )
        return await self.handle(ticket, command, sealed)

    async def keep(
        self, ticket: str, by: Act, request: UUID, fields: Mapping[str, str]
    ) -> tuple[ItemRef, ...]:
        """Return the items that this request has put into the vault, now or before."""
        sealed = await self.sealed(ticket, fields)
        done = await self.handle(ticket, messages.KeepData(by=by, request=request, items=sealed.refs), sealed)
        return done.state.items_of(request)

    async def give_number(self, ticket: str, by: Act, request: UUID | None, nib: str) -> HandledCase:
        sealed = await self.sealed(ticket, {"business.nib": nib})
        request = request_id_of(request, by, "nib", nib.encode())
        command = messages.GiveNumber(
            by=by, request=request, business_ref=self._names.business_ref(nib), items=sealed.refs
        )
        return await self.handle(ticket, command, sealed)

    async def ask_erasure(
        self, ticket: str, by: Act, request: UUID | None, reason: ErasureReason
    ) -> HandledCase:
        request = request_id_of(request, by, "ask-erasure", reason.encode())
        return await self._erase(
            ticket,
            lambda is_over: messages.AskErasure(by=by, request=request, reason=reason, is_over=is_over),
        )

    async def approve_erasure(
        self, ticket: str, by: Act, request: UUID | None, *, nobody_else: bool
    ) -> HandledCase:
        """Record the event only; the caller has the key destroyed next."""
        request = request_id_of(request, by, "approve-erasure")
        fields = {"by": by, "request": request, "nobody_else": nobody_else}
        return await self._erase(ticket, lambda is_over: messages.ApproveErasure(**fields, is_over=is_over))

    async def refuse_erasure(
        self, ticket: str, by: Act, request: UUID | None, reason: RefusalReason, *, nobody_else: bool
    ) -> HandledCase:
        request = request_id_of(request, by, "refuse-erasure", reason.encode())
        return await self.handle(
            ticket, messages.RefuseErasure(by=by, request=request, reason=reason, nobody_else=nobody_else)
        )

    async def own_items(
        self, ticket: str, fields: Container[str] | None = None, items: Container[UUID] | None = None
    ) -> dict[UUID, OpenedItem]:
        """Open them for the citizen, whose own reads are not recorded; all fields by default. Raises ErasedError or FilesAwayError."""
        return await self.own_items_of(await self.state(ticket), fields, items)

    async def own_items_of(
        self, state: Case, fields: Container[str] | None = None, items: Container[UUID] | None = None
    ) -> dict[UUID, OpenedItem]:
        """`own_items` of a case that was read already."""
        if state.erased is not None:
            raise ErasedError
        chosen = tuple(item for item in items_of(state, fields, items) if item not in state.handling.withheld)
        with refused_while_away(NOT_OPENED):
            return await self._vault.fetch(self._store, chosen)

    async def _due_after_reply(self, ticket: str, by: Act) -> datetime:
        state = await self.state(ticket)
        if state.due is None or state.asked_at is None:
            return by.at  # the decider refuses the reply, or knows it as a repeat
        return self._terms.due_after_reply(state.standard, state.due, state.asked_at, by.at)

    async def sealed(
        self, ticket: str, fields: Mapping[str, str | bytes], media_types: Mapping[str, str] | None = None
    ) -> Sealed:
        """Seal the fields in a thread, because the data subject's key is read, and send large ones to where files lie. Raises
        FilesAwayError."""
        sealed = await asyncio.to_thread(
            self._vault.seal, self._names.data_subject(ticket), fields, media_types
        )
        with refused_while_away(NOT_STORED):
            return await self._vault.place(self._store, sealed)

    async def _standard(self, ticket: str) -> PinnedStandard:
        return (await self.state(ticket)).standard

    async def state(self, ticket: str) -> Case:
        return (await self._store.fetch(decider, self._names.aggregate(ticket)))[1]

    async def _erase(
        self, ticket: str, command: Callable[[bool], messages.AskErasure | messages.ApproveErasure]
    ) -> HandledCase:
        """Decide by what the desk that works on the case says of its time under the write lock."""
        id = self._names.aggregate(ticket)
        return await self._store.decide(lambda tx: (decider, id, command(is_retention_over(tx, ticket))))

    async def handle(
        self,
        ticket: str,
        command: messages.CaseCommands,
        keep: Sealed | None = None,
        around: Around[Case] | None = None,
    ) -> HandledCase:
        return await self._store.handle(decider, self._names.aggregate(ticket), command, keep, around)
