"""Wiring of umkm: routes and pages, store, outbox, inbox, timers and the vault."""

import asyncio
from functools import partial

from fastapi import APIRouter, FastAPI

from zi_chassis.broker import Broker
from zi_chassis.clock import Clock
from zi_chassis.inbox import Inbox
from zi_chassis.lease import FolderLease, Lease, lead, lease_of
from zi_chassis.outbox import Outbox
from zi_chassis.service import Service, run
from zi_chassis.settings import Settings
from zi_chassis.timers import TimerLoop
from zi_chassis.web.lanes import lanes_router
from zi_umkm import api, board_api, desk, pages, problems, visits_api, visits_page
from zi_umkm.office import Office
from zi_umkm.policies import HEARS, reacting
from zi_umkm.timers import Reminding

Runner = Outbox | Inbox | TimerLoop
ROUTERS: tuple[APIRouter, ...] = (
    *(api.router, board_api.router, visits_api.router),
    *(pages.router, desk.router, visits_page.router),
)


def front(settings: Settings, clock: Clock | None = None) -> Service:
    """Everything that answers requests; it needs no broker."""
    service = Service(settings, clock)
    service.app.state.office = Office(settings, service.clock)
    for router in ROUTERS:
        service.app.include_router(router)
    problems.install(service.app)
    service.app.add_exception_handler(pages.NotOpenError, pages.ask_for_code)
    return service


def create_app(settings: Settings) -> FastAPI:
    service = front(settings)
    office: Office = service.app.state.office
    broker = Broker("umkm", settings.nats_url, settings.nats_seed)
    lease = lease_of(settings)
    service.open(lambda: _Locked(lease))
    service.open(lambda: office)
    service.open(lambda: _Connected(broker))
    _follow(service, office, broker, lease)
    service.watch("vault", lambda: _reach_vault(office, broker))
    service.watch_thread("writer", office.store.thread.is_alive)
    service.ready_check("broker", lambda: broker.reason)
    return service.app


def _follow(service: Service, office: Office, broker: Broker, lease: Lease) -> None:
    """What only the process with the lease does."""
    react = reacting(office.clock)
    inboxes = {sender: Inbox(office.store, broker, sender, react) for sender in HEARS}
    runners: dict[str, Runner] = {
        "outbox": Outbox(office.store, broker),
        **{f"hears {sender}": inbox for sender, inbox in inboxes.items()},
        "timers": TimerLoop(office.store, office.clock, Reminding(office.store, office.rules)),
    }
    service.watch("lead", lambda: lead(lease, *(runner.run for runner in runners.values())))
    for name, runner in runners.items():
        service.ready_check(name, partial(_reason, runner, lease))
    service.app.include_router(lanes_router(office.store, inboxes))


def _reason(runner: Runner, lease: Lease) -> str | None:
    """A replica that stands by has nothing to complain about."""
    return runner.reason if lease.held else None


async def _reach_vault(office: Office, broker: Broker) -> None:
    await office.connected(broker)
    await asyncio.Event().wait()


class _Locked:
    """On SQLite nothing is touched before the folder is ours; on PostgreSQL the lease is waited for later."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease

    async def __aenter__(self) -> None:
        if isinstance(self._lease, FolderLease):
            await self._lease.acquire()

    async def __aexit__(self, *_: object) -> None:
        await self._lease.release()


class _Connected:
    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    async def __aenter__(self) -> None:
        self._broker.open()

    async def __aexit__(self, *_: object) -> None:
        await self._broker.close()


def main() -> None:
    settings = Settings(service="umkm")
    run(create_app(settings), settings)


if __name__ == "__main__":
    main()
