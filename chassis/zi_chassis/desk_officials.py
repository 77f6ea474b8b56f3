"""The officials who are known here, with their roles: whoever has acted in this service, or has opened the desk. No names."""

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from zi_chassis.database import Database, Tx
from zi_chassis.recorded import Recorded

logger = logging.getLogger(__name__)

STAFF = "staff:"
# Whoever opened the desk has the roles of the last time; of others the roles in which they acted are known.
_KNOWN = (
    "SELECT official, role FROM desk_officials UNION ALL SELECT official, role FROM acted_officials"
    " WHERE official NOT IN (SELECT official FROM desk_officials)"
)


class OfficialsOfEvents:
    """The read model of those who have acted."""

    name = "officials_of_events"
    version = 1
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS acted_officials (official TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY (official, role))",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        by = recorded.event.by
        if by.role.startswith(STAFF):
            _note(tx, "acted_officials", by.actor, by.role.removeprefix(STAFF))


class DeskOfficials:
    """A companion of the store, for those who have opened the desk, with their roles of the last time; what is noted already is not written
    again."""

    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS desk_officials (official TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY (official, role))",
    )

    def __init__(self) -> None:
        self._noted: dict[str, frozenset[str]] = {}

    def prepare(self, recorded: Sequence[Any]) -> None:
        pass

    def write(self, tx: Tx, recorded: Sequence[Any]) -> None:
        pass

    async def note(self, database: Database, official: str, roles: Collection[str]) -> None:
        """Note whoever opens the desk; where that can't be written the desk opens all the same."""
        if self._noted.get(official) == frozenset(roles):
            return
        try:
            await asyncio.to_thread(_note_all, database, official, sorted(roles))
        except Exception as fault:
            logger.warning("an official could not be noted: %s", type(fault).__name__)
        else:
            self._noted[official] = frozenset(roles)


def _note_all(database: Database, official: str, roles: Sequence[str]) -> None:
    with database.transaction() as tx:
        tx.execute("DELETE FROM desk_officials WHERE official = ?", official)
        for role in roles:
            _note(tx, "desk_officials", official, role)


def _note(tx: Tx, table: str, official: str, role: str) -> None:
    tx.execute(f"INSERT INTO {table} (official, role) VALUES (?, ?) ON CONFLICT DO NOTHING", official, role)


def roles_of(tx: Tx, official: str) -> frozenset[str]:
    rows = tx.execute(f"SELECT role FROM ({_KNOWN}) AS known WHERE official = ?", official)
    return frozenset(row["role"] for row in rows)


def known_officials(tx: Tx) -> Mapping[str, Sequence[str]]:
    """List everybody's roles, by the name of the account."""
    found: dict[str, list[str]] = {}
    for row in tx.execute(f"{_KNOWN} ORDER BY official, role"):
        found.setdefault(row["official"], []).append(row["role"])
    return found
