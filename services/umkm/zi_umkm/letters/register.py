"""The letters of mentoring as zi_letters finishes them: numbered when they were given, with contents and files in the office's vault."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from zi_chassis.clock import Clock
from zi_chassis.domain import Act
from zi_chassis.storage.store import Store
from zi_letters.letter_register import NumberedLetter, SealedLetter, StoredFile, with_file
from zi_umkm.domain.letter import RecordLetterFile, RenewMentoringLetter, SealMentoringLetter
from zi_umkm.letters.trip_vault import TripLetterVault
from zi_umkm.messaging.letters_data import letter_files
from zi_umkm.read.letters import MentoringLetterRow, letters_that_end, mentoring_letter, unsealed_letters


class MentoringLetterWork:
    """The `LetterRegister` of this service."""

    def __init__(self, store: Store, clock: Clock, trip_vault: TripLetterVault) -> None:
        self._store = store
        self._clock = clock
        self._trip_vault = trip_vault

    async def unsealed(self, limit: int) -> Sequence[UUID]:
        return await self._store.query(lambda tx: unsealed_letters(tx, limit))

    async def number(self, id: UUID) -> NumberedLetter:
        row = await self._store.query(lambda tx: mentoring_letter(tx, id))
        assert row is not None
        return numbered_letter(row)

    async def record_file(self, letter: NumberedLetter, file: StoredFile) -> None:
        await self._record(SealMentoringLetter, letter, file)

    async def to_renew(self, before: datetime, limit: int) -> Sequence[SealedLetter]:
        ending = await self._store.query(lambda tx: letters_that_end(tx, before, limit))
        return [
            with_file(numbered_letter(each), each.file, each.file_item, each.holds_until) for each in ending
        ]

    async def record_renewal(self, letter: NumberedLetter, file: StoredFile) -> None:
        await self._record(RenewMentoringLetter, letter, file)

    async def end_replaced(self) -> bool:
        """A referral ends with its case, not with its letter: nothing is to be done."""
        return True

    async def _record(self, kind: type[RecordLetterFile], letter: NumberedLetter, file: StoredFile) -> None:
        row = await self._store.query(lambda tx: mentoring_letter(tx, letter.id))
        assert row is not None
        me = f"system:{self._store.service}"
        by = Act(at=self._clock.now(), actor=me, role=me, causation=str(letter.event))
        command = kind(by=by, ticket=row.ticket, number=row.number, letter=letter.id, **vars(file))
        await self._store.handle(letter_files, letter.id, command, self._trip_vault.take(file.item.item))


def numbered_letter(row: MentoringLetterRow) -> NumberedLetter:
    return NumberedLetter(row.letter, row.ticket, row.content, row.template, row.item, row.event_id)
