"""Requests to see the personal data of a confidential case, and the second person who decides: by the office's data somebody with the role
of a supervisor and of another line than who asked, among those who see the case; where there is nobody, the head. Whoever entered the case is none."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from zi_chassis.access.identity import Staff, act
from zi_chassis.clock import Clock
from zi_chassis.domain import Act
from zi_chassis.storage.store import Store
from zi_chassis.web.problem import ForbiddenError
from zi_contracts.intake import DisclosureReason
from zi_intake.domain.case.disclosure_messages import (
    AskDisclosure,
    ConsentDisclosure,
    DisclosureRequested,
    RefuseDisclosure,
)
from zi_intake.domain.case.filings import appointed_topic, enterers
from zi_intake.domain.case.messages import CaseCommands
from zi_intake.domain.case.state import Case
from zi_intake.messaging.published import decider
from zi_intake.names import Names
from zi_intake.roles import ASKING, HEAD, SUPERVISOR
from zi_intake.use_cases.case_actions import HandledCase, request_id_of
from zi_rules.disclosure import DisclosureRules
from zi_rules.people import People


class DisclosureActions:
    def __init__(
        self, store: Store, names: Names, people: People, rules: DisclosureRules, clock: Clock
    ) -> None:
        self._store = store
        self._names = names
        self._people = people
        self._rules = rules
        self._clock = clock

    async def ask(
        self, ticket: str, person: Staff, key: UUID | None, disclosure: UUID, reason: DisclosureReason
    ) -> HandledCase:
        """Ask under the new id `disclosure`; a repeat of a request that waits changes nothing."""
        by = self._act(person, *ASKING)
        request = request_id_of(key, by, "ask-disclosure", reason.encode())
        answer_by = by.at + timedelta(hours=self._rules.answer_within_hours)
        command = AskDisclosure(
            by=by, request=request, disclosure=disclosure, reason=reason, answer_by=answer_by
        )
        return await self._handle(ticket, command)

    async def consent(self, ticket: str, person: Staff, key: UUID | None, disclosure: UUID) -> HandledCase:
        by, is_independent = await self._second_person(ticket, person, disclosure)
        request = request_id_of(key, by, "consent-disclosure", disclosure.bytes)
        open_until = by.at + timedelta(hours=self._rules.open_for_hours)
        command = ConsentDisclosure(
            by=by,
            request=request,
            disclosure=disclosure,
            is_independent=is_independent,
            open_until=open_until,
        )
        return await self._handle(ticket, command)

    async def refuse(self, ticket: str, person: Staff, key: UUID | None, disclosure: UUID) -> HandledCase:
        by, is_independent = await self._second_person(ticket, person, disclosure)
        request = request_id_of(key, by, "refuse-disclosure", disclosure.bytes)
        command = RefuseDisclosure(
            by=by, request=request, disclosure=disclosure, is_independent=is_independent
        )
        return await self._handle(ticket, command)

    def waiting(self, case: Case, at: datetime) -> Mapping[UUID, DisclosureRequested]:
        """Return the requests that a second person can still decide about."""
        return {id: each for id, each in case.disclosures.waiting.items() if at < each.answer_by}

    def may_decide(self, case: Case, waiting: DisclosureRequested, person: Staff) -> bool:
        """Return whether this person is the second one for the request."""
        return self.is_second_person(
            appointed_topic(case.filing), waiting.by.actor, enterers(case.filing), person
        )

    def is_second_person(
        self, topic: str | None, asker: str, entered_by: frozenset[str], person: Staff
    ) -> bool:
        """`entered_by` are the enterers of the case."""
        role, is_independent = self._place(topic, asker, entered_by, person)
        return is_independent and role in person.roles

    async def _second_person(self, ticket: str, person: Staff, disclosure: UUID) -> tuple[Act, bool]:
        """Return the act of the person, in the role that decides about this request, and whether they are independent of who asked."""
        _, case = await self._store.fetch(decider, self._names.aggregate(ticket))
        waiting = case.disclosures.waiting.get(disclosure)
        if waiting is None:  # the decider refuses it, or knows it as a repeat
            return self._act(person, SUPERVISOR, HEAD), False
        topic, entered_by = appointed_topic(case.filing), enterers(case.filing)
        role, is_independent = self._place(topic, waiting.by.actor, entered_by, person)
        return self._act(person, role), is_independent

    def _place(
        self, topic: str | None, asker: str, entered_by: frozenset[str], person: Staff
    ) -> tuple[str, bool]:
        """Return the role that decides, and whether the person is one of those who may."""
        among = None if topic is None else self._people.appointed_for(topic)
        second_persons = self._people.independent_of(asker, SUPERVISOR, among) - entered_by
        if second_persons:
            return SUPERVISOR, person.sub in second_persons
        return HEAD, person.sub not in entered_by | {asker}

    def _act(self, person: Staff, *roles: str) -> Act:
        if person.roles.isdisjoint(roles):
            raise ForbiddenError("Your account does not have the role for this. Ask your supervisor.")
        return act(person, person.role(*roles), self._clock)

    async def _handle(self, ticket: str, command: CaseCommands) -> HandledCase:
        return await self._store.handle(decider, self._names.aggregate(ticket), command)
