"""The pages of a list: which one is asked for, and the neighbours to link to."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Query
from starlette.requests import Request

MOST = 100_000  # pages; a larger number is a slip or an attack
PageQuery = Annotated[int, Query(ge=1, le=MOST, description="pages count from 1")]


@dataclass(frozen=True)
class Paging:
    """Pages count from 1."""

    number: int
    last: int


def page_number(request: Request) -> int:
    """Return the page that the address asks for; 1 where it asks for none."""
    requested = request.query_params.get("page", "")
    return min(max(int(requested), 1), MOST) if requested.isdecimal() and len(requested) < 7 else 1


def pages_for(count: int, number: int, size: int) -> Paging:
    return Paging(number, max(1, -(-count // size)))
