"""Store free texts in the office's vault; events keep references."""

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

NOTE, VISIT_NOTE, PRODUCT_NAME = "note", "visit.note", "product.name"
CAUSE, CORRECTION, PLAN = "action.cause", "action.correction", "action.plan"
VAULT_ERRORS = (VaultUnavailableError, VaultRefusedError, UnknownTicketError)


class CaseVaultWriter:
    """`vault` is asked for at every use, because it may come later than the service."""

    def __init__(self, vault: Callable[[], VaultClient]) -> None:
        self._vault = vault

    async def store(self, ticket: str, fields: Mapping[str, str], request: UUID | None) -> Items:
        """Store texts; a repeated request gets its first items.

        Raises ErasedError, or UnavailableError when nothing was stored.
        """
        try:
            return await self._vault().keep(ticket, fields, request or uuid4())
        except VAULT_ERRORS as fault:
            raise UnavailableError(str(fault)) from fault
