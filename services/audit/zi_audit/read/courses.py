"""The state of each case in the index, and of whatever else messages are about: the time of its last step, its facts with the entry that
disclosed them, and the references that are one business.

Only entries that stand in their own sender's chain, published for the first time by the service that owns their type, move a case."""

from collections.abc import Iterable, Iterator, Sequence
from types import MappingProxyType
from typing import NamedTuple

import orjson

from zi_audit.domain.facets import Facts, Fields, facts_after, is_case, merged
from zi_chassis.storage.database import Tx, placeholders

TABLES = (
    "CREATE TABLE IF NOT EXISTS courses (subject TEXT PRIMARY KEY, at INTEGER, facts_at INTEGER)",
    "CREATE TABLE IF NOT EXISTS facts (idx INTEGER PRIMARY KEY, facts TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS same_business (ref TEXT NOT NULL, other TEXT NOT NULL, PRIMARY KEY (ref, other))",
)
NAMES = ("courses", "facts", "same_business")
_SUBJECTS = 500  # in one question


class Course(NamedTuple):
    """`at` is the time of the last step that told one, `facts_at` the entry that told the newest of `facts`."""

    at: int | None = None
    facts_at: int | None = None
    facts: Facts = MappingProxyType({})


class Courses:
    """Those of `subjects`, as a run of entries moves them on."""

    def __init__(self, tx: Tx, subjects: Iterable[str]) -> None:
        self._tx = tx
        self._courses = {row[0]: row[1] for some in _chunks(sorted(set(subjects))) for row in _read(tx, some)}
        self._moved: set[str] = set()
        self._facts: list[tuple[int, bytes]] = []
        self._same: set[tuple[str, str]] = set()

    def of(self, subject: str) -> Course:
        return self._courses.get(subject) or Course()

    def move(
        self, subject: str, index: int, at: int | None, type: str | None, actor: str | None, fields: Fields
    ) -> Course:
        """The course with this entry as its last step."""
        before = self.of(subject)
        facts = facts_after(before.facts, type, actor, fields) if is_case(subject) else before.facts
        changed = facts is not before.facts
        if changed:
            self._facts.append((index, orjson.dumps(facts)))
        after = Course(before.at if at is None else at, index if changed else before.facts_at, facts)
        self._courses[subject] = after
        self._moved.add(subject)
        if (same := merged(fields)) is not None:
            self._same |= {same, same[::-1]}
        return after

    def keep(self) -> None:
        moved = [(subject, self._courses[subject]) for subject in sorted(self._moved)]
        self._tx.many(
            "INSERT INTO courses VALUES (?, ?, ?) ON CONFLICT (subject) DO UPDATE SET at = excluded.at,"
            " facts_at = excluded.facts_at",
            [(subject, course.at, course.facts_at) for subject, course in moved],
        )
        self._tx.append("facts", [(index, facts.decode()) for index, facts in self._facts])
        self._tx.many("INSERT INTO same_business VALUES (?, ?) ON CONFLICT DO NOTHING", sorted(self._same))


def same_businesses(tx: Tx, refs: Sequence[str]) -> Sequence[str]:
    """These and all other references of the same businesses."""
    marks = ", ".join(["(?)"] * len(refs))
    question = (
        f"WITH RECURSIVE same (ref) AS (VALUES {marks} UNION"
        " SELECT other FROM same_business JOIN same ON same.ref = same_business.ref) SELECT ref FROM same"
    )
    return [row["ref"] for row in tx.execute(question, *refs)]


def _read(tx: Tx, subjects: Sequence[str]) -> Iterator[tuple[str, Course]]:
    marks = placeholders(subjects)
    question = (
        "SELECT courses.subject AS subject, courses.at AS at, courses.facts_at AS facts_at, facts.facts AS facts"
        f" FROM courses LEFT JOIN facts ON facts.idx = courses.facts_at WHERE courses.subject IN ({marks})"
    )
    for row in tx.execute(question, *subjects):
        facts = {} if row["facts"] is None else orjson.loads(row["facts"])
        yield row["subject"], Course(row["at"], row["facts_at"], facts)


def _chunks(subjects: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(subjects), _SUBJECTS):
        yield subjects[start : start + _SUBJECTS]
