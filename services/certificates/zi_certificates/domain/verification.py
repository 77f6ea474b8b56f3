"""Three answers about a letter, each apart: is it unchanged, did this office issue it, is it valid today. Pure.

A file or code that is not exactly the issued one says nothing about validity, so a forgery never shares the validity of the letter
that it copies.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from urllib.parse import parse_qs

from zi_certificates.domain.standing import Standing
from zi_rules.letter_number import number_in
from zi_tlog.error import LogError
from zi_tlog.letter import IN_QUERY, Code, open_code
from zi_tlog.note import Verifier


class PresentedItem(StrEnum):
    """The thing that somebody verifies, and whether it is the issued one."""

    NUMBER = "number"
    FILE = "file"
    CODE = "code"
    OTHER_FILE = "other_file"
    OTHER_CODE = "other_code"
    OTHER_ADDRESS = "other_address"
    NO_LETTER = "no_letter"


class Today(StrEnum):
    """Validity of an issued letter today."""

    VALID = "valid"
    NOT_SEALED = "not_sealed"
    ENDED = "ended"
    SUSPENDED = "suspended"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"


class VerificationOutcome(StrEnum):
    """The answer in one word; `genuine` is the very file or code, `issued` only the letter of that number."""

    GENUINE = "genuine"
    ISSUED = "issued"
    NOT_VALID = "not_valid"
    CHANGED = "changed"
    UNKNOWN = "unknown"
    NO_LETTER = "no_letter"


class Numbered(Protocol):
    """The fields that a letter's validity depends on."""

    @property
    def valid_until(self) -> date | None: ...
    @property
    def sealed_at(self) -> datetime | None: ...
    @property
    def standing(self) -> Standing | None: ...
    @property
    def since(self) -> datetime | None: ...
    @property
    def reason(self) -> str | None: ...
    @property
    def by_number(self) -> str | None: ...


class VerifiableLetter(Numbered, Protocol):
    """The stored fields of a numbered letter that a verification compares."""

    @property
    def number(self) -> str | None: ...
    @property
    def kind(self) -> str: ...
    @property
    def content(self) -> str: ...


@dataclass(frozen=True)
class Stands:
    """`since` when it stands so: a moment, or for one that ended the last day that it was valid."""

    today: Today
    since: datetime | date | None = None
    reason: str | None = None
    by_number: str | None = None


@dataclass(frozen=True)
class Verdict:
    """`untouched` is None where only a number was verified; `stands` is the validity of the letter of that number, whatever the evidence."""

    evidence: PresentedItem
    untouched: bool | None
    issued: bool
    stands: Stands | None

    @property
    def outcome(self) -> VerificationOutcome:
        if self.evidence is PresentedItem.NO_LETTER:
            return VerificationOutcome.NO_LETTER
        if self.untouched is False:
            return VerificationOutcome.CHANGED
        if self.stands is None or self.stands.today is Today.NOT_SEALED:
            return VerificationOutcome.UNKNOWN
        if self.stands.today is not Today.VALID:
            return VerificationOutcome.NOT_VALID
        return VerificationOutcome.ISSUED if self.untouched is None else VerificationOutcome.GENUINE


@dataclass(frozen=True)
class TextReading:
    """The number in a text, and the code where the text was a whole code."""

    evidence: PresentedItem
    number: str | None = None
    code: Code | None = None


def read(text: str, address: str, verifier: Verifier) -> TextReading:
    """A number, an address of this office, or the whole text of a code."""
    stripped = _without_other_parameters(text.strip())
    place, mark, _ = stripped.partition("#" if "#" in stripped else IN_QUERY)
    if "://" not in stripped:
        number = number_in(stripped)
        return TextReading(PresentedItem.NO_LETTER if number is None else PresentedItem.NUMBER, number)
    number = number_in(place.removeprefix(address))
    if not place.startswith(address) or number is None:
        return TextReading(PresentedItem.OTHER_ADDRESS, number_in(place.rpartition("/")[2]))
    if not mark:
        return TextReading(PresentedItem.NUMBER, number)
    try:
        return TextReading(PresentedItem.CODE, number, open_code(stripped, address, verifier))
    except LogError:
        return TextReading(PresentedItem.OTHER_CODE, number)


def _without_other_parameters(text: str) -> str:
    """Keep of an address, as a browser shows it, what the code on the letter has."""
    place, mark, query = text.partition("?")
    if not mark or "#" in text:
        return text
    codes = parse_qs(query, keep_blank_values=True).get("c")
    return place if codes is None else f"{place}{IN_QUERY}{codes[0]}"


def judge(evidence: PresentedItem, letter: VerifiableLetter | None, day: date) -> Verdict:
    """`letter` is the one that the evidence belongs to, or claims to belong to; `day` is today at the office."""
    untouched = {PresentedItem.NUMBER: None, PresentedItem.FILE: True, PresentedItem.CODE: True}.get(
        evidence, False
    )
    if letter is None:
        return Verdict(evidence, untouched if untouched is None else False, False, None)
    return Verdict(evidence, untouched, letter.sealed_at is not None, stands(letter, day))


def judge_code(code: Code, letter: VerifiableLetter | None, day: date) -> Verdict:
    """A code that the office's key has signed counts only for the letter that the ledger has."""
    same = letter is not None and (code.number, code.kind, code.content, code.valid_until) == (
        letter.number,
        letter.kind,
        letter.content,
        letter.valid_until.isoformat() if letter.valid_until is not None else "-",
    )
    return judge(PresentedItem.CODE if same else PresentedItem.OTHER_CODE, letter, day)


def stands(letter: Numbered, day: date) -> Stands:
    """Return the validity: an official's decision counts before the end of the term."""
    if letter.standing is None:
        return Stands(Today.NOT_SEALED)
    if letter.standing is not Standing.VALID:
        return Stands(Today(letter.standing.value), letter.since, letter.reason, letter.by_number)
    if letter.valid_until is not None and day > letter.valid_until:
        return Stands(Today.ENDED, letter.valid_until)
    return Stands(Today.VALID, letter.since)
