"""The parts of integrity, built from its settings."""

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
from zi_integrity.messaging.erasures import erasure_runner
from zi_integrity.messaging.published import DECIDERS
from zi_integrity.messaging.timers import timers
from zi_integrity.read.complaint_counts import COMPLAINT_TABLES
from zi_integrity.read.contributors import ContributorErasures
from zi_integrity.read.forums import FORUM_TABLES, Forums
from zi_integrity.read.proposals import Proposals
from zi_integrity.use_cases.forum_names import ForumNames
from zi_integrity.use_cases.forum_planning import ForumPlanning
from zi_integrity.use_cases.participation import Participation
from zi_integrity.use_cases.personal_data import PersonalData
from zi_integrity.use_cases.proposing import Proposing
from zi_rules.forum import load_forum_rules


class IntegrityOffice:
    """`vault` holds the data of people who have no case: contributors, witnesses of a forum, those whom a report names."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
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
        self.ledger = LedgerClient(settings.audit_url, self.http)

    def _store(self, database: Database) -> Store:
        return Store(
            service="integrity",
            office=self.settings.office,
            database=database,
            deciders=(*DECIDERS, configurations),
            projections=(ContributorErasures(), Forums(), Proposals(), timers()),
            companions=(self.archive, self.vault),
            tables=(*COMPLAINT_TABLES, *FORUM_TABLES),
            group_commit=self.settings.group_commit,
        )

    async def __aenter__(self) -> "IntegrityOffice":
        self.store.open()
        offered = (*self.forum_rules.configurations, *bus_configurations(self.settings))
        await adopt(self.store, offered, self.clock)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()
        self.store.close()
        self.keys.close()
