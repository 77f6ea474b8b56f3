"""Take the reports that joined an incident, one command a case: what is done stays done, and a repeat does the rest."""

from uuid import UUID

from zi_chassis.domain import Act
from zi_intake.domain.case.refusals import CaseError
from zi_intake.incidents import untaken_of
from zi_intake.office import Office
from zi_intake.visibility import CaseReader

MOST_AT_ONCE = 100  # cases of one request, so that it ends before a gateway gives up


async def take_reports(office: Office, reader: CaseReader, by: Act, key: UUID | None, incident: UUID) -> None:
    """Acknowledge and take what nobody has taken of the incident; a case that refuses stays in the list."""
    tickets = await office.store.query(lambda tx: untaken_of(tx, incident, reader))
    for ticket in tickets[:MOST_AT_ONCE]:
        try:
            await office.actions.acknowledge(ticket, by, key)
            await office.give(ticket, by, key, by.actor)
        except CaseError:
            continue
