"""One answer to all reporters of an incident: each case decides by itself, and if one refuses none is answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from zi_chassis.bus.lanes import Reaction
from zi_chassis.domain import Act, DomainError
from zi_intake.container import Office
from zi_intake.domain.case.refusals import IncidentFullError, NothingToAnswerError
from zi_intake.messaging.published import decider
from zi_intake.read.incidents import MOST_CASES, all_tickets_of, tickets_of
from zi_intake.read.visibility import CaseReader
from zi_intake.use_cases.case_actions import request_id_of


@dataclass(frozen=True)
class BulkAnswered:
    """The tickets that were answered or wait for a second person now; or, if a case refused, why, and none was."""

    tickets: Sequence[str] = ()
    refused: Mapping[str, DomainError] = field(default_factory=dict)


async def answer_incident(
    office: Office, reader: CaseReader, by: Act, key: UUID | None, incident: UUID, text: str
) -> BulkAnswered:
    """Answer the open cases of the incident that the reader may read. A repeat under its key returns the cases that were answered then, and
    answers none that was linked since. Raises NothingToAnswerError and IncidentFullError."""
    key = request_id_of(key, by, "answer-incident", incident.bytes)
    tickets = await office.store.query(lambda tx: tickets_of(tx, incident, reader))
    before = await _answered_before(office, reader, incident, request_id_of(key, by, "answer", text.encode()))
    if before:
        return BulkAnswered(before)
    if not tickets:
        raise NothingToAnswerError
    if len(tickets) > MOST_CASES:
        raise IncidentFullError(limit=MOST_CASES)
    reactions = {ticket: await office.actions.answering(ticket, by, key, text) for ticket in tickets}
    refused = await _refused(office, reactions)
    if refused:
        return BulkAnswered(refused=refused)
    try:
        await office.store.decide_all(lambda tx: list(reactions.values()))
    except DomainError:  # one has moved on in the meantime
        return BulkAnswered(refused=await _refused(office, reactions))
    return BulkAnswered(tickets)


async def _answered_before(
    office: Office, reader: CaseReader, incident: UUID, request: UUID | None
) -> Sequence[str]:
    """Return the cases of the incident that have recorded this request."""
    if request is None:
        return ()
    tickets = await office.store.query(lambda tx: all_tickets_of(tx, incident, reader))
    return [ticket for ticket in tickets if request in (await office.state(ticket)).requests]


async def _refused(office: Office, reactions: Mapping[str, Reaction]) -> Mapping[str, DomainError]:
    """Return the cases that would refuse now, with their reason."""
    refused: dict[str, DomainError] = {}
    for ticket, reaction in reactions.items():
        _, case = await office.store.fetch(decider, reaction.aggregate)
        try:
            decider.decide(reaction.command, case)
        except DomainError as error:
            refused[ticket] = error
    return refused
