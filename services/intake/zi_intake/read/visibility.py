"""Decide which cases an official sees, at one place: as a condition on the table of cases and as a test of one case. Both agree."""

from collections.abc import Iterable
from dataclasses import dataclass

from zi_chassis.access.identity import Staff
from zi_chassis.storage.database import placeholders
from zi_intake.domain.case.filings import appointed_topic
from zi_intake.domain.case.state import Case
from zi_intake.roles import HEAD
from zi_rules.people import People

# A part of a WHERE clause over `cases`, and its values.
CaseCondition = tuple[str, tuple[object, ...]]


@dataclass(frozen=True)
class CaseReader:
    """The official who reads at the desk, by the name of the account. `topics` are those that only appointed officials see, and this one
    does; a head sees every other one too, but `taken`, for which somebody is appointed."""

    official: str
    roles: frozenset[str]
    topics: frozenset[str] = frozenset()
    taken: frozenset[str] | None = None

    @classmethod
    def of(cls, person: Staff, people: People) -> "CaseReader":
        taken = people.topics_taken if HEAD in person.roles else None
        return cls(person.sub, person.roles, people.topics_of(person.sub), taken)

    def sees(self, topic: str | None) -> bool:
        return topic is None or topic in self.topics or (self.taken is not None and topic not in self.taken)


def visible_to(reader: CaseReader) -> CaseCondition:
    """Return the condition for the cases that this official sees: all but those that they filed themselves, and of those for appointed
    officials the ones of their topics."""
    ways, values = ["appointed_topic IS NULL"], [reader.official]
    if reader.topics:
        ways.append(f"appointed_topic IN ({placeholders(reader.topics)})")
        values += sorted(reader.topics)
    if reader.taken is not None:
        others = f"appointed_topic NOT IN ({placeholders(reader.taken)})"
        ways.append(others if reader.taken else "appointed_topic IS NOT NULL")
        values += sorted(reader.taken)
    return f"filed_by <> ? AND ({' OR '.join(ways)})", tuple(values)


def joined(conditions: Iterable[CaseCondition]) -> CaseCondition:
    """Return the condition that all of these hold."""
    texts, values = zip(*conditions, strict=True)
    return " AND ".join(f"({each})" for each in texts), tuple(each for some in values for each in some)


def words_visible_to(reader: CaseReader) -> CaseCondition:
    """Return the condition for the cases whose words lists show this official and search in: of confidential ones those that they handle."""
    return "confidential = 0 OR officer = ?", (reader.official,)


def is_visible(case: Case, reader: CaseReader) -> bool:
    """Return whether this official sees the case, as `visible_to` does."""
    if case.filing is None or is_filed_by(case, reader.official):
        return False
    return reader.sees(appointed_topic(case.filing))


def is_filed_by(case: Case, account: str) -> bool:
    """Return whether this person filed the case as an applicant, whatever they are besides."""
    return case.filing is not None and case.filing.applicant == account
