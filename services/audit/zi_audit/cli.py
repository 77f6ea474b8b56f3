"""`zi-audit`: the commands of an operator or an auditor beside the log; those that change something need the writer stopped.

Exit status 0: done, or nothing wrong. 1: something was found. 2: refused, or it could not look; the sentence says why."""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from zi_audit.files import log_keys
from zi_audit.files.halt import HaltError
from zi_audit.files.log_keys import RotationError, keys_of
from zi_audit.files.published_log import PublishedLog
from zi_audit.files.tiles import published_tiles
from zi_audit.tools import fsck, reconcile
from zi_audit.tools.erasures import erasures
from zi_audit.tools.origins import OriginError, new_origin
from zi_audit.tools.refill import refill
from zi_audit.writer.ledger import Ledger
from zi_chassis.bucket import BucketAwayError
from zi_chassis.settings import UNUSABLE, Settings
from zi_chassis.storage.database import Database
from zi_chassis.storage.lease import LeaseTakenError, alone, lease_of
from zi_chassis.storage.read_only import ReadOnlyDatabase
from zi_chassis.vault.files import VaultFiles
from zi_chassis.vault.keystore import Keystore
from zi_tlog.erasure import SENDERS
from zi_tlog.error import LogError

LEDGER = "ledger.db"
Outcome = tuple[bool, Iterable[str]]


class NothingThereError(Exception):
    """A file or database to be examined is not where the settings say."""


_REFUSALS = (
    *(NothingThereError, BucketAwayError, HaltError, LeaseTakenError, LogError, RotationError, OriginError),
    *UNUSABLE,
)


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        faults, lines = _run(options)
        print("\n".join(lines), flush=True)
    except _REFUSALS as refusal:
        print(refusal, file=sys.stderr)
        return 2
    except Exception as fault:
        # Python would end with 1, which says that something was found.
        reason = f"{type(fault).__name__}: {fault}".replace("\n", " ")
        print(
            f"zi-audit broke off, so nothing follows about what it was to look at: {reason}", file=sys.stderr
        )
        return 2
    return 1 if faults else 0


def _run(options: argparse.Namespace) -> Outcome:
    match options.command:
        case "fsck":
            return _fsck()
        case "reconcile":
            return _reconcile(options.service)
        case "erasures":
            return _erasures(options.service)
        case "refill":
            return _alone(_refill)
        case "rotate-key":
            return _alone(lambda settings: _rotate(settings, options.days))
        case "retire-key":
            return _alone(lambda settings: _retire(settings, early=options.early))
        case _:
            return _alone(lambda settings: _new_origin(settings, options.origin))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="zi-audit", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("fsck", help="derive the whole log again: database, bundles, tiles, checkpoints")
    commands.add_parser("refill", help="read what the ledger database lacks back from the published files")
    reconciliation = commands.add_parser("reconcile", help="compare a service's store with the ledger")
    reconciliation.add_argument("--service", required=True)
    erased = commands.add_parser(
        "erasures", help="every erasure in the ledger, one message a line, for a service after a restore"
    )
    erased.add_argument("--service", choices=sorted(SENDERS), default="intake", help="whose vault (intake)")
    rotation = commands.add_parser("rotate-key", help="make a new key; from then on both sign")
    rotation.add_argument("--days", type=int, default=30, help="how long both will sign at least (30)")
    retirement = commands.add_parser("retire-key", help="destroy the old key; only the new one signs")
    retirement.add_argument("--early", action="store_true", help="although the days are not over")
    origin = commands.add_parser("new-origin", help="set the log aside and go on with another one")
    origin.add_argument("--origin", required=True, help="the new log's name")
    return parser


def _fsck() -> Outcome:
    settings = _settings_of_ledger()
    with _ledger(settings) as ledger:
        report = fsck.Fsck(ledger, published_tiles(settings), keys_of(settings)).run()
    return bool(report.findings), list(fsck.sentences(report))


def _erasures(service: str) -> Outcome:
    settings = _settings_of_ledger()
    with _ledger(settings) as ledger:
        found = erasures(ledger, published_tiles(settings), settings.office, SENDERS[service])
    for event in found.refused:
        print(
            f"Event {event} says that a person was erased, but not that one official asked for it and another approved: it is left out.",
            file=sys.stderr,
        )
    return bool(found.refused), list(found.counted)


def _alone(work: Callable[[Settings], Outcome]) -> Outcome:
    """Run `work` while no writer runs."""
    settings = _writer_settings()
    return alone(lease_of(settings), lambda: work(settings))


def _refill(settings: Settings) -> Outcome:
    with _ledger(settings) as ledger:
        clock = settings.clock()
        back = refill(ledger, published_tiles(settings), keys_of(settings), clock, settings.office)
    return False, [f"{back} entries came back; run zi-audit fsck before the writer is started."]


def _rotate(settings: Settings, days: int) -> Outcome:
    until = settings.clock().now().date() + timedelta(days=days)
    keys = log_keys.rotate(settings, until)
    return False, [
        "The new key is made. Start the writer: from now on the old key and this one sign every checkpoint.",
        *(signer.key.vkey for signer in keys.signers),
        f"Give the new line to the witnesses and print it in the maklumat; run zi-audit retire-key after {until}.",
    ]


def _retire(settings: Settings, *, early: bool) -> Outcome:
    successor, policy = keys_of(settings).successor, PublishedLog(published_tiles(settings)).policy()
    if successor is not None and (policy is None or successor.key not in {log.key for log in policy.logs}):
        raise RotationError(
            "The policy that names the new key is not published yet. Start the writer and audit, and wait until"
            " /audit-writer/ready says nothing of a policy."
        )
    keys = log_keys.retire(settings, settings.clock().now().date(), early=early)
    return False, ["The old key is destroyed. Start the writer: only this one signs.", keys.signer.key.vkey]


def _new_origin(settings: Settings, name: str) -> Outcome:
    clock = settings.clock()
    with _ledger(settings) as ledger:
        quote = new_origin(settings, ledger, published_tiles(settings), clock, name)
    return False, [
        f"{quote.origin} is set aside with {quote.size} entries; {name} goes on from there when the writer is started.",
        keys_of(settings).signer.key.vkey,
        "Give this line to the witnesses and print it in the maklumat; keep what was set aside.",
    ]


def _writer_settings() -> Settings:
    settings = Settings(service="audit-writer")
    if not (settings.data / settings.service / "secrets" / "log-key").exists():
        raise NothingThereError(f"There is no log in {settings.data}: set ZI_DATA to the data folder.")
    return settings


def _settings_of_ledger() -> Settings:
    """For a command that only reads: it makes no ledger database where there is none."""
    settings = _writer_settings()
    file = settings.folder / LEDGER
    if not settings.database and not file.exists():
        raise NothingThereError(
            f"There is no ledger database {file}: set ZI_DATA or ZI_DATABASE. If it is lost, run zi-audit refill."
        )
    return settings


@contextmanager
def _ledger(settings: Settings) -> Iterator[Ledger]:
    database = Database(settings.database or settings.folder / LEDGER)
    yield Ledger(database, settings.office)
    database.close()


def _reconcile(service: str) -> Outcome:
    settings = Settings(service=service)
    file = settings.data / service / "store.db"
    if not settings.database and not file.exists():
        raise NothingThereError(
            f"There is no store of {service} in {settings.data}: set ZI_DATA or ZI_DATABASE."
        )
    database = ReadOnlyDatabase(settings.database or file)
    logs = reconcile.logs_of(published_tiles(settings))
    try:
        report = reconcile.Reconcile(service, database, *logs).run(
            _keys(settings), VaultFiles.at(settings.files)
        )
    except LogError as error:
        return True, [
            f"The published log is not what was written, so nothing was compared: {error} Run zi-audit fsck."
        ]
    return bool(report.findings), list(reconcile.sentences(report))


def _keys(settings: Settings) -> Keystore | None:
    """Without its keys the vault is compared by digest only."""
    file = settings.data / settings.service / "keys.db"
    if not settings.keys_database and not file.exists():
        return None
    return Keystore(ReadOnlyDatabase(settings.keys_database or file), create=False)


if __name__ == "__main__":
    sys.exit(main())
