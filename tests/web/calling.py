"""Programs in front of a service's API, in process; what stands around is as it is for browsers."""

from collections.abc import Mapping
from typing import Any, ClassVar, Generic
from uuid import uuid4

import httpx
from tests.web.browsing import CaseRequest, There, Visiting


class Calling(Generic[There]):
    """`cases` is what the API calls what is asked for."""

    cases: ClassVar[str] = "cases"

    def __init__(self, visiting: Visiting[There]) -> None:
        self.visiting = visiting
        self.inside = visiting.inside
        self.api = f"/{self.inside.service.name}/api"

    # -- who calls

    def owner_headers(self, request: CaseRequest, **headers: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.visiting.tokens.issue(request.ticket)}"} | headers

    def person(self, sub: str, *roles: str, name: str | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.visiting.provider.token(sub, *roles, name=name)}"}

    # -- what is called

    async def get(self, path: str, headers: Mapping[str, str] | None = None, **query: str) -> httpx.Response:
        return await self.visiting.client.get(self.api + path, headers=headers, params=query or None)

    async def post(
        self, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        return await self.visiting.client.post(self.api + path, json=body, headers=headers)

    async def send(self, path: str, form: Mapping[str, Any], headers: Mapping[str, str]) -> httpx.Response:
        """With a file."""
        files = {"file": ("file.pdf", b"%PDF-1.7 example")}
        where = self.api + path
        return await self.visiting.client.post(where, data=dict(form), files=files, headers=headers)

    async def read(self, request: CaseRequest, **headers: str) -> Any:
        answer = await self.get(f"/{self.cases}/{request.ticket}", self.owner_headers(request, **headers))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def tell(
        self, request: CaseRequest, command: str, body: Any = None, **headers: str
    ) -> httpx.Response:
        """A command about the case, by who owns it unless somebody else is named."""
        return await self.post(
            f"/{self.cases}/{request.ticket}/{command}", body, self.owner_headers(request) | headers
        )


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}
