"""Take the reports that joined an incident, one decision a case: what is done stays done, and a repeat does the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from zi_chassis.domain import Act
from zi_intake.domain.case.refusals import CaseError
from zi_intake.incidents import untaken_of
from zi_intake.office import Office
from zi_intake.visibility import CaseReader

MOST_AT_ONCE = 100  # cases of one request, so that it ends before a gateway gives up


@dataclass(frozen=True)
class ReportsTaken:
    """The tickets that were taken now, those that nobody took with why, and how many wait: of all that the reader sees."""

    tickets: tuple[str, ...]
    refused: Mapping[str, CaseError]
    left: int


async def take_reports(
    office: Office, reader: CaseReader, by: Act, key: UUID | None, incident: UUID
) -> ReportsTaken:
    """Acknowledge and take what nobody has taken of the incident, the most urgent first; one that refuses holds up no other."""
    tickets = await office.store.query(lambda tx: untaken_of(tx, incident, reader))
    done: list[str] = []
    refused: dict[str, CaseError] = {}
    for ticket in tickets:
        if len(done) == MOST_AT_ONCE:
            break
        try:
            await office.actions.take(ticket, by, key)
        except CaseError as error:
            refused[ticket] = error
        else:
            done.append(ticket)
    return ReportsTaken(tuple(done), refused, len(tickets) - len(done))
