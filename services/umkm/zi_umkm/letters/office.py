"""The parts of this service that its letters need: keys that seal them, templates, and the runner that makes their files."""

from collections.abc import Callable
from functools import partial

from zi_chassis.clock import Clock
from zi_chassis.ledger import LedgerClient
from zi_chassis.settings import Settings
from zi_chassis.storage.archive import Archive
from zi_chassis.storage.store import Store
from zi_chassis.vault.connection import VaultWriter
from zi_chassis.vault.requests import VaultClient
from zi_letters.issuing_party import party_of
from zi_letters.keys import load_keys
from zi_letters.pdf_worker import PdfWorker
from zi_letters.sealing import Sealing
from zi_letters.template import find_template
from zi_rules.letter_template import OFFICE_LETTER, load_letter_templates
from zi_rules.mentoring.referral_letter import load_referral_letter
from zi_umkm.domain.rulebook import MentoringRulebook
from zi_umkm.letters.answering import ReferralAnswering
from zi_umkm.letters.referring import Referring
from zi_umkm.letters.register import MentoringLetterWork
from zi_umkm.letters.trip_vault import LetterVaults, TripLetterVault
from zi_umkm.letters.verifying import LetterVerifying
from zi_umkm.letters.writing import MentoringLetterIssuer, MentoringLetterWriting

LETTERS = "/umkm/letters/"


class MentoringLetterOffice:
    """`configurations` are adopted at start; new letters are made with the first of the templates."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        archive: Archive,
        clock: Clock,
        vault: Callable[[], VaultClient],
        rules: MentoringRulebook,
    ) -> None:
        self.keys = load_keys(settings, LETTERS)
        templates = load_letter_templates(OFFICE_LETTER)
        wording = load_referral_letter(settings.rules_folder)
        self.configurations = (templates[0], *wording.configurations)
        self.template = templates[0].content
        self._shipped = [each.content for each in templates]
        self._store, self._archive, self._clock, self._vault = store, archive, clock, vault
        codes, salts = settings.secret("referral-codes"), settings.secret("salts")
        office = party_of(settings.office_edition, clock.now())
        issuer = MentoringLetterIssuer(office, self.keys.address, self.keys.code.key.vkey)
        self.writing = MentoringLetterWriting(
            settings.office, issuer, self.template, salts, VaultWriter(vault)
        )
        self.answering = ReferralAnswering(store, clock, rules, wording[0], codes, vault)
        self.verifying = LetterVerifying(store, self.keys)
        self.trip_vault = TripLetterVault(store)
        self.referring = Referring(store, rules, wording[0], codes, self.writing, vault)

    def sealing(self, ledger: LedgerClient, worker: PdfWorker | None = None) -> Sealing:
        find = partial(find_template, shipped=self._shipped, stored=self._archive.by_digest)
        work = MentoringLetterWork(self._store, self._clock, self.trip_vault)
        vaults = LetterVaults(self._vault, self.trip_vault)
        return Sealing(self._store, work, self.keys, ledger, lambda: vaults, find, worker)
