"""The names that businesses gave themselves, for the lists of officials: the only texts of businesses outside the vault.

A name is written with the event that it was given, and deleted when the data of its business is erased. Events have no text, so nothing
makes this table anew.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zi_chassis.storage.database import Tx, placeholders
from zi_chassis.storage.searching import pattern_of, searchable

NAMED = "ticket IN (SELECT ticket FROM nicknames WHERE searchable LIKE ? ESCAPE '!')"


def nickname_in(table: str) -> str:
    """Return the column of the name that the business of a case has, or none."""
    return f"(SELECT n.text FROM nicknames n WHERE n.ticket = {table}.ticket) AS nickname"


@dataclass(frozen=True)
class Nickname:
    """The name of the business with this ticket; None is taken back."""

    ticket: str
    text: str | None


class Nicknames:
    """The companion of the store that writes them."""

    kind = Nickname
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS nicknames (ticket TEXT PRIMARY KEY, text TEXT NOT NULL, searchable TEXT NOT NULL)",
    )

    def prepare(self, items: Sequence[Nickname]) -> None:
        pass

    def write(self, tx: Tx, items: Sequence[Nickname]) -> None:
        for each in items:
            forget_nickname(tx, each.ticket)
            if each.text is not None:
                tx.execute(
                    "INSERT INTO nicknames (ticket, text, searchable) VALUES (?, ?, ?)",
                    *(each.ticket, each.text, searchable(each.text)),
                )


def forget_nickname(tx: Tx, ticket: str) -> None:
    tx.execute("DELETE FROM nicknames WHERE ticket = ?", ticket)


def nicknames_of(tx: Tx, tickets: Iterable[str]) -> dict[str, str]:
    """Return the names of those that have one, by their tickets."""
    wanted = tuple(dict.fromkeys(tickets))
    if not wanted:
        return {}
    rows = tx.execute(f"SELECT ticket, text FROM nicknames WHERE ticket IN ({placeholders(wanted)})", *wanted)
    return {row["ticket"]: row["text"] for row in rows}


def named(text: str) -> dict[str, object]:
    """Return the condition on the ticket of a case that this stands in the name of its business; none for no text."""
    return {NAMED: pattern_of(text)} if searchable(text) else {}
