"""Use cases of officials about the account of a company: find it in order, or refuse it with reasons."""

from typing import Any
from uuid import UUID

from zi_certificates.domain import account as accounts
from zi_certificates.domain.account import Account
from zi_certificates.domain.ids import request_id_of
from zi_certificates.domain.impartiality import Known
from zi_certificates.messaging.published import accounts as account_decider
from zi_certificates.messaging.upstream import facts_about, files_of, request_of
from zi_certificates.read.accounts import account_referred
from zi_certificates.use_cases.rulebook import Rulebook, published_findings
from zi_certificates.use_cases.statement_checks import refuse_missing_files
from zi_chassis.domain import Act
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled, Store
from zi_chassis.vault.connection import VaultWriter
from zi_contracts.certificates import KnownFacts, PublishedFinding

FACT_SENDERS = ("umkm", "integrity")
Findings = tuple[PublishedFinding, ...]


class AccountDeciding:
    """`reference` is the ticket that the account was opened with; `key` is an Idempotency-Key."""

    def __init__(self, store: Store, rules: Rulebook, vault_writer: VaultWriter) -> None:
        self._store = store
        self._rules = rules
        self._vault_writer = vault_writer

    async def verify_account(
        self, reference: str, by: Act, key: UUID | None, revision: int
    ) -> Handled[Account]:
        """`reference` is the ticket that the account was opened with."""
        request_id = request_id_of(key, by, "verify-account", [reference, revision])

        def found(tx: Tx) -> tuple[Any, UUID, accounts.AccountCommands]:
            id, now, known = self._account(tx, reference)
            if now.details is not None and now.ticket is not None:
                refuse_missing_files(now.details.documents, files_of(tx, now.ticket))
            opening = request_of(tx, reference)
            findings = () if opening is None else self._rules.account_findings(opening.series, now, by.at)
            return (
                account_decider,
                id,
                accounts.Verify(
                    by=by,
                    request=request_id,
                    revision=revision,
                    findings=published_findings(findings),
                    known=known,
                ),
            )

        return await self._store.decide(found)

    async def refuse_account(
        self, reference: str, by: Act, key: UUID | None, revision: int, reasons: Findings
    ) -> Handled[Account]:
        request_id = request_id_of(key, by, "refuse-account", [reference, revision, reasons])

        def found(tx: Tx) -> tuple[Any, UUID, accounts.AccountCommands]:
            id, _, known = self._account(tx, reference)
            return (
                account_decider,
                id,
                accounts.Refuse(by=by, request=request_id, revision=revision, reasons=reasons, known=known),
            )

        return await self._store.decide(found)

    def _account(self, tx: Tx, reference: str) -> tuple[UUID, Account, Known]:
        row = account_referred(tx, reference)
        if row is None:
            raise accounts.NoAccountError
        _, now = self._store.states(tx, {row.account: account_decider})[row.account]
        return row.account, now, self._known(tx, row.businesses)

    def _known(self, tx: Tx, businesses: frozenset[str]) -> Known:
        umkm, integrity = (self._store.received_position_in(tx, sender) for sender in FACT_SENDERS)
        return Known(seen=KnownFacts(umkm=umkm, integrity=integrity), facts=facts_about(tx, businesses))
