"""The data of contributors: opened as a recorded act, shown where its author made it public, and erased by two officials."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from zi_chassis.domain import Act, Command, Decider, ErasedError
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled, Store
from zi_chassis.vault.erasure import ErasureRunner
from zi_chassis.vault.vault import OpenedItem, Vault, VaultItemError
from zi_contracts.intake import ErasureReason
from zi_integrity.domain.contributor import (
    ApproveContributorErasure,
    Contributor,
    OpenContributorData,
    RefuseContributorErasure,
    RequestContributorErasure,
)
from zi_integrity.messaging.contributors_data import contributors


@dataclass(frozen=True)
class StoredItem:
    """An item of a person in the vault, unopened."""

    item: UUID
    field: str


class PersonalData:
    def __init__(self, store: Store, vault: Vault, erasures: ErasureRunner) -> None:
        self._store = store
        self._vault = vault
        self._erasures = erasures

    async def open(
        self, data_subject: UUID, by: Act, purpose: str, items: Sequence[UUID]
    ) -> dict[UUID, OpenedItem]:
        """Record the opening, then open. Raises WrongRoleError, ErasedError or UnavailableError, and then nothing is disclosed."""
        self._vault.refuse_locked()
        chosen = tuple(dict.fromkeys(items))
        owned = {each.item for each in await self.items_of(data_subject)}
        for item in chosen:
            if item not in owned:
                raise VaultItemError(item, "is not of this person")
        command = OpenContributorData(by=by, items=chosen, purpose=purpose)
        await self._store.handle(contributors, data_subject, command)
        return await self._store.query(lambda tx: self._vault.open(tx, chosen))

    async def public_texts(self, items: Collection[UUID]) -> dict[UUID, str]:
        """Open texts that their authors gave for publication, without a record; erased ones are left out."""

        def read(tx: Tx) -> dict[UUID, str]:
            texts = {}
            for item in dict.fromkeys(items):
                with suppress(ErasedError):
                    texts[item] = self._opened(item, tx).text
            return texts

        return await self._store.query(read)

    def _opened(self, item: UUID, tx: Tx) -> OpenedItem:
        return self._vault.open(tx, [item])[item]

    async def items_of(self, data_subject: UUID, fields: Collection[str] | None = None) -> list[StoredItem]:
        """Return the items of a person, of all fields or of these, oldest first."""
        rows = await self._store.query(lambda tx: self._vault.items_of(tx, data_subject))
        return [StoredItem(item, field) for item, field in rows if fields is None or field in fields]

    async def owner_of(self, item: UUID) -> UUID | None:
        return await self._store.query(lambda tx: self._vault.owner_of(tx, item))

    async def request_erasure(self, data_subject: UUID, by: Act, reason: ErasureReason) -> None:
        """Raises NotOfPersonError for what the office itself wrote, such as a letter."""

        def found(tx: Tx) -> tuple[Decider[Contributor], UUID, Command]:
            fields = self._fields(tx, data_subject)
            return (
                contributors,
                data_subject,
                RequestContributorErasure(by=by, reason=reason, fields=fields),
            )

        await self._store.decide(found)

    async def approve_erasure(self, data_subject: UUID, by: Act) -> Handled[Contributor]:
        """Record the approval, then destroy the key; where that fails the runner repeats it until it is done. Raises NotOfPersonError."""

        def found(tx: Tx) -> tuple[Decider[Contributor], UUID, Command]:
            fields = self._fields(tx, data_subject)
            return contributors, data_subject, ApproveContributorErasure(by=by, fields=fields)

        done = await self._store.decide(found)
        await self._erasures.apply()
        return done

    def _fields(self, tx: Tx, data_subject: UUID) -> frozenset[str]:
        return frozenset(field for _, field in self._vault.items_of(tx, data_subject))

    async def refuse_erasure(self, data_subject: UUID, command: RefuseContributorErasure) -> None:
        await self._store.handle(contributors, data_subject, command)
