"""umkm as a device meets it: the service over HTTP, one mentored business, and beside it what intake and the sign-in do."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self
from uuid import UUID

import httpx
from starlette.requests import Request as WebRequest
from starlette.responses import RedirectResponse, Response
from tests.umkm.inside import Inside
from tests.umkm.strangers import planned_trip
from tests.umkm.visiting import visited
from tests.web import hosting

from zi_chassis.access import identity
from zi_umkm.domain.visit import Visit
from zi_umkm.messaging.published import visits
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.read.visits import visits_of
from zi_umkm.use_cases.access import NoSuchMentoringError
from zi_umkm.use_cases.vault_fields import VISIT_NOTE

ANI, BUDI = "mentor-ani", "mentor-budi"


class Host(hosting.Host[Inside]):
    """`files` are what intake was given, by the id that the device made; `signs_in` is who signs in next."""

    def __init__(self, folder: Path) -> None:
        super().__init__(visited(folder))
        self.files: dict[UUID, bytes] = {}
        self.signs_in = ANI
        self.request: MentoringRequest

    @property
    def inside(self) -> Inside:
        return self.visiting.inside

    @property
    def case(self) -> str:
        return self.request.ticket

    def token(self, who: str, *, expired: bool = False) -> str:
        return self.visiting.provider.token(who, "mentor", ttl=-600 if expired else 600)

    # -- what is known of the visit

    def visit(self) -> Visit:
        """The only one that there is."""
        return self._visit()[1]

    def events(self) -> int:
        """Count the events of the visit, its beginning included."""
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

    def travels(self) -> None:
        """A trip of the mentor to this business and another one, approved."""
        inside = self.inside

        async def approved() -> None:
            other = await inside.mentored("on the way")
            travelling = inside.office.travelling
            trip = await planned_trip(inside, self.request, other)
            plan = (await travelling.state(trip)).plan
            assert plan is not None
            await inside.office.assigning.approve(
                trip, inside.staff("supervisor-eka", "supervisor"), plan.digest
            )

        self.run(approved())

    @contextmanager
    def without_the_case(self) -> Iterator[None]:
        """As after an older backup."""
        access = self.inside.office.access
        known = access.request

        async def gone(ticket: str) -> MentoringRequest:
            raise NoSuchMentoringError

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

    # -- life

    def __enter__(self) -> Self:
        super().__enter__()
        self.request = self.run(self.inside.mentored())
        uploads = self.inside.office.uploads
        uploads._client = httpx.AsyncClient(transport=httpx.MockTransport(self._intake))
        self.inside.service.app.add_api_route("/sign-in", self._sign_in)
        return self
