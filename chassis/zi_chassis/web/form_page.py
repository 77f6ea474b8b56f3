"""The address of the page that an answer belongs to: that of a refused form is the page where the form stands, which a reader can open."""

from collections.abc import Iterator

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
    sent_to = next((each for each in _patterns(request) if compile_path(each)[0].match(path)), "")
    if sent_to.count("/") != path.count("/"):
        return path
    opened = {_shape(each) for each in _patterns(request, "GET")}
    names = zip(_addresses(sent_to), _addresses(path), strict=True)
    return next((address for pattern, address in names if _shape(pattern) in opened), HOME)


def _patterns(request: Request, method: str | None = None) -> Iterator[str]:
    """List the paths of the routes for a method, that of the request if none is named."""
    for route in iter_route_contexts(request.app.routes):
        if (method or request.method) in (route.methods or ()):
            yield str(route.path)


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
