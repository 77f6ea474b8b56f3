"""Stands where intake's vault does: keeps what it is given under the request, and discloses items."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from uuid import UUID, uuid4, uuid5

from zi_chassis.domain import ErasedError
from zi_chassis.vault.requests import VaultUnavailableError
from zi_contracts.vault import ItemRef


class KeptVault:
    def __init__(self) -> None:
        self.items: dict[UUID, tuple[ItemRef, str]] = {}
        self.requests: dict[UUID, tuple[ItemRef, ...]] = {}
        self.is_away = self.is_erased = False
        self.erased: set[str] = set()  # tickets

    async def keep(
        self, ticket: str, fields: Mapping[str, str], request: UUID, causation: str | None = None
    ) -> tuple[ItemRef, ...]:
        self._refuse_away()
        if request not in self.requests:
            refs = tuple(self._ref(name, text) for name, text in fields.items())
            self.items |= {ref.item: (ref, fields[ref.field]) for ref in refs}
            self.requests[request] = refs
        return self.requests[request]

    async def read(
        self,
        ticket: str,
        fields: Sequence[str],
        purpose: str,
        causation: str | None = None,
        token: str | None = None,
        items: Sequence[UUID] | None = None,
    ) -> dict[str, str]:
        self._refuse_away()
        if ticket in self.erased:
            raise ErasedError
        found = [self.items[item] for item in (self.items if items is None else items)]
        return {ref.field: text for ref, text in found if ref.field in fields}

    def _refuse_away(self) -> None:
        if self.is_away:
            raise VaultUnavailableError("The vault gave no answer.")
        if self.is_erased:
            raise ErasedError

    @staticmethod
    def _ref(name: str, text: str) -> ItemRef:
        item = uuid5(uuid4(), name)
        return ItemRef(item=item, field=name, digest=sha256(item.bytes + text.encode()).hexdigest())
