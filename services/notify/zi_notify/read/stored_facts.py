"""Conditions over the stored text of case facts, which mean the same in SQLite and PostgreSQL."""

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic_core import to_json


@dataclass(frozen=True)
class FactsCondition:
    """A condition of SQL, and the values of its placeholders."""

    sql: str
    values: tuple[str, ...] = ()


def holds(field: str, value: str | bool | None) -> FactsCondition:
    """The field of the facts has this value. Unlike LIKE, this takes every sign as itself and knows capitals; no text of a value can look like
    a field, because its quotation marks are escaped."""
    written = to_json({field: value}).decode().removeprefix("{").removesuffix("}")
    return FactsCondition("replace(case_facts.facts, ?, '') <> case_facts.facts", (written,))


def none_of(conditions: Iterable[FactsCondition]) -> FactsCondition:
    found = any_of(conditions)
    return FactsCondition(f"NOT {found.sql}", found.values)


def any_of(conditions: Iterable[FactsCondition]) -> FactsCondition:
    return _joined(" OR ", tuple(conditions), "1 = 0")


def all_of(conditions: Iterable[FactsCondition]) -> FactsCondition:
    return _joined(" AND ", tuple(conditions), "1 = 1")


def _joined(word: str, conditions: tuple[FactsCondition, ...], empty: str) -> FactsCondition:
    sql = word.join(each.sql for each in conditions) or empty
    return FactsCondition(f"({sql})", tuple(value for each in conditions for value in each.values))
