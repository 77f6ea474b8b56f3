"""Decide which cases an official sees, at one place: as a condition on the table of cases and as a test of one case. Both agree."""

from dataclasses import dataclass

from zi_chassis.identity import APPLICANT, Staff
from zi_intake.domain.case.state import Case

# A part of a WHERE clause over `cases`, and its values.
CaseCondition = tuple[str, tuple[object, ...]]


@dataclass(frozen=True)
class CaseReader:
    """The official who reads at the desk, by the name of the account."""

    official: str
    roles: frozenset[str]

    @classmethod
    def of(cls, person: Staff) -> "CaseReader":
        return cls(person.sub, person.roles)


def visible_to(reader: CaseReader) -> CaseCondition:
    """Return the condition for the cases that this official sees: all but those that they filed themselves."""
    return "filed_by <> ?", (reader.official,)


def is_visible(case: Case, reader: CaseReader) -> bool:
    """Return whether this official sees the case, as `visible_to` does."""
    filing = case.filing
    return filing is not None and (filing.by.role, filing.by.actor) != (APPLICANT, reader.official)
