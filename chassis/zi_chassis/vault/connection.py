"""The vault as a service uses it that has none itself: its client, which is there once NATS is, and free text that goes into it."""

import asyncio
from collections.abc import Callable, Mapping
from uuid import UUID, uuid4

from zi_chassis.bus.broker import Broker
from zi_chassis.domain import UnavailableError
from zi_chassis.vault.requests import VAULT_ERRORS, VaultClient
from zi_contracts.vault import ItemRef


class VaultConnection:
    """Holds the vault's client of the service named `caller`."""

    def __init__(self, caller: str) -> None:
        self._caller = caller
        self._vault: VaultClient | None = None

    @property
    def vault(self) -> VaultClient:
        if self._vault is None:
            raise UnavailableError("The vault has not been reached yet.")
        return self._vault

    def connect(self, vault: VaultClient) -> None:
        self._vault = vault

    async def reach_vault(self, broker: Broker) -> None:
        """Connect as soon as NATS answers; the client stays valid while NATS comes and goes. Runs until cancelled."""
        self.connect(VaultClient(await broker.client(), self._caller))
        await asyncio.Event().wait()


class VaultWriter:
    """Stores free text in the vault, so that events keep references. `vault` is called at every use, because it may come later."""

    def __init__(self, vault: Callable[[], VaultClient]) -> None:
        self._vault = vault

    async def keep(self, ticket: str, fields: Mapping[str, str], request: UUID | None) -> tuple[ItemRef, ...]:
        """Return references to the stored fields; the same request gets the same again.

        Raises ErasedError, or UnavailableError when nothing was stored.
        """
        try:
            return await self._vault().keep(ticket, fields, request or uuid4())
        except VAULT_ERRORS as fault:
            raise UnavailableError(str(fault)) from fault
