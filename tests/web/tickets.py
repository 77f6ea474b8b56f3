"""Tickets as people type them, tried at every address of a service that names one."""

from collections.abc import Mapping

import httpx
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts


def mistakable(ticket: str) -> bool:
    """Has both digits that look like letters."""
    return {"0", "1"} <= set(ticket[:-1])


def as_typed(ticket: str) -> str:
    """In lower case, with the letters that look like digits, in groups; the check character is no such letter."""
    typed = ticket[:-1].translate(str.maketrans({"0": "O", "1": "l"})) + ticket[-1]
    return f"{typed[:4]}-{typed[4:]}".lower()


def addresses(app: FastAPI, ticket: str) -> list[str]:
    """Of all that can be read of one case, with its ticket in place."""
    routes = iter_route_contexts(app.routes)
    paths = {route.path for route in routes if route.path and "GET" in (route.methods or ())}
    named = {path.replace("{ticket}", ticket) for path in paths if "{ticket}" in path}
    return sorted(path for path in named if "{" not in path)


async def statuses(
    client: httpx.AsyncClient, app: FastAPI, ticket: str, *people: Mapping[str, str]
) -> list[int]:
    """The statuses of the answers to each person at each address."""
    answers = [
        await client.get(path, headers=headers) for path in addresses(app, ticket) for headers in people
    ]
    return [answer.status_code for answer in answers]
