"""Businesses and officials with browsers in front of umkm's pages, in process; what intake says and keeps is told beside it."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from tests.umkm.inside import ISSUER, Inside, opened
from tests.umkm.steps import named

from zi_chassis import case_token, identity
from zi_chassis.case_token import CaseTokens
from zi_chassis.settings import Settings
from zi_contracts.umkm import RuleVersion
from zi_umkm.heard import Request
from zi_umkm.sync import SentAnswer

HTML = {"Accept": "text/html", "Accept-Language": "en"}
PDF = ("file.pdf", b"%PDF-1.7 example", "application/pdf")


@dataclass
class Visiting:
    inside: Inside
    client: httpx.AsyncClient
    tokens: CaseTokens
    key: RSAKey
    refuses_files: bool = False
    given: list[httpx.Request] = field(default_factory=list)

    # -- who comes

    def business(self, request: Request) -> "Browser":
        return Browser(self, {case_token.COOKIE: self.tokens.issue(request.ticket)})

    def person(self, sub: str, *roles: str, name: str | None = None) -> "Browser":
        now = int(datetime.now(UTC).timestamp())
        told = {"iss": ISSUER, "aud": "zi", "sub": sub, "exp": now + 600, "roles": list(roles)}
        if name is not None:
            told["name"] = name
        return Browser(self, {identity.COOKIE: jwt.encode({"alg": "RS256", "kid": "test"}, told, self.key)})

    def stranger(self) -> "Browser":
        return Browser(self, {})

    # -- what stands around

    async def intake(self, request: httpx.Request) -> httpx.Response:
        """Keeps the file and says so, gives it again, or has something against it."""
        if self.refuses_files:
            return httpx.Response(422, json={"detail": "This is no picture and no PDF."})
        if "/files/" in request.url.path:
            self.given.append(request)
            return httpx.Response(200, content=content_of(request.url.path.rpartition("/")[2]))
        asked = await self.inside.office.access.request(request.url.path.split("/")[-2])
        item = await self.inside.attached(asked, f"file {request.headers['idempotency-key']}")
        return httpx.Response(200, json={"item": item.model_dump(mode="json")})


@dataclass
class Browser:
    visiting: Visiting
    cookies: dict[str, str]

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self._followed(await self._ask("GET", path, headers=headers))

    async def post(
        self, path: str, form: dict[str, str] | None = None, files: dict[str, Any] | None = None
    ) -> httpx.Response:
        return await self._followed(await self.send(path, form, files))

    async def send(
        self, path: str, form: dict[str, str] | None = None, files: dict[str, Any] | None = None
    ) -> httpx.Response:
        """As `post`, but where it leads is not followed."""
        return await self._ask("POST", path, data=form, files=files)

    async def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = self._headers | more.pop("headers", {})
        return await self.visiting.client.request(method, path, headers=headers, **more)

    async def _followed(self, answer: httpx.Response) -> httpx.Response:
        """The cookies go along, as a browser's would."""
        while answer.is_redirect and answer.headers["location"].startswith("/umkm"):
            answer = await self._ask("GET", answer.headers["location"])
        return answer

    @property
    def _headers(self) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return HTML | {"Cookie": cookies}


@asynccontextmanager
async def visited(folder: Path, database: str = "") -> AsyncIterator[Visiting]:
    async with opened(folder, database) as inside:
        app, office = inside.service.app, inside.office
        key = RSAKey.generate_key(2048, parameters={"kid": "test"})
        keys = KeySet([key]).as_dict(private=False)
        tokens = CaseTokens(Settings(service="intake", data=folder, issuer=ISSUER))

        async def published() -> Any:
            return json.loads(json.dumps(keys))

        inside.service.identity._keys._fetch = published
        office.access._tokens = tokens
        office.ledger._client = httpx.AsyncClient(transport=httpx.MockTransport(ledger))
        transport = httpx.ASGITransport(app=app, client=("192.0.2.7", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://zona.example") as client:
            visiting = Visiting(inside, client, tokens, key)
            office.uploads._client = httpx.AsyncClient(transport=httpx.MockTransport(visiting.intake))
            yield visiting


def content_of(item: object) -> bytes:
    """Of a file that intake keeps; longer than a piece."""
    return f"%PDF-1.7 {item} ".encode() * 3_000


def ledger(request: httpx.Request) -> httpx.Response:
    asked = request.url.params.get_list("event")
    return httpx.Response(200, json={event: 40 + n for n, event in enumerate(asked)})


async def disputed(inside: Inside, request: Request, item: str = "fifo") -> UUID:
    """Two mentors answered one item in one visit, each in another way."""
    form, id = inside.checklist, named(f"disputed {request.ticket}")
    version = RuleVersion(id=form.id, version=form.version)
    for name, said in (("mentor-ani", "yes"), ("mentor-joko", "no")):
        sent = SentAnswer.model_validate(
            {
                "id": named(f"{id} {name}"),
                "item": item,
                "outcome": said,
                "grade": "minor" if said == "no" else None,
                "device_time": inside.clock.now(),
            }
        )
        await inside.office.visiting.sync(request, inside.mentor(name), id, version, [sent])
    return id


def hidden(page: httpx.Response, name: str = "key") -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page.text)
    assert found, f"no hidden {name}"
    return found[1]
