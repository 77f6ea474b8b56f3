"""The office's signing service by its settings. Raises SigningSettingsError."""

import tomllib
from pathlib import Path

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from zi_certificates.letters.personal_signing import SigningService
from zi_chassis.settings import Settings
from zi_chassis.unusable_setting import UnusableSettingError, read_named
from zi_letters.evidence import evidence_in
from zi_letters.personal_signature import BsreAccount, BsreSignature


class SigningSettingsError(UnusableSettingError):
    """The settings of the signing service do not belong together, or one of its files can't be read."""


class _ListedOfficials(BaseModel):
    """The number by which the service knows each official, by the name of their account."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    officials: dict[str, str]


def signing_service(settings: Settings, client: httpx.AsyncClient) -> SigningService | None:
    """Return the service, or None where letters have the office's seal alone."""
    if not settings.signing_url:
        return None
    authority, officials = settings.signing_authority, settings.signing_officials
    if authority is None or officials is None:
        raise SigningSettingsError(
            "ZI_SIGNING_URL needs ZI_SIGNING_AUTHORITY, who certifies officials, and ZI_SIGNING_OFFICIALS, who they are."
        )
    evidence = evidence_in(read_named(authority, "SIGNING_AUTHORITY"))
    if not evidence.certificates:
        raise SigningSettingsError("The file of ZI_SIGNING_AUTHORITY holds no certificate.")
    account = BsreAccount(settings.signing_url, settings.signing_user, settings.signing_password, evidence)
    return SigningService(BsreSignature(account, client), _each_with_a_number(_listed(officials)))


def _each_with_a_number(listed: dict[str, str]) -> dict[str, str]:
    """A number that two accounts share would let one person sign as the other."""
    numbers = {account: number.strip() for account, number in listed.items()}
    if not all(numbers.values()) or len(set(numbers.values())) < len(numbers):
        raise SigningSettingsError(
            "In the file of ZI_SIGNING_OFFICIALS each account needs a number of its own: one is empty or there twice."
        )
    return numbers


def _listed(file: Path) -> dict[str, str]:
    try:
        return _ListedOfficials.model_validate(
            tomllib.loads(read_named(file, "SIGNING_OFFICIALS").decode())
        ).officials
    except (ValueError, ValidationError):
        # The file has numbers of persons, which the parser's own words could repeat.
        raise SigningSettingsError(
            'The file of ZI_SIGNING_OFFICIALS can\'t be read. It has a table [officials] with lines such as "account" = "number".'
        ) from None
