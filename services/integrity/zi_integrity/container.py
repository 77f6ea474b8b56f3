"""The parts of integrity, built from its settings."""

from zi_chassis.access.case_token import verifier
from zi_chassis.bus.sender_configuration import bus_configurations
from zi_chassis.clock import Clock
from zi_chassis.ledger import LedgerClient, ledger_client
from zi_chassis.settings import Settings
from zi_chassis.storage.archive import Archive, adopt
from zi_chassis.storage.configuration import configurations
from zi_chassis.storage.database import Database
from zi_chassis.storage.store import Store
from zi_chassis.vault.keystore import Keystore
from zi_chassis.vault.vault import Vault
from zi_chassis.web.limits import Buckets, DayBudget
from zi_integrity.domain.compensation_terms import CompensationTerms
from zi_integrity.letters.maklumat import Pledging
from zi_integrity.letters.minutes_signing import MinutesSigning
from zi_integrity.letters.office_letters import OfficeLetterWork
from zi_integrity.letters.standards import StandardAdoption
from zi_integrity.messaging.businesses import BUSINESS_TABLES
from zi_integrity.messaging.erasures import erasure_runner
from zi_integrity.messaging.finished_cases import SURVEY_CASE_TABLES
from zi_integrity.messaging.policies import reacting
from zi_integrity.messaging.published import DECIDERS
from zi_integrity.messaging.timers import timers
from zi_integrity.read.case_hands import CASE_HANDS_TABLES
from zi_integrity.read.compensations import Compensations
from zi_integrity.read.complaint_counts import COMPLAINT_TABLES
from zi_integrity.read.conflicts import Conflicts
from zi_integrity.read.contributors import ContributorErasures
from zi_integrity.read.forum_actions import ForumActions
from zi_integrity.read.forums import FORUM_TABLES, Forums
from zi_integrity.read.gifts import Gifts
from zi_integrity.read.invitations import Invitations
from zi_integrity.read.known_officials import KnownOfficials
from zi_integrity.read.maklumat import Pledges
from zi_integrity.read.office_letters import OfficeLetters
from zi_integrity.read.proposals import Proposals
from zi_integrity.read.standards import StandardTable
from zi_integrity.read.surveys import SurveyTables
from zi_integrity.read.trust_assets import TrustAssets
from zi_integrity.use_cases.answer_pool import AnswerPool
from zi_integrity.use_cases.answer_recording import AnswerRecording
from zi_integrity.use_cases.answering import Answering
from zi_integrity.use_cases.compensating import Compensating
from zi_integrity.use_cases.conflicts import ConflictRegister
from zi_integrity.use_cases.forum_attendance import ForumAttendance
from zi_integrity.use_cases.forum_following import ForumFollowing
from zi_integrity.use_cases.forum_names import ForumNames
from zi_integrity.use_cases.forum_planning import ForumPlanning
from zi_integrity.use_cases.forum_texts import ForumTexts
from zi_integrity.use_cases.gifts import GiftRegister
from zi_integrity.use_cases.invitation_access import InvitationAccess
from zi_integrity.use_cases.inviting import Inviting
from zi_integrity.use_cases.minutes_writing import MinutesWriting
from zi_integrity.use_cases.office_day import OfficeDays
from zi_integrity.use_cases.participation import Participation
from zi_integrity.use_cases.personal_data import PersonalData
from zi_integrity.use_cases.proposing import Proposing
from zi_integrity.use_cases.register_names import RegisterNames
from zi_integrity.use_cases.register_times import RegisterTimes
from zi_integrity.use_cases.standards import ShippedRules, StandardDrafting
from zi_integrity.use_cases.survey_keys import SigningKeys
from zi_integrity.use_cases.survey_rounds import SurveyRounds
from zi_integrity.use_cases.surveys import Surveys
from zi_integrity.use_cases.trust import TrustRegister
from zi_rules.calendar import load_calendar, load_calendars
from zi_rules.certificate.rule_set import load_certificate_rules
from zi_rules.compensation import load_compensation_rules
from zi_rules.forum import load_forum_rules
from zi_rules.forum_minutes import load_minutes_rules
from zi_rules.mentoring.rule_set import load_mentoring_rules
from zi_rules.registers import load_register_rules
from zi_rules.standard import load_standards
from zi_rules.standard_rules import load_standard_rules
from zi_rules.survey.questionnaire import load_questionnaires
from zi_rules.survey_invitation import load_invitation_rules


class IntegrityOffice:
    """`vault` holds the data of people who have no case: contributors, witnesses of a forum, those whom a report names."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.case_tokens = verifier(settings)
        database = Database(settings.database or settings.folder / "store.db")
        self.archive = Archive(database)
        self.keys = Keystore(
            Database(settings.keys_database or settings.folder / "keys.db", secure_delete=True)
        )
        self.vault = Vault(self.keys, locked=True)
        self.store = self._store(database)
        self._prepare_compensation()
        self.erasures = erasure_runner(self.store, self.vault)
        self.personal_data = PersonalData(self.store, self.vault, self.erasures)
        self.forum_rules = load_forum_rules(settings.rules_folder, self.archive.content)
        forum_names = ForumNames.of(settings)
        self.participation = Participation(self.store, self.vault, forum_names, self.forum_rules)
        self.forum_planning = ForumPlanning(
            self.store, self.vault, forum_names, self.forum_rules, self.participation
        )
        self.forum_texts = ForumTexts(self.store, self.vault, self.personal_data)
        self.code_attempts = Buckets(size=20, drain=30)
        self.code_requests = DayBudget(self.forum_planning.limits_on(clock.now()).codes_per_connection)
        self.proposing = Proposing(self.store, self.vault, forum_names, self.participation)
        self._prepare_registers()
        self.http = ledger_client()
        self.ledger = LedgerClient(settings.audit_url, self.http)
        self.office_letters = OfficeLetterWork(
            settings, self.store, self.vault, self.archive, self.ledger, clock
        )
        self._prepare_minutes(forum_names)
        self._prepare_surveys()
        self._prepare_standards()

    def _prepare_standards(self) -> None:
        folder = self.settings.rules_folder
        self.standard_rules = load_standard_rules(folder, self.archive.content)
        shipped = ShippedRules(
            load_standards(folder),
            load_certificate_rules(folder),
            load_mentoring_rules(folder),
            self.settings.office_name,
        )
        self.standards = StandardDrafting(self.store, self.standard_rules, shipped, self.days)
        issuing, office = self.office_letters.issuing, self.settings.office
        self.pledging = Pledging(self.store, office, issuing, self.ledger)
        self.adoption = StandardAdoption(self.store, self.standards, self.office_letters.issuing)

    def _prepare_registers(self) -> None:
        folder, find = self.settings.rules_folder, self.archive.content
        self.register_times = RegisterTimes(load_register_rules(folder, find), load_calendars(folder, find))
        self.register_names = RegisterNames.of(self.settings)
        self.conflicts = ConflictRegister(
            self.store, self.vault, self.register_names, self.register_times, self.personal_data
        )
        self.gifts = GiftRegister(
            self.store, self.vault, self.register_names, self.register_times, self.personal_data
        )
        self.trust = TrustRegister(self.store, self.register_names)

    def _prepare_minutes(self, names: ForumNames) -> None:
        store, vault, participation = self.store, self.vault, self.participation
        self.minutes_rules = load_minutes_rules(self.settings.rules_folder, self.archive.content)
        self.forum_attendance = ForumAttendance(store, vault, names, participation)
        self.minutes_writing = MinutesWriting(
            store, vault, names, participation, self.forum_attendance, self.personal_data, self.minutes_rules
        )
        issuing = self.office_letters.issuing
        self.minutes_signing = MinutesSigning(
            store, vault, participation, self.forum_attendance, self.minutes_writing, issuing
        )
        self.forum_following = ForumFollowing(store, vault, names, self.personal_data)

    def _prepare_surveys(self) -> None:
        settings, clock = self.settings, self.clock
        days = self.days = OfficeDays(load_calendar(settings.rules_folder).timezone)
        self.invitation_rules = load_invitation_rules(settings.rules_folder)
        self.signing_keys = SigningKeys(settings)
        self.answer_pool = AnswerPool(settings.folder / "survey-answers.pool", settings.secret("survey-pool"))
        self.invitation_access = InvitationAccess(self.case_tokens, self.store, clock)
        self.inviting = Inviting(self.store, self.signing_keys, self.ledger.indexes, days, clock)
        self.answering = Answering(self.store, self.answer_pool, days, clock)
        [rules], record = self.invitation_rules, AnswerRecording(self.store, self.vault)
        self.surveys = Surveys(
            self.store, load_questionnaires(settings.rules_folder, self.archive.content), days, clock
        )
        self.survey_rounds = SurveyRounds(
            self.store, rules, self.signing_keys, self.answer_pool, record, days, clock
        )

    def _prepare_compensation(self) -> None:
        folder = self.settings.rules_folder
        rules = load_compensation_rules(folder, self.archive.content)
        self.compensation_terms = CompensationTerms(rules, load_calendar(folder))
        self.react = reacting(self.clock, self.compensation_terms)
        self.compensating = Compensating(self.store, self.vault, self.compensation_terms)

    def _store(self, database: Database) -> Store:
        return Store(
            service="integrity",
            office=self.settings.office,
            database=database,
            deciders=(*DECIDERS, configurations),
            projections=(
                Conflicts(),
                Gifts(),
                TrustAssets(),
                Compensations(),
                ContributorErasures(),
                ForumActions(),
                Forums(),
                Proposals(),
                Invitations(),
                KnownOfficials(),
                OfficeLetters(),
                Pledges(),
                StandardTable(),
                SurveyTables(),
                timers(),
            ),
            companions=(self.archive, self.vault),
            tables=(
                *BUSINESS_TABLES,
                *CASE_HANDS_TABLES,
                *COMPLAINT_TABLES,
                *FORUM_TABLES,
                *SURVEY_CASE_TABLES,
            ),
            group_commit=self.settings.group_commit,
        )

    async def __aenter__(self) -> "IntegrityOffice":
        self.store.open()
        self.answer_pool.open()
        offered = (
            *self.compensation_terms.configurations,
            *self.invitation_rules.configurations,
            *self.surveys.questionnaires.configurations,
            *self.forum_rules.configurations,
            *self.minutes_rules.configurations,
            *self.office_letters.configurations,
            *self.register_times.configurations,
            *self.standard_rules.configurations,
            *bus_configurations(self.settings),
        )
        await adopt(self.store, offered, self.clock)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()
        self.store.close()
        self.keys.close()
