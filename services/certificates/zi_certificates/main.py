"""Wiring of the certificates process: routes, pages, store, outbox, inboxes, timers and the vault."""

from fastapi import FastAPI

from zi_certificates.container import CertificatesOffice
from zi_certificates.messaging.policies import HANDLED_TYPES, reacting
from zi_certificates.messaging.timers import Expiring
from zi_certificates.web import problems
from zi_certificates.web.api.parameters import PUBLIC
from zi_certificates.web.routes import API, PAGES
from zi_chassis.broker import Broker
from zi_chassis.clock import Clock
from zi_chassis.confinement import confinement
from zi_chassis.foreign import declared_by
from zi_chassis.inbox import lanes_of
from zi_chassis.lease import Lease, lease_of, locked
from zi_chassis.outbox import Outbox
from zi_chassis.service import Runner, Service, run
from zi_chassis.settings import Settings
from zi_chassis.timers import TimerLoop
from zi_chassis.web import problem
from zi_chassis.web.configurations import configurations_router
from zi_chassis.web.lanes import lanes_router
from zi_chassis.web.sign_in import follow_sign_outs
from zi_rules.version import NoVersionError


def front(settings: Settings, clock: Clock | None = None) -> Service:
    """Everything that answers requests; it needs no broker."""
    service = Service(settings, clock)
    office = service.app.state.office = CertificatesOffice(settings, service.clock)
    for router in (*API, *PAGES, configurations_router(office.store, office.archive, PUBLIC)):
        service.app.include_router(router)
    problem.install_lost(service.app, NoVersionError)
    problems.install(service.app)
    return service


def create_app(settings: Settings) -> FastAPI:
    service = front(settings)
    office: CertificatesOffice = service.app.state.office
    broker = Broker("certificates", settings.nats_url, settings.nats_seed)
    lease = lease_of(settings)
    service.open(lambda: locked(lease))
    service.open(lambda: office)
    service.open(lambda: broker)
    service.open(lambda: confinement(service))
    _follow(service, office, broker, lease)
    service.watch("vault", lambda: office.reach_vault(broker))
    service.watch("checks", lambda: office.checks.run(office.store.database))
    service.watch_thread("writer", office.store.thread.is_alive)
    service.ready_check("broker", lambda: broker.reason)
    follow_sign_outs(service)
    return service.app


def _follow(service: Service, office: CertificatesOffice, broker: Broker, lease: Lease) -> None:
    """Start what only the process with the lease does."""
    react = reacting(office.clock)
    declared = declared_by(service.settings.audit_url)
    inboxes = service.app.state.lanes = lanes_of(office.store, broker, react, HANDLED_TYPES, declared)
    outbox = Outbox(office.store, broker, declared, office.clock)
    runners: dict[str, Runner] = {
        "outbox": outbox,
        **{f"hears {sender}": inbox for sender, inbox in inboxes.items()},
        "timers": TimerLoop(office.store, office.clock, Expiring(office.store)),
        "sealing": office.sealing,
    }
    service.lead(lease, runners)
    service.app.include_router(lanes_router(office.store, inboxes, outbox))


def main() -> None:
    settings = Settings(service="certificates")
    run(create_app(settings), settings)


if __name__ == "__main__":
    main()
