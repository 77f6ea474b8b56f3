"""`zi-audit`: what an operator or an auditor runs beside the log; only refill changes anything, and only the ledger database."""

import argparse
import asyncio
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from zi_audit import fsck, reconcile
from zi_audit.halt import HaltError
from zi_audit.ledger import Ledger
from zi_audit.published_log import PublishedLog
from zi_audit.refill import refill
from zi_audit.tile_folder import TileFolder
from zi_audit.writer import tiles_of
from zi_chassis.clock import Clock
from zi_chassis.database import Database
from zi_chassis.keystore import Keystore
from zi_chassis.lease import LeaseTakenError, lease_of
from zi_chassis.settings import Settings
from zi_tlog.error import LogError
from zi_tlog.note import Signer


class NothingThereError(Exception):
    """What was to be examined is not where the settings say."""


def main(arguments: list[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    try:
        faults, said = _run(given)
    except (NothingThereError, HaltError, LeaseTakenError, LogError) as refusal:
        print(refusal, file=sys.stderr)
        return 2
    print("\n".join(said))
    return 1 if faults else 0


def _run(given: argparse.Namespace) -> tuple[bool, Iterable[str]]:
    match given.command:
        case "fsck":
            return _fsck()
        case "refill":
            return asyncio.run(_refill())
        case _:
            return _reconcile(given.service)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="zi-audit", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("fsck", help="derive the whole log again: database, bundles, tiles, checkpoints")
    commands.add_parser("refill", help="read what the ledger database lacks back from the published files")
    one = commands.add_parser("reconcile", help="compare a service's store with the ledger")
    one.add_argument("--service", required=True)
    return parser


def _fsck() -> tuple[bool, Iterable[str]]:
    settings = _writer_settings()
    with _ledger(settings) as ledger:
        report = fsck.Fsck(ledger, TileFolder(tiles_of(settings)), _signer(settings).verifier).run()
    return bool(report.findings), list(fsck.sentences(report))


async def _refill() -> tuple[bool, Iterable[str]]:
    settings = _writer_settings()
    lease = lease_of(settings)
    await lease.acquire()
    with _ledger(settings) as ledger:
        clock = Clock(settings.clock_shift)
        back = refill(ledger, TileFolder(tiles_of(settings)), _signer(settings), clock)
    await lease.release()
    return False, [f"{back} entries came back; run zi-audit fsck before the writer is started."]


def _writer_settings() -> Settings:
    settings = Settings(service="audit-writer")
    if not (settings.data / settings.service / "secrets" / "log-key").exists():
        raise NothingThereError(f"There is no log in {settings.data}: set ZI_DATA to the data folder.")
    return settings


def _signer(settings: Settings) -> Signer:
    return Signer(settings.log_origin, settings.secret("log-key"))


@contextmanager
def _ledger(settings: Settings) -> Iterator[Ledger]:
    database = Database(settings.database or settings.folder / "ledger.db")
    yield Ledger(database, settings.office)
    database.close()


def _reconcile(service: str) -> tuple[bool, Iterable[str]]:
    settings = Settings(service=service)
    file = settings.data / service / "store.db"
    if not settings.database and not file.exists():
        raise NothingThereError(
            f"There is no store of {service} in {settings.data}: set ZI_DATA or ZI_DATABASE."
        )
    database = Database(settings.database or file)
    log = PublishedLog(TileFolder(tiles_of(settings)))
    report = reconcile.Reconcile(service, database, log).run(_keys(settings))
    database.close()
    return bool(report.findings), list(reconcile.sentences(report))


def _keys(settings: Settings) -> Keystore | None:
    """Without its keys the vault is compared by digest only."""
    file = settings.data / settings.service / "keys.db"
    if not settings.keys_database and not file.exists():
        return None
    return Keystore(Database(settings.keys_database or file, secure_delete=True))


if __name__ == "__main__":
    sys.exit(main())
