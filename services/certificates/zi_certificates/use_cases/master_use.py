"""Use a company's master data in an application: pin the versions, fill in a product, name the producer that letters print."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from zi_certificates.domain.application.errors import ApplicationError
from zi_certificates.domain.application.state import Application
from zi_certificates.domain.master_content import (
    MasterProducer,
    MasterProduct,
    MasterText,
    UsedEntry,
    prefilled,
)
from zi_certificates.domain.master_entry import EntryRetiredError, NoSuchEntryError, OtherEntryKindError
from zi_certificates.domain.statement import StatedProduct, Statement
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.read.master_entries import MasterVersion, master_row, master_versions, versions_used
from zi_certificates.use_cases.applying import Applying
from zi_certificates.use_cases.master_data import ADDRESS, NAME, company_account
from zi_certificates.use_cases.statement_checks import PRODUCER
from zi_chassis.domain import Act, UnavailableError
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled, Store
from zi_chassis.vault.requests import VAULT_ERRORS, VaultClient
from zi_rules.certificate.item import UnnumberedItem
from zi_rules.registration_number import normalise_number

PURPOSE = "letter"
LONGEST_PARTY = 200  # as long as a producer that is typed by hand


class NoProducerNameError(ApplicationError):
    sentence = "The name of this producer is not stated yet: write it in the company's data first."


class LongProducerError(ApplicationError):
    sentence = (
        "Name and address of this producer are too long for a letter: together they may have 200 signs."
    )


@dataclass(frozen=True)
class UsedVersion:
    """A version that an application uses; `differs` are the fields of the product that are stated in another way."""

    used: UsedEntry
    version: MasterVersion
    differs: tuple[str, ...]


class MasterUse:
    """`vault` is asked for at every use, because it may come later than the service."""

    def __init__(self, store: Store, applying: Applying, vault: Callable[[], VaultClient]) -> None:
        self._store = store
        self._applying = applying
        self._vault = vault

    async def product(
        self, request: IntakeRequest, entry: UUID, revision: int | None = None
    ) -> tuple[MasterProduct, tuple[UsedEntry, ...]]:
        """Return a version of a product in use, the newest if none is named, and all that is pinned with it."""

        def question(tx: Tx) -> tuple[MasterProduct, tuple[UsedEntry, ...]]:
            account = company_account(tx, request)
            version = _usable(tx, account, entry, revision)
            content = version.content
            if not isinstance(content, MasterProduct):
                raise OtherEntryKindError
            named = (each for each in (content.producer, content.supplier) if each is not None)
            rows = [row for row in (master_row(tx, account, each) for each in named) if row is not None]
            return content, (_pin(version), *(_pin(row.newest) for row in rows))

        return await self._store.query(question)

    async def add_item(
        self,
        request: IntakeRequest,
        by: Act,
        key: UUID | None,
        item: UnnumberedItem,
        entry: UUID,
        revision: int | None = None,
    ) -> Handled[Application]:
        """Add a product that was filled in from the company's data, and pin the version."""
        _, used = await self.product(request, entry, revision)
        return await self._applying.add_items(request, by, key, [item], used)

    async def name_producer(
        self, request: IntakeRequest, by: Act, key: UUID | None, entry: UUID
    ) -> Handled[Application]:
        """State name and address of a producer for the letters: they are read from the vault, and kept with this application."""
        version = await self._store.query(lambda tx: _usable(tx, company_account(tx, request), entry, None))
        if not isinstance(version.content, MasterProducer):
            raise OtherEntryKindError
        texts = await self._texts(version.texts)
        if NAME not in texts:
            raise NoProducerNameError
        party = ", ".join(texts[field] for field in (NAME, ADDRESS) if field in texts)
        if len(party) > LONGEST_PARTY:
            raise LongProducerError
        return await self._applying.state_parties(request, by, key, {PRODUCER: party}, (_pin(version),))

    async def _texts(self, texts: Sequence[MasterText]) -> dict[str, str]:
        """Read texts by field; each opening is recorded with the request under which the text lies."""
        found: dict[str, str] = {}
        try:
            for ticket in {each.ticket for each in texts}:
                items = [
                    each.item
                    for each in texts
                    if each.ticket == ticket and each.item.field in (NAME, ADDRESS)
                ]
                if items:
                    fields, ids = [each.field for each in items], [each.item for each in items]
                    found |= await self._vault().read(ticket, fields, PURPOSE, items=ids)
        except VAULT_ERRORS as fault:
            raise UnavailableError(str(fault)) from fault
        return found

    async def used_by(self, statement: Statement | None) -> list[UsedVersion]:
        """Return the versions that a statement uses, each with what it states in another way."""
        if statement is None or not statement.used:
            return []
        places = [(each.entry, each.revision) for each in statement.used]
        versions = await self._store.query(lambda tx: versions_used(tx, places))
        stated = {each.number: each for each in statement.products}
        return [
            UsedVersion(each, version, _differing(version, stated.get(each.product or 0)))
            for each in statement.used
            if (version := versions.get((each.entry, each.revision))) is not None
        ]


def _usable(tx: Tx, account: UUID, entry: UUID, revision: int | None) -> MasterVersion:
    row = master_row(tx, account, entry)
    if row is None:
        raise NoSuchEntryError
    if row.retired:
        raise EntryRetiredError
    if revision is None:
        return row.newest
    for each in master_versions(tx, entry):
        if each.revision == revision:
            return each
    raise NoSuchEntryError


def _pin(version: MasterVersion) -> UsedEntry:
    return UsedEntry(
        entry=version.entry,
        kind=version.content.kind,
        revision=version.revision,
        digest=version.digest,
    )


def _differing(version: MasterVersion, stated: StatedProduct | None) -> tuple[str, ...]:
    if stated is None or not isinstance(version.content, MasterProduct):
        return ()
    texts = prefilled(version.content)
    return tuple(name for name, text in texts.items() if _written(getattr(stated, name)) != _written(text))


def _written(text: str | None) -> str:
    return normalise_number(text or "").casefold()
