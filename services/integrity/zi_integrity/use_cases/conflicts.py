"""Declare, report and decide conflicts of interest.

A report is recorded in the name of the program and without the time of the day (`coarse_time`), so that neither actor nor time names
whoever reports; their name and words lie in the vault, and opening them is recorded.
"""

from dataclasses import dataclass
from uuid import UUID

from zi_chassis.domain import Act
from zi_chassis.storage.database import Tx
from zi_chassis.storage.in_time import in_time
from zi_chassis.storage.store import Handled, Store
from zi_chassis.vault.vault import Vault
from zi_chassis.web.problem import NotFoundError
from zi_contracts.integrity.conflict import (
    ClearingReason,
    ConflictKind,
    ConflictMeasure,
    ConflictSource,
    DismissalReason,
)
from zi_integrity.domain import conflict
from zi_integrity.domain.conflict import Conflict, ConflictCommands
from zi_integrity.messaging.businesses import business_of
from zi_integrity.messaging.published import conflicts
from zi_integrity.use_cases.day_of_act import coarse_time
from zi_integrity.use_cases.personal_data import PersonalData
from zi_integrity.use_cases.register_names import RegisterNames
from zi_integrity.use_cases.register_times import RegisterTimes

PROGRAM = "system:integrity"
PURPOSE = "handling"
NOTE, REPORTER = "conflict.note", "conflict.reporter"


class UnknownPartyError(NotFoundError):
    """No business is known of a case with this ticket."""

    def __init__(self) -> None:
        super().__init__(
            "No business is known of this ticket. Complaints and questions have none: ask your supervisor to give such a case to somebody else."
        )


@dataclass(frozen=True)
class DeclaredInterest:
    """`ticket` is any case of the business."""

    ticket: str
    kind: ConflictKind
    source: ConflictSource


class ConflictRegister:
    def __init__(
        self, store: Store, vault: Vault, names: RegisterNames, times: RegisterTimes, data: PersonalData
    ) -> None:
        self._store = store
        self._vault = vault
        self._names = names
        self._times = times
        self._data = data

    async def declare(self, by: Act, key: UUID, interest: DeclaredInterest, note: str | None) -> UUID:
        """Declare an interest of the official who acts, and return the declaration."""
        id = self._names.entry("conflict", by.actor, key)
        data_subject = self._names.data_subject(id)
        sealed = await in_time(self._vault.seal, data_subject, {NOTE: note}) if note else None
        command = conflict.DeclareConflict(
            by=by,
            **await self._fields(by, interest),
            items=sealed.refs if sealed else (),
            body_digest=self._names.body_digest({NOTE: note or ""}),
        )
        await self._store.handle(conflicts, id, command, keep=sealed)
        return id

    async def report(self, by: Act, key: UUID, official: str, interest: DeclaredInterest, text: str) -> UUID:
        """Report an interest of another official, in confidence."""
        id = self._names.entry("report", by.actor, key)
        texts = {REPORTER: by.actor, NOTE: text}
        sealed = await in_time(self._vault.seal, self._names.data_subject(id), texts)
        fields = await self._fields(by, interest)
        at = await coarse_time(self._store, self._times.begin(self._times.day(by.at)))
        command = conflict.ReportConflict(
            by=Act(at=at, actor=PROGRAM, role=PROGRAM),
            official=official,
            reporter=self._names.reporter(by.actor),
            items=sealed.refs,
            body_digest=self._names.body_digest({NOTE: text}),
            **fields,
        )
        await self._store.handle(conflicts, id, command, keep=sealed)
        return id

    async def establish(
        self, by: Act, key: UUID, official: str, interest: DeclaredInterest, measure: ConflictMeasure
    ) -> UUID:
        """Establish an interest that a superior knows of without a declaration."""
        id = self._names.entry("established", by.actor, key)
        fields = await self._fields(by, interest)
        command = conflict.EstablishConflict(by=by, official=official, measure=measure, **fields)
        await self._store.handle(conflicts, id, command)
        return id

    async def establish_report(self, by: Act, id: UUID, measure: ConflictMeasure) -> Handled[Conflict]:
        _, state = await self._store.fetch(conflicts, id)
        if (reported := state.reported) is None:
            raise conflict.NoConflictError
        fields = reported.model_dump(exclude={"by", "reporter", "items", "body_digest"})
        command = conflict.EstablishConflict(**fields, by=by, measure=measure)
        return await self._store.handle(conflicts, id, command)

    async def decide(self, by: Act, id: UUID, measure: ConflictMeasure) -> Handled[Conflict]:
        return await self._handle(id, conflict.DecideConflict(by=by, measure=measure))

    async def dismiss(self, by: Act, id: UUID, reason: DismissalReason) -> Handled[Conflict]:
        return await self._handle(id, conflict.DismissReport(by=by, reason=reason))

    async def withdraw(self, by: Act, id: UUID) -> Handled[Conflict]:
        return await self._handle(id, conflict.WithdrawDeclaration(by=by))

    async def clear(self, by: Act, id: UUID, reason: ClearingReason) -> Handled[Conflict]:
        return await self._handle(id, conflict.ClearConflict(by=by, reason=reason))

    async def open_words(self, by: Act, id: UUID) -> dict[str, str]:
        """Open what was written, and who reported it, as a recorded act; never for the official whom it is about."""
        _, state = await self._store.fetch(conflicts, id)
        begun = state.reported or state.declared
        if begun is None:
            raise conflict.NoConflictError
        if begun.official == by.actor:
            raise conflict.ConflictOfYourselfError
        subject = self._names.data_subject(id)
        items = [each.item for each in await self._data.items_of(subject, (NOTE, REPORTER))]
        opened = await self._data.open(subject, by, PURPOSE, items) if items else {}
        return {each.field: each.text for each in opened.values()}

    async def _handle(self, id: UUID, command: ConflictCommands) -> Handled[Conflict]:
        return await self._store.handle(conflicts, id, command)

    async def _fields(self, by: Act, interest: DeclaredInterest) -> dict[str, object]:
        business = await self._store.query(lambda tx: _business(tx, interest.ticket))
        term = self._times.in_force(by.at).terms.conflict_decision
        return {
            "business_ref": business,
            "kind": interest.kind,
            "source": interest.source,
            "ticket": interest.ticket,
            "decide_by": self._times.after(term, by.at),
            "rules": self._times.pin(by.at),
        }


def _business(tx: Tx, ticket: str) -> str:
    business = business_of(tx, ticket)
    if business is None:
        raise UnknownPartyError
    return business
