"""The rule for every address of this service."""

from fastapi import Request

from zi_chassis.web.problem import DETAILS, NotFoundError


async def refuse_nul(request: Request) -> None:
    """Raise NotFoundError for an address with a NUL: none of ours has one, and PostgreSQL takes none in a text."""
    values = (request.url.path, *request.path_params.values(), *request.query_params.values())
    if any("\0" in value or "%00" in value for value in values if isinstance(value, str)):
        raise NotFoundError(DETAILS[404])
