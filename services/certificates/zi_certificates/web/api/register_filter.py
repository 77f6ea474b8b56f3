"""The parameters by which page, table and programs filter the public register."""

from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Query

from zi_certificates.read.public_register import RegisterFilter, Wanted

Code = Annotated[str, Query(max_length=40)]


def register_filter_without_year(
    show: Wanted = "valid",
    number: Code = "",
    kind: Code = "",
    goods: Code = "",
    country: Annotated[str, Query(max_length=2)] = "",
) -> RegisterFilter:
    """Read the filter; a blank field filters nothing, as a form sends it."""
    return RegisterFilter(show, number.strip(), kind, goods, country)


def register_filter(
    filtered: Annotated[RegisterFilter, Depends(register_filter_without_year)],
    year: Annotated[str, Query(pattern="^([0-9]{4})?$")] = "",
) -> RegisterFilter:
    return replace(filtered, year=int(year)) if year else filtered
