"""The actions on a request for public information besides its answer: more time, and the decision about an objection."""

from uuid import UUID

from zi_chassis.domain import Act
from zi_intake.bodies.information import DecideObjectionBody
from zi_intake.domain.case.filings import requests_information
from zi_intake.domain.case.information_messages import DecideObjection, ExtendTime
from zi_intake.domain.case.refusals import NoRequestForInformationError
from zi_intake.terms import Terms
from zi_intake.use_cases.case_actions import CaseActions, HandledCase, request_id_of


class InformationActions:
    def __init__(self, actions: CaseActions, terms: Terms) -> None:
        self._actions = actions
        self._terms = terms

    async def extend(self, ticket: str, by: Act, key: UUID | None, reason: str) -> HandledCase:
        """Take more time, from the day on which the answer is due now. Raises NoExtensionError."""
        state = await self._actions.state(ticket)
        if not requests_information(state.filing) or state.due is None:
            raise NoRequestForInformationError
        due = self._terms.extended(state.standard, state.due)
        sealed = await self._actions.sealed(ticket, {"extension.reason": reason})
        request = request_id_of(key, by, "extend", reason.encode())
        command = ExtendTime(by=by, request=request, due=due, items=sealed.refs)
        return await self._actions.handle(ticket, command, sealed)

    async def decide_objection(
        self, ticket: str, by: Act, key: UUID | None, body: DecideObjectionBody
    ) -> HandledCase:
        state = await self._actions.state(ticket)
        sealed = await self._actions.sealed(ticket, {"answer": body.text})
        command = DecideObjection(
            by=by,
            request=request_id_of(key, by, "decide-objection", body.model_dump_json().encode()),
            outcome=body.outcome,
            items=sealed.refs,
            files=body.files,
            closes_on=self._terms.closes_on(state.standard, by.at),
        )
        return await self._actions.handle(ticket, command, sealed)
