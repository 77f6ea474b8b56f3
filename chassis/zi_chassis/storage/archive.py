"""The content of every configuration that a service ever adopted, in its own store: what was begun under a version is judged by it
although its file is gone. Content is kept in the transaction that records its adoption, and is never replaced by another."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Protocol
from uuid import UUID

from zi_chassis.clock import Clock
from zi_chassis.domain import Act, Decider, DomainError
from zi_chassis.storage.configuration import (
    ConfigurationKey,
    Configurations,
    Offered,
    TakeUp,
    configurations,
    configurations_id,
)
from zi_chassis.storage.database import Database, Tx
from zi_chassis.storage.store import Store

logger = logging.getLogger(__name__)

INSERT = (
    "INSERT INTO configurations (kind, id, version, digest, content) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (kind, id, version) DO UPDATE SET digest = excluded.digest, content = excluded.content"
)


class Adoptable(Protocol):
    """Content with a name; `origin` says where it came from."""

    @property
    def kind(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def content(self) -> bytes: ...
    @property
    def digest(self) -> str: ...
    @property
    def origin(self) -> str: ...
    @property
    def source_status(self) -> str | None: ...
    @property
    def effective_from(self) -> date | None: ...


class LostConfigurationError(DomainError):
    """A configuration of cases is not in the store as it was adopted."""

    def __init__(self, key: ConfigurationKey) -> None:
        super().__init__(
            "{key} is used by cases, and what the store keeps of it is missing or was changed."
            " Bring its file back as it was, or the store from a backup.",
            key=key,
        )


@dataclass(frozen=True)
class AdoptedContents:
    """The configurations that are stored with an adoption."""

    configurations: tuple[Adoptable, ...]


class Archive:
    """A companion of the store."""

    kind = AdoptedContents
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS configurations (kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,"
        " digest TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (kind, id, version))",
    )

    def __init__(self, database: Database) -> None:
        self.database = database

    def prepare(self, items: Sequence[AdoptedContents]) -> None:
        """Nothing has to be there before the transaction."""

    def write(self, tx: Tx, items: Sequence[AdoptedContents]) -> None:
        for contents in items:
            _store(tx, contents.configurations)

    def content(self, kind: str, id: str, version: int) -> bytes | None:
        """As it was adopted; None if it never was, or is not what it was any more."""
        with self.database.reading() as tx:
            return _content(tx, ConfigurationKey(kind, id, version))

    def by_digest(self, digest: str) -> bytes | None:
        with self.database.reading() as tx:
            rows = tx.execute("SELECT content FROM configurations WHERE digest = ?", digest)
        contents = [bytes(row["content"]) for row in rows]
        return next((each for each in contents if sha256(each).hexdigest() == digest), None)


async def adopt(store: Store, offered: Sequence[Adoptable], clock: Clock) -> None:
    """Record what the service decides by from now on, before it decides anything. Closes the store if it must not.

    Raises ConfigurationChangedError and LostConfigurationError.
    """
    id, me = configurations_id(store.source), f"system:{store.service}"
    named = tuple(offered_of(each) for each in offered)

    def found(tx: Tx) -> tuple[Decider[Configurations], UUID, TakeUp]:
        _, state = store.states(tx, {id: configurations})[id]
        _mend(tx, state, offered)
        by = Act(at=clock.now(), actor=me, role=me)
        return configurations, id, TakeUp(by=by, offered=named, is_first=store.head(tx)[0] == 0)

    try:
        await store.decide(found, AdoptedContents(tuple(offered)))
    except DomainError:
        store.close()
        raise


def offered_of(configuration: Adoptable) -> Offered:
    return Offered(
        kind=configuration.kind,
        id=configuration.id,
        version=configuration.version,
        digest=configuration.digest,
        origin=configuration.origin,
        source_status=configuration.source_status,
        effective_from=configuration.effective_from,
    )


def _mend(tx: Tx, state: Configurations, offered: Sequence[Adoptable]) -> None:
    """Write content that is missing or was changed again from its file, if that is as it was."""
    by_digest = {each.digest: each for each in offered}
    for key, adopted in state.adopted.items():
        content = _content(tx, key)
        if content is not None and sha256(content).hexdigest() == adopted.digest:
            continue
        if adopted.digest not in by_digest:
            raise LostConfigurationError(key)
        logger.warning("what was kept of %s was missing or had been changed; it is written again", key)
        _store(tx, [by_digest[adopted.digest]])


def _store(tx: Tx, configurations: Sequence[Adoptable]) -> None:
    tx.many(
        INSERT, [(each.kind, each.id, each.version, each.digest, each.content) for each in configurations]
    )


def _content(tx: Tx, key: ConfigurationKey) -> bytes | None:
    rows = tx.execute(
        "SELECT digest, content FROM configurations WHERE kind = ? AND id = ? AND version = ?", *key
    )
    content = bytes(rows[0]["content"]) if rows else None
    return content if content is not None and sha256(content).hexdigest() == rows[0]["digest"] else None
