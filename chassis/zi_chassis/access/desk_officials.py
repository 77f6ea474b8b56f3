"""The officials who are known at a desk, by the names of their accounts, with the roles that they had when they opened it last."""

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence

from zi_chassis.storage.database import Database, Tx

logger = logging.getLogger(__name__)

AT_DESK = "SELECT official, role FROM desk_officials"


class DeskOfficials:
    """Notes whoever opens the desk, with the roles of the last time; what is noted already is not written again."""

    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS desk_officials (official TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY (official, role))",
    )

    def __init__(self) -> None:
        self._noted: dict[str, frozenset[str]] = {}

    async def note(self, database: Database, official: str, roles: Collection[str]) -> None:
        """Note whoever opens the desk; where that can't be written the desk opens all the same."""
        if self._noted.get(official) == frozenset(roles):
            return
        try:
            await asyncio.to_thread(_note, database, official, sorted(roles))
        except Exception as fault:
            logger.warning("an official could not be noted: %s", type(fault).__name__)
        else:
            self._noted[official] = frozenset(roles)


def _note(database: Database, official: str, roles: Sequence[str]) -> None:
    with database.transaction() as tx:
        tx.execute("DELETE FROM desk_officials WHERE official = ?", official)
        tx.many(
            "INSERT INTO desk_officials (official, role) VALUES (?, ?)", [(official, each) for each in roles]
        )


def roles_of(tx: Tx, official: str, source: str = AT_DESK) -> frozenset[str]:
    """Return the known roles of an official; `source` selects officials and roles."""
    rows = tx.execute(f"SELECT role FROM ({source}) AS known WHERE official = ?", official)
    return frozenset(row["role"] for row in rows)


def known_officials(tx: Tx, source: str = AT_DESK) -> Mapping[str, Sequence[str]]:
    """Return everybody's roles, by the name of the account."""
    found: dict[str, list[str]] = {}
    for row in tx.execute(f"SELECT official, role FROM ({source}) AS known ORDER BY official, role"):
        found.setdefault(row["official"], []).append(row["role"])
    return found
