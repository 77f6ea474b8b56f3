"""`zona restore`: a backup into an empty house, and the check that follows by itself.

All is unpacked beside the house first, and moved only once every piece was opened. An interrupted move is completed by the same command.
What outlived the loss is never overwritten: published files that go further than the backup give the ledger its entries back, and with them
the erasures since. Where nothing does, personal data stays locked until an operator has settled who was erased after the backup.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from zi_audit.files.log_keys import keys_of
from zi_audit.files.published_log import PublishedLog
from zi_audit.files.tile_folder import CHECKPOINT, TileFolder
from zi_audit.tools.erasures import erasures
from zi_audit.tools.refill import refill
from zi_chassis.secret_file import sync_folder
from zi_chassis.vault.erasure_files import BROUGHT, UP_TO
from zi_operations.examination import Examined, HouseExamination, opened_ledger, opened_log
from zi_operations.house import (
    HEARERS,
    SCRATCH,
    SERVICES,
    STAGING,
    VAULTS,
    WRITER,
    HouseDatabase,
    HouseOfData,
)
from zi_operations.manifest import KEYS, BackupManifest, changed, read_manifest
from zi_operations.outcome import OperationError, OperationStatus
from zi_operations.part_file import UNSOUND, extract
from zi_operations.retention import backups
from zi_operations.sealing import OperatorKey, digest_of
from zi_operations.unsettled import UnsettledErasures, unsettled_file
from zi_tlog.erasure import SENDERS

COMPLETE = "complete"
MADE_HERE = (
    "tiles-made-here"  # what was published before the loss reaches less far than the backup, or is lost
)
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class RestoredHouse:
    """`refilled` entries came back into the ledger from published files that outlived the loss."""

    manifest: BackupManifest
    refilled: int
    examined: Examined


@dataclass(frozen=True)
class Published:
    """`outlived`: the published files were there before the restore, and go beyond the ledger of the backup. A restore makes files that
    just reach it, so these prove nothing."""

    refilled: int
    outlived: bool


@dataclass(frozen=True)
class BackupSource:
    """A folder of `zona backup`; `keys` names the file of the keys where it is not in there."""

    folder: Path
    key: OperatorKey
    keys: Path | None = None

    def part(self, manifest: BackupManifest, name: str) -> Path:
        elsewhere = self.keys if name == KEYS else None
        path = elsewhere or self.folder / manifest.parts[name].file
        if not path.exists():
            raise OperationError(
                OperationStatus.REFUSED,
                f"{path} is not there. Name the file of the keys with --keys; keys are removed from a backup after thirty days.",
                f"{path} tidak ada. Sebut berkas kunci dengan --keys; kunci dihapus dari cadangan sesudah tiga puluh hari.",
            )
        return path


class Restore:
    def __init__(self, house: HouseOfData, source: BackupSource, progress: Progress) -> None:
        self._house = house
        self._source = source
        self._progress = progress
        self._staging = house.data / STAGING
        self._done = 0

    def run(self, *, although_older: bool = False, is_drill: bool = False) -> RestoredHouse:
        """Raises OperationError; before anything was moved into the house. A drill asks no witness: a real one knows of more by now."""
        manifest = read_manifest(self._source.folder, self._source.key)
        if not although_older:
            _refuse_older(self._source.folder)
        if (self._staging / COMPLETE).exists():
            self._refuse_another(manifest)
        else:
            self._house.refuse_inhabited()
            self._verify(manifest)
            self._unpack(manifest)
        self._move(manifest)
        published = self._published_files(manifest)
        self._bring_erasures(published)
        for name in (*SERVICES, WRITER):
            hand_over(self._house.data / name)
        hand_over_tiles(self._house)
        self._finish()
        examination = HouseExamination(self._house)
        examined = examination.run()
        self._compare_heads(manifest, examined)
        if not is_drill:
            examination.ask_witnesses(examined)
        return RestoredHouse(manifest, published.refilled, examined)

    def verify(self) -> BackupManifest:
        """Read the backup to its end. Raises OperationError if it is not as it was made."""
        manifest = read_manifest(self._source.folder, self._source.key)
        self._verify(manifest)
        return manifest

    def _verify(self, manifest: BackupManifest) -> None:
        total = sum(part.size for part in manifest.parts.values())

        def counted(size: int) -> None:
            self._done += size
            self._progress(min(self._done, total), total)

        for name, part in manifest.parts.items():
            path = self._source.part(manifest, name)
            if (path.stat().st_size, digest_of(path, counted)) != (part.size, part.sha256):
                raise changed(str(path))

    def _unpack(self, manifest: BackupManifest) -> None:
        shutil.rmtree(self._staging, ignore_errors=True)
        self._staging.mkdir(parents=True, mode=0o700)
        for name, part in manifest.parts.items():
            path = self._source.part(manifest, name)
            try:
                extract(path, self._source.key.open(part.sealed_key, name), self._staging)
            except UNSOUND as error:
                shutil.rmtree(self._staging)
                raise changed(str(path)) from error
            except OSError:
                shutil.rmtree(self._staging)
                raise
        fresh = self._staging / f"{COMPLETE}.new"
        fresh.write_text(_named(manifest))
        fresh.rename(self._staging / COMPLETE)
        sync_folder(self._staging)

    def _refuse_another(self, manifest: BackupManifest) -> None:
        """Only the backup that was unpacked completes an interrupted restore."""
        unpacked = (self._staging / COMPLETE).read_text()
        if unpacked == _named(manifest):
            return
        begun = unpacked.partition(" ")[0] or "?"
        raise OperationError(
            OperationStatus.NOT_EMPTY,
            f"The restore of {begun} was interrupted here. Complete it with that backup, or set the whole of {self._house.data} aside.",
            f"Pemulihan {begun} terputus di sini. Selesaikan dengan cadangan itu, atau sisihkan seluruh {self._house.data}.",
        )

    def _compare_heads(self, manifest: BackupManifest, examined: Examined) -> None:
        """Each store ends with the message that it ended with in the backup."""
        for service, store in self._house.stores.items():
            head, taken = store.head(), manifest.stores[service]
            if head != (taken.position, taken.hash):
                examined.found(
                    service,
                    f"The store is not that of the backup: it ends at position {head[0]}, the backup at {taken.position}.",
                )

    def _move(self, manifest: BackupManifest) -> None:
        """The lock of personal data first, and the ledger before the stores: a store that is missing is then behind it."""
        UnsettledErasures(manifest.name, manifest.ledger.size).write(self._house, VAULTS)
        for database in reversed(self._house.databases):
            self._put_database(database, manifest)
        data = self._house.data
        for source in self._staged("files"):
            _move(source, data / source.relative_to(self._staging / "files"), data)
        for source in self._staged("tiles"):
            _publish(source, self._house, source.relative_to(self._staging / "tiles"))

    def _finish(self) -> None:
        """The house is complete, and may start: under its own name the folder would prevent that."""
        done = self._staging.with_name(f"{SCRATCH}restored")
        shutil.rmtree(done, ignore_errors=True)
        self._staging.rename(done)
        shutil.rmtree(done)

    def _put_database(self, database: HouseDatabase, manifest: BackupManifest) -> None:
        name, place = database.name, database.place
        staged, engine = self._staging / "databases" / name, manifest.databases[name]
        if not staged.exists():
            return
        if engine != database.engine:
            raise OperationError(
                OperationStatus.REFUSED,
                f"{name} was copied from {engine}: restore it into a house on {engine}.",
                f"{name} disalin dari {engine}: pulihkan ke rumah yang memakai {engine}.",
            )
        if database.is_postgres:
            from zi_operations import postgres_copy

            def read(file: str) -> BinaryIO:
                return (staged / file).open("rb")

            postgres_copy.copy_in(place, manifest.name, read)
            staged.rename(staged.with_name(f"{staged.name}.done"))
        else:
            _move(staged, Path(place), self._house.data)

    def _staged(self, kind: str) -> list[Path]:
        return sorted(path for path in (self._staging / kind).rglob("*") if path.is_file())

    def _published_files(self, manifest: BackupManifest) -> Published:
        """Make the tiles from the ledger's database, or, where they outlived the loss and go further, that from them."""
        settings, tiles = self._house.settings_of(WRITER), self._house.tiles
        published = Published(0, outlived=False)
        made_here = self._staging / MADE_HERE
        if tiles.has(CHECKPOINT) and not made_here.exists():
            with opened_ledger(self._house) as ledger:
                refilled = refill(ledger, tiles, keys_of(settings), settings.clock(), self._house.office)
            signed = PublishedLog(tiles).signed()
            reaches = signed is not None and signed[1].size > manifest.ledger.size
            published = Published(refilled, outlived=reaches)
        if not published.outlived:
            made_here.touch()
            sync_folder(self._staging)
        with opened_log(self._house):
            return published

    def _bring_erasures(self, published: Published) -> None:
        """All that the ledger knows, for the services to apply. It is all that there is, if the published files outlived the loss."""
        for service in VAULTS:
            bring_erasures(self._house, service)
            if published.outlived:
                unsettled_file(self._house, service).unlink()


def bring_erasures(house: HouseOfData, service: str) -> int:
    """Write the erasures of the ledger into the file that the service, and who hears it, reads at its start; return how many."""
    with opened_ledger(house) as ledger:
        recorded = erasures(ledger, house.tiles, house.office, SENDERS[service])
        position = ledger.progress(service).head.position
    for name in (service, *HEARERS.get(service, ())):
        path = house.data / name / BROUGHT
        _folder(path.parent, house.data)
        fresh = path.with_name(f"{BROUGHT}.new")
        fresh.write_text("".join(f"{line}\n" for line in (f"{UP_TO} {position}", *recorded.counted)))
        fresh.rename(path)
        hand_over(path.parent)
    return len(recorded.counted)


def _named(manifest: BackupManifest) -> str:
    """Return the name of a backup and the digests of its parts."""
    return " ".join([manifest.name, *(f"{name}:{part.sha256}" for name, part in manifest.parts.items())])


def _refuse_older(folder: Path) -> None:
    newer = [each.name for each in backups(folder.absolute().parent) if each.name > folder.absolute().name]
    if newer:
        raise OperationError(
            OperationStatus.OLD,
            f"{folder.name} is old: {newer[-1]} is beside it. Restore that one, or add --although-older.",
            f"{folder.name} sudah lama: di sebelahnya ada {newer[-1]}. Pulihkan yang itu, atau tambahkan --although-older.",
        )


def _move(source: Path, target: Path, data: Path) -> None:
    """A file that is there already outlived the loss, and stays."""
    _folder(target.parent, data)
    if target.exists():
        source.unlink()
        return
    try:
        source.rename(target)
    except OSError:  # another disk
        fresh = target.with_name(f"{target.name}.new")
        shutil.copy2(source, fresh)
        if os.getuid() == 0:
            there = source.stat()
            os.chown(fresh, there.st_uid, there.st_gid)
        fresh.rename(target)
        source.unlink()
    sync_folder(target.parent)


def _publish(source: Path, house: HouseOfData, path: Path) -> None:
    """As `_move` to where the published files are."""
    tiles = house.tiles
    if isinstance(tiles, TileFolder):
        _move(source, tiles.folder / path, house.data)
        return
    if not tiles.has(str(path)):
        tiles.replace(str(path), source.read_bytes())
    source.unlink()


def _folder(path: Path, data: Path) -> None:
    """A folder of the house is closed to others; below it, who may look into a folder may look into what is made there: others read tiles and rules."""
    if not path.exists():
        _folder(path.parent, data)
        path.mkdir(mode=0o700 if path.parent == data else path.parent.stat().st_mode & 0o777)


def hand_over_tiles(house: HouseOfData) -> None:
    """A bucket knows no owners."""
    if isinstance(house.tiles, TileFolder):
        hand_over(house.tiles.folder)


def hand_over(folder: Path) -> None:
    """Give what root made in a folder to the folder's owner, who is to work with it."""
    if os.getuid() != 0:
        return
    owner = folder.stat()
    for place, _, files in os.walk(folder):
        for path in (Path(place), *(Path(place) / name for name in files)):
            if path.stat().st_uid == 0:
                os.chown(path, owner.st_uid, owner.st_gid)
