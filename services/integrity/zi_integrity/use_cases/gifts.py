"""Report gifts and handle the reports.

A report is recorded in the name of the program and without the time of the day (`coarse_time`); who reports, who gave and what lie in
the vault, which the unit alone opens, as a recorded act.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from zi_chassis.domain import Act, Command, Decider
from zi_chassis.storage.database import Tx
from zi_chassis.storage.in_time import in_time
from zi_chassis.storage.store import Handled, Store
from zi_chassis.vault.vault import Sealed, Vault
from zi_contracts.integrity.gratification import GiftKind, GiftOutcome
from zi_integrity.domain import gratification
from zi_integrity.domain.gratification import Gift
from zi_integrity.messaging.registers_published import gifts
from zi_integrity.read.gifts import next_receipt
from zi_integrity.use_cases.day_of_act import coarse_time
from zi_integrity.use_cases.personal_data import PersonalData
from zi_integrity.use_cases.register_names import RegisterNames
from zi_integrity.use_cases.register_times import RegisterTimes

PROGRAM, PURPOSE = "system:integrity", "handling"
# In the order of the form that the commission asks for.
GIFT_FIELDS = (
    *("gift.reporter", "gift.giver", "gift.relation", "gift.thing", "gift.value"),
    *("gift.occasion", "gift.place", "gift.more", "gift.decision"),
)


@dataclass(frozen=True)
class GiftStatement:
    """`texts` by the fields of the vault, without who reports."""

    kind: GiftKind
    happened_on: date
    texts: Mapping[str, str]


class GiftRegister:
    def __init__(
        self, store: Store, vault: Vault, names: RegisterNames, times: RegisterTimes, data: PersonalData
    ) -> None:
        self._store = store
        self._vault = vault
        self._names = names
        self._times = times
        self._data = data

    async def report(self, by: Act, key: UUID, name: str, stated: GiftStatement) -> UUID:
        """Record a report of the official who acts, under their `name`, and return it. Nothing is too late."""
        id = self._names.entry("gift", by.actor, key)
        sealed = await in_time(self._sealed, id, {"gift.reporter": name, **stated.texts})
        rules = self._times.in_force(by.at).terms
        received = stated.kind == "received"
        receipt = self._times.noon(stated.happened_on)
        command = gratification.ReportGift(
            by=await self._program(by),
            kind=stated.kind,
            happened_on=stated.happened_on,
            reporter=self._names.reporter(by.actor),
            rules=self._times.pin(by.at),
            to_unit_by=self._times.after(rules.gift_to_unit, receipt) if received else None,
            forward_by=self._times.after(rules.gift_forwarding, by.at) if received else None,
            report_by=self._times.after(rules.gift_to_commission, receipt) if received else None,
            items=sealed.refs,
            body_digest=self._names.body_digest(stated.texts),
        )
        await self._store.handle(gifts, id, command, keep=sealed)
        return id

    async def complete(self, by: Act, id: UUID, text: str) -> Handled[Gift]:
        sealed = await in_time(self._sealed, id, {"gift.more": text})
        command = gratification.CompleteGiftReport(
            by=await self._program(by), reporter=self._names.reporter(by.actor), items=sealed.refs
        )
        return await self._store.handle(gifts, id, command, keep=sealed)

    async def mark_found_first(self, by: Act, id: UUID) -> Handled[Gift]:
        return await self._handle(id, gratification.MarkFoundFirst(by=by, reader=self._reader(by)))

    async def ask_completion(self, by: Act, id: UUID) -> Handled[Gift]:
        """Ask for what is missing; the time counts from the report, and leaves the reporter some days from the asking."""
        _, state = await self._store.fetch(gifts, id)
        begun = state.reported.by.at if state.reported is not None else by.at
        terms = self._times.in_force(by.at).terms
        least = terms.gift_completion_asked or terms.gift_completion
        due = max(self._times.after(terms.gift_completion, begun), self._times.after(least, by.at))
        return await self._handle(
            id, gratification.AskGiftCompletion(by=by, reader=self._reader(by), due=due)
        )

    async def deposit(self, by: Act, id: UUID) -> Handled[Gift]:
        """Record the deposit under the next number of the year's receipts."""

        def found(tx: Tx) -> tuple[Decider[Gift], UUID, Command]:
            number = next_receipt(tx, self._times.day(by.at).year)
            return gifts, id, gratification.DepositGift(by=by, reader=self._reader(by), number=number)

        return await self._store.decide(found)

    async def forward(self, by: Act, id: UUID) -> Handled[Gift]:
        return await self._handle(id, gratification.ForwardGift(by=by, reader=self._reader(by)))

    async def decide(self, by: Act, id: UUID, outcome: GiftOutcome, text: str | None) -> Handled[Gift]:
        """Record the decision of the commission, with the number of its letter or what it says."""
        sealed = await in_time(self._sealed, id, {"gift.decision": text}) if text else None
        command = gratification.DecideGift(
            by=by, reader=self._reader(by), outcome=outcome, items=sealed.refs if sealed else ()
        )
        return await self._store.handle(gifts, id, command, keep=sealed)

    async def close(self, by: Act, id: UUID) -> Handled[Gift]:
        return await self._handle(id, gratification.CloseGift(by=by, reader=self._reader(by)))

    async def open_report(self, by: Act, id: UUID) -> dict[str, list[str]]:
        """Open what is in the vault of a report, as a recorded act, in the order of the form."""
        _, state = await self._store.fetch(gifts, id)
        if state.reported is None:
            raise gratification.NoGiftError
        if state.reported.reporter == self._reader(by):
            raise gratification.OwnGiftError
        subject = self._names.data_subject(id)
        items = [each.item for each in await self._data.items_of(subject, GIFT_FIELDS)]
        opened = await self._data.open(subject, by, PURPOSE, items)
        texts = {
            field: [each.text for each in opened.values() if each.field == field] for field in GIFT_FIELDS
        }
        return {field: found for field, found in texts.items() if found}

    async def _handle(self, id: UUID, command: gratification.UnitCommands) -> Handled[Gift]:
        return await self._store.handle(gifts, id, command)

    def _sealed(self, id: UUID, texts: Mapping[str, str]) -> Sealed:
        return self._vault.seal(self._names.data_subject(id), texts)

    def _reader(self, by: Act) -> str:
        return self._names.reporter(by.actor)

    async def _program(self, by: Act) -> Act:
        at = await coarse_time(self._store, self._times.begin(self._times.day(by.at)))
        return Act(at=at, actor=PROGRAM, role=PROGRAM)
