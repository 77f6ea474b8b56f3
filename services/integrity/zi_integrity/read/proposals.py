"""The tables of proposals to forums and of comments on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from zi_chassis.storage.database import Row, Tx, placeholders
from zi_chassis.storage.recorded import Recorded, rfc3339
from zi_contracts.integrity.forum import EntryChannel, ForumGroup, HidingReason, ProposalOutcome
from zi_contracts.vault import ItemRef
from zi_integrity.domain import proposal as events
from zi_integrity.domain.proposal import Moderation

PROPOSALS_A_PAGE = 20
TITLE, TEXT, COMMENT = "proposal.title", "proposal.text", "comment.text"
ProposalOrder = Literal["newest", "support", "unanswered"]
ORDERS: dict[ProposalOrder, str] = {
    "newest": "number DESC",
    "support": "support DESC, number DESC",
    "unanswered": "CASE WHEN outcome IS NULL THEN 0 ELSE 1 END, number",
}


@dataclass(frozen=True)
class ProposalRow:
    """`support` is what was counted; `comments` are public, `waiting` are those to be moderated."""

    proposal: UUID
    data_subject: UUID
    forum: UUID
    number: int
    moderation: Moderation
    hidden_for: HidingReason | None
    duplicate_of: int | None
    own_entry: bool
    channel: EntryChannel
    group: ForumGroup
    title: UUID
    text: UUID
    at: datetime
    support: int
    comments: int
    waiting: int
    outcome: ProposalOutcome | None
    grounds: str | None
    settled_at: datetime | None
    own_answer: bool
    components: tuple[str, ...]


@dataclass(frozen=True)
class CommentRow:
    comment: UUID
    proposal: UUID
    proposal_number: int
    moderation: Moderation
    hidden_for: HidingReason | None
    own_entry: bool
    channel: EntryChannel
    group: ForumGroup
    text: UUID
    at: datetime


class Proposals:
    name = "forum_proposals"
    version = 2
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS forum_proposals (proposal TEXT PRIMARY KEY, data_subject TEXT NOT NULL, forum TEXT NOT NULL, number INTEGER NOT NULL,"
        " moderation TEXT NOT NULL, hidden_for TEXT, duplicate_of INTEGER, own_entry INTEGER NOT NULL, channel TEXT NOT NULL,"
        " grp TEXT NOT NULL, author TEXT, title TEXT NOT NULL, text TEXT NOT NULL, at TEXT NOT NULL, support INTEGER NOT NULL,"
        " outcome TEXT, grounds TEXT, settled_at TEXT, own_answer INTEGER NOT NULL, components TEXT NOT NULL DEFAULT '')",
        "CREATE UNIQUE INDEX IF NOT EXISTS forum_proposals_number ON forum_proposals (forum, number)",
        "CREATE INDEX IF NOT EXISTS forum_proposals_author ON forum_proposals (author)",
        "CREATE TABLE IF NOT EXISTS forum_comments (comment TEXT PRIMARY KEY, proposal TEXT NOT NULL, moderation TEXT NOT NULL,"
        " hidden_for TEXT, own_entry INTEGER NOT NULL, channel TEXT NOT NULL, grp TEXT NOT NULL, author TEXT,"
        " text TEXT NOT NULL, at TEXT NOT NULL)",
        "CREATE INDEX IF NOT EXISTS forum_comments_proposal ON forum_comments (proposal, at)",
        "CREATE INDEX IF NOT EXISTS forum_comments_author ON forum_comments (author)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event, id = recorded.event, str(recorded.aggregate)
        match event:
            case events.ProposalMade():
                _store_made(tx, id, event)
            case events.ProposalPublished():
                _moderate(tx, "forum_proposals", "proposal", id, "published", None, event.own_entry)
                tx.execute("UPDATE forum_proposals SET duplicate_of = NULL WHERE proposal = ?", id)
            case events.ProposalHidden():
                _moderate(tx, "forum_proposals", "proposal", id, "hidden", event.reason, event.own_entry)
                tx.execute(
                    "UPDATE forum_proposals SET duplicate_of = ? WHERE proposal = ?", event.duplicate_of, id
                )
            case events.ProposalCommented():
                _store_comment(tx, id, event)
            case events.CommentPublished():
                _moderate(
                    tx, "forum_comments", "comment", str(event.comment), "published", None, event.own_entry
                )
            case events.CommentHidden():
                _moderate(
                    tx,
                    "forum_comments",
                    "comment",
                    str(event.comment),
                    "hidden",
                    event.reason,
                    event.own_entry,
                )
            case events.SupportCounted():
                _store_support(tx, id, event)
            case events.ProposalSettled():
                tx.execute(
                    "UPDATE forum_proposals SET outcome = ?, grounds = ?, settled_at = ?, own_answer = ?, components = ?"
                    " WHERE proposal = ?",
                    *(event.outcome, event.grounds, rfc3339(event.by.at), int(event.own_entry)),
                    *(" ".join(event.components), id),
                )
            case _:
                pass


def _store_made(tx: Tx, id: str, event: events.ProposalMade) -> None:
    tx.execute(
        "INSERT INTO forum_proposals (proposal, data_subject, forum, number, moderation, own_entry, channel, grp, author, title,"
        " text, at, support, own_answer) VALUES (?, ?, ?, ?, 'waiting', 0, ?, ?, ?, ?, ?, ?, 0, 0)",
        *(id, str(event.data_subject), str(event.forum), event.proposal, event.channel, event.group),
        *(event.author and str(event.author), _item(event.items, TITLE), _item(event.items, TEXT)),
        rfc3339(event.by.at),
    )


def _store_comment(tx: Tx, id: str, event: events.ProposalCommented) -> None:
    tx.execute(
        "INSERT INTO forum_comments (comment, proposal, moderation, own_entry, channel, grp, author, text, at)"
        " VALUES (?, ?, 'waiting', 0, ?, ?, ?, ?, ?)",
        *(str(event.comment), id, event.channel, event.group, event.author and str(event.author)),
        *(_item(event.items, COMMENT), rfc3339(event.by.at)),
    )


def _store_support(tx: Tx, id: str, event: events.SupportCounted) -> None:
    """Add what was counted, and empty the box of it."""
    tx.execute("UPDATE forum_proposals SET support = support + ? WHERE proposal = ?", len(event.signs), id)
    tx.execute(
        f"DELETE FROM forum_support_box WHERE proposal = ? AND sign IN ({placeholders(event.signs)})",
        *(id, *event.signs),
    )


def _moderate(
    tx: Tx, table: str, key: str, id: str, moderation: Moderation, reason: str | None, own_entry: bool
) -> None:
    tx.execute(
        f"UPDATE {table} SET moderation = ?, hidden_for = ?, own_entry = ? WHERE {key} = ?",
        *(moderation, reason, int(own_entry), id),
    )


def _item(items: Sequence[ItemRef], field: str) -> str:
    return next(str(each.item) for each in items if each.field == field)


COUNTED = (
    "SELECT p.*, (SELECT COUNT(*) FROM forum_comments c WHERE c.proposal = p.proposal AND c.moderation = 'published')"
    " AS comments, (SELECT COUNT(*) FROM forum_comments c WHERE c.proposal = p.proposal AND c.moderation = 'waiting')"
    " AS waiting FROM forum_proposals p"
)


def proposals_of(
    tx: Tx, forum: UUID, order: ProposalOrder, page: int | None, moderated: bool = True
) -> list[ProposalRow]:
    """Return one page, counted from 1, or all; `moderated` leaves out what nobody has moderated yet."""
    public = " AND moderation <> 'waiting'" if moderated else ""
    within = "" if page is None else f" LIMIT {PROPOSALS_A_PAGE} OFFSET {(page - 1) * PROPOSALS_A_PAGE}"
    rows = tx.execute(f"{COUNTED} WHERE forum = ?{public} ORDER BY {ORDERS[order]}{within}", str(forum))
    return list(map(_proposal, rows))


def proposals_to_do(tx: Tx, forum: UUID, page: int) -> list[ProposalRow]:
    """Return one page of those that wait for moderation, then of those that wait for an answer."""
    rows = tx.execute(
        f"{COUNTED} WHERE forum = ? AND (moderation = 'waiting' OR outcome IS NULL)"
        " ORDER BY CASE WHEN moderation = 'waiting' THEN 0 ELSE 1 END, number"
        f" LIMIT {PROPOSALS_A_PAGE} OFFSET {(page - 1) * PROPOSALS_A_PAGE}",
        str(forum),
    )
    return list(map(_proposal, rows))


def proposal_row(tx: Tx, forum: UUID, number: int) -> ProposalRow | None:
    rows = tx.execute(f"{COUNTED} WHERE forum = ? AND number = ?", str(forum), number)
    return _proposal(rows[0]) if rows else None


@dataclass(frozen=True)
class ProposalTallies:
    """Numbers of a forum's proposals; `unanswered` are those without an outcome, also hidden and waiting ones."""

    all: int
    moderated: int
    waiting: int
    comments_waiting: int
    unanswered: int
    paper: int

    @property
    def to_do(self) -> int:
        """The number of proposals that wait for moderation or an answer: an answer needs moderation first."""
        return self.unanswered


def tallies_of(tx: Tx, forum: UUID) -> ProposalTallies:
    row = tx.execute(
        "SELECT COUNT(*) AS n, SUM(CASE WHEN moderation <> 'waiting' THEN 1 ELSE 0 END) AS moderated,"
        " SUM(CASE WHEN outcome IS NULL THEN 1 ELSE 0 END) AS unanswered,"
        " SUM(CASE WHEN channel = 'paper' THEN 1 ELSE 0 END) AS paper FROM forum_proposals WHERE forum = ?",
        str(forum),
    )[0]
    waiting = tx.execute(
        "SELECT COUNT(*) AS n FROM forum_comments c JOIN forum_proposals p ON p.proposal = c.proposal"
        " WHERE p.forum = ? AND c.moderation = 'waiting'",
        str(forum),
    )[0]["n"]
    number, moderated = int(row["n"]), int(row["moderated"] or 0)
    return ProposalTallies(
        number,
        moderated,
        number - moderated,
        int(waiting),
        int(row["unanswered"] or 0),
        int(row["paper"] or 0),
    )


def next_number(tx: Tx, forum: UUID) -> int:
    """Return the number of the next proposal; to be asked under the write lock."""
    rows = tx.execute("SELECT COALESCE(MAX(number), 0) AS n FROM forum_proposals WHERE forum = ?", str(forum))
    return int(rows[0]["n"]) + 1


def made_by(tx: Tx, author: UUID) -> tuple[int, int]:
    """Return how many proposals and comments a participant has made."""
    counts = [
        int(tx.execute(f"SELECT COUNT(*) AS n FROM {table} WHERE author = ?", str(author))[0]["n"])
        for table in ("forum_proposals", "forum_comments")
    ]
    return counts[0], counts[1]


COMMENTS = "SELECT c.*, p.number FROM forum_comments c JOIN forum_proposals p ON p.proposal = c.proposal"


def comments_on(tx: Tx, proposal: UUID, page: int, moderated: bool = True) -> list[CommentRow]:
    """Return one page of comments, the oldest first."""
    public = " AND c.moderation <> 'waiting'" if moderated else ""
    rows = tx.execute(
        f"{COMMENTS} WHERE c.proposal = ?{public} ORDER BY c.at, c.comment LIMIT {PROPOSALS_A_PAGE} OFFSET ?",
        *(str(proposal), (page - 1) * PROPOSALS_A_PAGE),
    )
    return list(map(_comment, rows))


def count_comments(tx: Tx, proposal: UUID, moderated: bool = True) -> int:
    public = " AND moderation <> 'waiting'" if moderated else ""
    rows = tx.execute(f"SELECT COUNT(*) AS n FROM forum_comments WHERE proposal = ?{public}", str(proposal))
    return int(rows[0]["n"])


def comments_waiting(tx: Tx, forum: UUID, page: int) -> list[CommentRow]:
    rows = tx.execute(
        f"{COMMENTS} WHERE p.forum = ? AND c.moderation = 'waiting' ORDER BY c.at, c.comment"
        f" LIMIT {PROPOSALS_A_PAGE} OFFSET ?",
        *(str(forum), (page - 1) * PROPOSALS_A_PAGE),
    )
    return list(map(_comment, rows))


def uncounted_support(tx: Tx, before: str) -> dict[UUID, list[str]]:
    """Return the signs in the box by proposal, of days before this one and of forums that are not open."""
    rows = tx.execute(
        "SELECT b.proposal, b.sign FROM forum_support_box b JOIN forum_proposals p ON p.proposal = b.proposal"
        " JOIN forums f ON f.forum = p.forum WHERE b.day < ? OR f.status <> 'open' ORDER BY b.proposal, b.sign LIMIT 1000",
        before,
    )
    signs: dict[UUID, list[str]] = {}
    for row in rows:
        signs.setdefault(UUID(row["proposal"]), []).append(row["sign"])
    return signs


def is_in_box(tx: Tx, proposal: UUID, sign: str) -> bool:
    rows = tx.execute(
        "SELECT sign FROM forum_support_box WHERE proposal = ? AND sign = ?", str(proposal), sign
    )
    return bool(rows)


def put_in_box(tx: Tx, proposal: UUID, sign: str, day: str) -> None:
    tx.execute(
        "INSERT INTO forum_support_box (proposal, sign, day) VALUES (?, ?, ?)", str(proposal), sign, day
    )


def _proposal(row: Row) -> ProposalRow:
    settled = row["settled_at"]
    return ProposalRow(
        proposal=UUID(row["proposal"]),
        data_subject=UUID(row["data_subject"]),
        forum=UUID(row["forum"]),
        number=row["number"],
        moderation=row["moderation"],
        hidden_for=row["hidden_for"],
        duplicate_of=row["duplicate_of"],
        own_entry=bool(row["own_entry"]),
        channel=row["channel"],
        group=row["grp"],
        title=UUID(row["title"]),
        text=UUID(row["text"]),
        at=datetime.fromisoformat(row["at"]),
        support=row["support"],
        comments=int(row["comments"]),
        waiting=int(row["waiting"]),
        outcome=row["outcome"],
        grounds=row["grounds"],
        settled_at=datetime.fromisoformat(settled) if settled else None,
        own_answer=bool(row["own_answer"]),
        components=tuple(row["components"].split()),
    )


def _comment(row: Row) -> CommentRow:
    return CommentRow(
        comment=UUID(row["comment"]),
        proposal=UUID(row["proposal"]),
        proposal_number=row["number"],
        moderation=row["moderation"],
        hidden_for=row["hidden_for"],
        own_entry=bool(row["own_entry"]),
        channel=row["channel"],
        group=row["grp"],
        text=UUID(row["text"]),
        at=datetime.fromisoformat(row["at"]),
    )
