"""Use cases of applicants: open an account, state an application, submit it, send missing data, withdraw.

The rules find what is missing or wrong; the decider decides.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid5

from zi_certificates.domain.application import errors
from zi_certificates.domain.application.commands import (
    ApplicationCommands,
    ChangeApplication,
    Resubmit,
    SendData,
    Submit,
    WithdrawApplication,
)
from zi_certificates.domain.application.state import (
    Application,
)
from zi_certificates.domain.ids import request_id_of
from zi_certificates.domain.master_content import UsedEntry
from zi_certificates.domain.statement import Document, Outline, Statement
from zi_certificates.messaging.published import applications
from zi_certificates.messaging.upstream import IntakeRequest, account_of, files_of
from zi_certificates.read.amendments import open_successor
from zi_certificates.read.letters import letter_numbered
from zi_certificates.use_cases.amendment_time import refuse_late_amendment
from zi_certificates.use_cases.billing import Billing
from zi_certificates.use_cases.company_accounts import MOST_PARTS, CompanyAccounts
from zi_certificates.use_cases.rulebook import NoTariffStatedError, Rulebook, published
from zi_certificates.use_cases.statement_checks import (
    PRODUCER,
    draft_of,
    refuse_missing_files,
    refuse_other_series,
    refuse_unknown_circumstances,
    refuse_unknown_product,
    refuse_unless_replaceable,
)
from zi_certificates.use_cases.trade_lists import TradeLists
from zi_chassis.clock import Clock
from zi_chassis.domain import Act
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled, Store
from zi_chassis.vault.connection import VaultWriter
from zi_contracts.certificates import PublishedFinding
from zi_rules.certificate.examination import Examination
from zi_rules.certificate.item import UnnumberedItem

ANSWER = "applicant.answer"


class Applying(CompanyAccounts):
    """`key` is an Idempotency-Key: the same act of the same person under it is done once."""

    def __init__(
        self, store: Store, rules: Rulebook, vault_writer: VaultWriter, billing: Billing, office_clock: Clock
    ) -> None:
        super().__init__(store, vault_writer)
        self._rules = rules
        self._billing = billing
        self._clock = office_clock
        self._lists = TradeLists(rules.hs_lists[0], rules.units[0])

    # -- what is applied for

    async def draft(
        self, request: IntakeRequest, by: Act, key: UUID | None, outline: Outline, replaces: str | None = None
    ) -> Handled[Application]:
        refuse_other_series(request, outline)
        refuse_unknown_circumstances(outline, self._rules.in_force(by.at))
        statement = Statement(**dict(outline), products=())

        def found(tx: Tx) -> tuple[Any, UUID, ApplicationCommands]:
            account = account_of(tx, request)
            if replaces is not None:
                refuse_unless_replaceable(letter_numbered(tx, replaces), request, account)
                if open_successor(tx, replaces, request.application) is not None:
                    raise errors.AmendmentOpenError
            command = draft_of(request, by, request_id_of(key, by, "draft"), account, statement, replaces)
            return applications, request.application, command

        return await self._store.decide(found)

    async def change(
        self, request: IntakeRequest, by: Act, key: UUID | None, outline: Outline, revision: int | None = None
    ) -> Handled[Application]:
        """Products and documents stay as they are."""
        refuse_other_series(request, outline)
        _, now = await self._store.fetch(applications, request.application)
        refuse_unknown_circumstances(outline, self._rules.of(now, by.at))
        request_id = request_id_of(key, by, "change", [outline])
        return await self._edit(request, by, request_id, lambda now: now.outlined(outline), revision)

    async def state_parties(
        self,
        request: IntakeRequest,
        by: Act,
        key: UUID | None,
        stated: Mapping[str, str],
        used: tuple[UsedEntry, ...] = (),
    ) -> Handled[Application]:
        """Seal producer and consignee, by field; an empty text withdraws one. A refused command leaves nothing in the vault.

        `used` is the version that the producer is taken from; typed by hand, it comes from none."""
        request_id = request_id_of(key, by, "parties", [*sorted(stated.items()), *used])
        version, now = await self._store.fetch(applications, request.application)
        if request_id is not None and request_id in now.requests:
            return Handled(now, version, ())
        if now.statement is None:
            raise errors.NotBegunError
        applications.decide(ChangeApplication(by=by, statement=now.statement, revision=now.revision), now)
        texts = {field: text for field, text in stated.items() if text}
        sealed = await self._vault_writer.keep(request.ticket, texts, request_id) if texts else ()
        withdrawn = stated.keys() - texts.keys()

        def edit(now: Statement) -> Statement:
            after = now.with_parties(sealed, withdrawn)
            return after.with_used(None, used) if PRODUCER in stated else after

        return await self._edit(request, by, request_id, edit)

    async def add_items(
        self,
        request: IntakeRequest,
        by: Act,
        key: UUID | None,
        items: Sequence[UnnumberedItem],
        used: tuple[UsedEntry, ...] = (),
    ) -> Handled[Application]:
        """At the end of the list, all or none of them; `used` are the versions that the last of them is filled in from."""
        added = self._lists.products(items)
        request_id = request_id_of(key, by, "add-items", [*added, *used])

        def edit(now: Statement) -> Statement:
            after = now.with_products(added)
            return after.with_used(after.products[-1].number, used) if used else after

        return await self._edit(request, by, request_id, edit)

    async def change_item(
        self, request: IntakeRequest, by: Act, key: UUID | None, number: int, item: UnnumberedItem
    ) -> Handled[Application]:
        [listed] = self._lists.products([item])
        changed = listed.model_copy(update={"number": number})

        def edit(now: Statement) -> Statement:
            refuse_unknown_product(now, number)
            return now.with_product(changed)

        return await self._edit(request, by, request_id_of(key, by, "change-item", [changed]), edit)

    async def remove_item(
        self, request: IntakeRequest, by: Act, key: UUID | None, number: int
    ) -> Handled[Application]:
        def edit(now: Statement) -> Statement:
            refuse_unknown_product(now, number)
            return now.without_product(number)

        return await self._edit(request, by, request_id_of(key, by, "remove-item", [number]), edit)

    async def attach(
        self, request: IntakeRequest, by: Act, key: UUID | None, document: Document
    ) -> Handled[Application]:
        """A file that was attached to the case at intake; attached again it takes its own place."""

        def edit(now: Statement) -> Statement:
            for number in document.products:
                refuse_unknown_product(now, number)
            return now.with_document(document)

        return await self._edit(request, by, request_id_of(key, by, "attach", [document]), edit)

    async def detach(
        self, request: IntakeRequest, by: Act, key: UUID | None, item: UUID
    ) -> Handled[Application]:
        def edit(now: Statement) -> Statement:
            if item not in {each.file.item for each in now.documents}:
                raise errors.NoSuchDocumentError
            return now.without_document(item)

        return await self._edit(request, by, request_id_of(key, by, "detach", [item]), edit)

    async def _edit(
        self,
        request: IntakeRequest,
        by: Act,
        request_id: UUID | None,
        edit: Callable[[Statement], Statement],
        revision: int | None = None,
    ) -> Handled[Application]:
        """Made under the write lock from what is stated then, so that two at once lose nothing."""
        id = request.application

        def found(tx: Tx) -> tuple[Any, UUID, ApplicationCommands]:
            _, now = self._store.states(tx, {id: applications})[id]
            before = now.statement
            if before is None:
                raise errors.NotBegunError
            repeated = request_id is not None and request_id in now.requests
            after = before if repeated else edit(before)
            if max(len(after.products), len(after.documents)) > MOST_PARTS:
                raise errors.TooManyPartsError
            return (
                applications,
                id,
                ChangeApplication(by=by, request=request_id, statement=after, revision=revision),
            )

        return await self._store.decide(found)

    # -- on its way

    async def submit(
        self, request: IntakeRequest, by: Act, key: UUID | None, revision: int
    ) -> Handled[Application]:
        id, request_id = request.application, request_id_of(key, by, "submit", [revision])
        version, now = await self._store.fetch(applications, id)
        if request_id is not None and request_id in now.requests:
            return Handled(now, version, ())
        if now.statement is None:
            raise errors.NotBegunError
        completed = await self._completed(request, now, by.at)
        try:
            terms = self._rules.submitting(now, by.at)
        except NoTariffStatedError:
            # One without products has no price yet: what it lacks is said first.
            if completed["findings"]:
                raise errors.IncompleteError(completed["findings"]) from None
            raise
        command = Submit(by=by, request=request_id, revision=revision, bill="", **completed, **asdict(terms))
        if applications.decide(command, now):
            await self._store.query(lambda tx: refuse_late_amendment(tx, now, self._rules, by.at))
        if terms.amount:
            bill = await self._billing.issue(id, terms.amount, terms.pay_by)
            charged = command.model_copy(update={"bill": bill})
        else:
            charged = command.model_copy(update={"due": self._rules.due(now, by.at)})
        return await self._store.handle(applications, id, charged)

    async def send_data(
        self,
        request: IntakeRequest,
        by: Act,
        key: UUID | None,
        revision: int,
        in_words: Mapping[PublishedFinding, str] = MappingProxyType({}),
    ) -> Handled[Application]:
        """Send the data that the office asked for; the time that the office waited is added to its own.

        What is answered `in_words` goes into the vault once the rest is decided."""
        content = [revision, *in_words.items()] if in_words else [revision]
        id, request_id = request.application, request_id_of(key, by, "send-data", content)
        version, now = await self._store.fetch(applications, id)
        if request_id is not None and request_id in now.requests:
            return Handled(now, version, ())
        completed = await self._completed(request, now, by.at)
        due = self._rules.due_after_pause(now, by.at)
        second = self._rules.second_evaluation(now, by.at)
        command = SendData(
            by=by,
            request=request_id,
            revision=revision,
            due=due,
            second_evaluation=second,
            answered=tuple(in_words),
            **completed,
        )
        applications.decide(command, now)
        items = [
            (
                await self._vault_writer.keep(
                    request.ticket, {ANSWER: text}, request_id and uuid5(request_id, str(n))
                )
            )[0]
            for n, text in enumerate(in_words.values())
        ]
        return await self._store.handle(applications, id, command.model_copy(update={"items": tuple(items)}))

    async def resubmit(
        self, request: IntakeRequest, by: Act, key: UUID | None, revision: int
    ) -> Handled[Application]:
        """Submit a rejected application again: it waits from now on."""
        id, request_id = request.application, request_id_of(key, by, "resubmit", [revision])
        version, now = await self._store.fetch(applications, id)
        if request_id is not None and request_id in now.requests:
            return Handled(now, version, ())
        completed = await self._completed(request, now, by.at)
        due = self._rules.due(now, by.at)
        second = self._rules.second_evaluation(now, by.at)
        command = Resubmit(
            by=by, request=request_id, revision=revision, due=due, second_evaluation=second, **completed
        )
        applications.decide(command, now)
        return await self._store.handle(applications, id, command)

    async def withdraw(self, request: IntakeRequest, by: Act, key: UUID | None) -> Handled[Application]:
        command = WithdrawApplication(by=by, request=request_id_of(key, by, "withdraw"))
        return await self._store.handle(applications, request.application, command)

    async def examination(self, request: IntakeRequest) -> Examination:
        """All that the rules find missing or wrong now, with their sources."""
        _, now = await self._store.fetch(applications, request.application)
        if now.statement is None:
            raise errors.NotBegunError
        _, _, account = await self.account(request)
        return self._rules.examination(now, account, self._clock.now())

    async def _completed(self, request: IntakeRequest, now: Application, at: datetime) -> dict[str, Any]:
        """Return the findings about the present revision and the rules that made them; raise where rules can't judge it.

        The caller decides on `now` first, so that no other revision is taken for the examined one.
        """
        if now.statement is None:
            raise errors.NotBegunError
        _, _, account = await self.account(request)
        if account.verified is None:
            raise errors.AccountNotVerifiedError
        tickets = {request.ticket, *now.statement.carried.values()}
        there = await self._store.query(
            lambda tx: {k: v for each in tickets for k, v in files_of(tx, each).items()}
        )
        refuse_missing_files(now.statement.documents, there)
        findings = published(self._rules.examination(now, account, at))
        return {
            "rules": self._rules.pin(now, at),
            "findings": findings,
            "account_verified_at": account.verified_at,
        }
