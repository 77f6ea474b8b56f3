"""The tables of forums, of their invitations and of the codes of their participants."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from pydantic import TypeAdapter

from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import Recorded, rfc3339
from zi_contracts.intake import Language
from zi_contracts.integrity.forum import AgendaEntry, CodeKind, ForumGroup, GroupReached, GroupTarget
from zi_integrity.domain import forum as events
from zi_integrity.domain import participant as codes
from zi_integrity.domain.forum import ForumStatus

FORUMS_A_PAGE = 20
ADDRESS = "contact.email"
_GROUPS = TypeAdapter(tuple[GroupTarget, ...])
_AGENDA = TypeAdapter(tuple[AgendaEntry, ...])

# Tables that the use cases write: `forum_reached` says who contributed, without saying when or with what, and `forum_present` who signed
# the attendance and was not struck.
FORUM_TABLES = (
    "CREATE TABLE IF NOT EXISTS forum_reached (forum TEXT NOT NULL, participant TEXT NOT NULL, grp TEXT NOT NULL,"
    " PRIMARY KEY (forum, participant))",
    "CREATE TABLE IF NOT EXISTS forum_present (forum TEXT NOT NULL, participant TEXT NOT NULL, grp TEXT NOT NULL,"
    " PRIMARY KEY (forum, participant))",
    "CREATE TABLE IF NOT EXISTS forum_support_box (proposal TEXT NOT NULL, sign TEXT NOT NULL, day TEXT NOT NULL,"
    " PRIMARY KEY (proposal, sign))",
)


@dataclass(frozen=True)
class ForumRow:
    forum: UUID
    number: str
    theme: str
    begins: datetime
    closes_on: datetime
    place: str | None
    link: str | None
    groups: tuple[GroupTarget, ...]
    quorum: int
    status: ForumStatus
    agenda: tuple[AgendaEntry, ...]
    cancel_reason: str | None


@dataclass(frozen=True)
class InvitationRow:
    invitation: str
    group: ForumGroup
    addressee: UUID
    at: datetime


@dataclass(frozen=True)
class ForumParticipant:
    """A participant of a forum, found by a code; `reference` is opaque and stands for nobody outside the store."""

    reference: UUID
    kind: CodeKind
    forum: UUID
    group: ForumGroup
    language: Language


class Forums:
    name = "forums"
    version = 1
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS forums (forum TEXT PRIMARY KEY, number TEXT NOT NULL, theme TEXT NOT NULL,"
        " begins TEXT NOT NULL, closes_on TEXT NOT NULL, place TEXT, link TEXT, invited TEXT NOT NULL,"
        " quorum INTEGER NOT NULL, status TEXT NOT NULL, agenda TEXT NOT NULL, cancel_reason TEXT)",
        "CREATE UNIQUE INDEX IF NOT EXISTS forums_number ON forums (number)",
        "CREATE INDEX IF NOT EXISTS forums_begins ON forums (begins)",
        "CREATE TABLE IF NOT EXISTS forum_invitations (invitation TEXT PRIMARY KEY, forum TEXT NOT NULL, grp TEXT NOT NULL,"
        " addressee TEXT NOT NULL, at TEXT NOT NULL)",
        "CREATE INDEX IF NOT EXISTS forum_invitations_forum ON forum_invitations (forum)",
        "CREATE TABLE IF NOT EXISTS forum_codes (code_digest TEXT PRIMARY KEY, forum TEXT NOT NULL,"
        " participant TEXT NOT NULL, kind TEXT NOT NULL, grp TEXT NOT NULL, language TEXT NOT NULL, address TEXT)",
        "CREATE INDEX IF NOT EXISTS forum_codes_participant ON forum_codes (participant)",
        "CREATE INDEX IF NOT EXISTS forum_codes_forum ON forum_codes (forum, kind)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event, id = recorded.event, str(recorded.aggregate)
        match event:
            case events.ForumPlanned():
                tx.execute(
                    "INSERT INTO forums (forum, number, theme, begins, closes_on, invited, quorum, status, agenda)"
                    " VALUES (?, ?, '', '', '', '[]', 0, 'planned', '[]')",
                    *(id, event.number),
                )
                _store_terms(tx, id, event)
            case events.ForumChanged():
                _store_terms(tx, id, event)
            case events.ForumInvitationWritten():
                tx.execute(
                    "INSERT INTO forum_invitations (invitation, forum, grp, addressee, at) VALUES (?, ?, ?, ?, ?)",
                    *(event.invitation, id, event.group, str(event.items[0].item), rfc3339(event.by.at)),
                )
            case events.ForumOpened():
                agenda = _AGENDA.dump_json(event.agenda).decode()
                tx.execute("UPDATE forums SET status = 'open', agenda = ? WHERE forum = ?", agenda, id)
            case events.ForumClosed():
                status = "closed" if event.has_quorum else "no_quorum"
                tx.execute("UPDATE forums SET status = ? WHERE forum = ?", status, id)
            case events.ForumExtended():
                tx.execute(
                    "UPDATE forums SET status = 'open', begins = ?, closes_on = ? WHERE forum = ?",
                    *(rfc3339(event.begins), rfc3339(event.closes_on), id),
                )
            case events.ForumCancelled():
                tx.execute(
                    "UPDATE forums SET status = 'cancelled', cancel_reason = ? WHERE forum = ?",
                    event.reason,
                    id,
                )
            case codes.ParticipantCodeIssued():
                _store_issued(tx, id, event)
            case codes.ParticipantCodesPrinted():
                _store_printed(tx, recorded.aggregate, event)
            case _:
                pass


def _store_terms(tx: Tx, id: str, terms: events.ForumTermsEvent) -> None:
    tx.execute(
        "UPDATE forums SET theme = ?, begins = ?, closes_on = ?, place = ?, link = ?, invited = ?, quorum = ?"
        " WHERE forum = ?",
        *(terms.theme, rfc3339(terms.begins), rfc3339(terms.closes_on), terms.place, terms.link),
        *(_GROUPS.dump_json(terms.groups).decode(), terms.quorum, id),
    )


def _store_issued(tx: Tx, id: str, event: codes.ParticipantCodeIssued) -> None:
    """A new code takes the place of the one before."""
    tx.execute("DELETE FROM forum_codes WHERE participant = ?", id)
    address = next(str(each.item) for each in event.items if each.field == ADDRESS)
    tx.execute(
        "INSERT INTO forum_codes (code_digest, forum, participant, kind, grp, language, address)"
        " VALUES (?, ?, ?, 'email', ?, ?, ?)",
        *(event.code_digest, str(event.forum), id, event.group, event.language, address),
    )


def _store_printed(tx: Tx, batch: UUID, event: codes.ParticipantCodesPrinted) -> None:
    tx.many(
        "INSERT INTO forum_codes (code_digest, forum, participant, kind, grp, language) VALUES (?, ?, ?, ?, ?, 'id')",
        [
            (digest, str(event.forum), str(uuid5(batch, digest)), event.kind, event.group)
            for digest in event.code_digests
        ],
    )


def forum_page(tx: Tx, page: int) -> list[ForumRow]:
    """Return one page of forums, the newest first, `page` counted from 1."""
    rows = tx.execute(
        f"SELECT * FROM forums ORDER BY begins DESC, number DESC LIMIT {FORUMS_A_PAGE} OFFSET ?",
        (page - 1) * FORUMS_A_PAGE,
    )
    return list(map(_forum, rows))


def count_forums(tx: Tx) -> int:
    return int(tx.execute("SELECT COUNT(*) AS n FROM forums")[0]["n"])


def forums_of_year(tx: Tx, year: int) -> int:
    """Return the number of forums whose number is of this year."""
    rows = tx.execute("SELECT COUNT(*) AS n FROM forums WHERE number LIKE ?", f"{year}-%")
    return int(rows[0]["n"])


def forum_by_number(tx: Tx, number: str) -> ForumRow | None:
    rows = tx.execute("SELECT * FROM forums WHERE number = ?", number)
    return _forum(rows[0]) if rows else None


def count_invitations(tx: Tx, forum: UUID) -> int:
    rows = tx.execute("SELECT COUNT(*) AS n FROM forum_invitations WHERE forum = ?", str(forum))
    return int(rows[0]["n"])


def invitations(tx: Tx, forum: UUID, after: int, limit: int) -> list[InvitationRow]:
    """Return so many letters after the first ones, in the order of their numbers."""
    rows = tx.execute(
        "SELECT * FROM forum_invitations WHERE forum = ? ORDER BY LENGTH(invitation), invitation LIMIT ? OFFSET ?",
        *(str(forum), limit, after),
    )
    return [
        InvitationRow(
            row["invitation"], row["grp"], UUID(row["addressee"]), datetime.fromisoformat(row["at"])
        )
        for row in rows
    ]


def participant_by_digest(tx: Tx, code_digest: str) -> ForumParticipant | None:
    rows = tx.execute("SELECT * FROM forum_codes WHERE code_digest = ?", code_digest)
    if not rows:
        return None
    row = rows[0]
    return ForumParticipant(
        UUID(row["participant"]), row["kind"], UUID(row["forum"]), row["grp"], row["language"]
    )


def address_of(tx: Tx, participant: UUID) -> UUID | None:
    """Return the vault item with the address of a participant who has one."""
    rows = tx.execute("SELECT address FROM forum_codes WHERE participant = ?", str(participant))
    return UUID(rows[0]["address"]) if rows and rows[0]["address"] else None


def codes_by_kind(tx: Tx, forum: UUID) -> dict[CodeKind, int]:
    rows = tx.execute(
        "SELECT kind, COUNT(*) AS n FROM forum_codes WHERE forum = ? GROUP BY kind ORDER BY kind", str(forum)
    )
    return {row["kind"]: int(row["n"]) for row in rows}


def mark_reached(tx: Tx, participant: ForumParticipant) -> None:
    """Record that the participant contributed; however often, it counts once."""
    tx.execute(
        "INSERT INTO forum_reached (forum, participant, grp) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        *(str(participant.forum), str(participant.reference), participant.group),
    )


def mark_present(tx: Tx, participant: ForumParticipant) -> None:
    """Record that the participant signed the attendance."""
    tx.execute(
        "INSERT INTO forum_present (forum, participant, grp) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        *(str(participant.forum), str(participant.reference), participant.group),
    )


def mark_absent(tx: Tx, forum: UUID, participant: str) -> None:
    """Take back that the participant signed; what they contributed counts on."""
    tx.execute("DELETE FROM forum_present WHERE forum = ? AND participant = ?", str(forum), participant)


def present(tx: Tx, forum: UUID) -> list[str]:
    rows = tx.execute("SELECT participant FROM forum_present WHERE forum = ?", str(forum))
    return [row["participant"] for row in rows]


def reached(tx: Tx, forum: UUID, groups: Sequence[ForumGroup]) -> tuple[GroupReached, ...]:
    """Return how many participants of each of these groups contributed or signed with a code."""
    rows = tx.execute(
        "SELECT grp, COUNT(*) AS n FROM (SELECT participant, grp FROM forum_reached WHERE forum = ?"
        " UNION SELECT participant, grp FROM forum_present WHERE forum = ?) took GROUP BY grp",
        *(str(forum), str(forum)),
    )
    counts = {row["grp"]: int(row["n"]) for row in rows}
    return tuple(GroupReached(group=group, count=counts.get(group, 0)) for group in groups)


def _forum(row: Row) -> ForumRow:
    return ForumRow(
        forum=UUID(row["forum"]),
        number=row["number"],
        theme=row["theme"],
        begins=datetime.fromisoformat(row["begins"]),
        closes_on=datetime.fromisoformat(row["closes_on"]),
        place=row["place"],
        link=row["link"],
        groups=_GROUPS.validate_json(row["invited"]),
        quorum=row["quorum"],
        status=row["status"],
        agenda=_AGENDA.validate_json(row["agenda"]),
        cancel_reason=row["cancel_reason"],
    )
