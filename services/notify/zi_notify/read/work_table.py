"""Table of the open cases of all desks, written in the transaction that receives their messages; for the lists and reminders of officials."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import rfc3339
from zi_chassis.storage.renamings import RENAMING_TABLES, every_name_of, note_renaming
from zi_chassis.webhooks.queue import TABLES as WEBHOOK_TABLES
from zi_contracts import certificates, intake, umkm
from zi_contracts.data import Data
from zi_contracts.integrity import conflict
from zi_contracts.message import Message
from zi_notify.domain.case_facts import CaseFacts, facts_after
from zi_notify.read import browser_cases, citizen_waits

TABLES = (
    "CREATE TABLE IF NOT EXISTS case_facts (service TEXT NOT NULL, ticket TEXT NOT NULL, officer TEXT, is_open INTEGER NOT NULL,"
    " deadline TEXT, reminded TEXT, facts TEXT NOT NULL, PRIMARY KEY (service, ticket))",
    "CREATE INDEX IF NOT EXISTS case_facts_open ON case_facts (is_open, deadline)",
    "CREATE INDEX IF NOT EXISTS case_facts_ticket ON case_facts (ticket)",
    "CREATE TABLE IF NOT EXISTS official_interests (declaration TEXT PRIMARY KEY, official TEXT NOT NULL, business TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS morning_lists (day TEXT PRIMARY KEY)",
    *citizen_waits.TABLES,
    *browser_cases.TABLES,
    *WEBHOOK_TABLES,
    *RENAMING_TABLES,
)
# Messages that are noted without a notice of their own.
NOTED: tuple[type[Data], ...] = (
    *(each for each in intake.MODELS if issubclass(each, intake.StatusData)),
    *(each for each in certificates.MODELS if issubclass(each, certificates.ApplicationData)),
    *(each for each in umkm.MODELS if issubclass(each, umkm.MentoringData)),
    *(conflict.ConflictDeclared, conflict.ConflictCleared),
)
STATUS = (intake.StatusData, certificates.ApplicationData, umkm.MentoringData)


def note(tx: Tx, message: Message, step: Data) -> CaseFacts | None:
    """Store what the message says of its case; return that, or None for a message of no case."""
    match step:
        case intake.DataSubjectErased():
            tx.execute("DELETE FROM case_facts WHERE ticket = ?", message.subject)
            return None
        case conflict.ConflictDeclared():
            tx.execute(
                "INSERT INTO official_interests VALUES (?, ?, ?) ON CONFLICT (declaration) DO NOTHING",
                *(str(message.aggregate), step.official, step.business_ref),
            )
            return None
        case conflict.ConflictCleared():
            tx.execute("DELETE FROM official_interests WHERE declaration = ?", str(message.aggregate))
            return None
        case intake.BusinessNumberGiven() | umkm.BusinessIdentified():
            note_renaming(tx, step.former_ref, step.business_ref)
    known = facts_of(tx, message.service, message.subject)
    if not isinstance(step, STATUS):
        return known
    facts = facts_after(known or CaseFacts(service=message.service, ticket=message.subject), message, step)
    _write(tx, facts)
    return facts


def facts_of(tx: Tx, service: str, ticket: str) -> CaseFacts | None:
    rows = tx.execute("SELECT facts FROM case_facts WHERE service = ? AND ticket = ?", service, ticket)
    return _facts(rows[0]) if rows else None


def all_facts_of(tx: Tx, ticket: str) -> list[CaseFacts]:
    """The facts of a case, of each service that works on it."""
    return [_facts(row) for row in tx.execute("SELECT facts FROM case_facts WHERE ticket = ?", ticket)]


def may_be_answered(tx: Tx, ticket: str) -> bool:
    """Return whether the whole office may read replies about the case: not where no message says what kind of case it is."""
    known = all_facts_of(tx, ticket)
    return bool(known) and all(facts.may_be_answered for facts in known)


def open_cases(tx: Tx, in_hand_of: str | None = None) -> Iterator[CaseFacts]:
    """The open cases for which the office owes something, what is due first in front; with an account those that this official has in hand."""
    rows = tx.execute(
        "SELECT facts FROM case_facts WHERE is_open = 1 AND deadline IS NOT NULL"
        f"{'' if in_hand_of is None else ' AND officer = ?'} ORDER BY deadline, ticket",
        *([] if in_hand_of is None else [in_hand_of]),
    )
    return map(_facts, rows)


def unreminded(tx: Tx, until: datetime, limit: int) -> list[CaseFacts]:
    """Cases with a deadline before `until` of which nobody was reminded."""
    rows = tx.execute(
        "SELECT facts FROM case_facts WHERE is_open = 1 AND deadline <= ? AND (reminded IS NULL OR reminded <> deadline)"
        " ORDER BY deadline LIMIT ?",
        *(rfc3339(until), limit),
    )
    return [_facts(row) for row in rows]


def mark_reminded(tx: Tx, facts: CaseFacts) -> None:
    tx.execute(
        "UPDATE case_facts SET reminded = deadline WHERE service = ? AND ticket = ?",
        facts.service,
        facts.ticket,
    )


def interests(tx: Tx) -> Mapping[str, frozenset[str]]:
    """The references of the businesses that each official declared an interest in, by all their names."""
    found: dict[str, frozenset[str]] = {}
    for row in tx.execute("SELECT official, business FROM official_interests"):
        names = every_name_of(tx, row["business"])
        found[row["official"]] = found.get(row["official"], frozenset()).union(names)
    return found


def is_morning_listed(tx: Tx, day: str) -> bool:
    return bool(tx.execute("SELECT 1 FROM morning_lists WHERE day = ?", day))


def mark_morning(tx: Tx, day: str) -> None:
    tx.execute("INSERT INTO morning_lists (day) VALUES (?) ON CONFLICT (day) DO NOTHING", day)


def _facts(row: Row) -> CaseFacts:
    return CaseFacts.model_validate_json(row["facts"])


def _write(tx: Tx, facts: CaseFacts) -> None:
    deadline = rfc3339(facts.deadline) if facts.deadline else None
    tx.execute(
        "INSERT INTO case_facts (service, ticket, officer, is_open, deadline, facts) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (service, ticket) DO UPDATE SET officer = excluded.officer, is_open = excluded.is_open,"
        " deadline = excluded.deadline, facts = excluded.facts",
        *(facts.service, facts.ticket, facts.officer, int(facts.is_open), deadline, facts.model_dump_json()),
    )
