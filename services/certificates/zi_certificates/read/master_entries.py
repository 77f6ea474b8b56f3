"""The read model of companies' master data: every entry with all its versions, by company, kind and name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter

from zi_certificates.domain.master_content import (
    MasterContent,
    MasterKind,
    MasterOrigin,
    MasterProducer,
    MasterProduct,
    MasterTexts,
    content_digest,
)
from zi_certificates.domain.master_entry import (
    MasterEntryAdded,
    MasterEntryChanged,
    MasterEntryRestored,
    MasterEntryRetired,
)
from zi_chassis.storage.database import Row, Tx, placeholders
from zi_chassis.storage.recorded import Recorded, rfc3339
from zi_chassis.storage.searching import pattern_of, searchable
from zi_rules.registration_number import normalise_number

MASTER_PAGE = 20
MOST_CHOICES = 200  # of a list to choose from; a longer one has a search

_CONTENT: TypeAdapter[MasterContent] = TypeAdapter(MasterContent)
_TEXTS: TypeAdapter[MasterTexts] = TypeAdapter(MasterTexts)


@dataclass(frozen=True)
class MasterVersion:
    """`texts` lie in the vault; `origin` is the mentoring case that the version came from."""

    entry: UUID
    revision: int
    content: MasterContent
    texts: MasterTexts
    digest: str
    origin: MasterOrigin | None
    at: datetime


@dataclass(frozen=True)
class MasterRow:
    """An entry with its newest version."""

    entry: UUID
    kind: MasterKind
    retired: bool
    newest: MasterVersion


@dataclass(frozen=True)
class MasterPage:
    rows: Sequence[MasterRow]
    total: int


class MasterEntries:
    name = "master_entries"
    version = 1
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS master_entries (entry TEXT PRIMARY KEY, account TEXT NOT NULL, kind TEXT NOT NULL,"
        " name TEXT NOT NULL, text TEXT NOT NULL, revision INTEGER NOT NULL, retired INTEGER NOT NULL)",
        "CREATE INDEX IF NOT EXISTS master_entries_account ON master_entries (account, retired, kind, name, entry)",
        "CREATE TABLE IF NOT EXISTS master_versions (entry TEXT NOT NULL, revision INTEGER NOT NULL, content TEXT NOT NULL,"
        " texts TEXT NOT NULL, digest TEXT NOT NULL, origin TEXT, at TEXT NOT NULL, PRIMARY KEY (entry, revision))",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event, entry = recorded.event, str(recorded.aggregate)
        match event:
            case MasterEntryAdded():
                tx.execute(
                    "INSERT INTO master_entries (entry, account, kind, name, text, revision, retired) VALUES (?, ?, ?, ?, ?, 1, 0)",
                    *(entry, str(event.account), event.content.kind, *_found_by(event.content)),
                )
                _add_version(tx, entry, 1, event)
            case MasterEntryChanged():
                [row] = tx.execute("SELECT revision FROM master_entries WHERE entry = ?", entry)
                revision = int(row["revision"]) + 1
                tx.execute(
                    "UPDATE master_entries SET revision = ?, name = ?, text = ? WHERE entry = ?",
                    *(revision, *_found_by(event.content), entry),
                )
                _add_version(tx, entry, revision, event)
            case MasterEntryRetired() | MasterEntryRestored():
                retired = int(isinstance(event, MasterEntryRetired))
                tx.execute("UPDATE master_entries SET retired = ? WHERE entry = ?", retired, entry)
            case _:
                pass


def _found_by(content: MasterContent) -> tuple[str, str]:
    """Return the name that the entry is listed by, and the text that it is searched by."""
    fields = [content.label]
    match content:
        case MasterProducer(permits=permits):
            fields += [each.number for each in permits]
        case MasterProduct():
            number = content.registration_number or ""
            fields += [content.kind_name or "", number, normalise_number(number), content.hs_code or ""]
        case _:
            pass
    return searchable(content.label), "\n".join(map(searchable, fields))


def _add_version(tx: Tx, entry: str, revision: int, event: MasterEntryAdded | MasterEntryChanged) -> None:
    origin = None if event.origin is None else event.origin.model_dump_json()
    tx.execute(
        "INSERT INTO master_versions (entry, revision, content, texts, digest, origin, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        *(entry, revision, event.content.model_dump_json(), _TEXTS.dump_json(event.texts).decode()),
        *(content_digest(event.content, event.texts), origin, rfc3339(event.by.at)),
    )


_NEWEST = (
    "SELECT e.kind, e.retired, v.* FROM master_entries e"
    " JOIN master_versions v ON v.entry = e.entry AND v.revision = e.revision WHERE e.account = ?"
)


def master_page(
    tx: Tx,
    account: UUID,
    kind: MasterKind | None = None,
    text: str = "",
    page: int = 1,
    *,
    retired: bool = False,
    size: int = MASTER_PAGE,
) -> MasterPage:
    """List the entries of a company by name: those in use, or those that are retired."""
    found = "AND e.retired = ? AND e.text LIKE ? ESCAPE '!'" + (" AND e.kind = ?" if kind else "")
    whose = (str(account), int(retired), pattern_of(text), *((kind,) if kind else ()))
    [counted] = tx.execute(
        f"SELECT COUNT(*) AS total FROM master_entries e WHERE e.account = ? {found}", *whose
    )
    rows = tx.execute(
        f"{_NEWEST} {found} ORDER BY e.name, e.entry LIMIT {size} OFFSET ?",
        *(*whose, (page - 1) * size),
    )
    return MasterPage([_row(row) for row in rows], int(counted["total"]))


def master_row(tx: Tx, account: UUID, entry: UUID) -> MasterRow | None:
    """Return an entry of this company; another company's is none."""
    rows = tx.execute(f"{_NEWEST} AND e.entry = ?", str(account), str(entry))
    return _row(rows[0]) if rows else None


def entries_of(tx: Tx, account: UUID) -> int:
    [row] = tx.execute("SELECT COUNT(*) AS total FROM master_entries WHERE account = ?", str(account))
    return int(row["total"])


def master_versions(tx: Tx, entry: UUID) -> list[MasterVersion]:
    """Return all versions of an entry, the newest first."""
    rows = tx.execute("SELECT * FROM master_versions WHERE entry = ? ORDER BY revision DESC", str(entry))
    return [_version(row) for row in rows]


def versions_used(tx: Tx, used: Iterable[tuple[UUID, int]]) -> Mapping[tuple[UUID, int], MasterVersion]:
    """Return the versions that an application uses, by entry and revision."""
    wanted = set(used)
    if not wanted:
        return {}
    entries = sorted({str(entry) for entry, _ in wanted})
    rows = tx.execute(f"SELECT * FROM master_versions WHERE entry IN ({placeholders(entries)})", *entries)
    versions = {(each.entry, each.revision): each for each in map(_version, rows)}
    return {place: version for place, version in versions.items() if place in wanted}


def _row(row: Row) -> MasterRow:
    return MasterRow(UUID(row["entry"]), row["kind"], bool(row["retired"]), _version(row))


def _version(row: Row) -> MasterVersion:
    return MasterVersion(
        entry=UUID(row["entry"]),
        revision=int(row["revision"]),
        content=_CONTENT.validate_json(row["content"]),
        texts=_TEXTS.validate_json(row["texts"]),
        digest=row["digest"],
        origin=None if row["origin"] is None else MasterOrigin.model_validate_json(row["origin"]),
        at=datetime.fromisoformat(row["at"]),
    )
