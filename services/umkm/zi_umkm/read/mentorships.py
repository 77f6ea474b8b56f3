"""The officials who mentored or evaluated a business in any of its cases, by every reference that it has had."""

from uuid import UUID

from zi_chassis.storage.database import Tx, placeholders
from zi_chassis.storage.renamings import every_name_of


def mentors_of(tx: Tx, business_ref: str) -> frozenset[str]:
    """Return everybody who mentored the business in any of its cases."""
    names = every_name_of(tx, business_ref)
    rows = tx.execute(
        f"SELECT DISTINCT mentor FROM mentorships WHERE business_ref IN ({placeholders(names)})",
        *names,
    )
    return frozenset(row["mentor"] for row in rows)


def open_cases_of(tx: Tx, mentor: str, business_ref: str) -> list[UUID]:
    """Return the open cases of the business that this official has mentored."""
    rows = tx.execute(
        "SELECT DISTINCT c.case_id FROM cases c JOIN mentorships m ON m.case_id = c.case_id"
        " WHERE m.mentor = ? AND m.business_ref = ? AND c.is_over = 0 ORDER BY c.case_id",
        *(mentor, business_ref),
    )
    return [UUID(row["case_id"]) for row in rows]


def evaluators_of(tx: Tx, business_ref: str) -> frozenset[str]:
    """Return everybody who evaluated the business in any of its cases."""
    names = every_name_of(tx, business_ref)
    rows = tx.execute(
        "SELECT DISTINCT e.official FROM evaluations e JOIN cases c ON c.case_id = e.case_id"
        f" WHERE c.business_ref IN ({placeholders(names)})",
        *names,
    )
    return frozenset(row["official"] for row in rows)
