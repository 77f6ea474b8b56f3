"""Wiring of intake: routes and pages, store and vault, outbox, inbox, timers, and who asks the vault."""

from fastapi import APIRouter, FastAPI

from zi_chassis.bus_process import broker_of, join_bus
from zi_chassis.clock import Clock
from zi_chassis.confinement import confinement
from zi_chassis.reachable import Reachable
from zi_chassis.service import Runner, Service, run
from zi_chassis.settings import Settings
from zi_chassis.timers import TimerLoop
from zi_chassis.vault_files import SECONDS, FileRemoval
from zi_chassis.vault_requests import VaultService
from zi_chassis.web import problem, sign_in
from zi_chassis.web.configurations import configurations_router
from zi_intake import (
    actions_api,
    answer_files,
    api,
    complaint_pages,
    desk,
    disclosure_pages,
    entry_pages,
    erasures_for_head,
    files,
    handling_api,
    incident_pages,
    information_forms,
    information_pages,
    lost_code,
    mentoring_pages,
    own_case,
    pages,
    publication_pages,
    referral_pages,
    scripts,
    security,
    sent_forms,
    statistics_pages,
    system_api,
    web_push_pages,
)
from zi_intake.data_access import AccessCounter
from zi_intake.erasures import TYPE as ERASURE
from zi_intake.erasures import approved_by
from zi_intake.office import Office
from zi_intake.policies import HANDLED_TYPES
from zi_intake.timers import Closing
from zi_intake.vault_answers import KEEPABLE, READABLE, VaultAnswers
from zi_rules.version import NoVersionError

FILES_AWAY = "the bucket of files does not answer or refuses, so files can't be sent, opened or removed"

ROUTERS: tuple[APIRouter, ...] = (
    *(
        api.router,
        actions_api.router,
        handling_api.router,
        system_api.router,
        answer_files.api,
        answer_files.pages,
        files.router,
        pages.router,
        complaint_pages.router,
        mentoring_pages.router,
    ),
    *(
        erasures_for_head.router,
        entry_pages.router,
        incident_pages.api,
        incident_pages.pages,
        publication_pages.router,
        referral_pages.router,
    ),
    *(disclosure_pages.api, disclosure_pages.pages, statistics_pages.api, statistics_pages.pages),
    *(information_forms.api, information_pages.router),
    *(lost_code.router, own_case.router, web_push_pages.router, scripts.router),
    *(sent_forms.router, desk.router, sign_in.router, security.router),
)


def front(settings: Settings, clock: Clock | None = None) -> Service:
    """Return the service with all that answers requests; it needs no broker."""
    service = Service(settings, clock)
    office = service.app.state.office = Office(settings, service.clock)
    for path, endpoint, _, _ in api.FILING:
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
    settings = Settings(service="intake")
    run(create_app(settings), settings)


if __name__ == "__main__":
    main()
