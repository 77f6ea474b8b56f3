"""The units that a quantity may be stated in. What was stored before there was a list, or under an earlier one, stays as it is."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from zi_rules.configuration import Configured
from zi_rules.data_files import read_file
from zi_rules.provenance import Sourced, Text
from zi_rules.version import ContentLookup, Editions, no_content

UNITS = "units"
UnitCode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2,3}$")]


class Unit(BaseModel):
    """`sign` is what letters print after the quantity; `also` are other ways in which people write it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: UnitCode
    sign: Annotated[str, StringConstraints(min_length=1, max_length=20)]
    name: Text
    also: tuple[str, ...] = ()

    @property
    def spellings(self) -> Iterator[str]:
        yield from map(_plain, (self.code, self.sign, self.name.id, self.name.en, *self.also))


class Units(Configured, Sourced):
    """In the order in which they are offered."""

    units: Annotated[tuple[Unit, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _are_told_apart(self) -> Self:
        meant: dict[str, str] = {}
        for unit in self.units:
            for spelling in unit.spellings:
                if meant.setdefault(spelling, unit.code) != unit.code:
                    raise ValueError(f"{spelling} can't mean {meant[spelling]} and {unit.code}")
        if len({unit.code for unit in self.units}) < len(self.units):
            raise ValueError("name each code once")
        return self

    @cached_property
    def _by_spelling(self) -> Mapping[str, Unit]:
        return {spelling: unit for unit in self.units for spelling in unit.spellings}

    def unit(self, written: str) -> Unit | None:
        """Return the unit that is meant by a code, a sign or a name."""
        return self._by_spelling.get(_plain(written))


def load_units(office_folder: Path | None = None, content_of: ContentLookup = no_content) -> Editions[Units]:
    return Editions(Units, UNITS, [read_file(UNITS, "units.toml", office_folder)], content_of)


def _plain(written: str) -> str:
    return " ".join(written.casefold().split()).rstrip(".")
