"""Renews the archive timestamps of letters before the certificate of the last one ends.

What is due is data of each letter; a renewal is an entry, and adds to the file without changing what was issued. It is found done if it was
done before a process ended. A timestamp that holds no longer than the last one is dropped. What can't be renewed now delays no other letter:
it is passed over until all that is due was tried, and then tried again."""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from prometheus_client import Gauge

from zi_chassis.domain import DomainError, ErasedError, UnavailableError
from zi_chassis.process.backoff import Backoff
from zi_chassis.vault.requests import VAULT_ERRORS
from zi_letters.archive import archived_until
from zi_letters.clocks import RENEWED, OfficeClock
from zi_letters.letter_register import LetterRegister, LetterVault, SealedLetter
from zi_letters.pdf_worker import ArchiveJob, PdfWorker, PdfWorkerError
from zi_letters.stored_file import read_file, store_file

logger = logging.getLogger(__name__)

LETTERS_A_LOOK = 50
LOOK_SECONDS = 3600.0
# After a look in which something failed; twice as long after each further one. A vault that starts later than we do is away for some seconds.
RETRY_SECONDS = 5.0
# A timestamp must hold this much longer, so that an authority with a new certificate for each one does not fill the ledger.
GAIN = timedelta(days=1)
UNRENEWED = Gauge("zi_letters_unrenewed", "Letters whose timestamp ends soon and could not be renewed")


class NotLongerError(Exception):
    """Another timestamp would only add to the file."""

    def __init__(self, ends: datetime) -> None:
        super().__init__(
            f"the authority's certificate ends on {ends.date()}, so a new timestamp holds no longer than the last"
        )


EXPECTED = (DomainError, UnavailableError, PdfWorkerError, NotLongerError, *VAULT_ERRORS)


def real_time() -> datetime:
    """X.509 knows no other."""
    return datetime.now(UTC)


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
        self._backoff = Backoff(RETRY_SECONDS, LOOK_SECONDS)
        self._erased: set[UUID] = set()  # they stay due for ever
        self._tried: set[UUID] = set()
        self._faults: dict[UUID, str] = {}
        self._ends: datetime | None = None
        self._is_through = True

    @property
    def reason(self) -> str | None:
        """Return how many letters could not be renewed when they were tried last, and why."""
        for id, fault in self._faults.items():
            return f"{len(self._faults)} letters can't be renewed, first {id}: {fault}"
        return None

    async def now_and_then(self, now: Callable[[], datetime] = real_time) -> None:
        """Look for what is due, again at once if there was more than fits into a look and it made progress."""
        if time.monotonic() >= self._next_look:
            erased = len(self._erased)
            renewed = await self.look(now)
            has_progress = renewed > 0 or len(self._erased) > erased
            if self._is_through or not has_progress:
                self._next_look = time.monotonic() + self._pause()

    def _pause(self) -> float:
        """Return the seconds until the next look."""
        if self._faults:
            return self._backoff.next()
        self._backoff.reset()
        return LOOK_SECONDS

    async def look(self, now: Callable[[], datetime] = real_time) -> int:
        """Renew what ends soon; return how many were renewed. Each letter has its own time, because an authority may be slow."""
        passed_over, self._ends, renewed = self._erased | self._tried, None, 0
        limit = LETTERS_A_LOOK + len(passed_over)
        due = await self._register.to_renew(now() + RENEWED, limit)
        for letter in [each for each in due if each.letter.id not in passed_over][:LETTERS_A_LOOK]:
            renewed += await self._succeeds(letter, now)
        self._is_through = len(due) < limit
        if self._is_through:
            self._tried.clear()
            still = {each.letter.id for each in due}
            self._faults = {id: fault for id, fault in self._faults.items() if id in still}
        UNRENEWED.set(len(self._faults))
        return renewed

    async def _succeeds(self, letter: SealedLetter, now: Callable[[], datetime]) -> bool:
        id = letter.letter.id
        self._faults.pop(id, None)
        try:
            await self._renew(letter, now)
        except ErasedError:
            self._erased.add(id)
        except EXPECTED as fault:
            self._faults[id] = f"{type(fault).__name__}: {fault}"
        except Exception as fault:
            logger.exception("a letter could not be renewed", extra={"fields": {"letter": str(id)}})
            self._faults[id] = type(fault).__name__
        else:
            return True
        self._tried.add(id)
        return False

    async def _renew(self, letter: SealedLetter, now: Callable[[], datetime]) -> None:
        """An authority that had nothing longer for a letter of this look has nothing for those that hold as long, and is not called."""
        if self._ends is not None:
            _require_longer(self._ends, letter.holds_until)
        vault = self._vault()
        file = await read_file(vault, letter.letter, letter.item)
        source = await asyncio.to_thread(self._clock.source, now())
        longer = await self._worker.make(ArchiveJob(file=file, timestamps=source))
        self._ends = await asyncio.to_thread(archived_until, longer)
        assert self._ends is not None
        _require_longer(self._ends, await asyncio.to_thread(archived_until, file))
        stored = await store_file(vault, letter.letter, longer, f"file after {letter.file}")
        await self._register.record_renewal(letter.letter, stored)


def _require_longer(ends: datetime, held_until: datetime | None) -> None:
    if held_until is not None and ends < held_until + GAIN:
        raise NotLongerError(ends)
