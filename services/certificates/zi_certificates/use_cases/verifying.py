"""Verify a number, a text or a file, with one indexed read each, and count the outcome; nothing tells who asked."""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from zi_certificates.domain.verification import (
    PresentedItem,
    TextReading,
    Verdict,
    judge,
    judge_code,
    number_in,
    read,
)
from zi_certificates.read.checks import Checks
from zi_certificates.read.letters import LetterRow, letter_numbered, letter_with_file
from zi_chassis.clock import Clock
from zi_chassis.store import Store
from zi_chassis.web.language import WITA
from zi_letters.claimed_number import claimed_number
from zi_letters.keys import LetterKeys


@dataclass(frozen=True)
class Checked:
    """The verdict, on the number that was shown or claimed, and the letter that really has that number."""

    verdict: Verdict
    number: str | None
    letter: LetterRow | None
    holder: str | None = None


class Verifying:
    def __init__(
        self, store: Store, keys: LetterKeys, clock: Clock, checks: Checks, *, must_confine: bool = True
    ) -> None:
        self._store = store
        self._keys = keys
        self._clock = clock
        self._checks = checks
        self._must_confine = must_confine

    async def by_number(self, number: str) -> Checked:
        known = number_in(number)
        return await self._judged(
            TextReading(PresentedItem.NO_LETTER if known is None else PresentedItem.NUMBER, known)
        )

    async def by_text(self, text: str) -> Checked:
        """Verify a number, an address, or the text of the code on a letter."""
        return await self._judged(read(text, self._keys.address, self._keys.code.verifier))

    async def by_file(self, data: bytes) -> Checked:
        """Compare a file with the sealed ones; it is stored nowhere."""
        file = sha256(data).hexdigest()
        letter = await self._store.query(lambda tx: letter_with_file(tx, file))
        if letter is not None:
            return self._counted(
                Checked(judge(PresentedItem.FILE, letter, self.today), letter.number, letter)
            )
        claim = await claimed_number(data, must_confine=self._must_confine)
        number = None if claim is None else number_in(claim)
        return await self._judged(
            TextReading(PresentedItem.NO_LETTER if number is None else PresentedItem.OTHER_FILE, number)
        )

    @property
    def today(self) -> date:
        """The date at the office."""
        return self._clock.now().astimezone(WITA).date()

    async def _judged(self, reading: TextReading) -> Checked:
        number, code = reading.number, reading.code
        letter = None if number is None else await self._store.query(lambda tx: letter_numbered(tx, number))
        if code is None:
            return self._counted(Checked(judge(reading.evidence, letter, self.today), number, letter))
        verdict = judge_code(code, letter, self.today)
        holder = code.holder if verdict.untouched else None
        return self._counted(Checked(verdict, number, letter, holder))

    def _counted(self, checked: Checked) -> Checked:
        self._checks.count(self.today, checked.verdict.evidence, checked.verdict.outcome)
        return checked
