"""The commands of `zona` for a house that goes on: upgrade, doctor, schedule."""

import argparse
import json
import signal
import sys
import threading
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from zi_chassis.process import logs
from zi_chassis.secret_file import sync_folder, write_secret
from zi_operations import doctor, report
from zi_operations.backup import BackupRun
from zi_operations.backup_process import BackupProcess
from zi_operations.bucket import bucket_address
from zi_operations.console import print_lines, say
from zi_operations.drill_scratch import remove_left
from zi_operations.house import OWN_FOLDER, HouseOfData, HouseSettings
from zi_operations.outcome import OperationError, OperationStatus
from zi_operations.release import note_release, this_release
from zi_operations.schedule import Schedule
from zi_operations.sealing import read_house_key
from zi_operations.upgrade import Upgrade
from zi_operations.upgrade_report import of_plan
from zi_verify.bar import ProgressBar


def upgrade(options: argparse.Namespace) -> OperationStatus:
    house, release = HouseOfData(HouseSettings()), this_release()
    plan = Upgrade(house, release).plan()
    if options.json:
        stops = [each.en for each in plan.stops]
        figures = {**asdict(plan), "stops": stops, "seconds": plan.seconds, "release": release.name}
        print_lines([json.dumps({**figures, "former": plan.former and plan.former.name}, indent=1)])
    else:
        print_lines(of_plan(plan, options.language))
    if plan.stops:
        return OperationStatus.FOUND
    if options.backup is not None:
        refuse_own_folder(house, options.backup)
        remove_left(house, options.backup)
        now = datetime.now(UTC)
        taken = BackupRun(
            house, options.backup, read_house_key(house.backup_key), now, ProgressBar(sys.stderr)
        ).run()
        note_release(house, release)
        print_lines([report.of_manifest(taken.manifest).render(options.language)])
        say(
            options,
            f"{release.name} is noted. Start it now: nothing else has to be done.",
            f"{release.name} dicatat. Jalankan sekarang: tidak ada lagi yang harus dilakukan.",
        )
    return OperationStatus.DONE


def refuse_own_folder(house: HouseOfData, target: Path) -> None:
    if target.resolve().is_relative_to(house.data.resolve()):
        raise OperationError(
            OperationStatus.REFUSED,
            f"{target} is in the house itself, and would be lost with it. Name a folder elsewhere.",
            f"{target} berada di dalam rumah itu sendiri, dan akan hilang bersamanya. Sebut folder di tempat lain.",
        )


def examine(options: argparse.Namespace) -> OperationStatus:
    found = list(doctor.findings(HouseOfData(HouseSettings()), datetime.now(UTC)))
    if options.json:
        rows = [{"part": each.part, "why": each.why, "remedy": each.remedy.en} for each in found]
        print_lines([json.dumps(rows, indent=1)])
    else:
        print_lines(report.of_still(found, options.language))
    if found:
        return OperationStatus.FOUND
    if not options.json:
        say(options, "Nothing stands still.", "Tidak ada yang berhenti.")
    return OperationStatus.DONE


def schedule(_: argparse.Namespace) -> OperationStatus:
    """Work until SIGTERM or SIGINT."""
    house = HouseOfData(HouseSettings())
    if house.backups is None:
        raise OperationError(
            OperationStatus.REFUSED,
            "Set ZI_BACKUPS to the folder of the backups.",
            "Setel ZI_BACKUPS ke folder cadangan.",
        )
    refuse_own_folder(house, house.backups)
    if house.backup_copy:
        bucket_address(house.backup_copy)
    logs.start()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    work = Schedule(house, house.backups, lambda: datetime.now(UTC))
    with BackupProcess(work, house.backups_listen):
        work.run(ended)
    return OperationStatus.DONE


def sender_key(options: argparse.Namespace) -> OperationStatus:
    """Set the key of a sender aside, so that the next start makes another one."""
    house = HouseOfData(HouseSettings())
    seed = house.data / "nats" / "keys" / f"{options.service}.nk"
    if any(doctor.answers(house).values()):
        raise OperationError(
            OperationStatus.REFUSED,
            "This house runs. Stop it first: all its processes have to read the new key.",
            "Rumah ini sedang berjalan. Hentikan dulu: semua prosesnya harus membaca kunci yang baru.",
        )
    if not seed.exists():
        raise OperationError(OperationStatus.REFUSED, f"There is no {seed}.", f"Tidak ada {seed}.")
    aside = (
        house.data / OWN_FOLDER / "former-keys" / f"{options.service}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.nk"
    )
    _set_aside(seed, aside)
    say(
        options,
        f"The former key is in {aside}. Start the house: it makes a new one, and the ledger gets an entry about it.",
        f"Kunci sebelumnya ada di {aside}. Jalankan rumah: kunci baru dibuat, dan buku besar mendapat entri tentangnya.",
    )
    return OperationStatus.DONE


def _set_aside(seed: Path, aside: Path) -> None:
    """Move a key to what may be another volume: the copy is on disk before the key goes."""
    write_secret(aside, seed.read_bytes())
    seed.unlink()
    sync_folder(seed.parent)
