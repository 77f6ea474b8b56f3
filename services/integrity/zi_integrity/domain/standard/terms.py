"""The terms of a standard as canonical JSON text: read, completed with the decree's name and days, and compared. Pure."""

import json
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from zi_contracts.integrity.standards import LARGEST_TERMS
from zi_integrity.domain.standard.errors import (
    IncompleteStandardError,
    TermsTooLongError,
    UnfitStandardError,
    UnreadableTermsError,
)
from zi_rules.configuration import UnusableConfigurationError, canonical
from zi_rules.standard import Component, standard_content
from zi_rules.standard_draft import HEADER

BINDING = ("tiers", "first_tier", "process", "documents", "fees")
Table = Mapping[str, Any]


def table_of(terms: str) -> dict[str, Any]:
    """Raises UnreadableTermsError."""
    try:
        table = json.loads(terms)
    except (ValueError, RecursionError) as error:
        raise UnreadableTermsError from error
    if not isinstance(table, dict) or not isinstance(table.get("components", {}), dict):
        raise UnreadableTermsError
    return table


def written(table: Table) -> str:
    """Write terms without the decree's name and days, in the one form that is hashed."""
    return canonical({name: value for name, value in table.items() if name not in HEADER}).decode()


def terms_digest(terms: str) -> str:
    return sha256(terms.encode()).hexdigest()


def refuse_unusable(terms: str) -> None:
    """Raise UnreadableTermsError or TermsTooLongError for a text that no draft can have."""
    if len(terms.encode()) > LARGEST_TERMS:
        raise TermsTooLongError(LARGEST_TERMS)
    if written(table_of(terms)) != terms:
        raise UnreadableTermsError


def missing_components(terms: str) -> tuple[str, ...]:
    """Name what is missing of the 14 components, each in a language: `biaya.en`."""
    components = table_of(terms).get("components", {})
    return tuple(
        f"{part.value}.{language}"
        for part in Component
        for language in ("id", "en")
        if not _is_stated(components.get(part.value), language)
    )


def refuse_incomplete(terms: str) -> None:
    """Raise IncompleteStandardError unless all 14 components are there in both languages."""
    if missing := missing_components(terms):
        raise IncompleteStandardError(", ".join(missing))


def decree_content(terms: str, id: str, version: int, begins: date, ends: date | None) -> str:
    """Return the terms as services decide by them. Raises UnfitStandardError."""
    head: dict[str, Any] = {"decree_id": id, "version": version, "effective_from": begins}
    if ends is not None:
        head["effective_to"] = ends
    try:
        return standard_content(table_of(terms) | head).decode()
    except UnusableConfigurationError as error:
        raise UnfitStandardError(str(error)) from error


def binds_alike(terms: str, other: str) -> bool:
    """Tell if two versions promise the same periods, documents and fees, whatever their texts say."""
    tables = [{name: table.get(name) or None for name in BINDING} for table in map(table_of, (terms, other))]
    return tables[0] == tables[1]


def _is_stated(text: Any, language: str) -> bool:
    return isinstance(text, dict) and isinstance(text.get(language), str) and bool(text[language].strip())
