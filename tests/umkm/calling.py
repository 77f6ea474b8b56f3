"""Programs in front of the API, in process; what stands around is as it is for browsers."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import httpx
from tests.umkm.inside import Inside
from tests.umkm.visiting import Visiting

from zi_umkm.heard import Request

API = "/umkm/api"


class Calling:
    def __init__(self, visiting: Visiting) -> None:
        self.visiting = visiting
        self.inside: Inside = visiting.inside

    # -- who calls

    def own(self, request: Request, **headers: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.visiting.tokens.issue(request.ticket)}"} | headers

    def person(self, sub: str, *roles: str) -> dict[str, str]:
        [token] = self.visiting.person(sub, *roles).cookies.values()
        return {"Authorization": f"Bearer {token}"}

    @property
    def mentor(self) -> dict[str, str]:
        return self.person("mentor-ani", "mentor")

    @property
    def supervisor(self) -> dict[str, str]:
        return self.person("supervisor-eka", "supervisor")

    # -- what is called

    async def get(self, path: str, headers: Mapping[str, str] | None = None, **asked: str) -> httpx.Response:
        return await self.visiting.client.get(API + path, headers=headers, params=asked or None)

    async def post(
        self, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        return await self.visiting.client.post(API + path, json=body, headers=headers)

    async def told(self, request: Request, **headers: str) -> Any:
        answer = await self.get(f"/cases/{request.ticket}", self.own(request, **headers))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def tell(
        self,
        request: Request,
        command: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """A command about the case, by the business unless somebody else is named."""
        return await self.post(
            f"/cases/{request.ticket}/{command}", body, self.own(request) if headers is None else headers
        )

    async def send(self, path: str, form: Mapping[str, Any], headers: Mapping[str, str]) -> httpx.Response:
        """With a file."""
        return await self.visiting.client.post(
            API + path,
            data=dict(form),
            files={"file": ("file.pdf", b"%PDF-1.7 example")},
            headers=headers,
        )


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}
