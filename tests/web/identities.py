"""Every route of a service asked by every identity: who is let in, and who is refused how."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from tests.web.provider import ISSUER, Provider

from zi_chassis.access import identity
from zi_chassis.access.case_token import CaseTokens
from zi_chassis.settings import Settings

STAFF = (
    "officer",
    "supervisor",
    "mentor",
    "evaluator",
    "signer",
    "head",
    "integrity",
    "upg",
    "survey",
    "auditor",
    "ops",
    "entry",
)
NOBODY, OWNER, OTHER = "nobody", "the case's citizen", "another case's citizen"
INVALID = (
    "expired sign-in",
    "sign-in for another program",
    "sign-in by another key",
    "case token by another key",
)
STRANGERS = (NOBODY, OTHER, *INVALID)
IDENTITIES = (NOBODY, OWNER, OTHER, "applicant", *STAFF, *INVALID)
LET_IN, SIGN_IN, FORBIDDEN, NOT_FOUND = "let in", "401", "403", "404"
ANSWERS = (LET_IN, SIGN_IN, FORBIDDEN, NOT_FOUND)
KNOWN_PROVIDER = identity.Provider(f"{ISSUER}/authorize", f"{ISSUER}/token", f"{ISSUER}/jwks", None)
# What whoever read the rules noted beside them, in small letters; it stays in the data.
NOTES = (
    *("consultant", "konsultan", "not been seen", "not seen", "belum dilihat", "invented", "from memory"),
    *("secondary source", "training text", "a blog)", "scribd.com"),
)
LANGUAGE_LINK = re.compile(r'<a href="([^"]*[?&;]lang=id[^"]*)"')
ANSWERED = (200, 400, 409, 422)
PAGE = {"Accept": "text/html", "Accept-Language": "en"}


def note_in(text: str) -> str | None:
    """Return the first of the notes that the text shows. Each is looked for by itself: a pattern of all of them takes ten times as long."""
    small = text.lower()
    return next((each for each in NOTES if each in small), None)


class Route(NamedTuple):
    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Door:
    """A service that answers; `names` fill what is in braces, `bodies` are what a route wants to see before it looks who asks."""

    app: FastAPI
    client: httpx.AsyncClient
    tokens: CaseTokens
    provider: Provider
    ticket: str
    other: str
    names: Mapping[str, str] = field(default_factory=dict)
    bodies: Mapping[str, Any] = field(default_factory=dict)
    uploads: Sequence[str] = ()
    followed: set[Route] = field(default_factory=set)

    def headers(self, name: str, folder: Path) -> dict[str, str]:
        match name:
            case "nobody":
                return {}
            case "the case's citizen":
                token = self.tokens.issue(self.ticket)
            case "another case's citizen":
                token = self.tokens.issue(self.other)
            case "applicant":
                token = self.provider.token("somebody-else", "applicant")
            case "expired sign-in":
                token = self.provider.token("officer-1", *STAFF, ttl=-3600)
            case "sign-in for another program":
                token = self.provider.token("officer-1", *STAFF, aud="another-program")
            case "sign-in by another key":
                token = Provider(of_its_own=True).token("officer-1", *STAFF)
            case "case token by another key":
                token = CaseTokens(Settings(service="stranger", data=folder)).issue(self.ticket)
            case "entry":  # the demo's office lists this account
                token = self.provider.token("call-centre", "entry")
            case role:
                token = self.provider.token(f"{role}-1", role)
        return {"Authorization": f"Bearer {token}"}

    async def answer(self, route: Route, headers: Mapping[str, str]) -> str:
        names = {"ticket": self.ticket, "reference": self.ticket, **self.names}
        path = re.sub(r"\{(\w+)(:\w+)?\}", lambda found: names.get(found[1], "1"), route.path)
        is_api = "/api/" in route.path
        sent = {} if route.method == "GET" else self._body(route.path, is_api)
        request_headers = headers if is_api else {**PAGE, **headers}
        response = await self.client.request(
            route.method, path, params={"case": self.ticket}, headers=request_headers, **sent
        )
        assert response.status_code != 500, (
            f"{route} fails for whoever is let in to it: {response.text[:200]}"
        )
        is_data = path.startswith("/audit/") or "configurations" in path
        assert is_data or not (found := note_in(response.text)), (
            f"{route} shows a note of whoever looked for a source: {found}"
        )
        if response.status_code == 401 or leads_to_the_door(response, path):
            return SIGN_IN
        assert response.status_code != 429, f"{route} answers by how often somebody has tried"
        if route.method == "POST" and response.status_code in ANSWERED:
            await self._change_language(route, response, request_headers)
        return str(response.status_code) if response.status_code in (403, 404) else LET_IN

    async def _change_language(
        self, route: Route, response: httpx.Response, headers: Mapping[str, str]
    ) -> None:
        """Follow the link of the page that answers a form to its page in the other language, once for each form."""
        links = [] if route in self.followed else LANGUAGE_LINK.findall(response.text)
        if links:
            self.followed.add(route)
        for link in links:
            page = await self.client.get(unescape(link), headers=headers, follow_redirects=True)
            assert page.status_code == 200, f"{route} leads on to {link}, which is {page.status_code}"

    def _body(self, path: str, is_api: bool) -> dict[str, Any]:
        if any(path.endswith(upload) for upload in self.uploads):
            form = {"case": self.ticket, **self.bodies.get(path, {})}
            return {"files": {"file": ("a.pdf", b"%PDF-1.7", "application/pdf")}, "data": form}
        if is_api:
            return {"json": self.bodies.get(path, {})}
        return {"data": {"key": "1", "purpose": "handling", **self.bodies.get(path, {})}}


def leads_to_the_door(response: httpx.Response, path: str) -> bool:
    """Tell if the response redirects to the sign-in or to the form for ticket and code."""
    leads = response.headers.get("location", "").partition("?")[0]
    return leads in ("/sign-in", "/track") and not path.startswith(("/sign-", "/track/leave"))


def routes(app: FastAPI) -> Iterator[Route]:
    for route in iter_route_contexts(app.routes):
        for method in sorted(set(route.methods or ()) - {"HEAD", "OPTIONS"}):
            yield Route(method, str(route.path))


async def answers(door: Door, folder: Path, all_routes: Sequence[Route]) -> dict[Route, dict[str, list[str]]]:
    """By route and answer: who got it. What nobody in particular is let in to, or does not find, is the same for everybody."""
    door.app.state.identity._provider = KNOWN_PROVIDER
    headers = {name: door.headers(name, folder) for name in IDENTITIES}
    table: dict[Route, dict[str, list[str]]] = {}
    for route in all_routes:
        table[route] = {answer: [] for answer in ANSWERS}
        first = await door.answer(route, headers[NOBODY])
        for name in IDENTITIES:
            is_same = name == NOBODY or first in (LET_IN, NOT_FOUND)
            answer = first if is_same else await door.answer(route, headers[name])
            table[route][answer].append(name)
    return table
