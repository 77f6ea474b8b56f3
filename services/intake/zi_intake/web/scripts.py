"""The small scripts of the public pages. Each page works without them; where they run, they run under a policy that allows the house's own
files and nothing else."""

import hashlib
from functools import cache
from importlib.resources import files

from fastapi import APIRouter, Request
from fastapi.responses import Response

from zi_chassis.web import security_headers
from zi_chassis.web.page import YEAR
from zi_chassis.web.problem import DETAILS, NotFoundError

HERE = "/intake/scripts"
NAMES = ("draft.js", "photo.js", "proof.js", "web_push.js")

router = APIRouter(prefix=HERE, include_in_schema=False)


@router.get("/{hash}/{name}")
async def script(hash: str, name: str) -> Response:
    """Serve a script under its content's hash; under an older hash it must not be cached."""
    if name not in NAMES:
        raise NotFoundError(DETAILS[404])
    current, content = _script(name)
    keep = f"public, max-age={YEAR}, immutable" if hash == current else "no-cache"
    return Response(content, media_type="text/javascript; charset=utf-8", headers={"Cache-Control": keep})


def script_path(name: str) -> str:
    return f"{HERE}/{_script(name)[0]}/{name}"


def with_scripts(request: Request, answer: Response) -> Response:
    security_headers.with_scripts(request.app.state.settings, answer)
    return answer


@cache
def _script(name: str) -> tuple[str, bytes]:
    content = (files("zi_intake") / "static" / name).read_bytes()
    return hashlib.sha256(content).hexdigest()[:12], content
