"""The letters of this office: how they are issued, the work until each has its sealed file, and the keys that seal them."""

from functools import partial

from zi_chassis.clock import Clock
from zi_chassis.ledger import LedgerClient
from zi_chassis.settings import Settings
from zi_chassis.storage.archive import Archive
from zi_chassis.storage.store import Store
from zi_chassis.vault.vault import Vault
from zi_integrity.letters.issuer import letter_issuer, load_office_letter_keys
from zi_integrity.letters.issuing import LetterIssuing
from zi_integrity.letters.local_vault import LocalLetterVault
from zi_integrity.letters.register import OfficeLetterRegister
from zi_letters.pdf_worker import PdfWorker
from zi_letters.sealing import Sealing
from zi_letters.template import find_template
from zi_rules.letter_template import OFFICE_LETTER, load_letter_templates
from zi_rules.office_letter_wording import load_office_letter_wording


class OfficeLetterWork:
    """`issuing` numbers a letter with the decision that it shows; `sealing` is the runner that makes the files."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        vault: Vault,
        archive: Archive,
        ledger: LedgerClient,
        clock: Clock,
    ) -> None:
        self._store, self._clock, self._archive = store, clock, archive
        self.vault = LocalLetterVault(store, vault)
        self.keys = load_office_letter_keys(settings)
        wording, templates = (
            load_office_letter_wording(settings.rules_folder),
            load_letter_templates(OFFICE_LETTER),
        )
        self.configurations = (*wording.configurations, templates[0])
        self._templates = [each.content for each in templates]
        issuer, salts = letter_issuer(settings, self.keys, wording[0]), settings.secret("salts")
        self.issuing = LetterIssuing(store, settings.office, vault, issuer, self._templates[0], salts)
        self.sealing = self.make_sealing(ledger)

    def make_sealing(self, ledger: LedgerClient, worker: PdfWorker | None = None) -> Sealing:
        return Sealing(
            self._store,
            OfficeLetterRegister(self._store, self.vault, self._clock),
            self.keys,
            ledger,
            lambda: self.vault,
            partial(find_template, shipped=self._templates, stored=self._archive.by_digest),
            worker,
        )
