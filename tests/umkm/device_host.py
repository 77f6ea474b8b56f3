"""umkm as a device meets it: the service over HTTP, one mentored business, and beside it what intake and the sign-in do."""

import asyncio
import json
import socket
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import httpx
import uvicorn
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.requests import Request as WebRequest
from starlette.responses import RedirectResponse, Response
from tests.umkm.inside import ISSUER, Inside, opened

from zi_chassis import identity
from zi_umkm.access import NoSuchCaseError
from zi_umkm.heard import Request
from zi_umkm.keeping import VISIT_NOTE
from zi_umkm.projections import visits_of
from zi_umkm.published import visits
from zi_umkm.visit import Visit

T = TypeVar("T")
SECONDS = 60
ANI, BUDI = "mentor-ani", "mentor-budi"


class Host:
    """`files` are what intake was given, by the id that the device made; `signs_in` is who signs in next."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loop = asyncio.new_event_loop()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._ready = threading.Event()
        self._server: uvicorn.Server | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.files: dict[UUID, bytes] = {}
        self.signs_in = ANI
        self.request: Request
        self.inside: Inside
        self._key = RSAKey.generate_key(2048, parameters={"kid": "test"})

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def case(self) -> str:
        return self.request.ticket

    def token(self, who: str, *, expired: bool = False) -> str:
        end = int(datetime.now(UTC).timestamp()) + (-600 if expired else 600)
        told = {"iss": ISSUER, "aud": "zi", "sub": who, "exp": end, "roles": ["mentor"]}
        return jwt.encode({"alg": "RS256", "kid": "test"}, told, self._key)

    def run(self, prepared: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(prepared, self._loop).result(SECONDS)

    # -- what is known of the visit

    def visit(self) -> Visit:
        """The only one that there is."""
        return self._visit()[1]

    def events(self) -> int:
        """How often something happened to the visit, that it was begun among it."""
        return self._visit()[0]

    def _visit(self) -> tuple[int, Visit]:
        store = self.inside.office.store
        [row] = self.run(store.query(lambda tx: visits_of(tx, self.request.mentoring)))
        return self.run(store.fetch(visits, row.id))

    def notes(self) -> list[str]:
        return self.inside.vault.texts(self.case, VISIT_NOTE)

    # -- what may happen meanwhile

    def assign(self, who: str) -> None:
        mentoring = self.inside.office.mentoring
        self.run(mentoring.assign(self.request, self.inside.mentor(who), None, who))

    @contextmanager
    def without_the_case(self) -> Iterator[None]:
        """As after an older backup."""
        access = self.inside.office.access
        known = access.request

        async def gone(ticket: str) -> Request:
            raise NoSuchCaseError

        access.request = gone  # type: ignore[method-assign]
        try:
            yield
        finally:
            access.request = known  # type: ignore[method-assign]

    # -- what stands around

    async def _intake(self, request: httpx.Request) -> httpx.Response:
        id = UUID(request.headers["idempotency-key"])
        self.files[id] = request.content.partition(b"\r\n\r\n")[2].rpartition(b"\r\n--")[0]
        item = await self.inside.attached(self.request, f"file {id}")
        return httpx.Response(201, json={"item": item.model_dump(mode="json")})

    async def _sign_in(self, request: WebRequest) -> Response:
        answer = RedirectResponse(request.query_params["next"], 303)
        answer.set_cookie(identity.COOKIE, self.token(self.signs_in), max_age=600)
        return answer

    async def _published(self) -> Any:
        return json.loads(json.dumps(KeySet([self._key]).as_dict(private=False)))

    # -- life

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(SECONDS)

    def stop(self) -> None:
        assert self._server is not None
        self._server.should_exit = True
        self._thread.join(SECONDS)

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        async with opened(self._folder) as self.inside:
            office, app = self.inside.office, self.inside.service.app
            self.request = await self.inside.mentored()
            office.uploads._client = httpx.AsyncClient(transport=httpx.MockTransport(self._intake))
            self.inside.service.identity._keys._fetch = self._published
            app.add_api_route("/sign-in", self._sign_in)
            config = uvicorn.Config(app, log_level="error", lifespan="off")
            self._server = uvicorn.Server(config)
            self._ready.set()
            await self._server.serve(sockets=[self._socket])


@contextmanager
def hosted(folder: Path) -> Iterator[Host]:
    host = Host(folder)
    host.start()
    try:
        yield host
    finally:
        host.stop()
