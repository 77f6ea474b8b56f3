"""One product of an application as the applicant states it; nothing here is checked yet."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PositiveInt,
    WithJsonSchema,
)

from zi_contracts.text import Line
from zi_rules.certificate.rule_set import Country


def _iso_date(value: object) -> object:
    """A number isn't a date, as it would be for pydantic."""
    if isinstance(value, date):
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        return value
    raise ValueError("write the date as YYYY-MM-DD")


Day = Annotated[date, BeforeValidator(_iso_date)]
_QUANTITY = {
    "anyOf": [
        {"type": "integer", "minimum": 1, "maximum": 999_999_999_999},
        {"type": "string", "pattern": r"^(?!0+(\.0+)?$)[0-9]{1,12}(\.[0-9]{1,3})?$"},
    ]
}
Quantity = Annotated[
    Decimal, Field(gt=0, max_digits=15, decimal_places=3), WithJsonSchema(_QUANTITY, mode="validation")
]


class _Stated(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AnalysisResult(_Stated):
    """A line of a certificate of analysis."""

    parameter: Line
    result: Line | None = None
    method: Line | None = None


class Analysis(_Stated):
    """A certificate of analysis (CoA)."""

    dated: Day
    batch: Line | None = None
    manufactured: Day | None = None
    expires: Day | None = None
    results: Annotated[tuple[AnalysisResult, ...], Field(max_length=100)] = ()


class UnnumberedItem(_Stated):
    """As it is stated; the list that it comes into gives it its number."""

    product: Line
    registration_number: Line | None = None
    hs_code: Line
    batch: Line
    manufactured: Day
    expires: Day
    quantity: Quantity
    unit: Line
    pack: Line
    country: Country
    port: Line
    invoice: Line
    transport_document: Line | None = None
    analysis: Analysis | None = None


class ProductItem(UnnumberedItem):
    number: PositiveInt
