"""Wiring of intake: routes and pages, store and vault, outbox, inbox, timers, and who asks the vault."""

import asyncio
from collections.abc import AsyncIterator

from fastapi import APIRouter, FastAPI

from zi_chassis.broker import Broker
from zi_chassis.clock import Clock
from zi_chassis.confinement import confinement
from zi_chassis.foreign import declared_by
from zi_chassis.inbox import lanes_of
from zi_chassis.lease import Lease, lease_of, locked
from zi_chassis.outbox import Outbox
from zi_chassis.own_stream import published
from zi_chassis.service import Runner, Service, run
from zi_chassis.settings import Settings
from zi_chassis.store import Store
from zi_chassis.timers import TimerLoop
from zi_chassis.vault_requests import VaultService
from zi_chassis.web import problem, sign_in
from zi_chassis.web.configurations import configurations_router
from zi_chassis.web.lanes import lanes_router
from zi_contracts.message import Message
from zi_intake import actions_api, api, desk, files, mentoring_pages, pages, security
from zi_intake.data_access import AccessCounter
from zi_intake.erasures import TYPE as ERASURE
from zi_intake.erasures import recorded
from zi_intake.office import Office
from zi_intake.policies import HANDLED_TYPES, react
from zi_intake.timers import Closing
from zi_intake.vault_answers import KEEPABLE, READABLE, VaultAnswers
from zi_rules.version import NoVersionError

ROUTERS: tuple[APIRouter, ...] = (
    *(api.router, actions_api.router, files.router, pages.router, mentoring_pages.router),
    *(desk.router, sign_in.router, security.router),
)


def front(settings: Settings, clock: Clock | None = None) -> Service:
    """Return the service with all that answers requests; it needs no broker."""
    service = Service(settings, clock)
    office = service.app.state.office = Office(settings, service.clock)
    for path, endpoint, _, _ in api.FILING:
        service.direct("POST", f"/intake/api/{path}", endpoint)
    for router in (*ROUTERS, configurations_router(office.store, office.archive)):
        service.app.include_router(router)
    problem.install_lost(service.app, NoVersionError)
    return service


def create_app(settings: Settings) -> FastAPI:
    service = front(settings)
    office: Office = service.app.state.office
    broker = Broker("intake", settings.nats_url, settings.nats_seed)
    lease = lease_of(settings)
    service.open(lambda: locked(lease))
    service.open(lambda: office)
    service.open(lambda: broker)
    service.open(lambda: confinement(service))
    _follow(service, office, broker, lease)
    reading = VaultAnswers(office, service.identity)
    service.watch("vault", lambda: _serve_vault(reading, broker))
    service.watch("erasing", lambda: office.erasures.run(lambda: _erasures(settings, office.store, broker)))
    service.ready_check("erasures", lambda: office.erasures.reason)
    service.watch_thread("writer", office.store.thread.is_alive)
    service.ready_check("broker", lambda: broker.reason)
    return service.app


def _follow(service: Service, office: Office, broker: Broker, lease: Lease) -> None:
    """Start the runners of the process with the lease."""
    declared = declared_by(service.settings.audit_url)
    inboxes = service.app.state.lanes = lanes_of(office.store, broker, react, HANDLED_TYPES, declared)
    outbox = Outbox(office.store, broker, declared, office.clock)
    runners: dict[str, Runner] = {
        "outbox": outbox,
        **{f"hears {sender}": inbox for sender, inbox in inboxes.items()},
        "timers": TimerLoop(office.store, office.clock, Closing(office.store, office.terms)),
        "openings": AccessCounter(office.store, office.clock),
    }
    service.lead(lease, runners)
    service.app.include_router(lanes_router(office.store, inboxes, outbox))


def _erasures(settings: Settings, store: Store, broker: Broker) -> AsyncIterator[Message]:
    stream = published(broker, ERASURE, store, declared_by(settings.audit_url))
    return recorded(stream, settings.folder / "erasures", settings.office)


async def _serve_vault(reading: VaultAnswers, broker: Broker) -> None:
    await VaultService(READABLE, reading.answer, KEEPABLE, reading.keep).serve(await broker.client())
    await asyncio.Event().wait()


def main() -> None:
    settings = Settings(service="intake")
    run(create_app(settings), settings)


if __name__ == "__main__":
    main()
