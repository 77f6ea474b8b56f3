"""Tells from the ledger how a letter stands: suspended, revoked, withdrawn, or replaced by a newer one. The whole ledger is replayed for it, so that no
entry about the letter can be left out of what is read."""

import json
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from zi_tlog.checkpoint import Checkpoint
from zi_tlog.error import LogError
from zi_tlog.policy import Policy
from zi_tlog.tile import FULL, Bundle, TileError, decode_bundle, parse_path
from zi_verify import anomaly, birth
from zi_verify.continuity import accepted
from zi_verify.letter_effects import (
    Effect,
    LedgerEntry,
    LetterIssue,
    LetterStep,
    following,
    steps_about,
)
from zi_verify.letter_time import ended
from zi_verify.memory import Memory
from zi_verify.message import MessageError, parse_message
from zi_verify.replay import Demand, LogReport, replay
from zi_verify.source import LogSource
from zi_verify.status import ExitStatus, Shortfall
from zi_verify.verdict import CheckFinding, Failed, Sentence
from zi_verify.walk import Entries, Progress
from zi_verify.web_source import is_address, open_source

_UNDATED = datetime(1970, 1, 1, tzinfo=UTC)  # an entry without a time counts at every time


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


def standing_in(
    ledger: LetterLedger, letter: LetterInLedger, memory: Memory, at: datetime | None, now: datetime
) -> LedgerStanding:
    """Find the letter's standing at `at`, or else at the end of the ledger, which must hold under the letter's policy and continue what is
    remembered of it; nothing new is remembered."""
    issued = LetterIssue(json.loads(letter.message), letter.index, letter.clock)
    followed = following(issued.message)
    if followed is None:
        return LedgerStanding(shortfalls=(Shortfall(ExitStatus.NOT_READ, _NOT_FOLLOWED),))
    claimed = _size_of(ledger.source, letter.policy)
    if claimed is not None and claimed <= letter.index:
        return LedgerStanding(shortfalls=(Shortfall(ExitStatus.NOT_READ, _NOT_IN_IT),))
    attentive = _Attentive(ledger.source, followed.names(issued))
    demand = _demand(letter, memory, claimed)
    report = replay(attentive, demand, Memory(None), ledger.progress, wait=ledger.wait)
    findings = [*_failed(report), *_changing(attentive)]
    found = attentive.entries(0 if report.checkpoint is None else report.checkpoint.size)
    if not findings and letter.index in found and found[letter.index] != letter.message:
        findings.append(CheckFinding("--ledger", _OTHER_ENTRY, letter.index))
    if findings:
        return LedgerStanding(findings=tuple(findings))
    try:
        steps = steps_about(issued, followed, _entries(found, issued, report))
    except (KeyError, TypeError, ValueError):
        return LedgerStanding(findings=(CheckFinding("--ledger", _UNREADABLE),))
    return _judged(letter, steps, report, at, now, missing=letter.index not in found)


def _judged(
    letter: LetterInLedger,
    steps: Sequence[LetterStep],
    report: LogReport,
    at: datetime | None,
    now: datetime,
    *,
    missing: bool,
) -> LedgerStanding:
    files = [step.file for step in steps if step.effect is Effect.FILE]
    if files and letter.file not in files:
        return LedgerStanding(findings=(CheckFinding("PDF", _OTHER_FILE),))
    standings = [step for step in steps if step.effect is not Effect.FILE]
    unread = [_NOT_IN_IT] if missing else []
    unread += [] if files else [_NOT_SEALED]
    over = [] if at is not None else ended(letter.valid_until, now, letter.clock)
    until_then = [step for step in standings if _counts(step, at, now)]
    later = [_sentence(step) for step in standings if at is not None and step.since > at]
    shortfalls = (
        *(*_fallen(until_then), *over),
        *(*(Shortfall(ExitStatus.NOT_READ, each) for each in unread), *report.shortfalls),
    )
    return LedgerStanding((_extent(report, steps), *later), (), shortfalls)


def _counts(step: LetterStep, at: datetime | None, now: datetime) -> bool:
    """Every entry that is there counts today, but one that names a day to come."""
    if at is None:
        return not step.is_dated or step.since <= now
    return step.since <= at


class _Attentive:
    # A source that notes every entry with one of these texts in it, whatever else its reader does with them.

    def __init__(self, source: LogSource, wanted: Collection[bytes]) -> None:
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


def _may_name(wanted: Collection[bytes], text: bytes) -> bool:
    # JSON may be written in more than one way: what has escapes is looked at by itself.
    lowered = text.lower()
    return b"\\u" in text or any(each in lowered for each in wanted)


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


def _entries(found: Mapping[int, bytes], issued: LetterIssue, report: LogReport) -> Iterator[LedgerEntry]:
    """Those of the letter's own sender; what the ledger's records set aside is none."""
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
        if aside or message.source != issued.message["source"] or not isinstance(message.data, dict):
            continue
        at = birth.moment(json.loads(entry).get("time")) or _UNDATED
        subject = str(json.loads(entry).get("subject"))
        yield LedgerEntry(index, message.type, subject, at, message.data)


def _fallen(standings: Sequence[LetterStep]) -> list[Shortfall]:
    if not standings or standings[-1].effect is Effect.RESTORES:
        return []
    return [Shortfall(ExitStatus.NOT_VALID_THEN, _sentence(standings[-1]))]


def _sentence(step: LetterStep) -> Sentence:
    return Sentence(
        f"{step.text.en} Entry {step.index} of the ledger.",
        f"{step.text.id} Entri {step.index} buku besar.",
    )


def _extent(report: LogReport, steps: Sequence[LetterStep]) -> Sentence:
    size = 0 if report.checkpoint is None else report.checkpoint.size
    return Sentence(
        f"How it stands is told by the first {size} entries of the ledger, of which {len(steps)} are about it after its issue. Of anything"
        " later they know nothing.",
        f"Keadaannya dibaca dari {size} entri pertama buku besar; {len(steps)} di antaranya tentang surat ini setelah terbit. Yang terjadi"
        " sesudahnya tidak diketahui dari situ.",
    )


_NOT_FOLLOWED = Sentence(
    "How it stands could not be read: this program does not know which entries of the ledger end a letter of this kind. Install a newer one.",
    "Keadaannya tidak dapat dibaca: program ini tidak mengenal entri buku besar mana yang mengakhiri surat jenis ini. Pasang yang lebih baru.",
)
_UNREADABLE = Sentence(
    "an entry about the letter is not written as this house writes it, so how the letter stands can't be told",
    "satu entri tentang surat ini tidak ditulis seperti rumah ini menulisnya, sehingga keadaan surat tidak dapat dinyatakan",
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
