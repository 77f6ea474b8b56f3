"""The parts of certificates, put together from its settings for routes and pages."""

from collections.abc import Sequence
from functools import partial

from zi_certificates.letters.issuer import issuing_office, load_letter_keys
from zi_certificates.letters.personal_signing import PersonalSigning
from zi_certificates.letters.register import CertificateRegister
from zi_certificates.letters.signing import Signing
from zi_certificates.letters.signing_service import signing_service
from zi_certificates.messaging.policies import reacting
from zi_certificates.messaging.published import DECIDERS
from zi_certificates.messaging.timers import report_of, timers
from zi_certificates.messaging.upstream import UPSTREAM_TABLES, keep_earlier_clearings
from zi_certificates.read.accounts import Accounts
from zi_certificates.read.application_table import Applications
from zi_certificates.read.appointments import Appointments
from zi_certificates.read.checks import Checks
from zi_certificates.read.company_products import CompanyProducts
from zi_certificates.read.desk_officials import OfficialsOfEvents
from zi_certificates.read.endings import Endings
from zi_certificates.read.exchange import Exchanges
from zi_certificates.read.fairness import Waits
from zi_certificates.read.import_uses import TABLES as IMPORT_TABLES
from zi_certificates.read.letters import Letters
from zi_certificates.read.master_entries import MasterEntries
from zi_certificates.read.parking import Parkings
from zi_certificates.read.retentions import Retentions
from zi_certificates.read.signatories import Signatories
from zi_certificates.read.statistics import DecisionCounts
from zi_certificates.read.webhook_addresses import WebhookAddresses
from zi_certificates.use_cases.accepting_offers import AcceptingOffers
from zi_certificates.use_cases.access import ApplicantAccess
from zi_certificates.use_cases.amending import Amending
from zi_certificates.use_cases.amendment_calls import AmendmentCalls
from zi_certificates.use_cases.applying import Applying
from zi_certificates.use_cases.appointing import Appointing
from zi_certificates.use_cases.billing import Payments
from zi_certificates.use_cases.billing_gateway import billing_of
from zi_certificates.use_cases.binding_signatories import BindingSignatories
from zi_certificates.use_cases.deciding import Deciding
from zi_certificates.use_cases.exchanging import Exchanging
from zi_certificates.use_cases.further_bills import FurtherBilling
from zi_certificates.use_cases.gateway_polling import GatewayPolling
from zi_certificates.use_cases.importing import Importing
from zi_certificates.use_cases.master_data import MasterData
from zi_certificates.use_cases.master_use import MasterUse
from zi_certificates.use_cases.refunding import Refunding
from zi_certificates.use_cases.retaining import Retaining
from zi_certificates.use_cases.rulebook import load_rulebook
from zi_certificates.use_cases.taking_over import TakingOver
from zi_certificates.use_cases.verifying import Verifying
from zi_chassis import outgoing
from zi_chassis.access.case_token import verifier
from zi_chassis.access.desk_officials import DeskOfficials
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
from zi_chassis.webhooks.call import WebhookCaller
from zi_chassis.webhooks.public_address import PublicAddresses
from zi_chassis.webhooks.queue import TABLES as WEBHOOK_TABLES
from zi_chassis.webhooks.queue import WebhookLoop
from zi_letters.sealing import Sealing
from zi_letters.template import find_template
from zi_rules.acting_signer import load_acting_signer_rules
from zi_rules.certificate.letter_wording import load_letter_wording
from zi_rules.certificate.reason import load_sentences
from zi_rules.certificate.retention import load_retention_rules
from zi_rules.letter_template import load_letter_templates
from zi_rules.people import load_people
from zi_rules.version import refuse_gap

GATEWAY_SECONDS, SIGNING_SECONDS = 10.0, 20.0


class CertificatesOffice(VaultConnection):
    """The container of the service's parts. `vault` is set once NATS is reached."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        super().__init__("certificates")
        self.settings = settings
        self.clock = clock
        self.checks, self.officials = Checks(), DeskOfficials()
        database = Database(settings.database or settings.folder / "store.db")
        self.archive = Archive(database)
        self.store = self._store(database)
        self.deadlines = DeadlineLoop(self.store, clock, Applications.late, report_of)
        self.rules = load_rulebook(settings.rules_folder, self.archive.content, demo=settings.demo)
        refuse_gap(partial(self.rules.in_force, clock.now()))
        self.announced = AnnouncedConfigurations(self.store, self.archive, self.rules.standards.take)
        self.react = reacting(clock, self.rules.standards, self.announced)
        sentences = load_sentences(settings.rules_folder)
        self.sentences = sentences[0]
        wording = load_letter_wording(settings.rules_folder, self.archive.content)
        self.wording, templates = wording[0], load_letter_templates()
        self.configurations = (
            *(*self.rules.configurations, *sentences.configurations),
            *wording.configurations,
            templates[0],
        )
        self.http = ledger_client()
        self.ledger = LedgerClient(settings.audit_url, self.http)
        self.uploads = Uploads(settings)
        self._open_billing()
        self.vault_writer = VaultWriter(lambda: self.vault)
        self.access = ApplicantAccess(verifier(settings), self.store, clock)
        self._open_applying()
        self._open_company_data()
        self._open_exchange()
        self.deciding = Deciding(self.store, self.rules, self.vault_writer)
        self.amendment_calls = AmendmentCalls(self.store, self.rules, self.vault_writer)
        self.refunding = Refunding(self.store, self.rules, self.vault_writer)
        self._open_records()
        self._add_letters([each.content for each in templates])

    def _open_applying(self) -> None:
        """Add what applicants do about an application, its bills and an amendment."""
        self.applying = Applying(self.store, self.rules, self.vault_writer, self.billing, self.clock)
        self.further_billing = FurtherBilling(self.store, self.rules, self.billing)
        self.amending = Amending(self.store, self.rules, self.vault_writer)

    def _open_company_data(self) -> None:
        """Add what a company states once, and what a mentored business hands over to it."""
        self.master_data = MasterData(self.store, self.vault_writer, self.rules.units)
        self.master_use = MasterUse(self.store, self.applying, lambda: self.vault)
        self.taking_over = TakingOver(self.store, lambda: self.vault)
        self.accepting_offers = AcceptingOffers(self.store, self.master_data, self.taking_over)

    def _open_records(self) -> None:
        """Add who signs in a signer's absence, and how long data are kept; each by rules of its own, and by who works in the office."""
        acting_signers = load_acting_signer_rules(self.settings.rules_folder)
        retention = load_retention_rules(self.settings.rules_folder, self.archive.content)
        self.appointing = Appointing(self.store, acting_signers[0])
        people = load_people(self.settings.rules_folder)
        self.retaining = Retaining(self.store, retention[0], people[0])
        self.configurations += (*acting_signers.configurations, *retention.configurations)
        self.configurations += people.configurations

    def _add_letters(self, templates: Sequence[bytes]) -> None:
        settings = self.settings
        self.keys = load_letter_keys(settings)
        issuer = issuing_office(settings, self.keys, self.wording)
        salts = settings.secret("salts")
        self.sealing = self._sealing(templates)
        self.signing_client = outgoing.client(SIGNING_SECONDS)
        service = signing_service(settings, self.signing_client)
        self.binding = BindingSignatories(self.store, settings.office)
        self.personal = PersonalSigning(
            self.store, self.letter_register, self.sealing, lambda: self.vault, service, self.binding
        )
        self.signing = Signing(
            self.store, self.rules, self.deciding, lambda: self.vault, issuer, salts, self.personal
        )
        must_confine = not settings.demo
        self.verifying = Verifying(self.store, self.keys, self.clock, self.checks, must_confine=must_confine)

    def _open_billing(self) -> None:
        self.payments_client = outgoing.client(GATEWAY_SECONDS)
        self.billing = billing_of(self.settings, self.payments_client)
        self.polling = GatewayPolling(self)

    def _open_exchange(self) -> None:
        """Other systems call and are called: in a demonstration over http too, and inside of a network only where a setting says so."""
        settings, secret = self.settings, self.settings.secret("exchange")
        private = settings.private_webhooks
        addresses = PublicAddresses(plain=settings.demo or private, private=private)
        self.exchanging = Exchanging(self.store, self.clock, secret, addresses)
        self.importing = Importing(self.store, self.clock, self.rules, self.exchanging, secret)
        caller = WebhookCaller(addresses)
        exchanging = self.exchanging
        self.webhooks = WebhookLoop(
            self.store, self.clock, caller, exchanging.endpoint_of, exchanging.end_gone
        )

    def _sealing(self, templates: Sequence[bytes]) -> Sealing:
        self.letter_register = CertificateRegister(self.store, self.settings.office, self.clock)
        return Sealing(
            self.store,
            self.letter_register,
            self.keys,
            self.ledger,
            lambda: self.vault,
            partial(find_template, shipped=templates, stored=self.archive.by_digest),
            record_lapse=self.letter_register.record_lapse,
        )

    def _store(self, database: Database) -> Store:
        return Store(
            service="certificates",
            office=self.settings.office,
            database=database,
            deciders=(*DECIDERS, configurations),
            projections=(
                Applications(),
                CompanyProducts(),
                MasterEntries(),
                Letters(),
                Accounts(),
                Appointments(),
                Signatories(),
                OfficialsOfEvents(),
                Payments(),
                Waits(),
                Parkings(),
                DecisionCounts(),
                Endings(),
                Retentions(),
                Exchanges(),
                timers(),
            ),
            companions=(self.archive, WebhookAddresses()),
            tables=(
                *UPSTREAM_TABLES,
                *Checks.tables,
                *TABLES,
                *DeskOfficials.tables,
                *WEBHOOK_TABLES,
                *IMPORT_TABLES,
            ),
            group_commit=self.settings.group_commit,
        )

    async def __aenter__(self) -> "CertificatesOffice":
        self.store.open(self._prepare)
        await adopt(self.store, (*self.configurations, *bus_configurations(self.settings)), self.clock)
        await self.deadlines.begin()
        return self

    def _prepare(self) -> None:
        self.announced.refresh()
        keep_earlier_clearings(self.store.database)

    async def __aexit__(self, *_: object) -> None:
        await self.uploads.aclose()
        await self.http.aclose()
        await self.payments_client.aclose()
        await self.signing_client.aclose()
        await self.checks.flush(self.store.database)
        self.store.close()
