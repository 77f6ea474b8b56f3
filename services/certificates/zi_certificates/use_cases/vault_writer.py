"""Write free text into the office's vault; the service's events hold references to it."""

from collections.abc import Callable, Mapping
from uuid import UUID, uuid4

from zi_chassis.domain import UnavailableError
from zi_chassis.vault_requests import (
    UnknownTicketError,
    VaultClient,
    VaultRefusedError,
    VaultUnavailableError,
)
from zi_contracts.intake import Items

VAULT_ERRORS = (VaultUnavailableError, VaultRefusedError, UnknownTicketError)


class VaultWriter:
    """`vault` is called at every use, because the vault may start later than the service."""

    def __init__(self, vault: Callable[[], VaultClient]) -> None:
        self._vault = vault

    async def keep(self, ticket: str, fields: Mapping[str, str], request: UUID | None) -> Items:
        """Store the fields; the same request gets the same items again. Raises ErasedError, or UnavailableError when nothing was stored."""
        try:
            return await self._vault().keep(ticket, fields, request or uuid4())
        except VAULT_ERRORS as fault:
            raise UnavailableError(str(fault)) from fault
