"""`zi-audit`: what an operator or an auditor runs beside the log; it changes nothing."""

import argparse
import sys
from collections.abc import Iterable

from zi_audit import fsck, reconcile
from zi_audit.ledger import Ledger
from zi_audit.published_log import PublishedLog
from zi_audit.tile_folder import TileFolder
from zi_audit.writer import tiles_of
from zi_chassis.database import Database
from zi_chassis.keystore import Keystore
from zi_chassis.settings import Settings
from zi_tlog.note import Signer


class NothingThereError(Exception):
    """What was to be examined is not where the settings say."""


def main(arguments: list[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    try:
        faults, said = _fsck() if given.command == "fsck" else _reconcile(given.service)
    except NothingThereError as nothing:
        print(nothing, file=sys.stderr)
        return 2
    print("\n".join(said))
    return 1 if faults else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="zi-audit", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("fsck", help="derive the whole log again: database, bundles, tiles, checkpoints")
    one = commands.add_parser("reconcile", help="compare a service's store with the ledger")
    one.add_argument("--service", required=True)
    return parser


def _fsck() -> tuple[bool, Iterable[str]]:
    settings = Settings(service="audit-writer")
    if not (settings.data / settings.service / "secrets" / "log-key").exists():
        raise NothingThereError(f"There is no log in {settings.data}: set ZI_DATA to the data folder.")
    signer = Signer(settings.log_origin, settings.secret("log-key"))
    database = Database(settings.database or settings.folder / "ledger.db")
    report = fsck.Fsck(
        Ledger(database, settings.office), TileFolder(tiles_of(settings)), signer.verifier
    ).run()
    database.close()
    return bool(report.findings), list(fsck.sentences(report))


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
