"""The page for visits without connection: the only page of the house that needs a script, and it runs none but its own.

It holds nothing about anybody: what it shows comes from the device or from the API, so it is open to all and may be kept for later.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from zi_chassis.web.language import LANGUAGES
from zi_chassis.web.page import YEAR, Pages, pages_of, static_path
from zi_chassis.web.problem import DETAILS, NotFoundError

HERE = "/umkm/visits/"
FILES: Mapping[str, str] = {
    "visits.js": "text/javascript; charset=utf-8",
    "visits.css": "text/css; charset=utf-8",
    "visits.svg": "image/svg+xml",
}
POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; manifest-src 'self'; connect-src 'self'; "
    "style-src 'self'; img-src 'self' blob:; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
WORKER_POLICY = "default-src 'none'; connect-src 'self'"

router = APIRouter(prefix=HERE.removesuffix("/"), include_in_schema=False)


@router.get("/")
async def page(request: Request) -> Response:
    answer = _rendered(request)
    answer.headers["Content-Security-Policy"] = POLICY
    return answer


@router.get("/files/{hash}/{name}")
async def file(hash: str, name: str) -> Response:
    """Serve a static file under its content's hash; under an older hash it must not be cached."""
    if name not in FILES:
        raise NotFoundError(DETAILS[404])
    current, content = _file(name)
    keep = f"public, max-age={YEAR}, immutable" if hash == current else "no-cache"
    return Response(content, media_type=FILES[name], headers={"Cache-Control": keep})


@router.get("/worker.js")
async def worker(request: Request) -> Response:
    """Return the service worker that stores the page on the device.

    It begins with the list of stored files, so that a browser notices a change.
    """
    pages = {language: _in_language(request, language) for language in LANGUAGES}
    contents = [*pages.values(), *(_file(name)[1] for name in FILES)]
    settings = {
        "version": hashlib.sha256(b"".join(contents)).hexdigest()[:12],
        "page": HERE,
        "languages": list(LANGUAGES),
        "files": [*map(file_path, FILES), static_path("umkm", "style.css"), pages_of(request).logo_path],
    }
    script = f"const STORED = {json.dumps(settings)}\n".encode() + _file("visits_worker.js")[1]
    headers = {"Content-Security-Policy": WORKER_POLICY, "Cache-Control": "no-cache"}
    return Response(script, media_type=FILES["visits.js"], headers=headers)


@router.get("/manifest.webmanifest")
async def manifest(request: Request) -> Response:
    pages: Pages = request.app.state.pages
    contents = {
        "id": HERE,
        "start_url": HERE,
        "scope": HERE,
        "name": pages.say(request, "Visits without connection"),
        "short_name": pages.say(request, "Visits"),
        "display": "standalone",
        "background_color": "#fbf9f4",
        "theme_color": "#0d5757",
        "icons": [{"src": file_path("visits.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return JSONResponse(contents, media_type="application/manifest+json")


def file_path(name: str) -> str:
    return f"{HERE}files/{_file(name)[0]}/{name}"


@cache
def _file(name: str) -> tuple[str, bytes]:
    content = (files("zi_umkm") / "static" / name).read_bytes()
    return hashlib.sha256(content).hexdigest()[:12], content


def _rendered(request: Request) -> Response:
    pages: Pages = request.app.state.pages
    return pages.render(request, "visits.html", file_path=file_path)


def _in_language(request: Request, language: str) -> bytes:
    """Render the page as the worker will request it."""
    scope: dict[str, Any] = {
        "path": HERE,
        "raw_path": HERE.encode(),
        "query_string": f"lang={language}".encode(),
    }
    return bytes(_rendered(Request({**request.scope, **scope})).body)
