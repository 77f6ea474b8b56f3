"""Tells from the ledger how a letter stands: suspended, revoked, or replaced by a newer one. The whole ledger is replayed for it, so that no
entry about the letter can be left out of what is read."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from zi_tlog.checkpoint import Checkpoint
from zi_tlog.error import LogError
from zi_tlog.policy import Policy
from zi_tlog.tile import FULL, Bundle, TileError, decode_bundle, parse_path
from zi_verify import anomaly, birth
from zi_verify.continuity import accepted
from zi_verify.letter_time import ended
from zi_verify.memory import Memory
from zi_verify.message import MessageError, parse_message
from zi_verify.replay import Demand, LogReport, replay
from zi_verify.source import LogSource
from zi_verify.status import ExitStatus, Shortfall
from zi_verify.verdict import CheckFinding, Failed, Sentence, plain
from zi_verify.walk import Entries, Progress
from zi_verify.web_source import is_address, open_source

FOLLOWED = "zi.certificates.certificate_issued"  # letters of other services are never suspended, revoked or replaced by an entry
_LETTER = "zi.certificates.letter_"
_FILES = frozenset({f"{_LETTER}sealed", f"{_LETTER}renewed"})
_SUSPENDED, _REINSTATED = f"{_LETTER}suspended", f"{_LETTER}reinstated"
_REVOKED, _SUPERSEDED = f"{_LETTER}revoked", f"{_LETTER}superseded"
_ENDS = frozenset({_REVOKED, _SUPERSEDED})
_UNDATED = datetime(1970, 1, 1, tzinfo=UTC)  # an entry without a time counts at every time
_STANDINGS = frozenset({_SUSPENDED, _REINSTATED}) | _ENDS


@dataclass(frozen=True)
class LetterLedger:
    """A copy of the ledger, or where it is; `wait` is called while the witnesses of a ledger that grows are behind."""

    source: LogSource
    progress: Progress
    wait: Callable[[], None] | None = None


def ledger_at(place: str | None, token: str | None, progress: Progress) -> LetterLedger | None:
    """The ledger at an address, in a folder or in a zip; None without a place."""
    if place is None:
        return None
    wait = (lambda: time.sleep(1)) if is_address(place) else None
    return LetterLedger(open_source(place, token), progress, wait)


@dataclass(frozen=True)
class LetterInLedger:
    """A letter as its file has it: the message that issued it, its index, the digest of the file, its last day by the clock of its
    office, and the checkpoint that its receipt leads to."""

    message: bytes
    index: int
    file: str
    valid_until: str | None
    clock: tzinfo
    checkpoint: Checkpoint
    policy: Policy


@dataclass(frozen=True)
class LedgerStanding:
    """Lines of the report on a letter that the ledger adds."""

    remarks: tuple[Sentence, ...] = ()
    findings: tuple[CheckFinding, ...] = ()
    shortfalls: tuple[Shortfall, ...] = ()


@dataclass(frozen=True)
class _Step:
    # An entry about the letter.
    index: int
    type: str
    at: datetime
    data: Mapping[str, Any]


def standing_in(
    ledger: LetterLedger, letter: LetterInLedger, memory: Memory, at: datetime | None, now: datetime
) -> LedgerStanding:
    """Find the letter's standing at `at`, or else at the end of the ledger, which must hold under the letter's policy and continue what is
    remembered of it; nothing new is remembered."""
    issued, clock = json.loads(letter.message), letter.clock
    if issued["type"] != FOLLOWED:
        return LedgerStanding(shortfalls=(Shortfall(ExitStatus.NOT_READ, _NOT_FOLLOWED),))
    claimed = _size_of(ledger.source, letter.policy)
    if claimed is not None and claimed <= letter.index:
        return LedgerStanding(shortfalls=(Shortfall(ExitStatus.NOT_READ, _NOT_IN_IT),))
    attentive = _Attentive(ledger.source, issued["data"]["letter"].encode())
    demand = _demand(letter, memory, claimed)
    report = replay(attentive, demand, Memory(None), ledger.progress, wait=ledger.wait)
    findings = [*_failed(report), *_changing(attentive)]
    found = attentive.entries(0 if report.checkpoint is None else report.checkpoint.size)
    if not findings and letter.index in found and found[letter.index] != letter.message:
        findings.append(CheckFinding("--ledger", _OTHER_ENTRY, letter.index))
    if findings:
        return LedgerStanding(findings=tuple(findings))
    steps = sorted(_steps(found, issued, report), key=lambda step: step.index)
    files, standings = _apart(steps)
    missing = [] if letter.index in found else [Shortfall(ExitStatus.NOT_READ, _NOT_IN_IT)]
    missing += [] if files else [Shortfall(ExitStatus.NOT_READ, _NOT_SEALED)]
    if files and letter.file not in {step.data.get("file") for step in files}:
        return LedgerStanding(findings=(CheckFinding("PDF", _OTHER_FILE),))
    over = [] if at is not None else ended(letter.valid_until, now, clock)
    shortfalls = (*_fallen(standings, at, clock), *over, *missing, *report.shortfalls)
    return LedgerStanding((_extent(report, steps), *_later(standings, at, clock)), (), shortfalls)


class _Attentive:
    # A source that notes every entry with these bytes in it, whatever else its reader does with them.

    def __init__(self, source: LogSource, wanted: bytes) -> None:
        self._source, self._wanted = source, wanted
        self.found: dict[int, set[bytes]] = {}

    def read(self, path: str) -> bytes | None:
        data = self._source.read(path)
        if data is not None and path.startswith("tile/entries/") and _may_name(self._wanted, data):
            self._note(path, data)
        return data

    def entries(self, size: int) -> dict[int, bytes]:
        """Those of the first `size` entries, by index."""
        return {index: min(texts) for index, texts in self.found.items() if index < size}

    def policy(self) -> bytes | None:
        return self._source.policy()

    def history(self) -> list[int]:
        return self._source.history()

    def _note(self, path: str, data: bytes) -> None:
        bundle = parse_path(path)
        assert isinstance(bundle, Bundle)
        try:
            entries = decode_bundle(data, bundle.width)
        except TileError:  # the replay finds it
            return
        for index, entry in enumerate(entries, bundle.index * FULL):
            if _may_name(self._wanted, entry):
                self.found.setdefault(index, set()).add(entry)


def _may_name(wanted: bytes, text: bytes) -> bool:
    # JSON may be written in more than one way: what has escapes is looked at by itself.
    return b"\\u" in text or wanted in text.lower()


def _size_of(source: LogSource, policy: Policy) -> int | None:
    """The size that the ledger says it has; None where it says nothing that counts, which the replay reports."""
    note = source.read("checkpoint")
    try:
        return None if note is None else policy.endorsement(note).checkpoint.size
    except LogError:
        return None


def _demand(letter: LetterInLedger, memory: Memory, size: int | None) -> Demand:
    known, _ = accepted(memory.recall(letter.checkpoint.origin), letter.policy)
    is_older = size is not None and size < letter.checkpoint.size
    return Demand(
        letter.policy,
        is_pinned=True,
        origin=letter.checkpoint.origin,
        older=(*([] if is_older else [letter.checkpoint]), *(each.checkpoint for each in known)),
        is_whole=True,
        entries=Entries.MESSAGES,
    )


def _failed(report: LogReport) -> Iterator[CheckFinding]:
    if isinstance(report.verdict, Failed):
        for each in report.verdict.findings:
            yield CheckFinding(f"--ledger {each.file}", each.why, each.index)


def _changing(attentive: _Attentive) -> Iterator[CheckFinding]:
    # The replay reads an entry more than once where the ledger records anomalies.
    for index, texts in attentive.found.items():
        if len(texts) > 1:
            yield CheckFinding("--ledger", _CHANGING, index)


def _steps(found: Mapping[int, bytes], issued: Mapping[str, Any], report: LogReport) -> Iterator[_Step]:
    records = anomaly.standing_records(report.standing.records, report.standing.office)
    excuses = anomaly.excuses(records)
    for index, entry in found.items():
        try:
            message = parse_message(entry)
        except MessageError:  # set aside, or the replay has failed
            continue
        aside = any(
            record.sets_aside and record.fits(message.source, message.position, message.previous)
            for record in excuses.get(index, ())
        )
        if aside or message.source != issued["source"] or message.type not in _STANDINGS | _FILES:
            continue
        at = birth.moment(json.loads(entry).get("time")) or _UNDATED
        named = message.data.get("letter") if isinstance(message.data, dict) else None
        if str(named).lower() == issued["data"]["letter"]:
            yield _Step(index, message.type, at, message.data)


def _apart(steps: Sequence[_Step]) -> tuple[list[_Step], list[_Step]]:
    """The entries that name the letter's file, and those that say how it stands, up to the one that ends it."""
    standings: list[_Step] = []
    for step in steps:
        if step.type in _STANDINGS and not (standings and standings[-1].type in _ENDS):
            standings.append(step)
    return [step for step in steps if step.type in _FILES], standings


def _fallen(standings: Sequence[_Step], at: datetime | None, clock: tzinfo) -> list[Shortfall]:
    until_then = [step for step in standings if at is None or step.at <= at]
    if not until_then or until_then[-1].type == _REINSTATED:
        return []
    return [Shortfall(ExitStatus.NOT_VALID_THEN, _sentence(until_then[-1], clock))]


def _later(standings: Sequence[_Step], at: datetime | None, clock: tzinfo) -> list[Sentence]:
    return [_sentence(step, clock) for step in standings if at is not None and step.at > at]


def _sentence(step: _Step, clock: tzinfo) -> Sentence:
    day, reason = _day(step.at, clock), plain(str(step.data.get("reason")))
    match step.type:
        case kind if kind == _SUPERSEDED:
            number = plain(str(step.data.get("by_number")))
            en, id = (
                f"It was replaced by {number} on {day}: it is not valid any more, the newer letter is.",
                f"Surat ini diganti dengan {number} pada {day}: surat ini tidak berlaku lagi; yang berlaku adalah surat yang lebih baru.",
            )
        case kind if kind == _REVOKED:
            en, id = (
                f"It was revoked on {day} ({reason}): it is not valid any more.",
                f"Surat ini dicabut pada {day} ({reason}): tidak berlaku lagi.",
            )
        case kind if kind == _SUSPENDED:
            en, id = (
                f"It was suspended on {day} ({reason}): it is not valid for the time being.",
                f"Surat ini dibekukan pada {day} ({reason}): untuk sementara tidak berlaku.",
            )
        case _:
            en, id = f"Its suspension ended on {day}.", f"Pembekuannya berakhir pada {day}."
    return Sentence(f"{en} Entry {step.index} of the ledger.", f"{id} Entri {step.index} buku besar.")


def _extent(report: LogReport, steps: Sequence[_Step]) -> Sentence:
    size = 0 if report.checkpoint is None else report.checkpoint.size
    return Sentence(
        f"How it stands is told by the first {size} entries of the ledger, of which {len(steps)} are about it after its issue. Of anything"
        " later they know nothing.",
        f"Keadaannya dibaca dari {size} entri pertama buku besar; {len(steps)} di antaranya tentang surat ini setelah terbit. Yang terjadi"
        " sesudahnya tidak diketahui dari situ.",
    )


def _day(moment: datetime, clock: tzinfo) -> str:
    return moment.astimezone(clock).date().isoformat()


_NOT_FOLLOWED = Sentence(
    "How it stands could not be read: only import and export letters are suspended, revoked or replaced by entries of the ledger.",
    "Keadaannya tidak dapat dibaca: hanya surat impor dan ekspor yang dibekukan, dicabut atau diganti oleh entri buku besar.",
)
_NOT_IN_IT = Sentence(
    "The entry that issued the letter could not be read in the ledger that you gave: it ends before, or withholds its entries.",
    "Entri yang menerbitkan surat tidak terbaca dalam buku besar yang Anda berikan: berakhir lebih dahulu, atau tidak memberikan entrinya.",
)
_NOT_SEALED = Sentence(
    "No entry that seals the letter could be read in the ledger that you gave, so it does not say that the letter is valid.",
    "Entri yang menyegel surat tidak terbaca dalam buku besar yang Anda berikan, sehingga tidak dinyatakan bahwa surat berlaku.",
)
_OTHER_ENTRY = Sentence(
    "the ledger that you gave has another entry where the letter was issued",
    "buku besar yang Anda berikan memuat entri lain di tempat surat diterbitkan",
)
_OTHER_FILE = Sentence(
    "it is none of the files that the ledger names as sealed under this number",
    "ini bukan berkas yang disebut buku besar sebagai berkas bersegel dengan nomor ini",
)
_CHANGING = Sentence(
    "the place of the ledger gave two different texts of this entry",
    "tempat buku besar memberikan dua teks yang berbeda untuk entri ini",
)
