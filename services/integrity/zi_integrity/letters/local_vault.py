"""The contents and files of letters in this service's own vault: a file is stored in the transaction of the event that records it."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

from zi_chassis.storage.store import Store
from zi_chassis.vault.vault import Sealed, Vault
from zi_contracts.vault import ItemRef


class LocalLetterVault:
    """The `LetterVault` of this service. The data subject is the letter's id, as `ticket` has it."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._vault = vault
        self._unrecorded: dict[UUID, tuple[Sealed, Mapping[str, str]]] = {}

    async def keep(
        self, ticket: str, fields: Mapping[str, str], request: UUID, causation: str | None = None
    ) -> tuple[ItemRef, ...]:
        """Seal the fields; they are stored with the event for which `take` is called, and lost with the process before that."""
        sealed = await asyncio.to_thread(self._vault.seal, UUID(ticket), fields)
        for ref in sealed.refs:
            self._unrecorded[ref.item] = (sealed, fields)
        return sealed.refs

    def take(self, item: UUID) -> Sealed | None:
        """Return what was sealed for the event that is recorded now; None where an earlier event has it."""
        sealed, _ = self._unrecorded.pop(item, (None, None))
        return sealed

    async def read(
        self,
        ticket: str,
        fields: Sequence[str],
        purpose: str,
        *,
        items: Sequence[UUID] | None = None,
        causation: str | None = None,
    ) -> dict[str, str]:
        found: dict[str, str] = {}
        for item in items or ():
            if item in self._unrecorded:
                found |= self._unrecorded[item][1]
            else:
                found |= await asyncio.to_thread(self._open, item)
        return found

    def _open(self, item: UUID) -> dict[str, str]:
        opened = self._store.read(lambda tx: self._vault.open(tx, [item]))[item]
        return {opened.field: opened.text}
