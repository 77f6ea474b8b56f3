"""Applicants and officials with browsers in front of a service's pages, in process; what intake and the ledger do is told beside it."""

import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import httpx
from tests.web.provider import ISSUER, Provider

from zi_chassis.access import case_token, identity
from zi_chassis.access.case_token import CaseTokens
from zi_chassis.service import Service
from zi_chassis.settings import Settings
from zi_contracts.vault import ItemRef

HTML = {"Accept": "text/html", "Accept-Language": "en"}
PDF = ("file.pdf", b"%PDF-1.7 example", "application/pdf")
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


class CaseRequest(Protocol):
    """As intake passed it on."""

    @property
    def ticket(self) -> str: ...


class Inside(Protocol):
    """A service over a real store; its office reaches others through `access`, `ledger` and `uploads`."""

    @property
    def service(self) -> Service: ...

    @property
    def office(self) -> Any: ...

    async def attached(self, request: Any, name: str, /) -> ItemRef: ...


There = TypeVar("There", bound=Inside)


@dataclass
class Visiting(Generic[There]):
    """`file_requests` are the requests for files that intake has answered."""

    inside: There
    client: httpx.AsyncClient
    tokens: CaseTokens
    provider: Provider
    refuses_files: bool = False
    file_requests: list[httpx.Request] = field(default_factory=list)

    # -- who comes

    def owner(self, request: CaseRequest) -> "Browser":
        """With the token of the case."""
        return self._browser({case_token.COOKIE: self.tokens.issue(request.ticket)})

    def person(self, sub: str, *roles: str, name: str | None = None) -> "Browser":
        return self._browser({identity.COOKIE: self.provider.token(sub, *roles, name=name)})

    def stranger(self) -> "Browser":
        return self._browser({})

    def _browser(self, cookies: dict[str, str]) -> "Browser":
        return Browser(self.client, f"/{self.inside.service.name}", cookies)

    # -- what stands around

    async def intake(self, request: httpx.Request) -> httpx.Response:
        """Keeps a file and says so, gives it again, or has something against it."""
        if self.refuses_files:
            return httpx.Response(422, json={"detail": "This is no picture and no PDF."})
        if "/files/" in request.url.path:
            self.file_requests.append(request)
            return httpx.Response(200, content=content_of(request.url.path.rpartition("/")[2]))
        request_ = await self.inside.office.access.request(request.url.path.split("/")[-2])
        item = await self.inside.attached(request_, f"file {request.headers['idempotency-key']}")
        return httpx.Response(200, json={"item": item.model_dump(mode="json")})

    async def ledger(self, request: httpx.Request) -> httpx.Response:
        request_ = request.url.params.get_list("event")
        return httpx.Response(200, json={event: 40 + n for n, event in enumerate(request_)})


@dataclass
class Browser:
    """Follows whatever leads on within the service."""

    client: httpx.AsyncClient
    home: str
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
        """The cookies go along, as a browser's would."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = HTML | {"Cookie": cookies} | more.pop("headers", {})
        return await self.client.request(method, path, headers=headers, **more)

    async def _followed(self, answer: httpx.Response) -> httpx.Response:
        while answer.is_redirect and answer.headers["location"].startswith(self.home):
            answer = await self._ask("GET", answer.headers["location"])
        return answer


@asynccontextmanager
async def visited(opened: AbstractAsyncContextManager[There], folder: Path) -> AsyncIterator[Visiting[There]]:
    """`folder` is where intake's own key lies."""
    tokens, provider = CaseTokens(Settings(service="intake", data=folder, issuer=ISSUER)), Provider()
    async with opened as inside:
        office, service = inside.office, inside.service
        provider.serve(service)
        transport = httpx.ASGITransport(app=service.app, client=("192.0.2.7", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://zona.example") as client:
            visiting = Visiting(inside, client, tokens, provider)
            office.access._tokens = tokens
            office.ledger._client = httpx.AsyncClient(transport=httpx.MockTransport(visiting.ledger))
            office.uploads._client = httpx.AsyncClient(transport=httpx.MockTransport(visiting.intake))
            yield visiting


def content_of(item: object) -> bytes:
    """Of a file that intake keeps; longer than a piece."""
    return f"%PDF-1.7 {item} ".encode() * 3_000


def scripts_of(page: httpx.Response) -> list[str]:
    """Return the names of the files that the page runs; raise where a script stands in the page itself."""
    names = re.findall(r'<script src="[^"]*/([^"/]+)" defer></script>', page.text)
    assert len(names) == page.text.count("<script")
    return names


def hidden(page: httpx.Response, name: str = "key") -> str:
    """The value of the first hidden field of this name."""
    found: list[str] = [text for field_name, text in HIDDEN.findall(page.text) if field_name == name]
    return found[0]


def hidden_fields(page: httpx.Response) -> dict[str, str]:
    """All that goes along unseen."""
    return {name: unescape(text) for name, text in HIDDEN.findall(page.text)}
