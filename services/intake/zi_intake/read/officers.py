"""The officers to whom cases can be given: whoever has opened the desk or acted here in a fitting role, with the open cases of each."""

from dataclasses import dataclass

from zi_chassis.access.desk_officials import known_officials
from zi_chassis.storage.database import Tx
from zi_intake.read.case_table import OVER
from zi_intake.read.visibility import CaseReader, visible_to
from zi_intake.roles import OFFICERS


@dataclass(frozen=True)
class OfficerLoad:
    account: str
    open_cases: int


def officer_loads(tx: Tx, reader: CaseReader) -> list[OfficerLoad]:
    """Return the officers by name of the account; counted are the cases that the reader sees."""
    counts = {each.account: each.open_cases for each in case_holders(tx, reader)}
    known = known_officials(tx)
    fitting = [account for account, roles in known.items() if not set(OFFICERS).isdisjoint(roles)]
    return [OfficerLoad(account, counts.get(account, 0)) for account in fitting]


def case_holders(tx: Tx, reader: CaseReader) -> list[OfficerLoad]:
    """Return whoever has open cases that the reader sees, by name of the account, also accounts that are gone."""
    visible, values = visible_to(reader)
    rows = tx.execute(
        f"SELECT officer, COUNT(*) AS many FROM cases WHERE officer IS NOT NULL AND precedence < ? AND {visible}"
        " GROUP BY officer ORDER BY officer",
        *(OVER, *values),
    )
    return [OfficerLoad(row["officer"], int(row["many"])) for row in rows]
