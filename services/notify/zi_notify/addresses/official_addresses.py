"""E-mail addresses of the office's own people, from a file of the office that nobody publishes: people.toml, which is public, has accounts alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from zi_chassis.email_address import mailbox_of
from zi_notify.addresses.recipient_keys import RecipientKeys
from zi_notify.texts.letter import BadAddressError, checked
from zi_rules.configuration import UnusableConfigurationError
from zi_rules.data_files import place_of, read_table
from zi_rules.people import AccountName, People
from zi_rules.version import refuse_repeats

FILE = "official_addresses.toml"


def _address(text: str) -> str:
    try:
        return checked(text)
    except BadAddressError as error:
        raise ValueError("it is not one e-mail address") from error


class OfficialAddress(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    account: AccountName
    email: Annotated[str, AfterValidator(_address), Field(repr=False)]
    language: Literal["id", "en"] = "id"


class _AddressFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    officials: tuple[OfficialAddress, ...] = Field((), alias="official")


@dataclass(frozen=True)
class OfficialAddresses:
    """Whoever has no address here gets no mail as an official, and whoever is not among the office's people is refused."""

    addresses: Mapping[str, OfficialAddress]
    keys: RecipientKeys

    def of(self, account: str) -> OfficialAddress | None:
        return self.addresses.get(account)

    def recipient(self, account: str) -> UUID | None:
        """Return the id under which the preferences of an official are stored."""
        found = self.of(account)
        return None if found is None else self.keys.recipient(found.email)

    @cached_property
    def recipients(self) -> frozenset[UUID]:
        return frozenset(self.keys.recipient(each.email) for each in self.addresses.values())


def load_official_addresses(folder: Path | None, people: People, keys: RecipientKeys) -> OfficialAddresses:
    """Read the office's file, if it has one. Raises UnusableConfigurationError, which quotes no address."""
    try:
        path = place_of(FILE, folder)
    except UnusableConfigurationError:
        return OfficialAddresses({}, keys)
    try:
        file = _AddressFile.model_validate(read_table(path))
        refuse_repeats([each.account for each in file.officials])
        _refuse_strangers({each.account for each in file.officials}, people)
        _refuse_shared_mailboxes(file.officials)
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, each["loc"])) for each in error.errors(include_input=False))
        raise UnusableConfigurationError(f"{path} can't be used. Look at {fields}.") from None
    except ValueError as error:
        raise UnusableConfigurationError(f"{path} can't be used. {error}") from None
    return OfficialAddresses({each.account: each for each in file.officials}, keys)


def _refuse_strangers(accounts: set[str], people: People) -> None:
    unknown = sorted(accounts - {each.account for each in people.officials})
    if unknown:
        raise ValueError(f"{', '.join(unknown)} is not in people.toml")


def _refuse_shared_mailboxes(officials: Sequence[OfficialAddress]) -> None:
    """Preferences belong to a mailbox: who reads another's mail would choose for them, and read of their cases."""
    accounts: dict[str, str] = {}
    for each in officials:
        first = accounts.setdefault(mailbox_of(each.email), each.account)
        if first != each.account:
            raise ValueError(f"{first} and {each.account} have one mailbox: give each official their own")
