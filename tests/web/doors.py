"""Each service behind a door that every identity can knock at: with a case, a letter, a visit, a training to ask for."""

import importlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from tests.audit.log_home import OFFICE, Home, Sender
from tests.certificates import strangers as certificates
from tests.certificates.inside import opened as certificates_opened
from tests.intake.front import opened as intake_opened
from tests.ports import free_port
from tests.umkm import strangers as umkm
from tests.umkm.inside import opened as umkm_opened
from tests.umkm.steps import named
from tests.until import until
from tests.web import browsing, routes_page
from tests.web.identities import Door, Route, answers, routes
from tests.web.provider import ISSUER, Provider

from zi_chassis.access.case_token import CaseTokens
from zi_chassis.bus.broker import Broker
from zi_chassis.bus.outbox import Outbox
from zi_chassis.domain import Act
from zi_chassis.settings import Settings
from zi_chassis.storage.store import Store
from zi_chassis.web.lanes import lanes_router
from zi_chassis.web.limits import Attempts, Buckets
from zi_contracts.integrity.forum import GroupTarget
from zi_integrity.use_cases.forum_planning import ForumTermsGiven

SERVICES = ("intake", "certificates", "umkm", "integrity", "notify", "audit")
TEXT = {"text": "Contoh."}


def rested() -> Callable[[], float]:
    """A clock for whoever counts wrong tries, by which an hour passes each time: no answer depends on what was tried before it, and how fast."""
    return partial(next, count(0.0, 3600.0))


def nowhere() -> str:
    return f"nats://127.0.0.1:{free_port()}"


def with_lanes(app: Any, service: str, store: Store) -> None:
    """Add the routes that only a service with a broker has."""
    app.include_router(lanes_router(store, {}, Outbox(store, Broker(service, nowhere(), None))))


@asynccontextmanager
async def intake(folder: Path) -> AsyncIterator[Door]:
    async with intake_opened(folder) as front:
        front.office.access._attempts = Attempts(rested())
        filed, other = await front.mentored(), await front.file()
        with_lanes(front.app, "intake", front.office.store)
        cases = "/intake/api/cases/{ticket}"
        bodies = {f"{cases}/reply": TEXT, f"{cases}/nib": {"nib": "1234567890123"}}
        bodies[f"{cases}/files/{{item}}"] = {"purpose": "handling"}
        bodies |= {f"{cases}/words": TEXT, f"{cases}/rating": {"rating": "helped"}}
        names = {
            "item": str(UUID(int=1)),
            "command": "acknowledge",
            "incident": str(UUID(int=1)),
            "turn": "1",
        }
        tokens = front.office.tokens
        tickets = filed["ticket"], other["ticket"]
        yield Door(
            front.app,
            front.client,
            tokens,
            front.provider,
            *tickets,
            names,
            bodies,
            ("/attachments", "/answer-files"),
        )


@asynccontextmanager
async def certificates_door(folder: Path) -> AsyncIterator[Door]:
    async with browsing.visited(certificates_opened(folder), folder) as visiting:
        house = await certificates.furnished(visiting)
        names = {name: str(values[0]) for name, values in house.names.items()}
        letter = names["letter"]
        rows = await visiting.inside.office.store.query(
            lambda tx: tx.execute("SELECT ticket FROM letters WHERE letter = ?", letter)
        )
        with_lanes(visiting.inside.service.app, "certificates", visiting.inside.office.store)
        ticket, other = rows[0]["ticket"], str(house.names["ticket"][0])
        app, names = visiting.inside.service.app, names | {"ticket": ticket, "reference": other}
        yield Door(app, visiting.client, visiting.tokens, visiting.provider, ticket, other, names)


@asynccontextmanager
async def umkm_door(folder: Path) -> AsyncIterator[Door]:
    async with browsing.visited(umkm_opened(folder), folder) as visiting:
        house = await umkm.furnished(visiting)
        names = {name: str(values[0]) for name, values in house.names.items()}
        ticket, other = str(house.names["ticket"][2]), str(house.names["ticket"][0])
        names |= {"ticket": ticket, "number": "1", "code": "fifo", "command": "resume"}
        with_lanes(visiting.inside.service.app, "umkm", visiting.inside.office.store)
        case = {"case": ticket}
        bodies: dict[str, Any] = {
            "/umkm/api/visits/{visit}/sync": {
                **case,
                "checklist": {"id": "cppob", "version": 1},
                "answers": [],
            },
            "/umkm/api/visits/{visit}/settle": {**case, "item": "fifo", "answer": str(named("any"))},
            "/umkm/api/visits/{visit}/finish": case,
            "/umkm/api/trainings/{training}/enrol": case,
            "/umkm/api/trips/{trip}/cancel": {"reason": "weather"},
            "/umkm/api/trips/{trip}/hours": {"minutes": 60},
            "/umkm/api/visits/{visit}/files": {
                "id": str(named("file")),
                "kind": "photo",
                "device_time": "2026-12-07T02:00:00Z",
            },
        }
        app = visiting.inside.service.app
        yield Door(
            app,
            visiting.client,
            visiting.tokens,
            visiting.provider,
            ticket,
            other,
            names,
            bodies,
            ("{visit}/files",),
        )


@asynccontextmanager
async def started(service: str, folder: Path, **more: Any) -> AsyncIterator[Door]:
    settings = Settings(
        service=service, data=folder, issuer=ISSUER, nats_url=nowhere(), office=OFFICE, **more
    )
    app, provider = importlib.import_module(f"zi_{service}.main").create_app(settings), Provider()
    app.state.identity._keys._fetch = provider._published
    tokens = CaseTokens(Settings(service="intake", data=folder))
    app.state.cases = tokens
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://zona.example") as client,
    ):
        names = {"compensation": str(UUID(int=1)), "number": "1", "path": "0/000"}
        yield Door(app, client, tokens, provider, "7K3M9Q2XA", "0EXAMP1E0", names)


@asynccontextmanager
async def integrity(folder: Path) -> AsyncIterator[Door]:
    """With a forum that is planned."""
    async with started("integrity", folder) as door:
        office = door.app.state.office
        office.code_attempts = Buckets(size=20, drain=30, seconds=rested())
        office.store.writer.paused = None  # nothing was ever published here
        by, day = (
            Act(at=office.clock.now(), actor="integrity-lina", role="staff:integrity"),
            timedelta(days=1),
        )
        terms = ForumTermsGiven(
            theme="Contoh",
            begins=by.at + day,
            closes_on=by.at + 2 * day,
            place="Contoh",
            link=None,
            groups=(GroupTarget(group="users", target=1),),
            quorum=0,
        )
        number = await office.forum_planning.plan(by, UUID(int=1), terms)
        yield replace(door, names={**door.names, "number": number, "comment": str(UUID(int=1))})


@asynccontextmanager
async def notify(folder: Path) -> AsyncIterator[Door]:
    async with started("notify", folder) as door:
        door.app.state.store.writer.paused = None  # nothing was ever published here
        yield door


@asynccontextmanager
async def audit(folder: Path) -> AsyncIterator[Door]:
    home, sender = Home(folder), Sender("intake")
    home.opened().append(sender.say(3))
    async with started("audit", folder, tiles=str(home.folder / "tiles")) as door:
        tail = door.app.state.tail
        await until(lambda: tail.size == 3)
        event = {"event_id": str(sender.event_id(1)), "index": "1", "actor": sender.actor}
        yield Door(**{**vars(door), "names": {**door.names, **event}})
    home.close()


DOORS: dict[str, Callable[[Path], AbstractAsyncContextManager[Door]]] = {
    "intake": intake,
    "certificates": certificates_door,
    "umkm": umkm_door,
    "integrity": integrity,
    "notify": notify,
    "audit": audit,
}


def every_route(service: str, folder: Path) -> list[Route]:
    settings = Settings(service=service, data=folder)
    return list(dict.fromkeys(routes(importlib.import_module(f"zi_{service}.main").create_app(settings))))


async def section(service: str, folder: Path) -> str:
    """The part of docs/routes.md that tells of this service, as it answers now."""
    all_routes = every_route(service, folder / "described")
    async with DOORS[service](folder / "served") as door:
        return routes_page.section(service, await answers(door, folder, all_routes))
