"""Wiring of integrity: routes and pages, store, vault, outbox, inbox and timers."""

from fastapi import APIRouter, Depends, FastAPI

from zi_chassis.bus.process import broker_of, join_bus
from zi_chassis.clock import Clock
from zi_chassis.service import Runner, Service, start
from zi_chassis.settings import Settings
from zi_chassis.storage.timers import TimerLoop
from zi_chassis.vault.requests import VaultService
from zi_chassis.web.configurations import configurations_router
from zi_chassis.web.sign_in import follow_sign_outs
from zi_integrity.container import IntegrityOffice
from zi_integrity.messaging.erasures import TYPE as ERASURE
from zi_integrity.messaging.erasures import approved_by
from zi_integrity.messaging.policies import HANDLED_TYPES
from zi_integrity.messaging.timers import DueCommands
from zi_integrity.use_cases.support_counter import SupportCounter
from zi_integrity.use_cases.vault_answers import READABLE, ContributorVaultAnswers
from zi_integrity.web import problems
from zi_integrity.web.addresses import refuse_nul
from zi_integrity.web.api import forum as forum_api
from zi_integrity.web.api import invitations as invitations_api
from zi_integrity.web.api import minutes as minutes_api
from zi_integrity.web.api import public_counts as public_counts_api
from zi_integrity.web.api import standards as standards_api
from zi_integrity.web.api import surveys as surveys_api
from zi_integrity.web.pages import (
    answering,
    compensation,
    conflicts,
    desk,
    desk_actions,
    desk_attendance,
    desk_compensation,
    desk_contributors,
    desk_forum,
    desk_minutes,
    desk_proposals,
    desk_standards,
    desk_survey_comments,
    desk_surveys,
    forum,
    gifts,
    home,
    invitations,
    maklumat,
    minutes,
    office_letters,
    registers,
    standards,
    surveys,
    trust_assets,
)

VAULT = "integrity-vault"
ROUTERS: tuple[APIRouter, ...] = (
    home.router,
    answering.router,
    compensation.router,
    desk_compensation.router,
    invitations.router,
    invitations_api.router,
    desk.router,
    conflicts.router,
    gifts.router,
    registers.router,
    trust_assets.router,
    desk_contributors.router,
    desk_standards.router,
    maklumat.router,
    office_letters.router,
    standards.router,
    surveys.router,
    desk_surveys.router,
    desk_survey_comments.router,
    minutes.router,  # before the forum's, whose address of a number would take the one of the actions
    minutes_api.router,
    forum_api.router,
    standards_api.router,
    surveys_api.router,
    public_counts_api.router,
    desk_minutes.router,
    desk_attendance.router,
    desk_actions.router,
    forum.router,
    desk_forum.router,
    desk_proposals.router,
)


def front(settings: Settings, clock: Clock | None = None) -> Service:
    """Build everything that answers requests; it needs no broker."""
    service = Service(settings, clock)
    office = service.app.state.office = IntegrityOffice(settings, service.clock)
    service.include(*ROUTERS, check=refuse_nul)
    service.app.include_router(
        configurations_router(office.store, office.archive), dependencies=[Depends(refuse_nul)]
    )
    problems.install(service.app)
    return service


def create_app(settings: Settings) -> FastAPI:
    service = front(settings)
    office: IntegrityOffice = service.app.state.office
    broker = broker_of(service)
    runners: dict[str, Runner] = {
        "sealing": office.office_letters.sealing,
        "surveys": office.survey_rounds,
        "timers": TimerLoop(office.store, office.clock, DueCommands(office.store)),
        "support": SupportCounter(office.store, office.clock),
    }
    join_bus(service, broker, lambda: office, office.store, office.react, HANDLED_TYPES, runners)
    answers = ContributorVaultAnswers(office.personal_data, service.identity, office.clock)
    vault = VaultService(READABLE, answers.answer, name=VAULT)
    service.watch("vault", lambda: vault.run(broker))
    office.erasures.follow(service, broker, ERASURE, approved_by(settings.office))
    follow_sign_outs(service)
    return service.app


def main() -> None:
    start("integrity", create_app)


if __name__ == "__main__":
    main()
