"""Hand over the open cases of a colleague who is absent."""

from uuid import UUID

from zi_chassis.access.desk_officials import roles_of
from zi_chassis.domain import Act
from zi_chassis.storage.database import Tx
from zi_intake.container import Office
from zi_intake.domain.case.refusals import NoOfficerError
from zi_intake.read.case_table import OVER
from zi_intake.read.visibility import CaseReader, visible_to
from zi_intake.roles import OFFICERS
from zi_intake.use_cases.case_by_case import CaseByCase, case_by_case


async def hand_over(
    office: Office, reader: CaseReader, by: Act, key: UUID | None, colleague: str, officer: str
) -> CaseByCase:
    """Give the cases of the colleague that the reader sees to the officer, the most urgent first. Raises NoOfficerError."""
    if (await office.store.query(lambda tx: roles_of(tx, officer))).isdisjoint(OFFICERS):
        raise NoOfficerError
    tickets = await office.store.query(lambda tx: _open_cases(tx, reader, colleague))
    return await case_by_case(
        tickets, lambda ticket: office.give(ticket, by, key, officer, instead_of=colleague)
    )


def _open_cases(tx: Tx, reader: CaseReader, colleague: str) -> list[str]:
    visible, values = visible_to(reader)
    rows = tx.execute(
        f"SELECT ticket FROM cases WHERE officer = ? AND precedence < ? AND {visible} ORDER BY precedence, urgency, ticket",
        *(colleague, OVER, *values),
    )
    return [row["ticket"] for row in rows]
