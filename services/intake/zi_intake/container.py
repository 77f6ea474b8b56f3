"""The parts of intake put together from its settings: what every route and page asks."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import cached_property
from typing import TypeVar
from uuid import UUID, uuid4

from pydantic import ValidationError
from starlette.requests import Request

from zi_chassis.access.case_token import CaseTokens
from zi_chassis.access.desk_officials import DeskOfficials
from zi_chassis.access.identity import APPLICANT, Staff, act
from zi_chassis.bus.announced import AnnouncedConfigurations
from zi_chassis.bus.sender_configuration import bus_configurations
from zi_chassis.clock import Clock
from zi_chassis.domain import Act, DomainError, ErasedError, UnavailableError
from zi_chassis.ledger import LedgerClient, ledger_client
from zi_chassis.settings import Settings
from zi_chassis.storage.archive import Archive, adopt
from zi_chassis.storage.configuration import configurations
from zi_chassis.storage.database import Database, Tx
from zi_chassis.storage.deadlines import TABLES as DEADLINE_TABLES
from zi_chassis.storage.deadlines import DeadlineLoop
from zi_chassis.storage.store import Store
from zi_chassis.vault.files import VaultFiles
from zi_chassis.vault.keystore import Keystore
from zi_chassis.vault.vault import OpenedItem, Vault, VaultLockedError
from zi_chassis.web.limits import Attempts, client_address
from zi_chassis.web.packing import PackingQueue
from zi_chassis.web.problem import ForbiddenError
from zi_contracts.intake import RefusalReason
from zi_intake.desks import Desk
from zi_intake.domain.case.disclosure_decisions import may_take
from zi_intake.domain.case.filings import appointed_topic, enterers
from zi_intake.domain.case.messages import StorageLimits
from zi_intake.domain.case.state import Case
from zi_intake.domain.data_access_limit import access_limit
from zi_intake.domain.publication import publication
from zi_intake.messaging.erasures import erasure_runner
from zi_intake.messaging.policies import reacting
from zi_intake.messaging.published import decider
from zi_intake.messaging.timers import report_of, timers
from zi_intake.names import Names
from zi_intake.promise import Promises
from zi_intake.read.case_table import CaseTable, Erasures
from zi_intake.read.case_words import WORDS_TABLES
from zi_intake.read.data_access_tables import AccessRates, RepeatedAccesses
from zi_intake.read.disclosure_list import DisclosureList
from zi_intake.read.incidents import INCIDENT_TABLES
from zi_intake.read.interested_officials import INTEREST_TABLES
from zi_intake.read.projections import (
    CaseRecords,
    CaseStep,
    Consents,
    DeskSteps,
    MailDeliveries,
    steps,
)
from zi_intake.read.published_incidents import PUBLICATION_TABLES
from zi_intake.read.retention_over import RETENTION_TABLES
from zi_intake.read.sent_fields import SENT
from zi_intake.read.tracking import SENDERS, CaseHistory, CaseTexts
from zi_intake.read.visibility import CaseReader, is_visible
from zi_intake.roles import AT_THE_DESK, HEAD, SUPERVISOR
from zi_intake.terms import load_terms
from zi_intake.uploads.attachments import MEGABYTE
from zi_intake.uploads.upload_queue import UploadQueue
from zi_intake.use_cases.budgets import Budgets
from zi_intake.use_cases.case_access import CitizenAccess, KnownCase, NoSuchCaseError
from zi_intake.use_cases.case_actions import CaseActions, HandledCase
from zi_intake.use_cases.code_actions import CodeActions, ways_of_codes
from zi_intake.use_cases.data_access import DataAccess
from zi_intake.use_cases.disclosure_actions import DisclosureActions
from zi_intake.use_cases.filing import FrontDoor
from zi_intake.use_cases.handling_actions import HandlingActions
from zi_intake.use_cases.information_actions import InformationActions
from zi_intake.use_cases.office_lists import load_lists
from zi_intake.use_cases.person_reference import PersonReferences
from zi_intake.use_cases.publication_actions import PublicationActions
from zi_rules.message_channels import MessageChannels, WebPushRules, load_message_channels
from zi_rules.people import EnteringSystem

Filing = TypeVar("Filing")
OWN_FIELDS = frozenset(SENDERS) | SENT


class LostSecretsError(Exception):
    """The store is there and the secrets are not: made anew, no ticket and no code would be known any more."""


class Office:
    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.keys = _keystore(settings)
        self.vault = Vault(self.keys, locked=True, files=VaultFiles.at(settings.files))
        self.cases = CaseTable()
        self.deliveries, self.desk_steps, self.consents = MailDeliveries(), DeskSteps(), Consents()
        self.rates, self.officials = AccessRates(settings.openings_an_hour), DeskOfficials()
        database = Database(settings.database or settings.folder / "store.db")
        self.archive = Archive(database)
        self.store = self._store(database)
        self.deadlines = DeadlineLoop(self.store, clock, self.cases.late, report_of)
        self._refuse_new_secrets()
        self.names = Names(settings.secret("names"), settings.secret("codes"), settings.secret("business"))
        self.terms = load_terms(settings.rules_folder, self.archive.content)
        self.announced = AnnouncedConfigurations(self.store, self.archive, self.terms.standards.take)
        self.react = reacting(clock, self.terms.standards, self.announced, self.names)
        self.lists = load_lists(settings.rules_folder)
        self.districts, self.people, self.codes = self.lists.districts, self.lists.people, self.lists.codes
        self.configurations = (*self.terms.configurations, *self.lists.configurations)
        within = timedelta(hours=settings.promise_hours)
        self.promises = Promises(settings.log_origin, settings.secret("promise"), within)
        self.tokens = CaseTokens(settings)
        self.access = CitizenAccess(self.names, self.tokens, Attempts(), self.store)
        self.erasures = erasure_runner(self.store, self.vault, self.names)
        references = PersonReferences(self.keys, settings.person_references, lambda: self.erasures.reason)
        emergency, asking = self.lists.emergency, self.lists.disclosure
        self.front_door = FrontDoor(
            self.store, self.vault, self.names, self.terms, self.promises, references, emergency, clock
        )
        self.actions = CaseActions(self.store, self.vault, self.names, self.terms, emergency, clock)
        self.handling = HandlingActions(self.actions, self.terms)
        self.information = InformationActions(self.actions, self.terms)
        self.disclosures = DisclosureActions(self.store, self.names, self.people, asking, clock)
        self.data_access = DataAccess(self.store, self.vault, self.names, self.rates)
        self.budgets, self.code_actions = Budgets(settings, clock), self._code_actions()
        self.uploads, self.packing = UploadQueue(), PackingQueue(settings.folder)
        self.storage_limits = _storage_limits(settings)
        self.http = ledger_client()
        self.ledger = LedgerClient(settings.audit_url, self.http)

    @cached_property
    def publications(self) -> PublicationActions:
        return PublicationActions(self.store)

    @cached_property
    def channels(self) -> MessageChannels:
        return load_message_channels(self.settings.rules_folder)[0]

    @property
    def web_push(self) -> WebPushRules | None:
        """The rules of notices to browsers; None where the office sends none."""
        return self.channels.web_push

    def _code_actions(self) -> CodeActions:
        return CodeActions(self.store, self.names, self.clock, ways_of_codes(self.channels))

    def _store(self, database: Database) -> Store:
        return Store(
            service="intake",
            office=self.settings.office,
            database=database,
            deciders=(decider, access_limit, publication, configurations),
            projections=(self.cases, Erasures(), DisclosureList(), timers()),
            companions=(self.archive, self.vault),
            tables=(
                *self.deliveries.tables,
                *self.desk_steps.tables,
                *self.consents.tables,
                *INTEREST_TABLES,
                *RETENTION_TABLES,
                *RepeatedAccesses.tables,
                *self.rates.tables,
                *DEADLINE_TABLES,
                *DeskOfficials.tables,
                *WORDS_TABLES,
                *INCIDENT_TABLES,
                *PUBLICATION_TABLES,
            ),
            group_commit=self.settings.group_commit,
        )

    def _refuse_new_secrets(self) -> None:
        names = self.settings.folder / "secrets" / "names"
        if not names.exists() and self.store.database.has("messages"):
            raise LostSecretsError(f"Cases are kept here but {names} is gone: bring it back from a backup.")

    async def __aenter__(self) -> "Office":
        self.store.open(self.announced.refresh)
        if not self.settings.person_references:
            self.keys.forget_contacts()
        await adopt(self.store, (*self.configurations, *bus_configurations(self.settings)), self.clock)
        await self.deadlines.begin()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()
        self.store.close()
        self.keys.close()

    @asynccontextmanager
    async def counted(
        self, request: Request, key: UUID, reachable_by: Collection[str]
    ) -> AsyncIterator[None]:
        """Count one filing against the budget of its client; a failed one if it was stored, and not the repeat of a stored one."""
        client, has_email = client_address(request), "email" in reachable_by
        begun = self.clock.now()
        refusal = self.budgets.count(client, has_email)
        try:
            if refusal is not None and not await self.front_door.is_filed(await self.front_door.ticket(key)):
                raise refusal
            yield
        except DomainError:
            self.budgets.count(client, has_email, -1)
            raise
        except BaseException:
            if not await self._is_known_as_filed(key, begun):
                self.budgets.count(client, has_email, -1)
            raise

    @asynccontextmanager
    async def counted_entry(self, system: EnteringSystem, key: UUID) -> AsyncIterator[None]:
        """Count one entry of a system against what the office lets it enter on a day, unless it repeats a stored one."""
        is_repeat = await self.front_door.is_filed(await self.front_door.ticket(key))
        begun = self.clock.now()
        if not is_repeat:
            self.budgets.count_entry(system.code, system.entries_a_day)
        try:
            yield
        except BaseException:
            if not is_repeat and not await self._is_known_as_filed(key, begun):
                self.budgets.count_entry(system.code, system.entries_a_day, -1)
            raise

    async def _is_known_as_filed(self, key: UUID, since: datetime) -> bool:
        """Return whether the filing was stored since then, and so stays counted although its answer failed; not where the store does not
        answer."""
        try:
            filed_at = await self.front_door.filed_at(await self.front_door.ticket(key))
        except UnavailableError:
            return False
        return filed_at is not None and filed_at >= since

    async def read_filing(self, key: UUID, read: Callable[..., Filing]) -> Filing:
        """Read a filing by the office's lists; the repeat of a stored one is answered whatever they say by now."""
        try:
            return read(context=self.codes)
        except ValidationError:
            if not await self.front_door.is_filed(await self.front_door.ticket(key)):
                raise
        return read()

    def act(self, person: Staff, roles: Sequence[str] = AT_THE_DESK) -> Act:
        """Return an act of the person in the first of these roles that they have."""
        if person.roles.isdisjoint(roles):
            raise ForbiddenError("Your account does not have the role for this. Ask your supervisor.")
        return act(person, person.role(*roles), self.clock)

    async def owners_act(self, request: Request, ticket: str) -> Act:
        """Return an act of the citizen: under their own name if they filed it signed in, else as the case's data subject."""
        person = await self.access.owner(request, ticket)
        return self.actions.citizen(ticket) if person is None else act(person, APPLICANT, self.clock)

    def desk_address(self, desk: Desk, ticket: str) -> str:
        """Return the address at which another desk shows the case to its citizen."""
        return f"{self.settings.public_url}{desk.pages}{ticket}"

    async def seen_by(self, person: Staff, ticket: str) -> tuple[str, Case]:
        """Return (tidied ticket, state) of a case that this official sees. Raises NoSuchCaseError, also for one that they don't see."""
        known = self._visible(person, await self.access.known(ticket))
        return known.ticket, known.state

    def seen_in(self, tx: Tx, person: Staff, ticket: str) -> KnownCase:
        """`seen_by`, within a transaction, as its first question."""
        return self._visible(person, self.access.known_in(tx, ticket))

    def _visible(self, person: Staff, known: KnownCase) -> KnownCase:
        if not is_visible(known.state, self.reader(person)):
            raise NoSuchCaseError
        return known

    def reader(self, person: Staff) -> CaseReader:
        return CaseReader.of(person, self.people)

    async def assign(self, ticket: str, person: Staff, key: UUID | None, officer: str) -> HandledCase:
        """Assign the case. Whoever takes a confidential case themselves asks a second person with that."""
        by, state = self.act(person), await self.state(ticket)
        holder_sees = self.holder_sees(state)
        may = may_take(state, officer, by.at, holder_sees=holder_sees)
        if officer == by.actor != state.officer and not may:
            return await self.disclosures.ask(ticket, person, key, uuid4(), "take_over")
        return await self.give(ticket, by, key, officer)

    async def give(
        self, ticket: str, by: Act, key: UUID | None, officer: str, instead_of: str | None = None
    ) -> HandledCase:
        """Give the case to an officer; one for appointed officials only to one of these."""
        state = await self.state(ticket)
        topic, holder_sees = appointed_topic(state.filing), self.holder_sees(state)
        if not holder_sees and instead_of is None:
            instead_of = state.officer  # and of nobody who has it by the time of the decision
        is_seen = topic is None or officer == by.actor or officer in self.people.appointed_for(topic)
        return await self.actions.assign(ticket, by, key, officer, instead_of, topic, is_seen, holder_sees)

    def holder_sees(self, case: Case) -> bool:
        """Return whether whoever has the case is still one of those who see it, by the office's data."""
        topic = appointed_topic(case.filing)
        if topic is None or case.officer is None:
            return True
        return case.officer in self._seeing(topic)

    def may_end_in_erasure(self, case: Case, asker: str) -> bool:
        """Return whether somebody else can agree to the erasure of the case, by the office's data: who sees it, or the head."""
        topic, involved = appointed_topic(case.filing), _involved(case, asker)
        return topic is None or bool(self._agreeing(topic, involved) or self._heads - involved)

    def head_decides_erasure(self, case: Case, head: str) -> bool:
        """Return whether this head decides about the erasure that waits, without seeing the case."""
        if case.erasure is None:
            return False
        involved = _involved(case, case.erasure.by.actor)
        return self.head_decides_for(appointed_topic(case.filing), involved, head)

    def head_decides_for(self, topic: str | None, involved: frozenset[str], head: str) -> bool:
        """Return whether the head decides about an erasure; `involved` are who asked for it, who filed the case and its enterers. Where the
        office names no supervisor, nobody knows whether another one could, and the head does not."""
        is_known = topic is not None or bool(self.people.with_role(SUPERVISOR))
        return is_known and head not in involved and not self._agreeing(topic, involved)

    def _agreeing(self, topic: str | None, involved: frozenset[str]) -> frozenset[str]:
        """Return the officials who can agree to an erasure; where there is a topic, of those who see its cases. Nobody of the involved."""
        if topic is None:
            return frozenset(self.people.with_role(SUPERVISOR)) - involved
        deciding = {each.account for each in self.people.officials if each.roles & {SUPERVISOR, HEAD}}
        return self._seeing(topic) & deciding - involved

    def _seeing(self, topic: str) -> frozenset[str]:
        """Return who sees cases of a topic for appointed officials: these, or the head where there is none."""
        return self.people.appointed_for(topic) or self._heads

    @property
    def _heads(self) -> frozenset[str]:
        return frozenset(each.account for each in self.people.officials if HEAD in each.roles)

    async def state(self, ticket: str) -> Case:
        return (await self.access.known(ticket))[3]

    async def case_token(self, ticket: str) -> str:
        """Return a token of the case as its code gives one now."""
        return self.tokens.issue(ticket, code=(await self.state(ticket)).code.number)

    async def steps(self, ticket: str) -> list[CaseStep]:
        _, aggregate, version, _ = await self.access.known(ticket)
        return await self.store.query(lambda tx: steps(tx, aggregate, version))

    async def history_of(self, records: CaseRecords, opened: Mapping[UUID, OpenedItem]) -> CaseHistory:
        indexes = await self.ledger.indexes(records.event_ids)
        return CaseHistory(records, opened, indexes, self.settings.public_url)

    async def texts_of(self, state: Case) -> CaseTexts:
        """Return the texts of the case without its files, or why they can't be shown."""
        try:
            return CaseTexts(await self.actions.own_items_of(state, OWN_FIELDS))
        except ErasedError:
            return CaseTexts({}, "erased")
        except VaultLockedError:
            return CaseTexts({}, "not_now")

    async def approve_erasure(self, ticket: str, by: Act, request: UUID | None) -> HandledCase:
        """Record the approval, then destroy the key; where that fails the ErasureRunner repeats it until it is done."""
        nobody_else = self.head_decides_erasure(await self.state(ticket), by.actor)
        done = await self.actions.approve_erasure(ticket, by, request, nobody_else=nobody_else)
        await self.erasures.apply()
        return done

    async def refuse_erasure(
        self, ticket: str, by: Act, request: UUID | None, reason: RefusalReason
    ) -> HandledCase:
        nobody_else = self.head_decides_erasure(await self.state(ticket), by.actor)
        return await self.actions.refuse_erasure(ticket, by, request, reason, nobody_else=nobody_else)


def _involved(case: Case, asker: str) -> frozenset[str]:
    """Return who does not agree to the erasure of the case: who asks for it, its enterers, and the applicant who filed it signed in."""
    applicant = None if case.filing is None else case.filing.applicant
    return enterers(case.filing) | {asker} | ({applicant} if applicant else set())


def _keystore(settings: Settings) -> Keystore:
    path = settings.keys_database or settings.folder / "keys.db"
    return Keystore(Database(path, secure_delete=True))


def _storage_limits(settings: Settings) -> StorageLimits:
    return StorageLimits(
        untaken=settings.case_mb_untaken * MEGABYTE,
        taken=settings.case_mb * MEGABYTE,
        passed_on=settings.passed_on_case_mb * MEGABYTE,
    )
