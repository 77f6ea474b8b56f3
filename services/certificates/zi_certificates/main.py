"""Wiring of the certificates process: routes, pages, store, outbox, inboxes, timers and the vault."""

from fastapi import FastAPI

from zi_certificates.container import CertificatesOffice
from zi_certificates.messaging.policies import HANDLED_TYPES
from zi_certificates.messaging.timers import Expiring
from zi_certificates.web import problems
from zi_certificates.web.api.parameters import PUBLIC
from zi_certificates.web.routes import API, PAGES
from zi_chassis.bus.process import broker_of, join_bus
from zi_chassis.clock import Clock
from zi_chassis.process.confinement import confinement
from zi_chassis.service import Runner, Service, start
from zi_chassis.settings import Settings
from zi_chassis.storage.timers import TimerLoop
from zi_chassis.web.configurations import configurations_router
from zi_chassis.web.sign_in import follow_sign_outs


def front(settings: Settings, clock: Clock | None = None) -> Service:
    """Everything that answers requests; it needs no broker."""
    service = Service(settings, clock)
    office = service.app.state.office = CertificatesOffice(settings, service.clock)
    service.include(*API, *PAGES)
    service.app.include_router(configurations_router(office.store, office.archive, PUBLIC))
    problems.install(service.app)
    return service


def create_app(settings: Settings) -> FastAPI:
    service = front(settings)
    office: CertificatesOffice = service.app.state.office
    broker = broker_of(service)
    runners: dict[str, Runner] = {
        "timers": TimerLoop(office.store, office.clock, Expiring(office.store, office.polling.is_settled)),
        "deadlines": office.deadlines,
        "sealing": office.sealing,
        "polling": office.polling,
        "webhooks": office.webhooks,
    }
    join_bus(service, broker, lambda: office, office.store, office.react, HANDLED_TYPES, runners)
    office.announced.follow(service)
    service.open(lambda: confinement(service))
    service.watch("vault", lambda: office.reach_vault(broker))
    service.watch("checks", lambda: office.checks.run(office.store.database))
    follow_sign_outs(service)
    return service.app


def main() -> None:
    start("certificates", create_app)


if __name__ == "__main__":
    main()
