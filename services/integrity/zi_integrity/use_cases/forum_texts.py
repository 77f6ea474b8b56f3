"""The texts of proposals and comments that everybody may read: those that were moderated and published."""

from collections.abc import Iterable
from uuid import UUID

from zi_chassis.domain import ErasedError
from zi_chassis.storage.store import Store
from zi_chassis.vault.vault import Vault
from zi_integrity.use_cases.personal_data import PersonalData


class ForumTexts:
    def __init__(self, store: Store, vault: Vault, data: PersonalData) -> None:
        self._store = store
        self._vault = vault
        self._data = data

    async def public(self, items: Iterable[UUID]) -> dict[UUID, str]:
        """Open published texts by item; those that were erased are left out."""
        wanted = list(items)
        try:
            opened = await self._store.query(lambda tx: self._vault.open(tx, wanted))
        except ErasedError:
            return await self._data.public_texts(wanted)
        return {item: each.text for item, each in opened.items()}
