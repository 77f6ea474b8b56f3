"""The page that checks evidence in the reader's own browser: one file with style and script in it, which may load nothing and send nothing,
and which can be saved."""

import asyncio
import json
import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

import httpx
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from zi_audit.files.published_log import PublishedLog
from zi_audit.files.tile_folder import POLICY
from zi_chassis.clock import Clock
from zi_chassis.outgoing import client
from zi_chassis.settings import Settings
from zi_chassis.web.page import Pages
from zi_contracts.event_words import title
from zi_contracts.registry import MODELS

NAME = "zona-verify.html"
CHECKER = "static/check.js"
_PATIENCE = 2.0  # seconds for the key of letters, which a page can also do without
_SIGNS = {"good", "warning", "bad"}

router = APIRouter(include_in_schema=False)


@router.get("/audit/verify")
async def verify(request: Request, save: bool = False) -> Response:
    """The page; saved, it is the same file."""
    pages: Pages = request.app.state.pages
    settings: Settings = request.app.state.settings
    log: PublishedLog = request.app.state.log
    clock: Clock = request.app.state.clock
    style, script = _style(), f"{_text('zi_audit', CHECKER)}\n{_text('zi_audit', 'static/verify.js')}"
    policy = _policy(style, script)
    acts = {type_: pages.say(request, title(type_)) for type_ in MODELS}
    answer = pages.render(
        request,
        "verify.html",
        policy=policy,
        style=style,
        script=script,
        acts=json.dumps(acts, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"),
        url=settings.public_url,
        at=clock.now(),
        witness_policy=(await asyncio.to_thread(log.tiles.read, POLICY) or b"").decode("utf-8", "replace"),
        letter_key=await _letter_key(settings.certificates_url),
    )
    answer.headers["Content-Security-Policy"] = f"{policy}; frame-ancestors 'none'"
    if save:
        answer.headers["Content-Disposition"] = f'attachment; filename="{NAME}"'
    return answer


@router.get("/audit/check.js")
async def checker() -> Response:
    """The checker without its page, for the page of a case: the same text that this page has in it."""
    headers = {"Cache-Control": "no-cache"}
    return Response(_text("zi_audit", CHECKER), media_type="text/javascript; charset=utf-8", headers=headers)


async def _letter_key(certificates: str) -> str:
    """The verifier key of the codes on letters, or nothing while that service is away."""
    try:
        async with client(_PATIENCE) as connection:
            answer = await connection.get(f"{certificates}/certificates/api/code-key")
    except httpx.HTTPError:
        return ""
    return answer.text if answer.is_success else ""


def _policy(style: str, script: str) -> str:
    """The Content-Security-Policy that allows these two inline texts and nothing else."""
    allowed = f"script-src {_source(script)}; style-src {_source(style)}; img-src data:"
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def _source(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


@cache
def _style() -> str:
    """The common style without the rules of classes that this page does not have, and the page's own."""
    page = _text("zi_audit", "templates/verify.html") + _text("zi_audit", "static/verify.js")
    classes = set(" ".join(re.findall(r'class(?:=|Name: )["`]([\w ]+)', page)).split()) | _SIGNS
    rules = _text("zi_chassis.web", "static/style.css").splitlines(keepends=True)
    return "".join(rule for rule in rules if _is_needed(rule, classes)) + _text(
        "zi_audit", "static/verify.css"
    )


def _is_needed(rule: str, classes: set[str]) -> bool:
    named = set(re.findall(r"\.([a-z][\w-]*)", rule.partition("{")[0]))
    return not named or bool(named & classes)


@cache
def _text(package: str, name: str) -> str:
    return (files(package) / name).read_text("utf-8")
