"""The archive of PostgreSQL (profile `archive` of compose) as the server sees it: whether it receives, and how far it is behind."""

from dataclasses import dataclass

from zi_operations.house import HouseOfData

SLOT = "zona_archive"  # as in deploy/postgres/archive.sh


@dataclass(frozen=True)
class ArchiveState:
    """`behind`: bytes that the server has written and the archive has not received; everything, once the server no longer keeps them."""

    receives: bool
    behind: int


def archive_state(house: HouseOfData) -> ArchiveState | None:
    """Return the state of the archive; None for a house on SQLite, and where no archive was ever begun. Raises database faults."""
    if not house.ledger.is_postgres:
        return None
    with house.ledger.reading() as tx:
        rows = tx.execute(
            "SELECT active, pg_wal_lsn_diff(pg_current_wal_lsn(), coalesce(restart_lsn, '0/0')) AS behind"
            f" FROM pg_replication_slots WHERE slot_name = '{SLOT}'"
        )
    return ArchiveState(bool(rows[0]["active"]), int(rows[0]["behind"])) if rows else None
