"""The agenda of a forum, made from the office's own records: each source is a query, and another area adds its own to AGENDA_SOURCES.

A source names at most MOST_ENTRIES things with a count each, the largest first; nothing in it names a person or a case,
and no number of complaints is below five.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from zi_chassis.small_groups import counted_together
from zi_chassis.storage.database import Tx
from zi_contracts.integrity.forum import AgendaEntry
from zi_integrity.read.complaint_counts import month_of
from zi_integrity.read.forum_actions import open_actions_of_forums

MOST_ENTRIES = 10
YEAR = timedelta(days=365)
SMALL_KINDS = "together"  # the subject of complaints whose kinds are too small to be told by themselves
AgendaSource = Callable[[Tx, datetime], list[AgendaEntry]]


def complaints_by_kind(tx: Tx, now: datetime) -> list[AgendaEntry]:
    """Return the complaints of the last twelve months by kind, small kinds together; nothing where all of them are too few to be told."""
    rows = tx.execute(
        "SELECT kind, SUM(number) AS n FROM complaint_counts WHERE month >= ? GROUP BY kind ORDER BY n DESC, kind",
        month_of(now - YEAR),
    )
    counts = {str(row["kind"]): int(row["n"]) for row in rows}
    together = counted_together(counts)
    if len(together) == len(counts):
        return []
    most = MOST_ENTRIES - bool(together)
    lines = [(kind, count) for kind, count in counts.items() if kind not in together][:most]
    if together:
        lines.append((SMALL_KINDS, sum(counts[kind] for kind in together)))
    return [AgendaEntry(source="complaints", subject=kind, count=count) for kind, count in lines]


def unanswered_proposals(tx: Tx, _: datetime) -> list[AgendaEntry]:
    """Return the earlier forums whose proposals still wait for an answer."""
    rows = tx.execute(
        "SELECT f.number AS forum_number, COUNT(*) AS n FROM forum_proposals p JOIN forums f ON f.forum = p.forum"
        " WHERE p.outcome IS NULL AND f.status NOT IN ('planned', 'open') GROUP BY f.number"
        f" ORDER BY n DESC, f.number LIMIT {MOST_ENTRIES}"
    )
    return [
        AgendaEntry(source="unanswered_proposals", subject=f"FKP-{row['forum_number']}", count=int(row["n"]))
        for row in rows
    ]


def survey_results(tx: Tx, now: datetime) -> list[AgendaEntry]:
    """Return the results that were published for windows of the last year, with the number of their answers."""
    rows = tx.execute(
        "SELECT kind, quarter, whole_index, answers FROM survey_windows WHERE status = 'published' AND opens >= ?"
        f" ORDER BY opens DESC, kind LIMIT {MOST_ENTRIES}",
        (now - YEAR).date().isoformat(),
    )
    return [
        AgendaEntry(
            source="survey_results",
            subject=f"{row['kind'].upper()} {row['quarter']}"
            + (f": {row['whole_index']}" if row["whole_index"] else ""),
            count=int(row["answers"]),
        )
        for row in rows
    ]


def overdue_reviews(tx: Tx, now: datetime) -> list[AgendaEntry]:
    """Return the services whose standard should have been reviewed by now."""
    rows = tx.execute(
        "SELECT service, COUNT(*) AS n FROM standards WHERE status = 'adopted' AND review_due < ? GROUP BY service"
        f" ORDER BY service LIMIT {MOST_ENTRIES}",
        now.date().isoformat(),
    )
    return [
        AgendaEntry(source="overdue_reviews", subject=row["service"], count=int(row["n"])) for row in rows
    ]


AGENDA_SOURCES: tuple[AgendaSource, ...] = (
    complaints_by_kind,
    survey_results,
    overdue_reviews,
    open_actions_of_forums,
    unanswered_proposals,
)


def agenda(tx: Tx, now: datetime) -> tuple[AgendaEntry, ...]:
    return tuple(entry for source in AGENDA_SOURCES for entry in source(tx, now))
