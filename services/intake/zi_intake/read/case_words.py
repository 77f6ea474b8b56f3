"""The words that officers wrote about a case for their lists: a neutral subject line, the product, the place. They stand beside the events
and not in them, so that they end with the personal data of the case; lists search in them."""

from dataclasses import dataclass
from uuid import UUID

from zi_chassis.storage.database import Tx
from zi_chassis.storage.searching import first_signs, pattern_of, searchable
from zi_intake.read.visibility import CaseCondition, CaseReader, words_visible_to
from zi_rules.registration_number import normalise_number

MOST_WORDS = 8  # of a search; what is typed beyond them is not looked for


@dataclass(frozen=True)
class CaseWords:
    aggregate: UUID
    subject: str
    product: str
    place: str
    registration_number: str

    @property
    def text(self) -> str:
        number = self.registration_number
        fields = (self.subject, self.product, self.place, number, normalise_number(number))
        return "\n".join(map(searchable, fields))


WORDS_TABLES = (
    "CREATE TABLE IF NOT EXISTS case_words (aggregate TEXT PRIMARY KEY, subject TEXT NOT NULL, product TEXT NOT NULL,"
    " place TEXT NOT NULL, registration_number TEXT NOT NULL, text TEXT NOT NULL)",
)


def write_words(tx: Tx, words: CaseWords) -> None:
    """Replace what was written about the case before."""
    discard_words(tx, words.aggregate)
    tx.execute(
        "INSERT INTO case_words (aggregate, subject, product, place, registration_number, text) VALUES (?, ?, ?, ?, ?, ?)",
        *(str(words.aggregate), words.subject, words.product, words.place, words.registration_number),
        words.text,
    )


def discard_words(tx: Tx, aggregate: UUID) -> None:
    tx.execute("DELETE FROM case_words WHERE aggregate = ?", str(aggregate))


def words_of(tx: Tx, aggregate: UUID) -> CaseWords | None:
    rows = tx.execute("SELECT * FROM case_words WHERE aggregate = ?", str(aggregate))
    columns = ("subject", "product", "place", "registration_number")
    return CaseWords(aggregate, *(rows[0][each] for each in columns)) if rows else None


def each_word(text: str) -> tuple[list[str], list[str]]:
    """Return a condition on the column `text` for each word of a search, and their values."""
    words = text.split()[:MOST_WORDS]
    return ["text LIKE ? ESCAPE '!'"] * len(words), [pattern_of(each) for each in words]


def with_words(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the condition, and its values, that all these words were written about a case, or this registration number."""
    found, values = each_word(text)
    conditions = " AND ".join(found)
    number = normalise_number(text)
    if number:
        conditions = f"({conditions}) OR text LIKE ? ESCAPE '!'"
        values.append(pattern_of(number))
    return f"aggregate IN (SELECT aggregate FROM case_words WHERE {conditions})", tuple(values)


def with_text(text: str, reader: CaseReader) -> CaseCondition:
    """Find how a ticket begins, and what officers wrote as far as it is shown to this one."""
    signs = first_signs(text)
    readable, of_reader = words_visible_to(reader)
    written, of_words = with_words(text)
    written, values = f"({readable}) AND {written}", (*of_reader, *of_words)
    if not signs:
        return written, values
    of_ticket = f"SELECT aggregate FROM cases WHERE substr(ticket, 1, {len(signs)}) = ?"
    return f"aggregate IN ({of_ticket} UNION SELECT aggregate FROM cases WHERE {written})", (signs, *values)
