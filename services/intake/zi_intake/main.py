"""Wiring of intake: routes and pages, store and vault, outbox, inbox, timers, and who asks the vault."""

from fastapi import APIRouter, FastAPI

from zi_chassis.bus.process import broker_of, join_bus
from zi_chassis.clock import Clock
from zi_chassis.process.confinement import confinement
from zi_chassis.process.reachable import Reachable
from zi_chassis.service import Runner, Service, start
from zi_chassis.settings import Settings
from zi_chassis.storage.timers import TimerLoop
from zi_chassis.vault.files import SECONDS, FileRemoval
from zi_chassis.vault.requests import VaultService
from zi_chassis.web import problem, sign_in
from zi_chassis.web.configurations import configurations_router
from zi_intake.container import Office
from zi_intake.messaging.erasures import TYPE as ERASURE
from zi_intake.messaging.erasures import approved_by
from zi_intake.messaging.policies import HANDLED_TYPES
from zi_intake.messaging.timers import Closing
from zi_intake.use_cases.data_access import AccessCounter
from zi_intake.vault_answers import KEEPABLE, READABLE, VaultAnswers
from zi_intake.web import information_forms, scripts, sent_forms
from zi_intake.web.api import actions, filing, handling, systems
from zi_intake.web.pages import (
    answer_files,
    citizen,
    complaint,
    desk_case,
    disclosures,
    entries,
    erasures_for_head,
    files,
    incidents,
    information,
    lost_code,
    mentoring,
    moving,
    own_case,
    publication,
    referral,
    security,
    statistics,
    web_push,
)
from zi_rules.version import NoVersionError

FILES_AWAY = "the bucket of files does not answer or refuses, so files can't be sent, opened or removed"

ROUTERS: tuple[APIRouter, ...] = (
    *(
        filing.router,
        actions.router,
        handling.router,
        systems.router,
        answer_files.api,
        answer_files.pages,
        files.router,
        citizen.router,
        complaint.router,
        mentoring.router,
    ),
    *(
        erasures_for_head.router,
        entries.router,
        incidents.api,
        incidents.pages,
        publication.router,
        moving.router,
        referral.router,
    ),
    *(disclosures.api, disclosures.pages, statistics.api, statistics.pages),
    *(information_forms.api, information.router),
    *(lost_code.router, own_case.router, web_push.router, scripts.router),
    *(sent_forms.router, desk_case.router, sign_in.router, security.router),
)


def front(settings: Settings, clock: Clock | None = None) -> Service:
    """Return the service with all that answers requests; it needs no broker."""
    service = Service(settings, clock)
    office = service.app.state.office = Office(settings, service.clock)
    for path, endpoint, _, _ in filing.FILING:
        service.direct("POST", f"/intake/api/{path}", endpoint)
    service.include(*ROUTERS)
    service.app.include_router(configurations_router(office.store, office.archive))
    problem.install_lost(service.app, NoVersionError)
    return service


def create_app(settings: Settings) -> FastAPI:
    service = front(settings)
    office: Office = service.app.state.office
    broker = broker_of(service)
    runners: dict[str, Runner] = {
        "timers": TimerLoop(office.store, office.clock, Closing(office.store, office.terms)),
        "deadlines": office.deadlines,
        "openings": AccessCounter(office.store, office.clock),
    }
    if office.vault.files is not None:
        removal = FileRemoval(office.store, office.vault.files)
        runners["file_removal"] = removal
        service.notice("files", Reachable(removal.probe, FILES_AWAY, patience=SECONDS))
    join_bus(service, broker, lambda: office, office.store, office.react, HANDLED_TYPES, runners)
    office.announced.follow(service)
    sign_in.follow_sign_outs(service)
    service.open(lambda: confinement(service))
    silent = "the identity provider does not answer, so nobody can sign in"
    service.notice("sign_in", Reachable(service.identity.probe, silent))
    reading = VaultAnswers(office, service.identity)
    vault = VaultService(READABLE, reading.answer, KEEPABLE, reading.keep)
    service.watch("vault", lambda: vault.run(broker))
    office.erasures.follow(service, broker, ERASURE, approved_by(settings.office))
    return service.app


def main() -> None:
    start("intake", create_app)


if __name__ == "__main__":
    main()
