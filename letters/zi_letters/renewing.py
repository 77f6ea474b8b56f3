"""Renews the archive timestamps of letters before the certificate of the last one ends.

What is due is data of each letter; a renewal is an entry, and adds to the file without changing what was issued. It is found done if it was
done before a process ended, and what can't be renewed now is tried again at the next look."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime

from prometheus_client import Gauge

from zi_chassis.domain import DomainError, ErasedError, UnavailableError
from zi_chassis.vault_requests import VAULT_ERRORS
from zi_letters.clocks import RENEWED, OfficeClock
from zi_letters.letter_register import LetterRegister, LetterVault, SealedLetter
from zi_letters.pdf_worker import ArchiveJob, PdfWorker, PdfWorkerError
from zi_letters.stored_file import read_file, store_file

logger = logging.getLogger(__name__)

LETTERS_A_LOOK = 50
LOOK_SECONDS = 3600.0
UNRENEWED = Gauge("zi_letters_unrenewed", "Letters whose timestamp ends soon and could not be renewed")
EXPECTED = (DomainError, UnavailableError, PdfWorkerError, *VAULT_ERRORS)


class Renewing:
    """Run by the process that seals, with the same worker."""

    def __init__(
        self,
        register: LetterRegister,
        clock: OfficeClock,
        vault: Callable[[], LetterVault],
        worker: PdfWorker,
    ) -> None:
        self._register = register
        self._clock = clock
        self._vault = vault
        self._worker = worker
        self._next_look = 0.0
        self._erased = 0
        self.reason: str | None = None

    async def now_and_then(self) -> None:
        """Look for what is due, again at once if there was more than fits into a look; real time, as X.509 knows no other."""
        if time.monotonic() >= self._next_look:
            renewed = await self.look(datetime.now(UTC))
            if renewed < LETTERS_A_LOOK:
                self._next_look = time.monotonic() + LOOK_SECONDS

    async def look(self, at: datetime) -> int:
        """Renew what ends soon after `at`; return how many were renewed."""
        # What was erased stays due for ever and is passed over.
        due = await self._register.to_renew(at + RENEWED, LETTERS_A_LOOK + self._erased)
        faults, renewed, self._erased = [], 0, 0
        for letter in due:
            try:
                await self._renew(letter, at)
                renewed += 1
            except ErasedError:
                self._erased += 1
            except EXPECTED as fault:
                faults.append(f"{letter.letter.id}: {type(fault).__name__}: {fault}")
        UNRENEWED.set(len(faults))
        self.reason = f"{len(faults)} letters can't be renewed, first {faults[0]}" if faults else None
        return renewed

    async def _renew(self, letter: SealedLetter, at: datetime) -> None:
        vault = self._vault()
        file = await read_file(vault, letter.letter, letter.item)
        longer = await self._worker.make(ArchiveJob(file=file, timestamps=self._clock.source(at)))
        stored = await store_file(vault, letter.letter, longer, f"file after {letter.file}")
        await self._register.record_renewal(letter.letter, stored)
