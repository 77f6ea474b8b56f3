"""The command `zona`: what an operator runs beside a house, in one of two languages."""

import argparse
import json
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from zi_audit.files.halt import HaltError
from zi_chassis.bucket import SCHEME, BucketAwayError
from zi_chassis.settings import UNUSABLE
from zi_operations import doctor, report, upkeep
from zi_operations.backup import BackupRun, dry_run
from zi_operations.bucket import Bucket, away, bucket_address
from zi_operations.bucket_copy import BucketOfBackups, fetched
from zi_operations.console import print_lines, say
from zi_operations.drill import Drill
from zi_operations.drill_note import note_drill
from zi_operations.drill_scratch import remove_left, scratch_folder
from zi_operations.erasures_settled import bring_missing, settle_by_log, settle_by_statement
from zi_operations.examination import Examined, HouseExamination
from zi_operations.files_outside import files_outside
from zi_operations.house import FETCHED, STAGING, HouseOfData, HouseSettings
from zi_operations.moment import database_faults
from zi_operations.options import parser
from zi_operations.outcome import OperationError, OperationStatus
from zi_operations.restore import BackupSource, Restore
from zi_operations.retention import retain
from zi_operations.sealing import (
    make_keys,
    read_house_key,
    read_operator_key,
    write_house_key,
    write_operator_key,
)
from zi_operations.unsettled import unsettled
from zi_tlog.error import LogError
from zi_verify.bar import ProgressBar
from zi_verify.options import language_of
from zi_verify.verdict import Sentence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    commands = {
        "key": _key,
        "backup": _backup,
        "restore": _restore,
        "check": _check,
        "erasures": _erasures,
        "drill": _drill,
        "upgrade": upkeep.upgrade,
        "doctor": upkeep.examine,
        "schedule": upkeep.schedule,
        "sender-key": upkeep.sender_key,
        "shorten": _shorten,
    }
    options = parser(commands, language_of(arguments)).parse_args(arguments)
    unreadable: tuple[type[Exception], ...] = (LogError, *database_faults())
    try:
        with _terminable():
            outcome: OperationStatus = options.run(options)
    except OperationError as error:
        print(f"zona: {error.sentence.render(options.language)}", file=sys.stderr)
        return error.outcome.code
    except UNUSABLE as error:
        print(f"zona: {error}", file=sys.stderr)
        return OperationStatus.REFUSED.code
    except BucketAwayError as error:
        print(f"zona: {away(error).sentence.render(options.language)}", file=sys.stderr)
        return OperationStatus.AWAY.code
    except HaltError as error:
        print(f"zona: {error}", file=sys.stderr)
        return OperationStatus.FOUND.code
    except unreadable as error:
        print(f"zona: {' '.join(str(error).split())}", file=sys.stderr)
        return OperationStatus.UNREADABLE.code
    except OSError as error:
        print(f"zona: {error}", file=sys.stderr)
        return OperationStatus.NO_ROOM.code
    return outcome.code


@contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM ends the command as an error does, so that what it made for itself is removed."""
    before = signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _house() -> HouseOfData:
    return HouseOfData(HouseSettings())


def _key(options: argparse.Namespace) -> OperationStatus:
    path = _house().backup_key
    if path.exists() or options.file.exists():
        there = path if path.exists() else options.file
        raise OperationError(
            OperationStatus.REFUSED,
            f"{there} is there already. Older backups need the key that they were made with: move it away, and keep it.",
            f"{there} sudah ada. Cadangan lama membutuhkan kuncinya sendiri: pindahkan, dan simpan.",
        )
    house_key, operator_key = make_keys()
    write_operator_key(options.file, operator_key)
    try:
        write_house_key(path, house_key)
    except OSError:
        options.file.unlink()  # one half is worth nothing, and would be in the way of the next try
        raise
    say(
        options,
        f"{options.file} opens the backups of this house. Keep it outside of the house, twice; without it they are worth nothing.",
        f"{options.file} membuka cadangan rumah ini. Simpan di luar rumah, dua kali; tanpa itu cadangan tidak ada gunanya.",
    )
    return OperationStatus.DONE


def _backup(options: argparse.Namespace) -> OperationStatus:
    house, now = _house(), datetime.now(UTC)
    target = _target(house, options)
    address = bucket_address(options.to) if options.to else None
    if options.dry_run:
        planned = dry_run(house, target)
        say(
            options,
            f"{planned.bytes:,} bytes of databases, {planned.data_files} files of data and {planned.key_files} of keys; {planned.free:,} bytes are free",
            f"{planned.bytes:,} bita basis data, {planned.data_files} berkas data dan {planned.key_files} berkas kunci; {planned.free:,} bita tersedia",
        )
        return OperationStatus.DONE
    key = read_house_key(house.backup_key)
    remove_left(house, target)
    taken = BackupRun(house, target, key, now, ProgressBar(sys.stderr)).run()
    outside = files_outside(house)
    lines = (report.of_manifest(taken.manifest), *([outside] if outside else []))
    print_lines([each.render(options.language) for each in lines])
    keep, name = options.keep or 0, taken.folder.name
    outcome = _remove_old(options, str(taken.folder), lambda: map(str, retain(target, keep, now, key)))
    if address is None:
        return outcome
    bucket = BucketOfBackups(Bucket(address), key)
    bucket.send(taken.folder, ProgressBar(sys.stderr))
    say(options, f"copied to {address}/{name}", f"disalin ke {address}/{name}")
    in_bucket = _remove_old(options, f"{address}/{name}", lambda: bucket.retain(keep, now))
    return in_bucket if outcome is OperationStatus.DONE else outcome


def _remove_old(
    options: argparse.Namespace, made: str, remove: Callable[[], Iterable[str]]
) -> OperationStatus:
    """Remove older backups than the one that was made, which is no worse where that fails."""
    try:
        gone = list(remove())
    except (OSError, BucketAwayError) as error:
        fault = (
            away(error).sentence if isinstance(error, BucketAwayError) else Sentence(str(error), str(error))
        )
        failed = Sentence(
            f"{made} is whole. Older backups could not be removed, so remove them yourself: {fault.en}",
            f"{made} utuh. Cadangan yang lebih lama tidak dapat dihapus, jadi hapuslah sendiri: {fault.id}",
        )
        print(f"zona: {failed.render(options.language)}", file=sys.stderr)
        return OperationStatus.NOT_REMOVED
    for path in gone:
        say(options, f"removed: {path}", f"dihapus: {path}")
    return OperationStatus.DONE


def _target(house: HouseOfData, options: argparse.Namespace) -> Path:
    """Return the folder of the backups. Raises OperationError where none is named, and for one in the house itself."""
    target: Path | None = options.target or house.backups
    if target is None:
        raise OperationError(
            OperationStatus.REFUSED,
            "Name the folder of the backups, or set ZI_BACKUPS. A copy to a bucket is made of a backup in a folder.",
            "Sebut folder cadangan, atau setel ZI_BACKUPS. Salinan ke bucket dibuat dari cadangan di folder.",
        )
    upkeep.refuse_own_folder(house, target)
    return target


def _restore(options: argparse.Namespace) -> OperationStatus:
    house, key = _house(), read_operator_key(options.key)
    if not options.backup.startswith(SCHEME):
        return _restored(options, house, BackupSource(Path(options.backup), key, options.keys))
    address, bar, now = bucket_address(options.backup), ProgressBar(sys.stderr), datetime.now(UTC)
    if (
        options.dry_run
    ):  # a house that lives looks at its copies: not on its own disk, which must not become full
        with tempfile.TemporaryDirectory(prefix="zona-fetched-", dir=house.backups) as scratch:
            folder = fetched(address, key, Path(scratch), bar, now, although_older=True)
            return _restored(options, house, BackupSource(folder, key, options.keys))
    if not (house.data / STAGING).exists():
        house.refuse_inhabited()
    folder = fetched(address, key, house.data / FETCHED, bar, now, although_older=options.although_older)
    options.although_older = True  # the bucket knows; beside the folder lies what was fetched in vain
    return _restored(options, house, BackupSource(folder, key, options.keys))


def _restored(options: argparse.Namespace, house: HouseOfData, source: BackupSource) -> OperationStatus:
    restore = Restore(house, source, ProgressBar(sys.stderr))
    if options.dry_run:
        print_lines([report.of_manifest(restore.verify()).render(options.language)])
        return OperationStatus.DONE
    restored = restore.run(although_older=options.although_older)
    shutil.rmtree(house.data / FETCHED, ignore_errors=True)
    if not options.json:
        print_lines([report.of_manifest(restored.manifest).render(options.language)])
        say(
            options,
            f"{restored.refilled} entries came back from the published log",
            f"{restored.refilled} entri kembali dari log yang terbit",
        )
    return _concluded(options, restored.examined)


def _concluded(options: argparse.Namespace, examined: Examined) -> OperationStatus:
    if options.json:
        print_lines([json.dumps(asdict(examined), indent=1)])
    else:
        print_lines(report.lines(examined, options.language))
    return report.outcome_of(examined)


def _check(options: argparse.Namespace) -> OperationStatus:
    house = _house()
    house.refuse_incomplete()
    answered = doctor.answers(house)
    still = [
        *doctor.standing_still(house, answered),
        *doctor.of_backups(house, datetime.now(UTC)),
        *doctor.left_by_drills(house),
    ]
    examined = HouseExamination(house).run(stands_still=not any(answered.values()))
    if any(answered.values()):
        from zi_operations.stream_tail import add_missing  # with all that talks to NATS

        add_missing(house, examined)
    if options.json:
        found = [{"part": each.part, "why": each.why, "remedy": each.remedy.en} for each in still]
        print_lines([json.dumps({**asdict(examined), "standing_still": found}, indent=1)])
    else:
        if not any(answered.values()):
            say(
                options,
                "No process of this house answers: it stands still.",
                "Tidak ada proses rumah ini yang menjawab: rumah berhenti.",
            )
        print_lines(report.of_still(still, options.language))
        print_lines(report.lines(examined, options.language))
    outcome = report.outcome_of(examined)
    return OperationStatus.FOUND if still and outcome is OperationStatus.DONE else outcome


def _erasures(options: argparse.Namespace) -> OperationStatus:
    house = _house()
    house.refuse_incomplete()
    if options.log is not None:
        came = settle_by_log(house, options.log)
        say(options, f"{came} entries came from {options.log}", f"{came} entri datang dari {options.log}")
    elif options.nothing_newer is not None:
        settle_by_statement(house, options.nothing_newer, datetime.now(UTC))
    for service in bring_missing(house):
        say(
            options,
            f"{service}: the store is behind the ledger; all erasures of the ledger are brought to it",
            f"{service}: penyimpanan tertinggal dari buku besar; semua penghapusan di buku besar dibawa kepadanya",
        )
    waiting = unsettled(house)
    if not waiting:
        say(
            options,
            "It is settled who was erased; start the house.",
            "Sudah jelas siapa yang dihapus; jalankan rumah.",
        )
        return OperationStatus.DONE
    say(
        options,
        f"Not settled for {', '.join(waiting)}: zona erasures --log COPY, or zona erasures --nothing-newer REASON.",
        f"Belum jelas untuk {', '.join(waiting)}: zona erasures --log SALINAN, atau zona erasures --nothing-newer ALASAN.",
    )
    return OperationStatus.UNSETTLED


def _drill(options: argparse.Namespace) -> OperationStatus:
    house, place = _house(), options.scratch or Path(tempfile.gettempdir())
    if not place.is_dir():
        raise OperationError(
            OperationStatus.REFUSED, f"There is no folder {place}.", f"Tidak ada folder {place}."
        )
    remove_left(house, place)
    with scratch_folder(place) as scratch:
        done = Drill(house, scratch, datetime.now(UTC), ProgressBar(sys.stderr)).run()
    # In a scratch house nobody has to settle anything: it is never started.
    done.examined.unsettled.clear()
    if done.examined.is_sound:
        note_drill(house, done.manifest.taken_at, done.manifest.stores)
    if options.json:
        print_lines(
            [
                json.dumps(
                    {"seconds": done.seconds, "manifest": done.manifest.name, **asdict(done.examined)},
                    indent=1,
                )
            ]
        )
        return report.outcome_of(done.examined)
    print_lines([report.of_manifest(done.manifest).render(options.language)])
    for step, seconds in done.seconds.items():
        print_lines([f"{step}: {seconds} s"])
    return _concluded(options, done.examined)


def _shorten(options: argparse.Namespace) -> OperationStatus:
    from zi_operations.stream_shortening import shorten_streams  # with all that talks to NATS

    return shorten_streams(options)


if __name__ == "__main__":
    sys.exit(main())
