"""Decide commands to a case under the write lock, with their free texts in the vault."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from zi_chassis.domain import Act
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled, Store
from zi_chassis.vault.connection import VaultWriter
from zi_contracts.intake import Items
from zi_umkm.domain import errors
from zi_umkm.domain.case.messages import MentoringCommands
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.messaging.published import cases
from zi_umkm.messaging.upstream import MentoringRequest, interested_in

Decision = Callable[[Tx, MentoringCase, Items], MentoringCommands]
NO_TEXTS: Mapping[str, str] = {}


class CaseDecisions:
    """A decision makes the command from the case as it is under the write lock."""

    def __init__(self, store: Store, vault_writer: VaultWriter) -> None:
        self._store = store
        self._vault_writer = vault_writer

    async def state(self, request: MentoringRequest) -> MentoringCase:
        return (await self._store.fetch(cases, request.mentoring))[1]

    async def decide(
        self,
        request: MentoringRequest,
        decision: Decision,
        request_id: UUID | None = None,
        texts: Mapping[str, str] = NO_TEXTS,
        copy: object = None,
    ) -> Handled[MentoringCase]:
        """Decide a command; a refused or repeated one stores nothing in the vault. `copy` goes to the companions of the store."""
        id = request.mentoring
        stored_items: Items = ()
        if texts and await self.would_record(request, decision):
            stored_items = await self._vault_writer.keep(request.ticket, texts, request_id)

        def command(tx: Tx) -> tuple[Any, UUID, MentoringCommands]:
            _, now = self._store.states(tx, {id: cases})[id]
            return cases, id, _decided(tx, decision, now, stored_items)

        return await self._store.decide(command, copy)

    async def would_record(self, request: MentoringRequest, decision: Decision) -> bool:
        """Return whether the command would record an event now; raise what it would raise."""
        now = await self.state(request)
        command = await self._store.query(lambda tx: _decided(tx, decision, now, ()))
        return bool(cases.decide(command, now))


def _decided(tx: Tx, decision: Decision, now: MentoringCase, items: Items) -> MentoringCommands:
    """Make the command, unless its official has a conflict of interest with the business."""
    command = decision(tx, now, items)
    refuse_interested(tx, command.by, now.business_ref)
    return command


def refuse_interested(tx: Tx, by: Act, business_ref: str) -> None:
    if by.role.startswith("staff:") and by.actor in interested_in(tx, business_ref):
        raise errors.InterestedError
