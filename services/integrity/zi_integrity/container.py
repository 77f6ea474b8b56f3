"""The parts of integrity, built from its settings."""

from functools import partial

import httpx

from zi_chassis.archive import Archive, adopt
from zi_chassis.case_token import verifier
from zi_chassis.clock import Clock
from zi_chassis.configuration import configurations
from zi_chassis.database import Database
from zi_chassis.keystore import Keystore
from zi_chassis.ledger import LedgerClient, ledger_client
from zi_chassis.sender_configuration import bus_configurations
from zi_chassis.settings import Settings
from zi_chassis.store import Store
from zi_chassis.vault import Vault
from zi_integrity.letters.issuer import letter_issuer, load_office_letter_keys
from zi_integrity.letters.issuing import LetterIssuing
from zi_integrity.letters.local_vault import LocalLetterVault
from zi_integrity.letters.register import OfficeLetterRegister
from zi_integrity.messaging.erasures import erasure_runner
from zi_integrity.messaging.finished_cases import SURVEY_CASE_TABLES
from zi_integrity.messaging.published import DECIDERS
from zi_integrity.messaging.timers import timers
from zi_integrity.read.complaint_counts import COMPLAINT_TABLES
from zi_integrity.read.contributors import ContributorErasures
from zi_integrity.read.forums import FORUM_TABLES, Forums
from zi_integrity.read.invitations import Invitations
from zi_integrity.read.office_letters import OfficeLetters
from zi_integrity.read.proposals import Proposals
from zi_integrity.use_cases.answer_pool import AnswerPool
from zi_integrity.use_cases.answering import Answering
from zi_integrity.use_cases.forum_names import ForumNames
from zi_integrity.use_cases.forum_planning import ForumPlanning
from zi_integrity.use_cases.invitation_access import InvitationAccess
from zi_integrity.use_cases.inviting import Inviting
from zi_integrity.use_cases.office_day import OfficeDays
from zi_integrity.use_cases.participation import Participation
from zi_integrity.use_cases.personal_data import PersonalData
from zi_integrity.use_cases.proposing import Proposing
from zi_integrity.use_cases.survey_keys import SigningKeys
from zi_integrity.use_cases.survey_rounds import SurveyRounds, record_nothing
from zi_rules.calendar import load_calendar
from zi_rules.forum import load_forum_rules
from zi_rules.survey_invitation import load_invitation_rules
from zi_integrity.read.office_letters import OfficeLetters
from zi_letters.pdf_worker import PdfWorker
from zi_letters.sealing import Sealing
from zi_letters.template import find_template
from zi_rules.forum import load_forum_rules
from zi_rules.letter_template import OFFICE_LETTER, load_letter_templates
from zi_rules.office_letter_wording import load_office_letter_wording


class IntegrityOffice:
    """`vault` holds the data of people who have no case: contributors, witnesses of a forum, those whom a report names."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        http: httpx.AsyncClient | None = None,
        pdf_worker: PdfWorker | None = None,
    ) -> None:
        self.settings = settings
        self.clock = clock
        keys = settings.keys_database or settings.folder / "keys.db"
        self.keys = Keystore(Database(keys, secure_delete=True))
        self.vault = Vault(self.keys, locked=True)
        self.case_tokens = verifier(settings)
        database = Database(settings.database or settings.folder / "store.db")
        self.archive = Archive(database)
        self.store = self._store(database)
        self.erasures = erasure_runner(self.store, self.vault)
        self.personal_data = PersonalData(self.store, self.vault, self.erasures)
        self.forum_rules = load_forum_rules(settings.rules_folder, self.archive.content)
        forum_names = ForumNames.of(settings)
        self.participation = Participation(self.store, self.vault, forum_names, self.forum_rules)
        self.forum_planning = ForumPlanning(
            self.store, self.vault, forum_names, self.forum_rules, self.participation
        )
        self.proposing = Proposing(self.store, self.vault, forum_names, self.participation)
        self.http = ledger_client()
        self.http = http or ledger_client()
        self.pdf_worker = pdf_worker or PdfWorker()
        self.ledger = LedgerClient(settings.audit_url, self.http)
        self._prepare_surveys()

    def _prepare_surveys(self) -> None:
        settings, clock = self.settings, self.clock
        days = self.days = OfficeDays(load_calendar(settings.rules_folder).timezone)
        self.invitation_rules = load_invitation_rules(settings.rules_folder)
        self.signing_keys = SigningKeys(settings)
        self.answer_pool = AnswerPool(settings.folder / "survey-answers.pool", settings.secret("survey-pool"))
        self.invitation_access = InvitationAccess(self.case_tokens, self.store, clock)
        self.inviting = Inviting(self.store, self.signing_keys, self.ledger.indexes, days, clock)
        self.answering = Answering(self.store, self.answer_pool, days, clock)
        [rules] = self.invitation_rules
        self.survey_rounds = SurveyRounds(
            self.store, rules, self.signing_keys, self.answer_pool, record_nothing, days, clock
        self._set_up_letters()
    def _set_up_letters(self) -> None:
        settings, templates = self.settings, load_letter_templates(OFFICE_LETTER)
        wording, contents = (
            load_office_letter_wording(settings.rules_folder),
            [each.content for each in templates],
        )
        self.letter_configurations = (*wording.configurations, templates[0])
        self.letter_keys = load_office_letter_keys(settings)
        self.letters = LetterIssuing(
            self.store,
            settings.office,
            self.vault,
            letter_issuer(settings, self.letter_keys, wording[0]),
            contents[0],
            settings.secret("salts"),
        local = LocalLetterVault(self.store, self.vault)
        self.sealing = Sealing(
            OfficeLetterRegister(self.store, local, self.clock),
            self.letter_keys,
            self.ledger,
            lambda: local,
            partial(find_template, shipped=contents, stored=self.archive.by_digest),
            self.pdf_worker,
        )

    def _store(self, database: Database) -> Store:
        return Store(
            service="integrity",
            office=self.settings.office,
            database=database,
            deciders=(*DECIDERS, configurations),
            projections=(ContributorErasures(), Forums(), Proposals(), Invitations(), timers()),
            projections=(ContributorErasures(), Forums(), Proposals(), timers()),
            projections=(
                ContributorErasures(),
                OfficeLetters(),
            ),
            companions=(self.archive, self.vault),
            tables=(*COMPLAINT_TABLES, *FORUM_TABLES, *SURVEY_CASE_TABLES),
            group_commit=self.settings.group_commit,
        )

    async def __aenter__(self) -> "IntegrityOffice":
        self.store.open()
        self.answer_pool.open()
        offered = (
            *self.invitation_rules.configurations,
            *self.forum_rules.configurations,
            *bus_configurations(self.settings),
        )
        await adopt(self.store, offered, self.clock)
        await adopt(self.store, (*self.letter_configurations, *bus_configurations(self.settings)), self.clock)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()
        self.store.close()
        self.keys.close()
