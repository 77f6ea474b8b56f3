"""Read model of the letters to be printed, and the rule that says which official sees one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from zi_chassis.domain import Value
from zi_chassis.storage.database import Row, Tx, placeholders
from zi_chassis.storage.recorded import Recorded, rfc3339
from zi_chassis.storage.searching import begins_with, first_signs
from zi_notify.domain import printed_letter
from zi_notify.domain.case_facts import OF_A_BUSINESS, CaseFacts, CaseKind, MailAudience
from zi_notify.domain.printed_letter import PrintedLetterStatus
from zi_notify.read import work_table
from zi_notify.read.stored_facts import FactsCondition, all_of, any_of, holds, none_of

OPEN_KINDS = ("product", "question")
ROUTED_SINCE = 7  # the version of the templates from which on a failed mail can become a letter
UNPRINTABLE = ('%"kind":"unknown"%', '%"is_anonymous":true%')  # as CaseFacts.is_printable, in the stored text
FAILED = ("failed", "withheld", "undelivered")


class ListedPrintedLetter(Value):
    """A letter in the list; nothing personal."""

    letter: UUID
    ticket: str
    template: str
    language: str
    settlement: str | None
    queued: datetime
    changed: datetime


@dataclass(frozen=True)
class PrintedLetterPage:
    """`total` counts all pages."""

    rows: tuple[ListedPrintedLetter, ...]
    total: int


class LetterProjection:
    name = "printed_letters"
    version = 2
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS printed_letters (id TEXT PRIMARY KEY, ticket TEXT NOT NULL, template TEXT NOT NULL,"
        " language TEXT NOT NULL, state TEXT NOT NULL, settlement TEXT, queued TEXT NOT NULL, changed TEXT NOT NULL, delivery TEXT)",
        "CREATE INDEX IF NOT EXISTS printed_letters_state ON printed_letters (state, queued)",
        "CREATE INDEX IF NOT EXISTS printed_letters_delivery ON printed_letters (delivery)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        match recorded.event:
            case printed_letter.PrintedLetterQueued() as event:
                at = rfc3339(event.by.at)
                tx.execute(
                    "INSERT INTO printed_letters (id, ticket, template, language, state, queued, changed, delivery)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    *(str(recorded.aggregate), event.ticket, event.template, event.language),
                    *(PrintedLetterStatus.WAITING.value, at, at),
                    None if event.delivery is None else str(event.delivery),
                )
            case printed_letter.PrintedLetterSettled() as event:
                is_waiting = printed_letter.waits(event.settlement)
                state = PrintedLetterStatus.WAITING if is_waiting else PrintedLetterStatus.SETTLED
                tx.execute(
                    "UPDATE printed_letters SET state = ?, settlement = ?, changed = ? WHERE id = ?",
                    *(state.value, event.settlement, rfc3339(event.by.at)),
                    str(recorded.aggregate),
                )
            case _:
                pass


@dataclass(frozen=True)
class LetterReader:
    """An official who looks at the letters, or at the deliveries of a case. They see those of cases that the desk shows to everybody there, and of
    all others those of cases that a mail may name to them."""

    account: str
    audience: MailAudience

    def sees(self, facts: CaseFacts, interests: frozenset[str]) -> bool:
        if facts.kind in OPEN_KINDS and not facts.is_confidential:
            return facts.filed_by != self.account
        return self.audience.may_be_told(self.account, facts, interests)


def letter_page(
    tx: Tx, reader: LetterReader, state: PrintedLetterStatus, ticket: str, skip: int, size: int
) -> PrintedLetterPage:
    """Return a page of the letters that this official sees, the oldest first; of those that are settled the latest first."""
    order = "queued, id" if state is PrintedLetterStatus.WAITING else "changed DESC, id"
    found, begins = begins_with("ticket", first_signs(ticket))
    visible = _seen_by(reader, _interests(tx, reader))
    where = f"FROM printed_letters WHERE state = ? AND {visible.sql}{found}"
    values = (state.value, *visible.values, *begins)
    [counted] = tx.execute(f"SELECT COUNT(*) AS many {where}", *values)
    rows = tx.execute(f"SELECT * {where} ORDER BY {order} LIMIT ? OFFSET ?", *values, size, skip)
    return PrintedLetterPage(tuple(map(_listed, rows)), int(counted["many"]))


def _seen_by(reader: LetterReader, interests: frozenset[str]) -> FactsCondition:
    """The condition that LetterReader.sees holds for the case of a letter; nobody sees that of a case of which nothing is known."""
    account = reader.account
    is_open_to_all = all_of(
        (any_of(holds("kind", each) for each in OPEN_KINDS), holds("is_confidential", False))
    )
    is_named = all_of(
        (
            none_of(holds("business", each) for each in sorted(interests)),
            any_of(
                (
                    FactsCondition("case_facts.officer = ?", (account,)),
                    *_kinds_named(reader.audience.kinds_of(account)),
                )
            ),
        )
    )
    visible = all_of((none_of([holds("filed_by", account)]), any_of((is_open_to_all, is_named))))
    return FactsCondition(
        "EXISTS (SELECT 1 FROM case_facts WHERE case_facts.service = 'intake'"
        f" AND case_facts.ticket = printed_letters.ticket AND {visible.sql})",
        visible.values,
    )


def _kinds_named(kinds: frozenset[CaseKind]) -> Iterator[FactsCondition]:
    for kind in sorted(kinds):
        known = [holds("business", None)] if kind in OF_A_BUSINESS else []
        yield all_of((holds("kind", kind), none_of(known)))


def is_seen(tx: Tx, reader: LetterReader, ticket: str) -> bool:
    return _sees(tx, reader, ticket, _interests(tx, reader))


def unsent(tx: Tx, templates: Iterable[str], limit: int) -> list[UUID]:
    """Deliveries that ended without reaching anybody, or are held for an address that nothing reached, of notices that become a letter then, have
    none, and are of a printable case. A notice to a browser goes besides another, or besides a letter that is queued."""
    names = sorted(templates)
    if not names:
        return []
    unprinted = (
        f"deliveries.template IN ({placeholders(names)}) AND deliveries.channel <> 'web_push'"
        " AND (deliveries.channel <> 'email' OR deliveries.template_version >= ?) AND deliveries.to_official = 0 AND deliveries.contributor IS NULL"
        " AND (deliveries.reason IS NULL OR deliveries.reason NOT IN ('erased', 'outdated'))"
        " AND NOT EXISTS (SELECT 1 FROM printed_letters WHERE printed_letters.delivery = deliveries.id)"
        " AND EXISTS (SELECT 1 FROM case_facts WHERE service = 'intake' AND case_facts.ticket = deliveries.ticket"
        " AND facts NOT LIKE ? AND facts NOT LIKE ?)"
    )
    values = (*names, ROUTED_SINCE, *UNPRINTABLE)
    rows = tx.execute(
        f"SELECT id FROM deliveries WHERE state IN (?, ?, ?) AND {unprinted}"
        # From the few that failed to what is held for their address: most of what is held waits for a reader who may still confirm.
        f" UNION SELECT deliveries.id FROM deliveries lost CROSS JOIN deliveries WHERE lost.state IN ('failed', 'undelivered')"
        " AND deliveries.recipient = lost.recipient AND deliveries.state = 'unconfirmed' AND NOT EXISTS"
        " (SELECT 1 FROM deliveries other WHERE other.recipient = lost.recipient AND other.state <> 'unconfirmed'"
        " AND (other.state NOT IN ('failed', 'undelivered') OR COALESCE(other.reason, '') = 'uncertain'))"
        f" AND {unprinted} LIMIT ?",
        *(*FAILED, *values, *values, limit),
    )
    return [UUID(row["id"]) for row in rows]


def waiting(tx: Tx, ticket: str) -> list[UUID]:
    """The letters of a case that are to be sent."""
    state = PrintedLetterStatus.WAITING.value
    rows = tx.execute("SELECT id FROM printed_letters WHERE ticket = ? AND state = ?", ticket, state)
    return [UUID(row["id"]) for row in rows]


def _interests(tx: Tx, reader: LetterReader) -> frozenset[str]:
    return work_table.interests(tx).get(reader.account, frozenset())


def _sees(tx: Tx, reader: LetterReader, ticket: str, interests: frozenset[str]) -> bool:
    facts = work_table.facts_of(tx, "intake", ticket) or CaseFacts(service="intake", ticket=ticket)
    return reader.sees(facts, interests)


def _listed(row: Row) -> ListedPrintedLetter:
    return ListedPrintedLetter(
        letter=UUID(row["id"]),
        ticket=row["ticket"],
        template=row["template"],
        language=row["language"],
        settlement=row["settlement"],
        queued=datetime.fromisoformat(row["queued"]),
        changed=datetime.fromisoformat(row["changed"]),
    )
