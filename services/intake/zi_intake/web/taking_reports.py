"""Take the reports that joined an incident."""

from uuid import UUID

from zi_chassis.domain import Act
from zi_intake.container import Office
from zi_intake.read.incidents import untaken_of
from zi_intake.read.visibility import CaseReader
from zi_intake.use_cases.case_by_case import CaseByCase, case_by_case


async def take_reports(
    office: Office, reader: CaseReader, by: Act, key: UUID | None, incident: UUID
) -> CaseByCase:
    """Acknowledge and take, in one decision a case, what nobody has taken of the incident and the reader may read, the most urgent first."""
    tickets = await office.store.query(lambda tx: untaken_of(tx, incident, reader))
    return await case_by_case(tickets, lambda ticket: office.actions.take(ticket, by, key))
