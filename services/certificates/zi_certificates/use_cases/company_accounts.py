"""Use cases of applicants about the account of their company: open, change and move it, attach and detach its documents."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from zi_certificates.domain import account as accounts
from zi_certificates.domain.account import Account, AccountCommands, Details
from zi_certificates.domain.application import errors
from zi_certificates.domain.ids import request_id_of
from zi_certificates.domain.statement import Document
from zi_certificates.messaging.published import accounts as account_decider
from zi_certificates.messaging.upstream import IntakeRequest, account_of
from zi_certificates.use_cases.statement_checks import WAREHOUSE, AccountStated, details_of
from zi_chassis.domain import Act
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled, Store
from zi_chassis.vault.connection import VaultWriter
from zi_contracts.intake import Items

MOST_PARTS = 200


class CompanyAccounts:
    """`key` is an Idempotency-Key: the same act of the same person under it is done once."""

    def __init__(self, store: Store, vault_writer: VaultWriter) -> None:
        self._store = store
        self._vault_writer = vault_writer

    async def open_account(
        self, request: IntakeRequest, by: Act, key: UUID | None, stated: AccountStated
    ) -> Handled[Account]:
        """Open it with a request that names no earlier account of the company."""
        if request.account is not None:
            raise accounts.OtherTicketError(request.account)
        id, _, account = await self.account(request)

        def command(details: Details) -> AccountCommands:
            return accounts.Open(
                by=by,
                request=request_id_of(key, by, "open-account", [stated]),
                reference=request.ticket,
                business_ref=request.business_ref,
                data_subject=request.data_subject,
                details=details,
            )

        return await self._state_account(request, id, account, by, key, stated, command)

    async def change_account(
        self, request: IntakeRequest, by: Act, key: UUID | None, stated: AccountStated
    ) -> Handled[Account]:
        """Change it as the person in charge."""
        id, _, account = await self.account(request)
        if account.ticket is not None and account.ticket != request.ticket:
            raise accounts.OtherTicketError(account.ticket)

        def command(details: Details) -> AccountCommands:
            request_id = request_id_of(key, by, "change-account", [stated])
            return accounts.Change(by=by, request=request_id, details=details)

        return await self._state_account(request, id, account, by, key, stated, command)

    async def move_account(
        self, request: IntakeRequest, by: Act, key: UUID | None, stated: AccountStated
    ) -> Handled[Account]:
        """Move it to the person who made this later request of the same company."""
        id, _, account = await self.account(request)

        def command(details: Details) -> AccountCommands:
            return accounts.Move(
                by=by,
                request=request_id_of(key, by, "move-account", [stated]),
                ticket=request.ticket,
                data_subject=request.data_subject,
                details=details,
            )

        return await self._state_account(request, id, account, by, key, stated, command)

    async def account(self, request: IntakeRequest) -> tuple[UUID, int, Account]:
        """The account that the request applies with; its version is 0 as long as nobody has opened it."""
        id = await self._store.query(lambda tx: account_of(tx, request))
        return (id, *await self._store.fetch(account_decider, id))

    async def _state_account(
        self,
        request: IntakeRequest,
        id: UUID,
        account: Account,
        by: Act,
        key: UUID | None,
        stated: AccountStated,
        command: Callable[[Details], AccountCommands],
    ) -> Handled[Account]:
        """Seal the warehouse and handle the command; a refused command and a repeat leave nothing in the vault."""
        sealed: Items = ()
        events = account_decider.decide(command(details_of(request, account, stated)), account)
        if events and stated.warehouse is not None:
            request_id = request_id_of(key, by, "warehouse", [stated.warehouse])
            sealed = await self._vault_writer.keep(request.ticket, {WAREHOUSE: stated.warehouse}, request_id)

        def found(tx: Tx) -> tuple[Any, UUID, AccountCommands]:
            _, now = self._store.states(tx, {id: account_decider})[id]
            details = details_of(request, now, stated)
            return (
                account_decider,
                id,
                command(details.model_copy(update={"items": (*details.items, *sealed)})),
            )

        return await self._store.decide(found)

    async def attach_to_account(
        self, request: IntakeRequest, by: Act, key: UUID | None, document: Document
    ) -> Handled[Account]:
        """A file that was attached to the case at intake; attached again it takes its own place."""

        def edit(documents: tuple[Document, ...]) -> tuple[Document, ...]:
            return (*(each for each in documents if each.file.item != document.file.item), document)

        return await self._edit_account(
            request, by, request_id_of(key, by, "attach-to-account", [document]), edit
        )

    async def detach_from_account(
        self, request: IntakeRequest, by: Act, key: UUID | None, item: UUID
    ) -> Handled[Account]:
        def edit(documents: tuple[Document, ...]) -> tuple[Document, ...]:
            if item not in {each.file.item for each in documents}:
                raise errors.NoSuchDocumentError
            return tuple(each for each in documents if each.file.item != item)

        return await self._edit_account(
            request, by, request_id_of(key, by, "detach-from-account", [item]), edit
        )

    async def _edit_account(
        self,
        request: IntakeRequest,
        by: Act,
        request_id: UUID | None,
        edit: Callable[[tuple[Document, ...]], tuple[Document, ...]],
    ) -> Handled[Account]:
        """Made under the write lock from the documents that are there then, so that two at once lose none."""
        id, _, _ = await self.account(request)

        def found(tx: Tx) -> tuple[Any, UUID, AccountCommands]:
            _, now = self._store.states(tx, {id: account_decider})[id]
            if now.details is None:
                raise accounts.NoAccountError
            if now.ticket is not None and now.ticket != request.ticket:
                raise accounts.OtherTicketError(now.ticket)
            repeated = request_id is not None and request_id in now.requests
            documents = now.details.documents if repeated else edit(now.details.documents)
            if len(documents) > MOST_PARTS:
                raise errors.TooManyPartsError
            details = now.details.model_copy(update={"documents": documents})
            return account_decider, id, accounts.Change(by=by, request=request_id, details=details)

        return await self._store.decide(found)
