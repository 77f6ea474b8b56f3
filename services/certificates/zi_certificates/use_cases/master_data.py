"""Use cases of a company about its master data: state an entry, change, retire and restore it, and read it.

A request for letters is of the company if intake let it name the request that opened the account: with its code, or by the same sign-in.
"""

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4, uuid5

from zi_certificates.domain.account import NoAccountError
from zi_certificates.domain.ids import request_id_of
from zi_certificates.domain.master_content import (
    MasterContent,
    MasterKind,
    MasterOrigin,
    MasterProduct,
    MasterText,
    MasterTexts,
    with_texts,
)
from zi_certificates.domain.master_entry import (
    AddMasterEntry,
    ChangeMasterEntry,
    MasterCommands,
    MasterEntry,
    NoSuchEntryError,
    RestoreMasterEntry,
    RetireMasterEntry,
)
from zi_certificates.messaging.published import master_entries
from zi_certificates.messaging.upstream import IntakeRequest, account_of, request_of
from zi_certificates.read.master_entries import (
    MOST_CHOICES,
    MasterPage,
    MasterRow,
    MasterVersion,
    entries_of,
    master_page,
    master_row,
    master_versions,
)
from zi_certificates.use_cases.trade_lists import UnlistedUnitError
from zi_chassis.domain import Act, DomainError
from zi_chassis.storage.database import Tx
from zi_chassis.storage.renamings import every_name_of
from zi_chassis.storage.store import Handled, Store
from zi_chassis.vault.connection import VaultWriter
from zi_rules.certificate.units import Units
from zi_rules.version import Editions

NAME, ADDRESS, CONTACT = "master.name", "master.address", "master.contact"
TEXT_FIELDS = (NAME, ADDRESS, CONTACT)
NO_TEXTS: Mapping[str, str] = MappingProxyType({})


class NotOfTheCompanyError(DomainError):
    """The product names a producer or supplier that the company has not, or not in use."""

    def __init__(self) -> None:
        super().__init__("Choose a producer and a supplier from the company's own data, of those in use.")


def company_account(tx: Tx, request: IntakeRequest) -> UUID:
    """Return the account whose master data the request may read and write. Raises NoAccountError for one of another business."""
    root = request_of(tx, request.account) if request.account is not None else request
    if root is None or request.business_ref not in every_name_of(tx, root.business_ref):
        raise NoAccountError
    return account_of(tx, request)


class MasterData:
    """`key` is an Idempotency-Key: the same act of the same person under it is done once."""

    def __init__(self, store: Store, vault_writer: VaultWriter, units: Editions[Units]) -> None:
        self._store = store
        self._vault_writer = vault_writer
        self._units = units

    # -- what is there

    async def page(
        self,
        request: IntakeRequest,
        kind: MasterKind | None = None,
        text: str = "",
        page: int = 1,
        *,
        retired: bool = False,
    ) -> MasterPage:
        return await self._store.query(
            lambda tx: master_page(tx, company_account(tx, request), kind, text, page, retired=retired)
        )

    async def choices(
        self, request: IntakeRequest, kind: MasterKind, text: str = "", present: Collection[UUID] = ()
    ) -> MasterPage:
        """Return the first entries in use with this part of a name, and in front of them those that are `present` whatever they are."""

        def question(tx: Tx) -> MasterPage:
            account = company_account(tx, request)
            found = master_page(tx, account, kind, text, size=MOST_CHOICES)
            others = set(present) - {each.entry for each in found.rows}
            named = (master_row(tx, account, each) for each in sorted(others))
            return MasterPage([*filter(None, named), *found.rows], found.total)

        return await self._store.query(question)

    async def entry(self, request: IntakeRequest, entry: UUID) -> tuple[MasterRow, list[MasterVersion]]:
        """Return an entry with its versions, the newest first. Raises NoSuchEntryError."""

        def question(tx: Tx) -> tuple[MasterRow, list[MasterVersion]]:
            row = master_row(tx, company_account(tx, request), entry)
            if row is None:
                raise NoSuchEntryError
            return row, master_versions(tx, entry)

        return await self._store.query(question)

    # -- what the company does

    async def add(
        self,
        request: IntakeRequest,
        by: Act,
        key: UUID | None,
        content: MasterContent,
        texts: Mapping[str, str] = NO_TEXTS,
        *,
        origin: MasterOrigin | None = None,
        entry: UUID | None = None,
    ) -> tuple[UUID, Handled[MasterEntry]]:
        """Add an entry and return its id; texts go into the vault once nothing else is against it."""
        account = await self._store.query(lambda tx: company_account(tx, request))
        id = entry or (uuid4() if key is None else uuid5(account, f"entry {by.actor} {key}"))
        content = self._with_sign(content)
        request_id = request_id_of(key, by, "add-master-entry", [content, *sorted(texts.items())])

        def command(tx: Tx, now: MasterEntry, sealed: MasterTexts) -> MasterCommands:
            self._refuse_others(tx, account, content)
            self._refuse_unlisted(content)
            return AddMasterEntry(
                by=by,
                request=request_id,
                account=account,
                reference=request.account or request.ticket,
                business_ref=request.business_ref,
                content=content,
                texts=sealed,
                origin=origin,
                present=entries_of(tx, account),
            )

        return id, await self._decide(request, id, request_id, texts, command)

    async def change(
        self,
        request: IntakeRequest,
        by: Act,
        key: UUID | None,
        entry: UUID,
        revision: int,
        content: MasterContent,
        texts: Mapping[str, str] = NO_TEXTS,
        *,
        origin: MasterOrigin | None = None,
    ) -> Handled[MasterEntry]:
        """Make a new version; a text that is not stated stays, and an empty one is withdrawn."""
        account = await self._store.query(lambda tx: company_account(tx, request))
        content = self._with_sign(content)
        stated = [revision, content, *sorted(texts.items())]
        request_id = request_id_of(key, by, f"change-master-entry {entry}", stated)
        withdrawn = [name for name, text in texts.items() if not text]

        def command(tx: Tx, now: MasterEntry, sealed: MasterTexts) -> MasterCommands:
            self._refuse_others(tx, account, content, now.content)
            self._refuse_unlisted(content, now.content)
            return ChangeMasterEntry(
                by=by,
                request=request_id,
                account=account,
                revision=revision,
                content=content,
                texts=with_texts(now.texts, sealed, withdrawn),
                origin=origin,
            )

        return await self._decide(request, entry, request_id, texts, command)

    async def retire(
        self, request: IntakeRequest, by: Act, key: UUID | None, entry: UUID, revision: int
    ) -> Handled[MasterEntry]:
        """Offer it no more; applications that used it keep what they used."""
        account = await self._store.query(lambda tx: company_account(tx, request))
        request_id = request_id_of(key, by, f"retire-master-entry {entry}", [revision])
        command = RetireMasterEntry(by=by, request=request_id, account=account, revision=revision)
        return await self._store.handle(master_entries, entry, command)

    async def restore(
        self, request: IntakeRequest, by: Act, key: UUID | None, entry: UUID, revision: int
    ) -> Handled[MasterEntry]:
        account = await self._store.query(lambda tx: company_account(tx, request))
        request_id = request_id_of(key, by, f"restore-master-entry {entry}", [revision])
        command = RestoreMasterEntry(by=by, request=request_id, account=account, revision=revision)
        return await self._store.handle(master_entries, entry, command)

    async def _decide(
        self,
        request: IntakeRequest,
        id: UUID,
        request_id: UUID | None,
        texts: Mapping[str, str],
        command: Callable[[Tx, MasterEntry, MasterTexts], MasterCommands],
    ) -> Handled[MasterEntry]:
        """Seal the texts and handle the command; a refused command and a repeat leave nothing in the vault."""
        sealed: MasterTexts = ()
        written = {name: text for name, text in texts.items() if text}
        version, now = await self._store.fetch(master_entries, id)
        if request_id is not None and request_id in now.requests:
            return Handled(now, version, ())
        tried = await self._store.query(lambda tx: command(tx, now, ()))
        if written and (master_entries.decide(tried, now) or _may_state_texts(tried)):
            items = await self._vault_writer.keep(request.ticket, written, request_id)
            sealed = tuple(MasterText(ticket=request.ticket, item=each) for each in items)

        def found(tx: Tx) -> tuple[Any, UUID, MasterCommands]:
            _, present = self._store.states(tx, {id: master_entries})[id]
            return master_entries, id, command(tx, present, sealed)

        return await self._store.decide(found)

    def _refuse_others(
        self, tx: Tx, account: UUID, content: MasterContent, before: MasterContent | None = None
    ) -> None:
        """Raise NotOfTheCompanyError where a product names what is not an entry in use of its company. What it named before may stay, also
        when that is retired."""
        if not isinstance(content, MasterProduct):
            return
        present = {before.producer, before.supplier} if isinstance(before, MasterProduct) else set()
        for kind, named in (("producer", content.producer), ("supplier", content.supplier)):
            row = None if named is None else master_row(tx, account, named)
            if named is not None and (
                row is None or row.kind != kind or (row.retired and named not in present)
            ):
                raise NotOfTheCompanyError

    def _with_sign(self, content: MasterContent) -> MasterContent:
        """Write the unit of a product as letters print it."""
        if not isinstance(content, MasterProduct) or content.unit is None:
            return content
        unit = self._units[0].unit(content.unit)
        return content if unit is None else content.model_copy(update={"unit": unit.sign})

    def _refuse_unlisted(self, content: MasterContent, before: MasterContent | None = None) -> None:
        """Raise UnlistedUnitError for a unit that the office does not list, unless it was stated before."""
        if not isinstance(content, MasterProduct) or content.unit is None:
            return
        known = before.unit if isinstance(before, MasterProduct) else None
        if content.unit != known and self._units[0].unit(content.unit) is None:
            raise UnlistedUnitError(content.unit)


def _may_state_texts(tried: MasterCommands) -> bool:
    """Tell whether texts alone can be what changes."""
    return isinstance(tried, ChangeMasterEntry)
