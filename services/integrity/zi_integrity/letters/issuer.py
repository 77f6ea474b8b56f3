"""The office as the issuer of this service's letters: the keys that seal them, and the address where they are verified."""

from zi_chassis.settings import Settings
from zi_integrity.letters.content import LetterIssuer
from zi_letters.issuing_party import party_of
from zi_letters.keys import LetterKeys, load_keys
from zi_rules.office_letter_wording import OfficeLetterWording

LETTERS_PATH = "/integrity/letters/"


def load_office_letter_keys(settings: Settings) -> LetterKeys:
    """Raises SealKeyError."""
    return load_keys(settings, LETTERS_PATH)


def letter_issuer(settings: Settings, keys: LetterKeys, wording: OfficeLetterWording) -> LetterIssuer:
    office = party_of(settings.office_edition, settings.clock().now())
    return LetterIssuer(office, keys.address, keys.code.key.vkey, wording)
