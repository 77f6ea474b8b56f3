"""The command `zi-verify`: reads what it is given, says what it is worth, and remembers nothing."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from zi_tlog.checkpoint import Checkpoint
from zi_tlog.error import LogError
from zi_tlog.policy import Policy, parse_policy
from zi_verify.error import VerifyError
from zi_verify.receipt import OWN_WORD, ReceiptReport, check_receipt
from zi_verify.replay import LogReport, replay
from zi_verify.source import Source, open_source
from zi_verify.verdict import Failed, Finding, Language, Verdict, headline, plain

_SHOWN = 50
_MAX_INPUT_BYTES = 256 * 1024 * 1024

_ABOUT = """\
Checks what a Zona office says about its ledger, without trusting the office.

verdicts, always one of these four, on the last line:
  included                               the message is in the ledger, word for word
  included and matching                  and the private contents are the ones that it commits to
  included, payload erased (entry n)     and the contents were destroyed, as entry n of the ledger records
  FAIL                                   a check failed; the lines above name the file and the check

exit status: 0 for the first three, 1 for FAIL, 2 when nothing could be checked (a wrong option, no such file, no network)
"""
_RECEIPT = """\
Checks an evidence zip without any network: for each entry the signature on the checkpoint, the policy's quorum of
witnesses, the inclusion proof, the service's promise; for each private item its salted digest in the entry.

  zi-verify receipt evidence.zip
  zi-verify receipt evidence.zip --policy policy-from-the-maklumat.txt --language id
"""
_LOG = """\
Replays a whole log from an address or a folder: the signature on the checkpoint, every tile recomputed from the leaf
hashes, every entry hashed again, every sender's hash chain and every aggregate's versions. Entries that may not be read are
checked by their hashes only, and the output says so.

  zi-verify log https://office.example/audit/log --token-file token.txt --policy policy.txt
  zi-verify log ./copy-of-the-log --policy policy.txt --from-checkpoint last-year.checkpoint
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and gives the exit status."""
    options = _parser().parse_args(arguments)
    try:
        lines, verdict = options.run(options)
    except VerifyError as error:
        print(f"zi-verify: {plain(str(error))}", file=sys.stderr)
        return 2
    for line in (*lines, headline(verdict, options.language)):
        print(line.encode(sys.stdout.encoding or "utf-8", "replace").decode(sys.stdout.encoding or "utf-8"))
    return 1 if isinstance(verdict, Failed) else 0


def _parser() -> argparse.ArgumentParser:
    shape = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="zi-verify", description=_ABOUT, formatter_class=shape)
    commands = parser.add_subparsers(required=True, metavar="receipt|log")
    receipt = commands.add_parser(
        "receipt", help="check an evidence zip, offline", description=_RECEIPT, formatter_class=shape
    )
    receipt.add_argument("evidence", type=Path, metavar="EVIDENCE.zip")
    receipt.set_defaults(run=_receipt)
    log = commands.add_parser("log", help="replay a whole log", description=_LOG, formatter_class=shape)
    log.add_argument("place", metavar="URL|FOLDER", help="where the file `checkpoint` of the log is")
    log.add_argument(
        "--token-file", type=Path, metavar="FILE", help="bearer token of an auditor, to read the entries"
    )
    log.add_argument(
        "--from-checkpoint",
        type=Path,
        metavar="FILE",
        help="an older signed checkpoint that the log must continue",
    )
    log.set_defaults(run=_log)
    for command in (receipt, log):
        command.add_argument(
            "--policy",
            type=Path,
            metavar="FILE",
            help="tlog-policy with keys that you trust, not the office's",
        )
        command.add_argument(
            "--language", choices=("en", "id"), default="en", help="of the sentences (default: en)"
        )
    return parser


def _receipt(options: argparse.Namespace) -> tuple[Iterator[str], Verdict]:
    report = check_receipt(_content(options.evidence), _pinned(options.policy))
    return _receipt_lines(report, options.language), report.verdict


def _receipt_lines(report: ReceiptReport, language: Language) -> Iterator[str]:
    for entry in report.entries:
        place = (
            ""
            if entry.index is None
            else {"en": f"entry {entry.index}", "id": f"entri {entry.index}"}[language]
        )
        yield (
            "  ".join(filter(None, [f"entries/{entry.event_id}.json", plain(entry.type), place]))
            + ": "
            + headline(entry.verdict, language)
        )
    yield from (remark.spoken(language) for remark in report.remarks)
    yield from _finding_lines(report.verdict, language)


def _log(options: argparse.Namespace) -> tuple[Iterator[str], Verdict]:
    token = (
        None
        if options.token_file is None
        else _content(options.token_file).decode("utf-8", "replace").strip()
    )
    source, pinned = open_source(options.place, token), _pinned(options.policy)
    policy = pinned or _offices_own(source)
    older = None if options.from_checkpoint is None else _older(options.from_checkpoint, policy)
    report = replay(source, policy, older, _progress, is_pinned=pinned is not None)
    return _log_lines(report, options.language, is_pinned=pinned is not None), report.verdict


def _log_lines(report: LogReport, language: Language, *, is_pinned: bool) -> Iterator[str]:
    if report.checkpoint is not None:
        origin, size = plain(report.checkpoint.origin), report.checkpoint.size
        yield {"en": f"{origin}: {size} entries", "id": f"{origin}: {size} entri"}[language]
        for sender, position in report.senders.items():
            yield {
                "en": f"  {plain(sender)}: {position} messages",
                "id": f"  {plain(sender)}: {position} pesan",
            }[language]
    if not is_pinned:
        yield OWN_WORD.spoken(language)
    yield from (remark.spoken(language) for remark in report.remarks)
    yield from _finding_lines(report.verdict, language)


def _finding_lines(verdict: Verdict, language: Language) -> Iterator[str]:
    findings: tuple[Finding, ...] = verdict.findings if isinstance(verdict, Failed) else ()
    yield from (f"! {finding.spoken(language)}" for finding in findings[:_SHOWN])
    if len(findings) > _SHOWN:
        more = len(findings) - _SHOWN
        yield {"en": f"! and {more} more", "id": f"! dan {more} lagi"}[language]


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_INPUT_BYTES + 1)
    except OSError as error:
        raise VerifyError(f"{path} can't be read: {error.strerror}.") from error
    if len(data) > _MAX_INPUT_BYTES:
        raise VerifyError(f"{path} is larger than any evidence.")
    return data


def _pinned(path: Path | None) -> Policy | None:
    if path is None:
        return None
    try:
        return parse_policy(_content(path))
    except LogError as error:
        raise VerifyError(f"{path} is not a usable policy: {error}") from error


def _offices_own(source: Source) -> Policy:
    data = source.policy()
    if data is None:
        raise VerifyError(
            "No policy is published beside the log; give the log's key in a policy file with --policy."
        )
    try:
        return parse_policy(data)
    except LogError as error:
        raise VerifyError(
            f"The policy beside the log is not usable: {error} Give one with --policy."
        ) from error


def _older(path: Path, policy: Policy) -> Checkpoint:
    try:
        return policy.endorsement(_content(path)).checkpoint
    except LogError as error:
        raise VerifyError(f"{path} is not a checkpoint that the policy accepts: {error}") from error


def _progress(size: int, total: int) -> None:
    if sys.stderr.isatty():
        end = "\n" if size == total else ""
        print(f"\r{size} / {total}", end=end, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
