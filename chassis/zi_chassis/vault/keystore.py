"""Keys of data subjects, in a store of their own that no ordinary backup takes along: what is destroyed here is gone.

A key is on disk before anything is sealed under it is; a destroyed subject gets no key again. Which contact a reference stands for is known
here alone, under a key that is here too: without this store nobody can tell whether a known contact has one.
"""

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from zi_chassis.domain import ErasedError, UnavailableError
from zi_chassis.randomness import random_bytes
from zi_chassis.storage.database import Database, Row, Tx, placeholders
from zi_chassis.storage.event_tables import one_at_a_time

SECRET = 32  # random bytes of the key of contacts, and of a reference
TABLES = (
    "CREATE TABLE IF NOT EXISTS keys (id TEXT PRIMARY KEY, data_subject TEXT NOT NULL, key BLOB NOT NULL)",
    "CREATE INDEX IF NOT EXISTS keys_data_subject ON keys (data_subject)",
    "CREATE TABLE IF NOT EXISTS destroyed (data_subject TEXT PRIMARY KEY, at TEXT NOT NULL, event TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS contact_key (id INTEGER PRIMARY KEY, secret BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS contacts (contact TEXT PRIMARY KEY, reference TEXT NOT NULL, drawn TEXT NOT NULL)"
    " WITHOUT ROWID",
)


@dataclass(frozen=True, slots=True)
class SubjectKey:
    """`id` names the key in what it sealed: a filing that failed half way may leave a subject with two."""

    id: UUID
    data_subject: UUID
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Destroyed:
    """Tombstone: when, and by which event. `reference` is the one that ended with it, which the tombstone itself does not keep."""

    at: datetime
    event: UUID
    reference: str | None = None


class Keystore:
    """Creates its tables in `database`, which should be a Database(..., secure_delete=True), unless it only looks."""

    def __init__(self, database: Database, create: bool = True) -> None:
        self._database = database
        self._owes_overwrite = False
        if create:
            with database.transaction() as tx:
                one_at_a_time(tx)
                tx.create(*TABLES)

    def add(self, keys: Sequence[SubjectKey]) -> None:
        """All on disk when it returns, or none: ErasedError if a subject's keys were destroyed."""
        if not keys:
            return
        with self._database.transaction() as tx:
            if _among(tx, "destroyed", "data_subject", (str(key.data_subject) for key in keys)):
                raise ErasedError
            tx.many(
                "INSERT INTO keys (id, data_subject, key) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING",
                [(str(key.id), str(key.data_subject), key.secret) for key in keys],
            )

    def key(self, data_subject: UUID) -> SubjectKey | None:
        """The one to seal with; None for a subject that has none yet."""
        with self._database.reading() as tx:
            if _among(tx, "destroyed", "data_subject", [str(data_subject)]):
                raise ErasedError
            rows = tx.execute(
                "SELECT id, key FROM keys WHERE data_subject = ? ORDER BY id", str(data_subject)
            )
        return SubjectKey(UUID(rows[0]["id"]), data_subject, bytes(rows[0]["key"])) if rows else None

    def secrets(self, ids: Iterable[UUID]) -> dict[UUID, bytes]:
        """Those that still exist, by key id."""
        with self._database.reading() as tx:
            rows = _among(tx, "keys", "id", (str(id) for id in ids))
        return {UUID(row["id"]): bytes(row["key"]) for row in rows}

    def reference(self, contact: str) -> str:
        """Name a contact: at random, and the same again until that reference is destroyed.

        Writes as much for a contact that is known as for a new one (`drawn` is always another), so that the time it takes tells nothing.
        """
        with self._database.transaction() as tx:
            tx.execute(
                "INSERT INTO contact_key (id, secret) VALUES (1, ?) ON CONFLICT (id) DO NOTHING",
                random_bytes(SECRET),
            )
            secret = bytes(tx.execute("SELECT secret FROM contact_key")[0]["secret"])
            keyed = hmac.digest(secret, contact.encode(), "sha256").hex()
            rows = tx.execute(
                "INSERT INTO contacts (contact, reference, drawn) VALUES (?, ?, ?)"
                " ON CONFLICT (contact) DO UPDATE SET drawn = excluded.drawn RETURNING reference",
                *(keyed, random_bytes(SECRET).hex(), random_bytes(SECRET).hex()),
            )
        return str(rows[0]["reference"])

    def forget_contacts(self) -> None:
        """Destroy every reference and the key of contacts; what is named from now on gets new ones."""
        with self._database.transaction() as tx:
            known = tx.execute("SELECT id FROM contact_key")
            tx.execute("DELETE FROM contacts")
            tx.execute("DELETE FROM contact_key")
        if known:
            self._owes_overwrite = True
            self.overwrite()

    def destroy(self, data_subject: UUID, at: datetime, event: UUID, reference: str | None = None) -> None:
        """Gone from the file and its write-ahead log when it returns, and so is what `reference` stood for; a repeat changes nothing.

        On PostgreSQL the row is gone; its server's own log and archives are for the operator to expire.
        """
        with self._database.transaction() as tx:
            tx.execute("DELETE FROM keys WHERE data_subject = ?", str(data_subject))
            tx.execute("DELETE FROM contacts WHERE reference = ?", reference)
            tx.execute(
                "INSERT INTO destroyed (data_subject, at, event) VALUES (?, ?, ?) ON CONFLICT (data_subject) DO NOTHING",
                *(str(data_subject), at.isoformat(), str(event)),
            )
        self._owes_overwrite = True
        self.overwrite()

    def destroyed(self, data_subject: UUID) -> Destroyed | None:
        with self._database.reading() as tx:
            rows = _among(tx, "destroyed", "data_subject", [str(data_subject)])
        return _tombstone(rows[0]) if rows else None

    def tombstones(self) -> dict[UUID, Destroyed]:
        """Of all subjects whose keys were destroyed."""
        with self._database.reading() as tx:
            rows = tx.execute("SELECT data_subject, at, event FROM destroyed")
        return {UUID(row["data_subject"]): _tombstone(row) for row in rows}

    def close(self) -> None:
        self._database.close()

    def overwrite_owed(self) -> None:
        """Repeat what a reader prevented at the time of the deletion; without one nothing happens."""
        if self._owes_overwrite:
            self.overwrite()

    def overwrite(self) -> None:
        """For a process that died between a deletion and this: secure_delete zeroes the row in the new page; only the checkpoint puts that page over the old one."""
        if self._database.postgres:
            return
        with self._database.datastore.get_connection(commit=True) as connection:
            cursor = connection.cursor()
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if cursor.fetchone()[0]:
                raise UnavailableError(
                    "The key store is being read; the key is not overwritten yet. Try again."
                )
        self._owes_overwrite = False


def _tombstone(row: Row) -> Destroyed:
    return Destroyed(datetime.fromisoformat(row["at"]), UUID(row["event"]))


def _among(tx: Tx, table: str, column: str, values: Iterable[str]) -> list[Row]:
    wanted = tuple(values)
    marks = placeholders(wanted)
    return tx.execute(f"SELECT * FROM {table} WHERE {column} IN ({marks})", *wanted) if wanted else []
