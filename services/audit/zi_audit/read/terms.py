"""Terms that entries are found by: each value of each field is one, with the exact count of its entries and their indexes in order.

Written in the transaction that indexes the entries."""

from collections.abc import Iterator, Mapping, Sequence

from zi_chassis.storage.database import Tx, placeholders

TABLES = (
    "CREATE TABLE IF NOT EXISTS terms (id INTEGER PRIMARY KEY, field TEXT NOT NULL, value TEXT NOT NULL,"
    " count INTEGER NOT NULL, UNIQUE (field, value))",
    "CREATE TABLE IF NOT EXISTS postings (term INTEGER NOT NULL, idx INTEGER NOT NULL, PRIMARY KEY (term, idx)) WITHOUT ROWID",
)
NAMES = ("terms", "postings")
_PAIRS = 400  # in one question

Term = tuple[str, str]  # field, value


def create_index(tx: Tx) -> None:
    """For the beginning of a value, compared letter by letter."""
    value = 'value COLLATE "C"' if tx.postgres else "value"
    tx.create(f"CREATE INDEX IF NOT EXISTS terms_value ON terms ({value})")


def post(tx: Tx, found: Mapping[Term, Sequence[int]]) -> None:
    """Adds entries: for each term the indexes of those that have it, ascending."""
    ids = _known(tx, list(found))
    fresh = [term for term in found if term not in ids]
    last = tx.execute("SELECT max(id) AS last FROM terms")[0]["last"] or 0
    ids.update((term, last + number) for number, term in enumerate(fresh, start=1))
    tx.many(
        "INSERT INTO terms VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET count = terms.count + excluded.count",
        [(ids[term], *term, len(indexes)) for term, indexes in found.items()],
    )
    tx.append("postings", sorted((ids[term], index) for term, indexes in found.items() for index in indexes))


def known_terms(tx: Tx, field: str, values: Sequence[str]) -> Mapping[str, tuple[int, int]]:
    """Id and count of those that any entry has, by value."""
    marks = placeholders(values)
    question = f"SELECT id, value, count FROM terms WHERE field = ? AND value IN ({marks})"
    return {row["value"]: (row["id"], row["count"]) for row in tx.execute(question, field, *values)}


def _known(tx: Tx, terms: Sequence[Term]) -> dict[Term, int]:
    return {
        (row["field"], row["value"]): row["id"]
        for some in _chunks(terms)
        for row in tx.execute(*_wanted(some))
    }


def _wanted(terms: Sequence[Term]) -> tuple[str, ...]:
    marks = ", ".join(["(?, ?)"] * len(terms))
    question = (
        f"WITH wanted (field, value) AS (VALUES {marks}) SELECT terms.id AS id, terms.field AS field, terms.value AS value"
        " FROM wanted CROSS JOIN terms WHERE terms.field = wanted.field AND terms.value = wanted.value"
    )
    return question, *(part for term in terms for part in term)


def _chunks(terms: Sequence[Term]) -> Iterator[Sequence[Term]]:
    for start in range(0, len(terms), _PAIRS):
        yield terms[start : start + _PAIRS]
