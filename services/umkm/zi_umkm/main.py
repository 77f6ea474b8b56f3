"""Wiring of umkm: routes and pages, store, outbox, inbox, timers and the vault."""

from fastapi import APIRouter, FastAPI

from zi_chassis.bus.process import broker_of, join_bus
from zi_chassis.clock import Clock
from zi_chassis.service import Runner, Service, start
from zi_chassis.settings import Settings
from zi_chassis.storage.timers import TimerLoop
from zi_chassis.web.configurations import configurations_router
from zi_chassis.web.sign_in import follow_sign_outs
from zi_umkm.container import MentoringOffice
from zi_umkm.messaging.policies import HANDLED_TYPES
from zi_umkm.messaging.timers import Reminding
from zi_umkm.web import problems
from zi_umkm.web.api import board as board_api
from zi_umkm.web.api import cases as api
from zi_umkm.web.api import desk_lists as desk_lists_api
from zi_umkm.web.api import handover as handover_api
from zi_umkm.web.api import labels as labels_api
from zi_umkm.web.api import numbers as numbers_api
from zi_umkm.web.api import permits as permits_api
from zi_umkm.web.api import trips as trips_api
from zi_umkm.web.api import visits as visits_api
from zi_umkm.web.pages import desk, letters, permits
from zi_umkm.web.pages import visits as visits_page
from zi_umkm.web.pages import workspace as pages

ROUTERS: tuple[APIRouter, ...] = (
    *(api.router, labels_api.router, numbers_api.router, handover_api.router, board_api.router),
    *(permits_api.router, visits_api.router, trips_api.router, desk_lists_api.router),
    *(pages.router, desk.router, letters.router, permits.router, visits_page.router),
)


def front(settings: Settings, clock: Clock | None = None) -> Service:
    """Build everything that answers requests; it needs no broker."""
    service = Service(settings, clock)
    office = service.app.state.office = MentoringOffice(settings, service.clock)
    service.include(*ROUTERS)
    service.app.include_router(configurations_router(office.store, office.archive, api.PUBLIC))
    problems.install(service.app)
    return service


def create_app(settings: Settings) -> FastAPI:
    service = front(settings)
    office: MentoringOffice = service.app.state.office
    broker = broker_of(service)
    runners: dict[str, Runner] = {
        "timers": TimerLoop(office.store, office.clock, Reminding(office.store, office.rules)),
        "deadlines": office.deadlines,
        "sealing": office.sealing,
    }
    join_bus(service, broker, lambda: office, office.store, office.react, HANDLED_TYPES, runners)
    office.announced.follow(service)
    service.watch("vault", lambda: office.reach_vault(broker))
    follow_sign_outs(service)
    return service.app


def main() -> None:
    start("umkm", create_app)


if __name__ == "__main__":
    main()
