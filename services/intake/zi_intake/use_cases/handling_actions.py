"""The actions of officers besides questions and answers: incidents, visits, referrals, drafts, complaints
about officials. Texts go into the vault; the decider decides."""

from collections.abc import Callable
from uuid import UUID

from zi_chassis.domain import Act
from zi_chassis.office_clock import office_zone
from zi_chassis.storage.database import Tx
from zi_intake.bodies.handling import MoveBody, ReferBody, VisitBody
from zi_intake.domain.case import handling_messages as handling
from zi_intake.domain.case.handling_decisions import TOLD_BODY
from zi_intake.domain.case.moving_messages import MoveToAppointed
from zi_intake.domain.case.refusals import IncidentFullError
from zi_intake.read.incidents import MOST_CASES, begin_incident, size_of
from zi_intake.terms import Terms
from zi_intake.use_cases.case_actions import CaseActions, HandledCase, request_id_of


class HandlingActions:
    def __init__(self, actions: CaseActions, terms: Terms) -> None:
        self._actions = actions
        self._terms = terms

    async def link(
        self, ticket: str, by: Act, key: UUID | None, incident: UUID, reason: str, title: str | None = None
    ) -> HandledCase:
        """Put the case into an incident; a title begins a new one. Raises IncidentFullError."""
        sealed = await self._actions.sealed(ticket, {"incident.reason": reason})
        request = request_id_of(key, by, "link", incident.bytes)
        command = handling.LinkCase(by=by, request=request, incident=incident, items=sealed.refs)

        def around(tx: Tx, decide: Callable[[], HandledCase]) -> HandledCase:
            if size_of(tx, incident) >= MOST_CASES:
                raise IncidentFullError(limit=MOST_CASES)
            handled = decide()
            if handled.recorded and title is not None:
                begin_incident(tx, incident, title, by.at)
            return handled

        return await self._actions.handle(ticket, command, sealed, around)

    async def unlink(self, ticket: str, by: Act, key: UUID | None, reason: str) -> HandledCase:
        sealed = await self._actions.sealed(ticket, {"incident.reason": reason})
        request = request_id_of(key, by, "unlink", reason.encode())
        command = handling.UnlinkCase(by=by, request=request, items=sealed.refs)
        return await self._actions.handle(ticket, command, sealed)

    async def record_visit(self, ticket: str, by: Act, key: UUID | None, body: VisitBody) -> HandledCase:
        sealed = await self._actions.sealed(ticket, {"visit.findings": body.findings})
        command = handling.RecordVisit(
            by=by,
            request=request_id_of(key, by, "visit", body.model_dump_json().encode()),
            visited_on=body.visited_on,
            today=by.at.astimezone(office_zone()).date(),
            outcome=body.outcome,
            items=sealed.refs,
        )
        return await self._actions.handle(ticket, command, sealed)

    async def refer(self, ticket: str, by: Act, key: UUID | None, body: ReferBody) -> HandledCase:
        """Tell another body, and the citizen why."""
        sealed = await self._actions.sealed(
            ticket, {TOLD_BODY: body.referral_text, "answer": body.referral_reason}
        )
        standard = (await self._actions.state(ticket)).standard
        command = handling.ReferCase(
            by=by,
            request=request_id_of(key, by, "refer", body.model_dump_json().encode()),
            body=body.referral_body,
            items=sealed.refs,
            closes_on=self._terms.closes_on(standard, by.at),
            draft=self._terms.draft_id(standard),
        )
        return await self._actions.handle(ticket, command, sealed)

    async def move_to_appointed(
        self, ticket: str, by: Act, request: UUID | None, body: MoveBody, appointed: frozenset[str]
    ) -> HandledCase:
        """Move a complaint to the `appointed` for its topic; the reason is a note that they read."""
        sealed = await self._actions.sealed(ticket, {"case.note": body.moving_reason})
        command = MoveToAppointed(
            by=by, request=request, topic=body.appointed_topic, appointed=appointed, items=sealed.refs
        )
        return await self._actions.handle(ticket, command, sealed)

    async def decide_contact(self, ticket: str, by: Act, key: UUID | None, *, allowed: bool) -> HandledCase:
        request = request_id_of(key, by, "contact", str(allowed).encode())
        return await self._actions.handle(
            ticket, handling.DecideContact(by=by, request=request, allowed=allowed)
        )

    async def approve_draft(self, ticket: str, by: Act, key: UUID | None, draft: UUID) -> HandledCase:
        standard = (await self._actions.state(ticket)).standard
        command = handling.ApproveDraft(
            by=by,
            request=request_id_of(key, by, "approve-draft", draft.bytes),
            draft=draft,
            closes_on=self._terms.closes_on(standard, by.at),
        )
        return await self._actions.handle(ticket, command)

    async def return_draft(
        self, ticket: str, by: Act, key: UUID | None, draft: UUID, reason: str
    ) -> HandledCase:
        sealed = await self._actions.sealed(ticket, {"draft.reason": reason})
        request = request_id_of(key, by, "return-draft", draft.bytes)
        command = handling.ReturnDraft(by=by, request=request, draft=draft, items=sealed.refs)
        return await self._actions.handle(ticket, command, sealed)
