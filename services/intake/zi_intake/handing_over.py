"""Hand over the open cases of a colleague who is absent, one command a case: what is done stays done, and a repeat does the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from zi_chassis.database import Tx
from zi_chassis.desk_officials import roles_of
from zi_chassis.domain import Act
from zi_intake.case_table import OVER
from zi_intake.domain.case.refusals import CaseError, NoOfficerError
from zi_intake.office import Office
from zi_intake.roles import OFFICERS
from zi_intake.visibility import CaseReader, visible_to

MOST_AT_ONCE = 100  # cases of one request, so that it ends before a gateway gives up


@dataclass(frozen=True)
class HandedOver:
    """The tickets that were handed over now, those that stay with why, and how many open cases the colleague still has: of all that the
    reader sees."""

    tickets: tuple[str, ...]
    refused: Mapping[str, CaseError]
    left: int


async def hand_over(
    office: Office, reader: CaseReader, by: Act, key: UUID | None, colleague: str, officer: str
) -> HandedOver:
    """Give the most urgent cases of the colleague to the officer. Raises NoOfficerError."""
    if (await office.store.query(lambda tx: roles_of(tx, officer))).isdisjoint(OFFICERS):
        raise NoOfficerError
    tickets = await office.store.query(lambda tx: _open_cases(tx, reader, colleague))
    done: list[str] = []
    refused: dict[str, CaseError] = {}
    for ticket in tickets:
        if len(done) == MOST_AT_ONCE:
            break
        try:
            await office.give(ticket, by, key, officer, instead_of=colleague)
        except CaseError as error:
            refused[ticket] = error
        else:
            done.append(ticket)
    return HandedOver(tuple(done), refused, len(tickets) - len(done))


def _open_cases(tx: Tx, reader: CaseReader, colleague: str) -> list[str]:
    visible, values = visible_to(reader)
    rows = tx.execute(
        f"SELECT ticket FROM cases WHERE officer = ? AND precedence < ? AND {visible} ORDER BY precedence, urgency, ticket",
        *(colleague, OVER, *values),
    )
    return [row["ticket"] for row in rows]
