"""The address of the page that an answer belongs to: that of a refused form is the page where the form stands, which a reader can open."""

import re
from collections.abc import Iterator
from functools import lru_cache

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.requests import Request
from starlette.routing import compile_path

OPENED = ("GET", "HEAD")
HOME, NEW = "/", "/new"


def page_path(request: Request) -> str:
    """Return the path of the request where it can be opened; else that of the new form that is sent there, or the nearest one above."""
    path = request.url.path
    if request.method in OPENED:
        return path
    routes = _routes(request.app, request.method)
    sent_to = next((route for route, pattern in routes if pattern.match(path)), "")
    if sent_to.count("/") != path.count("/"):
        return path
    opened = {_shape(route) for route, _ in _routes(request.app, "GET")}
    names = zip(_addresses(sent_to), _addresses(path), strict=True)
    return next((address for pattern, address in names if _shape(pattern) in opened), HOME)


@lru_cache(maxsize=8)
def _routes(app: FastAPI, method: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """List the routes for a method, each with the pattern of its paths, once: there are hundreds, and none comes later."""
    routes = (route for route in iter_route_contexts(app.routes) if method in (route.methods or ()))
    return tuple((str(route.path), compile_path(str(route.path))[0]) for route in routes)


def _addresses(path: str) -> Iterator[str]:
    """List what may be the page of a form that is sent to this path, the likeliest first."""
    yield path
    yield path + NEW
    parts = path.split("/")
    for length in range(len(parts) - 1, 1, -1):
        above = "/".join(parts[:length])
        yield above
        yield f"{above}/"


def _shape(pattern: str) -> str:
    """Return the pattern without the names of what changes in it: these differ from route to route."""
    return "/".join("{}" if part.startswith("{") else part for part in pattern.split("/"))
