"""Shapes of product registration numbers: a shape is only how a number is written, never that it exists or is valid."""

import re
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from zi_rules.configuration import Configured
from zi_rules.data_files import read_file
from zi_rules.provenance import SourceStatus
from zi_rules.version import ContentLookup, Editions, no_content

REGISTRATION_NUMBERS = "registration_numbers"


class Commodity(StrEnum):
    PANGAN_OLAHAN = "pangan_olahan"
    OBAT = "obat"
    OBAT_TRADISIONAL = "obat_tradisional"
    SUPLEMEN_KESEHATAN = "suplemen_kesehatan"
    OBAT_KUASI = "obat_kuasi"
    KOSMETIK = "kosmetik"


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    commodity: Commodity
    pattern: str
    source: str
    source_status: SourceStatus

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        return compiled(pattern).pattern

    def fits(self, number: str) -> bool:
        return compiled(self.pattern).fullmatch(number) is not None


class Shapes(Configured):
    shapes: tuple[Shape, ...] = Field(alias="shape")


class _Checked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    number: str


class ExpectedShape(_Checked):
    """Written as numbers of this commodity are."""

    outcome: Literal["expected"] = "expected"
    shape: str


class OtherCommodityShape(_Checked):
    """Written as numbers of another commodity are: worth an officer's look."""

    outcome: Literal["other_commodity"] = "other_commodity"
    shape: str
    commodity: Commodity


class UnknownShape(_Checked):
    outcome: Literal["unknown"] = "unknown"


ShapeCheck = Annotated[ExpectedShape | OtherCommodityShape | UnknownShape, Field(discriminator="outcome")]


def compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern, re.ASCII)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error


def normalise_number(text: str) -> str:
    return re.sub(r"[\s.]", "", text).upper()


def check_shape(text: str, commodity: Commodity, shapes: Sequence[Shape]) -> ShapeCheck:
    number = normalise_number(text)
    fitting = next((shape for shape in shapes if shape.fits(number)), None)
    if fitting is None:
        return UnknownShape(number=number)
    if fitting.commodity is commodity:
        return ExpectedShape(number=number, shape=fitting.name)
    return OtherCommodityShape(number=number, shape=fitting.name, commodity=fitting.commodity)


def load_shapes(
    office_folder: Path | None = None, content_of: ContentLookup = no_content
) -> Editions[Shapes]:
    stated = read_file(REGISTRATION_NUMBERS, "registration_numbers.toml", office_folder)
    return Editions(Shapes, REGISTRATION_NUMBERS, [stated], content_of)
