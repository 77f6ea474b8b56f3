"""Tells whether a letter was valid on a day, and whether its signatures still prove anything by then: a seal lives until its certificate ends,
with timestamps until the certificate of the last one ends, and only if each was made before the one before it had ended."""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from itertools import pairwise

from zi_verify.day import OFFICE
from zi_verify.letter_signature import LetterSpan, LetterTimes
from zi_verify.status import ExitStatus, Shortfall
from zi_verify.verdict import Sentence


def shortfalls_at(
    times: LetterTimes,
    valid_until: str | None,
    at: datetime | None,
    now: datetime,
    clock: tzinfo = OFFICE,
) -> list[Shortfall]:
    """Everything that is missing for the letter to be valid at `at`, judged with what is known now; without `at`, for its timestamps
    to hold still. `clock` is that of the office which issued the letter, and `at` the last moment of a day, whose end is told by it."""
    at = None if at is None else at.astimezone(OFFICE).replace(tzinfo=clock)
    until = now if at is None else max(at, now)
    missing = [*_lapsed(times, until if times.timestamps else at, clock)]
    if at is not None:
        missing += _outside(times.seal.made, valid_until, at, clock)
    return [Shortfall(ExitStatus.NOT_VALID_THEN, why) for why in missing]


def ended(valid_until: str | None, now: datetime, clock: tzinfo = OFFICE) -> list[Shortfall]:
    """Tell if its last day is over, where the letter must be valid today."""
    return [Shortfall(ExitStatus.NOT_VALID_THEN, why) for why in _outside(now, valid_until, now, clock)]


def remark_of(times: LetterTimes, clock: tzinfo = OFFICE) -> Sentence:
    """The day until which the signatures of a letter hold without anybody's doing."""
    if not times.timestamps:
        return Sentence(
            f"It has no timestamp: {_day(times.seal.made, clock)} is what its seal says of itself.",
            f"Surat ini tanpa stempel waktu: {_day(times.seal.made, clock)} adalah kata segelnya sendiri.",
        )
    ends = _day(times.timestamps[-1].ends, clock)
    return Sentence(
        f"Sealed {_day(times.seal.made, clock)}, by its timestamp; its archive timestamps: {len(times.timestamps) - 1}. They hold until {ends}.",
        f"Disegel {_day(times.seal.made, clock)}, menurut stempel waktunya; stempel waktu arsip: {len(times.timestamps) - 1}. Berlaku sampai {ends}.",
    )


def _lapsed(times: LetterTimes, until: datetime | None, clock: tzinfo) -> Iterator[Sentence]:
    spans = [times.seal, *times.timestamps]
    for number, (old, new) in enumerate(pairwise(spans)):
        if new.made < old.made:
            yield Sentence(
                f"Timestamp {number + 1} is older than what it covers.",
                f"Stempel waktu {number + 1} lebih tua daripada yang dicakupnya.",
            )
        if new.made > old.ends:
            yield _missed(old, new.made, clock)
    if until is not None and until > spans[-1].ends:
        yield _missed(spans[-1], until, clock)


def _missed(span: LetterSpan, when: datetime, clock: tzinfo) -> Sentence:
    ended, then = _day(span.ends, clock), _day(when, clock)
    return Sentence(
        f"Its seal is not proven for {then}: the certificate of its last signature ended on {ended}, and nobody had renewed its timestamp by"
        " then. The ledger's entry still proves its content.",
        f"Segelnya tidak terbukti untuk {then}: sertifikat tanda tangan terakhirnya berakhir pada {ended}, dan sampai saat itu stempel"
        " waktunya tidak diperbarui. Entri buku besar tetap membuktikan isinya.",
    )


def _outside(sealed: datetime, valid_until: str | None, at: datetime, clock: tzinfo) -> Iterator[Sentence]:
    day = _day(at, clock)
    if at < sealed:
        yield Sentence(
            f"On {day} it did not exist: it was sealed on {_day(sealed, clock)}.",
            f"Pada {day} surat ini belum ada: disegel pada {_day(sealed, clock)}.",
        )
    if valid_until is not None and day > valid_until:
        yield Sentence(
            f"On {day} it was not valid any more: it is valid until {valid_until}.",
            f"Pada {day} surat ini tidak berlaku lagi: berlaku sampai {valid_until}.",
        )


def _day(moment: datetime, clock: tzinfo) -> str:
    return moment.astimezone(clock).date().isoformat()
