"""Routes by headers: every answer of every service and of the witness carries them, whatever was asked and whatever came of it."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.applications import Starlette
from starlette.routing import Mount, Route

import zi_audit.main
import zi_audit.writer.main
import zi_certificates.main
import zi_intake.main
import zi_integrity.main
import zi_notify.mailbox
import zi_notify.main
import zi_umkm.main
from zi_chassis.settings import Settings
from zi_witness.key import load_key, make_key
from zi_witness.record import WitnessRecord
from zi_witness.watched import Watched
from zi_witness.web import WitnessSite

SERVICES: dict[str, Callable[[Settings], FastAPI]] = {
    "intake": zi_intake.main.create_app,
    "umkm": zi_umkm.main.create_app,
    "certificates": zi_certificates.main.create_app,
    "integrity": zi_integrity.main.create_app,
    "notify": zi_notify.main.create_app,
    "audit": zi_audit.main.create_app,
    "audit-writer": zi_audit.writer.main.create_app,
    "mailbox": zi_notify.mailbox.create_app,
}
CLOSED = "default-src 'none'"
HEADERS = {
    "content-security-policy": CLOSED,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=()",
    "referrer-policy": "",
    "x-content-type-options": "nosniff",
}
OWN_POLICY = {"/umkm/visits", "/umkm/visits/worker.js", "/audit/verify"}  # pages that are scripts


def routes(app: Starlette) -> list[tuple[str, str]]:
    """(method, path) of all routes, and of what is none."""
    found = [("GET", "/no/such/page"), ("BREW", "/"), ("GET", "/%ff"), ("POST", "/no/such")]
    if isinstance(app, FastAPI):
        contexts = [(context.methods, str(context.path)) for context in iter_route_contexts(app.routes)]
        return found + [
            (method, re.sub(r"\{[^}]*\}", "1", path))
            for methods, path in contexts
            for method in sorted(methods or ())
        ]
    stack: list[tuple[str, Any]] = [("", route) for route in app.routes]
    while stack:
        prefix, route = stack.pop()
        if isinstance(route, Mount):
            stack += [(prefix + route.path, inner) for inner in route.routes]
        elif isinstance(route, Route) or hasattr(route, "methods"):
            path = re.sub(r"\{[^}]*\}", "1", prefix + route.path)
            found += [(method, path) for method in sorted(route.methods or ())]
    return found


def lacking(answer: httpx.Response) -> list[str]:
    return [name for name, wanted in HEADERS.items() if wanted not in answer.headers.get(name, "\0")]


async def answers(app: Starlette) -> dict[tuple[str, str], httpx.Response]:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://zona.example") as client:
        return {(method, path): await client.request(method, path) for method, path in routes(app)}


def made(name: str, folder: Path, **options: Any) -> FastAPI:
    return SERVICES[name](Settings(service=name, data=folder, demo=name == "mailbox", **options))


@pytest.mark.parametrize("name", SERVICES)
async def test_every_answer_of_a_service_carries_them(name: str, tmp_path: Path) -> None:
    responses = await answers(made(name, tmp_path))
    assert len(responses) > 7
    assert {place: lacking(answer) for place, answer in responses.items() if lacking(answer)} == {}
    odd = [
        place for place, answer in responses.items() if "unsafe" in answer.headers["content-security-policy"]
    ]
    assert odd == []
    assert not any("strict-transport-security" in answer.headers for answer in responses.values())


@pytest.mark.parametrize("name", ["intake", "certificates"])
async def test_transport_security_is_asked_for_where_people_come_by_https(name: str, tmp_path: Path) -> None:
    responses = await answers(made(name, tmp_path, public_url="https://office.example"))
    assert all("max-age=" in answer.headers["strict-transport-security"] for answer in responses.values())


async def test_every_answer_of_a_witness_carries_them(tmp_path: Path) -> None:
    make_key(tmp_path / "w", "witness.example/w1")
    key = load_key(tmp_path / "w")
    app = WitnessSite(
        WitnessRecord(tmp_path / "w", key, lambda: 1), Watched([], []), key.verifier
    ).application("/witness")
    responses = await answers(app)
    assert {place: lacking(answer) for place, answer in responses.items() if lacking(answer)} == {}
