"""Verify a letter of mentoring by its number, or by the code that a phone reads on it; nothing tells who asked."""

import re
from dataclasses import dataclass
from enum import StrEnum

from zi_chassis.storage.store import Store
from zi_letters.keys import LetterKeys
from zi_letters.shown_code import genuine_code
from zi_tlog.letter import Code
from zi_umkm.domain.case.referral_state import Referral
from zi_umkm.domain.case.state import OVER, MentoringCase
from zi_umkm.messaging.published import cases
from zi_umkm.messaging.upstream import request_of
from zi_umkm.read.letters import MentoringLetterRow, mentoring_letter_numbered
from zi_umkm.read.trips import letter_holds

ASSIGNMENT = "trip_assignment"
WRITTEN = re.compile(r"\s*([a-z]{2,6})[\s/-]*([0-9]{4})[\s/-]*([0-9]{1,6})\s*", re.IGNORECASE | re.ASCII)


class ShownEvidence(StrEnum):
    """The result of comparing what was shown with the office's records."""

    UNKNOWN = "unknown"
    NUMBER = "number"
    GENUINE = "genuine"
    CHANGED = "changed"


class LetterStanding(StrEnum):
    """A letter that still asks for an answer, has all of them, or asks for none any more; or that of a trip, which holds or was withdrawn."""

    WAITING = "waiting"
    ANSWERED = "answered"
    OVER = "over"
    HOLDS = "holds"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class VerifiedLetter:
    """`row` is the letter that really has the number; `code`, with holder and products, only for whoever has a genuine code of it."""

    evidence: ShownEvidence
    row: MentoringLetterRow | None = None
    standing: LetterStanding | None = None
    code: Code | None = None


def typed_number(text: str) -> str:
    """Return a number as it is printed, from however it was typed: `sr 2026 17` is SR-2026-000017."""
    match = WRITTEN.fullmatch(text)
    return "" if match is None else f"{match[1].upper()}-{match[2]}-{int(match[3]):06}"


class LetterVerifying:
    def __init__(self, store: Store, keys: LetterKeys) -> None:
        self._store = store
        self._keys = keys

    async def verify(self, number: str, code: str | None) -> VerifiedLetter:
        row = await self._store.query(lambda tx: mentoring_letter_numbered(tx, typed_number(number)))
        if row is None:
            return VerifiedLetter(ShownEvidence.CHANGED if code else ShownEvidence.UNKNOWN)
        standing = await self._standing(row)
        if code is None:
            return VerifiedLetter(ShownEvidence.NUMBER, row, standing)
        opened = genuine_code(self._keys, row.number, row.kind, row.content, code)
        if opened is None:
            return VerifiedLetter(ShownEvidence.CHANGED, row, standing)
        return VerifiedLetter(ShownEvidence.GENUINE, row, standing, opened)

    async def _standing(self, row: MentoringLetterRow) -> LetterStanding | None:
        if row.kind == ASSIGNMENT:
            holds = await self._store.query(lambda tx: letter_holds(tx, row.number))
            return LetterStanding.HOLDS if holds else LetterStanding.WITHDRAWN
        request = await self._store.query(lambda tx: request_of(tx, row.ticket))
        if request is None:
            return None
        _, case = await self._store.fetch(cases, request.mentoring)
        return standing_of(case, next((each for each in case.referrals if each.letter == row.letter), None))


def standing_of(case: MentoringCase, letter: Referral | None) -> LetterStanding | None:
    """Return how a letter to the health office stands; None for a letter of another kind."""
    if letter is None:
        return None
    if case.status in OVER or case.referral is None or case.referral.letter != letter.letter:
        return LetterStanding.OVER
    waits = letter.unanswered(case.at_health_office)
    return LetterStanding.WAITING if waits else LetterStanding.ANSWERED
