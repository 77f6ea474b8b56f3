"""Use cases of whoever keeps records: hold the data of an application, lift the hold, put them up for erasure once their time is over.

What speaks for keeping is read under the write lock. Nothing is erased here: the front door asks a second official."""

from datetime import datetime
from typing import Any
from uuid import UUID

from zi_certificates.domain.application.state import Application
from zi_certificates.domain.ids import request_id_of, retention_id
from zi_certificates.domain.retention import (
    EndRetention,
    HoldData,
    Lifters,
    LiftHold,
    Needed,
    Retention,
    RetentionCommands,
)
from zi_certificates.messaging.published import accounts, applications, retentions
from zi_certificates.messaging.upstream import facts_about
from zi_certificates.read.retentions import RetentionRow, retention_of
from zi_certificates.roles import OVERRIDING
from zi_certificates.use_cases.access import NoSuchApplicationError
from zi_chassis.domain import Act
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled, Store
from zi_contracts.certificates import HoldReason
from zi_contracts.configuration import Pin
from zi_rules.certificate.kind import CertificateKind
from zi_rules.certificate.retention import RetentionRules
from zi_rules.people import People


class Retaining:
    def __init__(self, store: Store, rules: RetentionRules, people: People) -> None:
        self._store = store
        self.rules = rules
        self._overseers = frozenset(account for role in OVERRIDING for account in people.with_role(role))

    async def hold(self, ticket: str, by: Act, key: UUID | None, reason: HoldReason) -> Handled[Retention]:
        request = request_id_of(key, by, "hold-data", [ticket, reason])

        def command(tx: Tx, row: RetentionRow) -> RetentionCommands:
            return HoldData(
                by=by,
                request=request,
                ticket=row.ticket,
                reason=reason,
                is_erased=row.is_erased,
                lifters=self.lifters(tx, row, self._application(tx, row)),
            )

        return await self._decide(ticket, command)

    async def lift(self, ticket: str, by: Act, key: UUID | None) -> Handled[Retention]:
        request = request_id_of(key, by, "lift-hold", [ticket])

        def command(tx: Tx, row: RetentionRow) -> RetentionCommands:
            return LiftHold(
                by=by,
                request=request,
                ticket=row.ticket,
                is_erased=row.is_erased,
                lifters=self.lifters(tx, row, self._application(tx, row)),
            )

        return await self._decide(ticket, command)

    async def end(self, ticket: str, by: Act, key: UUID | None) -> Handled[Retention]:
        """Put the data up for erasure; another official decides about it at the front door."""
        request = request_id_of(key, by, "end-retention", [ticket])

        def command(tx: Tx, row: RetentionRow) -> RetentionCommands:
            application = self._application(tx, row)
            return EndRetention(
                by=by,
                request=request,
                ticket=row.ticket,
                is_erased=row.is_erased,
                needed=self.needed(tx, row, application, by.at),
                ended=row.ended,
                rules=Pin(id=self.rules.id, version=self.rules.version, digest=self.rules.digest),
                decided_by=_decided_by(application) | _hindered(tx, row),
            )

        return await self._decide(ticket, command)

    def _application(self, tx: Tx, row: RetentionRow) -> Application:
        id = row.application.application
        application: Application = self._store.states(tx, {id: applications})[id][1]
        return application

    def lifters(self, tx: Tx, row: RetentionRow, application: Application) -> Lifters:
        """Return who lifts a hold on the data of the application, by the office's list."""
        return Lifters(
            listed=self._overseers, decided=_decided_by(application), interested=_hindered(tx, row)
        )

    def needed(self, tx: Tx, row: RetentionRow, application: Application, now: datetime) -> Needed | None:
        """Return the first reason for which the data are kept on; None where their time is over."""
        if row.ended is None or row.ended > now:
            return "running"
        kinds = [CertificateKind(each) for each in row.application.kinds]
        if any(self.rules.of_kind(each) is None for each in kinds):
            return "not_decided"
        if not self.rules.is_over(kinds, row.ended, now):
            return "not_over"
        if row.is_of_company or row.ticket in self._tickets_of_account(tx, row.application.account):
            return "account"
        if row.is_carried:
            return "amended"
        return "money_owed" if application.owed.amounts else None

    def _tickets_of_account(self, tx: Tx, id: UUID) -> set[str | None]:
        """Return the tickets under whose key the company of the account lies."""
        _, account = self._store.states(tx, {id: accounts})[id]
        opened = None if account.opened is None else account.opened.reference
        return {opened, account.ticket, account.verified_ticket}

    async def _decide(self, ticket: str, command: Any) -> Handled[Retention]:
        def found(tx: Tx) -> tuple[Any, UUID, RetentionCommands]:
            row = retention_of(tx, ticket)
            if row is None:
                raise NoSuchApplicationError
            return retentions, retention_id(row.application.application), command(tx, row)

        return await self._store.decide(found)


def _decided_by(application: Application) -> frozenset[str]:
    signer = () if application.signed is None else (application.signed.by.actor,)
    return application.hands | {each.official for each in application.decisions} | frozenset(signer)


def _hindered(tx: Tx, row: RetentionRow) -> frozenset[str]:
    return frozenset(each.official for each in facts_about(tx, row.application.businesses))
