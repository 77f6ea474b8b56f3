"""The office as the issuer of this service's letters: the keys that seal them, and the address where they are verified."""

from zi_certificates.letters.content import IssuingOffice
from zi_chassis.settings import Settings
from zi_letters.issuing_party import party_of
from zi_letters.keys import LetterKeys, load_keys
from zi_rules.certificate.letter_wording import LetterWording

VERIFY_PATH = "/certificates/verify/"


def load_letter_keys(settings: Settings) -> LetterKeys:
    """Raises SealKeyError."""
    return load_keys(settings, VERIFY_PATH)


def issuing_office(settings: Settings, keys: LetterKeys, wording: LetterWording) -> IssuingOffice:
    office = party_of(settings.office_edition, settings.clock().now())
    return IssuingOffice(office, keys.address, keys.code.key.vkey, wording)
