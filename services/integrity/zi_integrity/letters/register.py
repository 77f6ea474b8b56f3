"""The letters of this service as zi_letters finishes them: each has its number from the moment that it was signed for."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from zi_chassis.clock import Clock
from zi_chassis.domain import Act
from zi_chassis.storage.store import Store
from zi_integrity.domain.office_letter import RecordRenewedFile, RecordSealedFile
from zi_integrity.letters.local_vault import LocalLetterVault
from zi_integrity.messaging.office_letters_data import office_letters
from zi_integrity.read.office_letters import OfficeLetterRow, letters_to_renew, letters_to_seal, office_letter
from zi_letters.letter_register import NumberedLetter, SealedLetter, StoredFile, with_file

SYSTEM = "system:integrity"


class OfficeLetterRegister:
    """The `LetterRegister` of this service."""

    def __init__(self, store: Store, vault: LocalLetterVault, clock: Clock) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock

    async def unsealed(self, limit: int) -> Sequence[UUID]:
        return await self._store.query(lambda tx: letters_to_seal(tx, limit))

    async def number(self, id: UUID) -> NumberedLetter:
        return _numbered(await self._row(id))

    async def record_file(self, letter: NumberedLetter, file: StoredFile) -> None:
        row, by = await self._row(letter.id), self._act(letter)
        command = RecordSealedFile(by=by, letter=letter.id, number=row.number, **vars(file))
        await self._store.handle(office_letters, letter.id, command, keep=self._vault.take(file.item.item))

    async def to_renew(self, before: datetime, limit: int) -> Sequence[SealedLetter]:
        rows = await self._store.query(lambda tx: letters_to_renew(tx, before, limit))
        return [with_file(_numbered(row), row.file, row.file_item, row.holds_until) for row in rows]

    async def record_renewal(self, letter: NumberedLetter, file: StoredFile) -> None:
        row, by = await self._row(letter.id), self._act(letter)
        command = RecordRenewedFile(by=by, letter=letter.id, number=row.number, **vars(file))
        await self._store.handle(office_letters, letter.id, command, keep=self._vault.take(file.item.item))

    async def end_replaced(self) -> bool:
        """Nothing ends here: a standard says itself which version is in force."""
        return True

    def _act(self, letter: NumberedLetter) -> Act:
        return Act(at=self._clock.now(), actor=SYSTEM, role=SYSTEM, causation=str(letter.event))

    async def _row(self, id: UUID) -> OfficeLetterRow:
        row = await self._store.query(lambda tx: office_letter(tx, id))
        assert row is not None
        return row


def _numbered(row: OfficeLetterRow) -> NumberedLetter:
    return NumberedLetter(row.letter, str(row.letter), row.content, row.template, row.item, row.event_id)
