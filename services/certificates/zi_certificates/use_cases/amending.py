"""Begin the amendment of an issued letter: an application that repeats the letter and names it, so that the company changes only what has changed.

From there on it is an application as any other: evaluated, signed by somebody else, in the order of the queue.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from zi_certificates.domain.application import errors
from zi_certificates.domain.application.amended_letter import AmendedLetter
from zi_certificates.domain.application.commands import ApplicationCommands, Draft
from zi_certificates.domain.application.state import Application
from zi_certificates.domain.ids import request_id_of
from zi_certificates.domain.standing import Letter
from zi_certificates.domain.statement import Statement
from zi_certificates.messaging.published import applications
from zi_certificates.messaging.upstream import IntakeRequest, account_of
from zi_certificates.read.amendments import open_successor
from zi_certificates.read.letters import LetterRow
from zi_certificates.use_cases.amendment_time import refuse_ended_shipment, valid_letter
from zi_certificates.use_cases.applying import ANSWER
from zi_certificates.use_cases.rulebook import Rulebook
from zi_certificates.use_cases.statement_checks import draft_of
from zi_chassis.domain import Act
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled, Store
from zi_chassis.vault.connection import VaultWriter
from zi_contracts.certificates import AmendmentReason
from zi_contracts.intake import Items


@dataclass(frozen=True)
class AmendmentAsked:
    """The words of the company about the amendment; `arrives` is needed where an import letter was issued without a day of arrival."""

    number: str
    reason: AmendmentReason
    text: str
    arrives: date | None = None


class Amending:
    """`key` is an Idempotency-Key: the same act of the same person under it is done once."""

    def __init__(self, store: Store, rules: Rulebook, vault_writer: VaultWriter) -> None:
        self._store = store
        self._rules = rules
        self._vault_writer = vault_writer

    async def begin(
        self, request: IntakeRequest, by: Act, key: UUID | None, wanted: AmendmentAsked
    ) -> Handled[Application]:
        """Decide it without storing first: a refused amendment leaves nothing in the vault."""
        request_id = request_id_of(key, by, "amend", [wanted])
        version, now = await self._store.fetch(applications, request.application)
        if request_id is not None and request_id in now.requests:
            return Handled(now, version, ())
        planned = await self._store.query(lambda tx: self._draft(tx, request, by, request_id, wanted))
        if not applications.decide(planned, now):
            return Handled(now, version, ())
        items = await self._vault_writer.keep(request.ticket, {ANSWER: wanted.text}, request_id)

        def found(tx: Tx) -> tuple[Any, UUID, ApplicationCommands]:
            draft = self._draft(tx, request, by, request_id, wanted, items)
            return applications, request.application, draft

        return await self._store.decide(found)

    def _draft(
        self,
        tx: Tx,
        request: IntakeRequest,
        by: Act,
        request_id: UUID | None,
        wanted: AmendmentAsked,
        items: Items = (),
    ) -> Draft:
        account = account_of(tx, request)
        row = valid_letter(tx, wanted.number, self._rules, by.at)
        if row is None or row.account != account or row.series != request.series:
            raise errors.NotAmendableError
        statement, letter = self._statement(tx, request, by, row, wanted)
        amends = AmendedLetter(
            letter=row.letter,
            application=row.application,
            reason=wanted.reason,
            called_for=letter.to_amend,
            called_fields=tuple(sorted(letter.called_fields)),
            valid_until=row.valid_until,
            arrives=wanted.arrives,
            items=items,
        )
        return draft_of(request, by, request_id, account, statement, wanted.number, amends)

    def _statement(
        self, tx: Tx, request: IntakeRequest, by: Act, row: LetterRow, wanted: AmendmentAsked
    ) -> tuple[Statement, Letter]:
        """Return what the letter states, as the statement that the amendment begins with, and the letter. Raises why it can't be amended."""
        if open_successor(tx, wanted.number, request.application) is not None:
            raise errors.AmendmentOpenError
        issued: Application = self._store.states(tx, {row.application: applications})[row.application][1]
        stated = issued.approved
        if stated is None:
            raise errors.AmendmentUndecidedError
        refuse_ended_shipment(self._rules, row, stated.arrives or wanted.arrives, by.at)
        [letter] = [each for each in issued.letters if each.id == row.letter]
        return stated.amending(row.kind, row.ticket), letter
