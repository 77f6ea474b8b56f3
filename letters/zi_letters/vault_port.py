"""The office's vault as letters use it: their contents and files are items of the case, and events keep references."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol
from uuid import UUID

from zi_chassis.vault_requests import VAULT_ERRORS as VAULT_ERRORS
from zi_contracts.vault import ItemRef

CONTENT: Final = "letter.content"
FILE: Final = "letter.file"
PURPOSE: Final = "letter"


class VaultPort(Protocol):
    async def keep(
        self, ticket: str, fields: Mapping[str, str], request: UUID, causation: str | None = None
    ) -> tuple[ItemRef, ...]: ...

    async def read(
        self,
        ticket: str,
        fields: Sequence[str],
        purpose: str,
        *,
        causation: str | None = None,
        token: str | None = None,
        items: Sequence[UUID] | None = None,
    ) -> dict[str, str]: ...
