"""The command `zi-verify`: reads what it is given and says what it is worth, in one of two languages."""

import argparse
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import BinaryIO

from zi_tlog.error import LogError
from zi_tlog.evidence_zip import EvidenceArchive
from zi_tlog.note import NoteKey
from zi_tlog.policy import Policy
from zi_verify.bar import ProgressBar
from zi_verify.consistency import check_consistency
from zi_verify.error import VerifyError
from zi_verify.evidence_notes import policy_of, retired_findings
from zi_verify.input_files import (
    read_checkpoint,
    read_input,
    read_key,
    read_policy,
    read_token,
    write_output,
)
from zi_verify.letter_template import adopted_templates
from zi_verify.memory import Memory, default_path
from zi_verify.options import language_of, parser
from zi_verify.output import conclude, conclude_with, finding_lines, print_lines
from zi_verify.promise import Pins, check_promise, needs
from zi_verify.receipt import check_receipt
from zi_verify.replay import Demand, LogReport, replay
from zi_verify.report import ReceiptReport, unreadable_evidence
from zi_verify.source import LogSource, ZipSource, unreadable
from zi_verify.status import ExitStatus, severest
from zi_verify.trust import (
    Comparison,
    Trust,
    claimed_origin,
    compared,
    log_names,
    no_policy,
    published,
    recorded,
    trusted,
)
from zi_verify.verdict import Failed, Language, Sentence, headline, plain, with_findings
from zi_verify.walk import Entries
from zi_verify.watch import Alarm, LogWatch
from zi_verify.web_source import ReadLimits, is_address, is_same_server, open_source, place_name

_PATIENCE_SECONDS = 5
_POLL_SECONDS = 240
_MOST_WORKERS = 4


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and gives the exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    commands = {
        "receipt": _receipt,
        "log": _log,
        "consistency": _consistency,
        "watch": _watch,
        "certificate": _certificate,
        "promise": _promise,
    }
    options = parser(commands, language_of(arguments)).parse_args(arguments)
    try:
        status: ExitStatus = options.run(options)
    except VerifyError as error:
        print(f"zi-verify: {error.sentence.render(options.language)}", file=sys.stderr)
        return error.status.code
    except KeyboardInterrupt:
        print(f"\nzi-verify: {_INTERRUPTED.render(options.language)}", file=sys.stderr)
        return ExitStatus.NOTHING_CHECKED.code
    except Exception as error:
        # Python would end with 1, which is a verdict.
        print(f"zi-verify: {_broke_off(error).render(options.language)}", file=sys.stderr)
        return ExitStatus.NOTHING_CHECKED.code
    return status.code


def _receipt(options: argparse.Namespace) -> ExitStatus:
    memory, policy, key = _recalled(options), read_policy(options.policy), read_key(options.key)
    try:
        with options.evidence.open("rb") as file:
            return _checked(file, policy, key, memory, options.language)
    except OSError as error:
        raise unreadable(options.evidence, error.strerror) from error


def _checked(
    file: BinaryIO, policy: Policy | None, key: NoteKey | None, memory: Memory, language: Language
) -> ExitStatus:
    try:
        archive = EvidenceArchive(file)
    except LogError as error:
        return conclude([], unreadable_evidence("evidence", error).verdict, (), language)
    comparison = compared(policy_of(archive), policy, memory)
    if comparison is None:
        return conclude([], check_receipt(archive, None).verdict, (), language)
    report = check_receipt(archive, comparison.policy, key=key)
    retired = tuple(retired_findings(archive, comparison.rotations, comparison.policy))
    origins = sorted({each.checkpoint.origin for each in report.endorsements})
    remarks = [*log_names(comparison.policy, *origins), comparison.remark]
    lines = [remark.render(language) for remark in remarks]
    lines += _receipt_lines(report, language)
    shortfalls = [*report.shortfalls, *comparison.shortfalls]
    return conclude(lines, with_findings(report.verdict, retired), shortfalls, language)


def _receipt_lines(report: ReceiptReport, language: Language) -> Iterator[str]:
    for entry in report.entries:
        worth = "" if entry.verdict is None else f": {headline(entry.verdict, language)}"
        yield f"{entry.text.render(language)}{worth}"
    yield from (remark.render(language) for remark in report.remarks)


def _certificate(options: argparse.Namespace) -> ExitStatus:
    try:
        from zi_verify.certificate import check_certificate
        from zi_verify.letter_standing import ledger_at
    except ModuleNotFoundError as error:
        raise VerifyError(
            f"Letters need more than is installed ({error.name} is missing): pip install 'zi-verify[certificate]'",
            f"Surat membutuhkan lebih daripada yang terpasang ({error.name} tidak ada): pip install 'zi-verify[certificate]'",
        ) from error
    authority, signatories = (
        None if file is None else read_input(file) for file in (options.ca, options.signatories)
    )
    letter, policy = read_input(options.letter), read_policy(options.policy)
    ledger = ledger_at(options.ledger, read_token(options.token_file), ProgressBar(sys.stderr))
    report = check_certificate(
        letter, policy, authority, _recalled(options), options.at, ledger=ledger, signatories=signatories
    )
    lines = [remark.render(options.language) for remark in report.remarks]
    lines += [plain(report.number)] if report.number else []
    return conclude(lines, report.verdict, report.shortfalls, options.language)


def _promise(options: argparse.Namespace) -> ExitStatus:
    data, policy, memory = read_input(options.file), read_policy(options.policy), _recalled(options)
    if options.log is None:
        raise needs(data)

    def compare(origin: str, offered: Policy | None) -> Comparison | None:
        return compared(offered, policy, memory, origin)

    log, pins = open_source(options.log, None), Pins(read_key(options.key), compare)
    report = check_promise(data, log, pins, int(time.time()), ProgressBar(sys.stderr))
    print_lines(remark.render(options.language) for remark in report.remarks)
    print_lines(finding_lines(report.verdict, options.language))
    if report.broken is not None:
        print_lines([_SHOW_IT.render(options.language)])
        print_lines(_printable(line) for line in report.broken.decode("utf-8", "replace").split("\n"))
        if options.save is not None:
            _save(options.save, report.broken, options.language)
    return conclude_with(report.status, report.verdict, options.language)


def _save(path: Path, data: bytes, language: Language) -> None:
    # The text was printed already: a full disk changes nothing about the promise.
    try:
        write_output(path, data)
    except VerifyError as error:
        print(f"zi-verify: {error.sentence.render(language)}", file=sys.stderr)


def _printable(line: str) -> str:
    # Whole, so that what is copied from the screen can be checked again.
    return "".join(letter if letter.isprintable() else "?" for letter in line)


def _log(options: argparse.Namespace) -> ExitStatus:
    token, memory = read_token(options.token_file), _memory(options)
    source, policy = open_source(options.place, token), read_policy(options.policy)
    place = place_name(options.place)
    note = source.read("checkpoint")
    trust = trusted(source, note, place, policy, memory, options.accept, int(time.time()))
    entries = _entries(options)
    if entries is Entries.ANY:
        names = [] if options.origin is None else [options.origin]
        trust = replace(trust, policy=trust.policy.renamed(*names))
    demand = _demand(options, token, trust, entries, is_pinned=policy is not None)
    wait = (lambda: time.sleep(1)) if is_address(options.place) else None
    report = replay(source, demand, memory, ProgressBar(sys.stderr), wait=wait)
    verdict = with_findings(report.verdict, trust.findings)
    notices = () if isinstance(verdict, Failed) else trust.settle(memory, report.rotations)
    if not isinstance(verdict, Failed) and report.read_entries:
        memory.keep_templates(trust.origin, adopted_templates(report.standing))
    remarks = [
        *_left_out(source),
        *trust.remarks,
        *notices,
        *recorded(report.standing.adoptions, trust),
        *report.remarks,
    ]
    lines = [name.render(options.language) for name in log_names(trust.policy, trust.origin)]
    lines += _log_lines(report, remarks, options.language)
    return conclude(lines, verdict, [*report.shortfalls, *trust.shortfalls], options.language)


def _demand(
    options: argparse.Namespace, token: str | None, trust: Trust, entries: Entries | None, *, is_pinned: bool
) -> Demand:
    older = options.from_checkpoint
    return Demand(
        trust.policy,
        is_pinned=is_pinned,
        origin=trust.origin,
        older=() if older is None else (read_checkpoint(older, trust.policy),),
        predecessors=tuple(
            open_source(old, token if is_same_server(old, options.place) else None)
            for old in options.predecessor
        ),
        is_whole=options.whole,
        entries=entries,
        max_age=options.max_age,
        workers=_workers(),
    )


def _left_out(source: LogSource) -> list[Sentence]:
    names = ", ".join(source.left_out) if isinstance(source, ZipSource) else ""
    return [
        Sentence(
            f"The zip holds another log, which was not checked: {names}",
            f"Zip ini memuat log lain, yang tidak diperiksa: {names}",
        )
    ][: bool(names)]


def _workers() -> int:
    # Two processes and what hands out their work fill two processors; with one of them they only cost memory.
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return 0 if cores == 1 else min(cores, _MOST_WORKERS)


def _entries(options: argparse.Namespace) -> Entries | None:
    # A token is given in order to read the entries.
    choice: Entries | None = options.entries
    if choice in (Entries.NONE, Entries.ANY) and options.predecessor:
        raise VerifyError(
            f"--predecessor needs the messages, which --entries {choice} leaves out.",
            f"--predecessor memerlukan pesan, yang tidak dibaca dengan --entries {choice}.",
        )
    if choice is not Entries.ANY and options.origin is not None:
        raise VerifyError(
            "A log of a Zona house has the name of its key: --origin needs --entries any.",
            "Log rumah Zona bernama sama dengan kuncinya: --origin memerlukan --entries any.",
        )
    return Entries.MESSAGES if choice is None and options.token_file is not None else choice


def _log_lines(report: LogReport, remarks: Iterable[Sentence], language: Language) -> Iterator[str]:
    if report.checkpoint is not None:
        origin, size = plain(report.checkpoint.origin), report.checkpoint.size
        yield {"en": f"{origin}: {size} entries", "id": f"{origin}: {size} entri"}[language]
        for sender, position in report.senders.items():
            yield {
                "en": f"  {plain(sender)}: {position} messages",
                "id": f"  {plain(sender)}: {position} pesan",
            }[language]
    yield from (remark.render(language) for remark in remarks)
    for remembered in report.forked_from:
        yield _KEEP_IT.render(language)
        yield from (f"| {plain(line)}" for line in remembered.note.decode().splitlines())
    if report.first_bad is not None:
        yield {
            "en": f"First bad entry: {report.first_bad}",
            "id": f"Entri buruk pertama: {report.first_bad}",
        }[language]


def _consistency(options: argparse.Namespace) -> ExitStatus:
    source = None if options.log is None else open_source(options.log, read_token(options.token_file))
    old, new = read_input(options.old), read_input(options.new)
    offered = None if source is None else published(source)
    comparison = compared(offered, read_policy(options.policy), _recalled(options), claimed_origin(new))
    if comparison is None:
        raise no_policy()
    by = source or read_input(options.proof)
    report = check_consistency(old, new, comparison.policy, by, int(time.time()))
    if options.save_proof is not None and report.proof is not None:
        write_output(options.save_proof, report.proof)
    remarks = [*log_names(comparison.policy), comparison.remark, *report.remarks]
    lines = [remark.render(options.language) for remark in remarks]
    return conclude(lines, report.verdict, [*report.shortfalls, *comparison.shortfalls], options.language)


def _watch(options: argparse.Namespace) -> ExitStatus:
    memory, policy, place = _memory(options), read_policy(options.policy), place_name(options.place)

    kinds: set[ExitStatus] = set()

    def look() -> None:
        # A source of its own for each poll, so that a server that drips ends this one and not the watch.
        source = open_source(options.place, None, ReadLimits(run=_POLL_SECONDS))
        watch = LogWatch(source, place, policy, memory, options.stall, options.accept, options.max_age)
        alarms = _poll(watch)
        kinds.update(alarm.kind for alarm in alarms)
        print_lines(_alarm_lines(alarms, options))

    if options.once:
        look()
        return severest(kinds)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        while True:
            look()
            time.sleep(options.every)
    except KeyboardInterrupt:
        return severest(kinds)


def _poll(watch: LogWatch) -> list[Alarm]:
    # The newest checkpoint may be a moment younger than the witnesses' word on it: asked once more before anybody is alarmed.
    alarms = watch.poll(int(time.time()))
    if any(alarm.kind is ExitStatus.QUORUM for alarm in alarms):
        pinned = [alarm for alarm in alarms if alarm.kind is ExitStatus.PASSED]
        time.sleep(_PATIENCE_SECONDS)
        alarms = [*pinned, *watch.poll(int(time.time()))]
    return alarms


def _alarm_lines(alarms: list[Alarm], options: argparse.Namespace) -> Iterator[str]:
    now = int(time.time())
    yield from (alarm.render(options.language, options.place, now) for alarm in alarms)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _memory(options: argparse.Namespace) -> Memory:
    return Memory(None if options.no_memory else options.state or default_path())


def _recalled(options: argparse.Namespace) -> Memory:
    # A check that pins nothing makes no file either.
    return Memory.existing(None if options.no_memory else options.state or default_path())


def _broke_off(error: Exception) -> Sentence:
    name, reason = type(error).__name__, plain(str(error))
    return Sentence(
        f"The check broke off ({name}: {reason}). That is a fault of this machine or of this program, and no verdict.",
        f"Pemeriksaan terhenti ({name}: {reason}). Itu kesalahan mesin ini atau program ini, dan bukan putusan.",
    )


_INTERRUPTED = Sentence("interrupted; the next run goes on", "terputus; pemeriksaan berikutnya melanjutkan")
_SHOW_IT = Sentence(
    "This text shows it to others, who can check it again (--save FILE writes it as it is):",
    "Teks ini menunjukkannya kepada orang lain, yang dapat memeriksanya lagi (--save BERKAS menulisnya apa adanya):",
)
_KEEP_IT = Sentence(
    "Keep this: the checkpoint that was verified before, signed by the office, which the log now contradicts.",
    "Simpanlah ini: checkpoint yang dahulu diperiksa, bertanda tangan kantor, yang kini dibantah oleh log.",
)

if __name__ == "__main__":
    sys.exit(main())
