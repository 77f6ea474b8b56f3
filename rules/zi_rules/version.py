"""Rule data in versions: what is begun under one is judged by it to the end, whatever comes into force since."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Self, TypeVar

from pydantic import PositiveInt, StringConstraints, model_validator

from zi_rules.data_files import read_tables
from zi_rules.provenance import Sourced, Text

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class NoVersionError(ValueError):
    """The office has no such rules on the day, or has lost those that something was begun under."""


class Versioned(Sourced):
    id: Code
    version: PositiveInt
    title: Text
    effective_from: date
    effective_to: date | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.effective_to is not None and self.effective_to < self.effective_from:
            raise ValueError(f"{self.id} can't end before it begins")
        return self

    def is_in_force(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


V = TypeVar("V", bound=Versioned)


def in_force(versions: Iterable[V], day: date) -> V:
    """The newest of those in force: a later version replaces an earlier one that names no end."""
    candidates = [each for each in versions if each.is_in_force(day)]
    if not candidates:
        raise NoVersionError(f"The office must publish rules that are in force on {day}.")
    return max(candidates, key=lambda each: each.effective_from)


def pinned(versions: Iterable[V], id: str, version: int) -> V:
    for each in versions:
        if (each.id, each.version) == (id, version):
            return each
    raise NoVersionError(f"Keep {id} version {version}: something was begun under it.")


def load_versions(model: type[V], folder: str, office_folder: Path | None) -> tuple[V, ...]:
    versions = tuple(model.model_validate(table) for table in read_tables(folder, office_folder))
    refuse_repeats([f"{each.id}, {each.version}" for each in versions])
    refuse_repeats([f"{each.id}, {each.effective_from}" for each in versions])
    return versions


def refuse_repeats(keys: Sequence[str]) -> None:
    if repeated := sorted({key for key in keys if keys.count(key) > 1}):
        raise ValueError(f"say it once: {'; '.join(repeated)}")
