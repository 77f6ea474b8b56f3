"""The parts of umkm, built from its settings."""

from functools import partial

from zi_chassis.access.case_token import verifier
from zi_chassis.bus.announced import AnnouncedConfigurations
from zi_chassis.bus.sender_configuration import bus_configurations
from zi_chassis.clock import Clock
from zi_chassis.ledger import LedgerClient, ledger_client
from zi_chassis.settings import Settings
from zi_chassis.storage.archive import Archive, adopt
from zi_chassis.storage.configuration import configurations
from zi_chassis.storage.database import Database
from zi_chassis.storage.deadlines import TABLES, DeadlineLoop
from zi_chassis.storage.store import Store
from zi_chassis.uploads import Uploads
from zi_chassis.vault.connection import VaultConnection, VaultWriter
from zi_chassis.vault.erasure_files import BROUGHT
from zi_chassis.web.limits import Buckets
from zi_rules.mentoring.assignment_letter import load_assignment_letter
from zi_rules.version import refuse_gap
from zi_umkm.letters.assigning import Assigning
from zi_umkm.letters.assignment import AssignmentLetters
from zi_umkm.letters.office import MentoringLetterOffice
from zi_umkm.letters.permit_issuing import PermitIssuing
from zi_umkm.letters.trip_vault import TripLetterTexts
from zi_umkm.messaging.brought_erasures import forget_erased
from zi_umkm.messaging.permit_timers import late_promises
from zi_umkm.messaging.policies import reacting
from zi_umkm.messaging.published import DECIDERS
from zi_umkm.messaging.timers import ReportingMissed, timers
from zi_umkm.messaging.upstream import MENTORING_REQUEST_TABLES
from zi_umkm.read.cases import Cases
from zi_umkm.read.letters import MentoringLetters
from zi_umkm.read.nicknames import Nicknames
from zi_umkm.read.number_checks import NumberChecks
from zi_umkm.read.permit_queue import PermitQueue
from zi_umkm.read.permit_register import PermitRegister
from zi_umkm.read.promised_visits import PromisedVisits
from zi_umkm.read.state_question_times import StateQuestionTimes
from zi_umkm.read.trainings import Trainings
from zi_umkm.read.trips import Trips
from zi_umkm.read.visits import Visits
from zi_umkm.use_cases.access import MentoringAccess
from zi_umkm.use_cases.dossier import CaseDossiers
from zi_umkm.use_cases.handing_over import HandingOver
from zi_umkm.use_cases.label_checking import LabelChecking
from zi_umkm.use_cases.mentoring import Mentoring
from zi_umkm.use_cases.naming import Naming
from zi_umkm.use_cases.numbers import Numbers
from zi_umkm.use_cases.permits import Permits
from zi_umkm.use_cases.rulebook import load_rulebook
from zi_umkm.use_cases.state_questions import StateQuestions
from zi_umkm.use_cases.teaching import Teaching
from zi_umkm.use_cases.travelling import Travelling
from zi_umkm.use_cases.visiting import Visiting


class MentoringOffice(VaultConnection):
    def __init__(self, settings: Settings, clock: Clock) -> None:
        super().__init__("umkm")
        self.settings = settings
        self.clock = clock
        database = Database(settings.database or settings.folder / "store.db", secure_delete=True)
        self.archive = Archive(database)
        self.rules = load_rulebook(settings.rules_folder, self.archive.content)
        self.wordings = load_assignment_letter(settings.rules_folder, self.archive.content)
        refuse_gap(partial(self.rules.checklist_in_force, clock.now()))
        self.districts = self.rules.districts
        self.store = self._store(database)
        self.announced = AnnouncedConfigurations(self.store, self.archive, self.rules.standards.take)
        self.react = reacting(clock, self.rules, self.announced)
        reporting = ReportingMissed(self.store, self.rules)
        self.deadlines = DeadlineLoop(self.store, clock, late_promises, reporting)
        self.http = ledger_client()
        self.ledger = LedgerClient(settings.audit_url, self.http)
        self.uploads = Uploads(settings)
        self.vault_writer = VaultWriter(lambda: self.vault)
        self.access = MentoringAccess(verifier(settings), self.store, clock)
        self.mentoring = Mentoring(self.store, self.rules, self.vault_writer, clock)
        self.handing_over = HandingOver(self.store, self.vault_writer)
        self.permits = Permits(self.store, self.rules, self.vault_writer, self.mentoring.scores)
        self.naming = Naming(self.store, self.vault_writer)
        self.numbers = Numbers(self.store, self.rules, self.vault_writer)
        self.dossiers = CaseDossiers(self.store, self.rules, self.mentoring, clock)
        self.visiting = Visiting(self.store, self.rules, self.vault_writer)
        self.teaching = Teaching(self.store)
        self.state_questions = StateQuestions(self.store, self.vault_writer)
        self.label_checking = LabelChecking(self.store, self.rules, self.vault_writer)
        self.assignments = AssignmentLetters(settings, self.wordings)
        self.travelling = Travelling(self.store, self.rules.district_codes)
        self.wrong_codes = Buckets(size=20, drain=30)
        self.letters = MentoringLetterOffice(
            settings, self.store, self.archive, clock, lambda: self.vault, self.rules
        )
        self.sealing = self.letters.sealing(self.ledger)
        self.assigning = Assigning(self.store, self.rules, self.assignments, self.letters.writing)
        self.permit_issuing = PermitIssuing(self.store, self.rules, self.letters.writing, lambda: self.vault)

    def _store(self, database: Database) -> Store:
        return Store(
            service="umkm",
            office=self.settings.office,
            database=database,
            deciders=(*DECIDERS, configurations),
            projections=(
                *(Cases(self.rules), NumberChecks(), PromisedVisits(self.rules)),
                *(PermitQueue(), PermitRegister()),
                *(
                    Visits(),
                    Trainings(),
                    Trips(),
                    MentoringLetters(),
                    StateQuestionTimes(),
                    timers(self.rules),
                ),
            ),
            companions=(self.archive, Nicknames(), TripLetterTexts()),
            tables=(*MENTORING_REQUEST_TABLES, *TABLES),
            group_commit=self.settings.group_commit,
        )

    async def __aenter__(self) -> "MentoringOffice":
        self.store.open(self.announced.refresh)
        forget_erased(self.store.database, self.settings.folder / BROUGHT)
        offered = (
            *self.rules.configurations,
            *self.letters.configurations,
            *self.assignments.configurations,
            *bus_configurations(self.settings),
        )
        await adopt(self.store, offered, self.clock)
        await self.deadlines.begin()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.uploads.aclose()
        await self.assignments.close()
        await self.http.aclose()
        self.store.close()
