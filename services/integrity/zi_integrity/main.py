"""Wiring of integrity: routes and pages, store, vault, outbox, inbox and timers."""

from fastapi import APIRouter, FastAPI

from zi_chassis.bus_process import broker_of, join_bus
from zi_chassis.clock import Clock
from zi_chassis.service import Runner, Service, run
from zi_chassis.settings import Settings
from zi_chassis.web.configurations import configurations_router
from zi_chassis.web.sign_in import follow_sign_outs
from zi_integrity.container import IntegrityOffice
from zi_integrity.messaging.policies import HANDLED_TYPES, reacting
from zi_integrity.web import problems
from zi_integrity.web.pages import desk, home

ROUTERS: tuple[APIRouter, ...] = (home.router, desk.router)


def front(settings: Settings, clock: Clock | None = None) -> Service:
    """Build everything that answers requests; it needs no broker."""
    service = Service(settings, clock)
    office = service.app.state.office = IntegrityOffice(settings, service.clock)
    for router in (*ROUTERS, configurations_router(office.store, office.archive)):
        service.app.include_router(router)
    problems.install(service.app)
    return service


def create_app(settings: Settings) -> FastAPI:
    service = front(settings)
    office: IntegrityOffice = service.app.state.office
    broker = broker_of(service)
    runners: dict[str, Runner] = {}
    join_bus(service, broker, lambda: office, office.store, reacting(office.clock), HANDLED_TYPES, runners)
    follow_sign_outs(service)
    return service.app


def main() -> None:
    settings = Settings(service="integrity")
    run(create_app(settings), settings)


if __name__ == "__main__":
    main()
