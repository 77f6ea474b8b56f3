"""The letters of applications as zi_letters finishes them: numbered by the register of their series and year, then superseding."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from zi_certificates.domain.application.commands import (
    RecordLapse,
    RecordNumber,
    RenewTimestamp,
    Seal,
    SignPersonally,
    Supersede,
)
from zi_certificates.domain.application.state import Application
from zi_certificates.domain.ids import register_id
from zi_certificates.domain.issuing import to_issue
from zi_certificates.messaging.published import applications, registers
from zi_certificates.read.letters import LetterRow, letter, letters_of, letters_to_renew, letters_to_seal
from zi_chassis.clock import Clock
from zi_chassis.domain import Act, DomainError, UnavailableError
from zi_chassis.office_clock import office_zone
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled, Store
from zi_letters.letter_register import NumberedLetter, SealedLetter, SignedPage, StoredFile, with_file

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ReplacedLetter:
    """A letter that is still valid although the one in its place, of the application `replaced_by`, is sealed."""

    application: UUID
    letter: UUID
    kind: str
    replaced_by: UUID


class CertificateRegister:
    """The `LetterRegister` of this service."""

    def __init__(self, store: Store, office: str, clock: Clock) -> None:
        self._store = store
        self._office = office
        self._clock = clock

    async def unsealed(self, limit: int) -> Sequence[UUID]:
        return [row.letter for row in await self._store.query(lambda tx: letters_to_seal(tx, limit))]

    async def number(self, id: UUID) -> NumberedLetter:
        """The register decides the number first; the application records it afterwards."""
        row = await self._row(id)
        _, application = await self._store.fetch(applications, row.application)
        assert application.signed is not None
        year = row.signed_at.astimezone(office_zone()).year
        register = register_id(self._office, row.series, year)
        for issue in to_issue(row.application, application, application.signed, year, self._act()):
            if issue.letter == id:
                await self._store.handle(registers, register, issue)
                issued = await self._row(id)
                assert issued.number is not None
                command = RecordNumber(by=self._act(issued.event_id), letter=id, number=issued.number)
                await self._store.handle(applications, row.application, command)
        return _numbered(await self._row(id))

    async def record_signature(
        self, letter: NumberedLetter, page: SignedPage, by: Act
    ) -> Handled[Application]:
        """Record the personal signature of its signatory, whose act it is."""
        row = await self._row(letter.id)
        command = SignPersonally(by=by, letter=letter.id, file=page.file, item=page.item)
        return await self._store.handle(applications, row.application, command)

    async def record_lapse(self, letter: NumberedLetter) -> None:
        """Ask its signatory again: the personal signature ended before the seal."""
        assert letter.signed is not None
        row = await self._row(letter.id)
        command = RecordLapse(by=self._act(letter.event), letter=letter.id, file=letter.signed.file)
        await self._store.handle(applications, row.application, command)

    async def letter(self, id: UUID) -> NumberedLetter:
        """Return a letter that has its number."""
        return _numbered(await self._row(id))

    async def record_file(self, letter: NumberedLetter, file: StoredFile) -> None:
        row = await self._row(letter.id)
        command = Seal(by=self._act(letter.event), letter=letter.id, **vars(file))
        await self._store.handle(applications, row.application, command)

    async def to_renew(self, before: datetime, limit: int) -> Sequence[SealedLetter]:
        rows = await self._store.query(lambda tx: letters_to_renew(tx, before, limit))
        return [with_file(_numbered(row), row.file, row.file_item, row.holds_until) for row in rows]

    async def record_renewal(self, letter: NumberedLetter, file: StoredFile) -> None:
        row = await self._row(letter.id)
        command = RenewTimestamp(by=self._act(letter.event), letter=letter.id, **vars(file))
        await self._store.handle(applications, row.application, command)

    async def end_replaced(self) -> bool:
        for replaced in await self._store.query(replaced_letters):
            [new, *_] = await self._store.query(partial(_replacements, replaced))
            assert new.number is not None
            command = Supersede(by=self._act(new.event_id), letter=replaced.letter, by_number=new.number)
            try:
                await self._store.handle(applications, replaced.application, command)
            except (DomainError, UnavailableError) as fault:
                logger.warning("letter %s could not be ended: %s", replaced.letter, fault)
                return False
        return True

    async def _row(self, id: UUID) -> LetterRow:
        row = await self._store.query(lambda tx: letter(tx, id))
        assert row is not None
        return row

    def _act(self, causation: UUID | None = None) -> Act:
        actor = f"system:{self._store.service}"
        return Act(
            at=self._clock.now(),
            actor=actor,
            role=actor,
            causation=None if causation is None else str(causation),
        )


def _numbered(row: LetterRow) -> NumberedLetter:
    assert row.event_id is not None
    return NumberedLetter(
        row.letter,
        row.ticket,
        row.content,
        row.template,
        row.item,
        row.event_id,
        signed=None
        if row.signed is None or row.signed_item is None
        else SignedPage(row.signed, row.signed_item),
        awaits_signature=row.signature == "wanted",
        lapses=row.lapses,
    )


def replaced_letters(tx: Tx) -> list[ReplacedLetter]:
    """Find letters that are still valid although their replacement is sealed; nobody ends a letter of another business."""
    rows = tx.execute(
        "SELECT o.application, o.letter, o.kind, a.application AS successor FROM applications a"
        " JOIN letters o ON o.number = a.replaces"
        " WHERE a.replaces IS NOT NULL AND a.status IN ('issued', 'suspended') AND o.standing IN ('valid', 'suspended')"
        " AND (o.account = a.account OR o.business_ref = a.business_ref)"
    )
    return [
        ReplacedLetter(UUID(row["application"]), UUID(row["letter"]), row["kind"], UUID(row["successor"]))
        for row in rows
    ]


def _replacements(replaced: ReplacedLetter, tx: Tx) -> list[LetterRow]:
    """The one of the same kind first."""
    return sorted(letters_of(tx, replaced.replaced_by), key=lambda row: row.kind != replaced.kind)
