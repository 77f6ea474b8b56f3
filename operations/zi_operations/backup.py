"""`zona backup`: the whole house at one moment, in two sealed parts, data and keys, and a signed manifest that is written last.

It is made in a folder under another name, which gets its real name once all is on disk. So whatever has that name is whole.
"""

import fcntl
import os
import shutil
import sqlite3
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from zi_audit.files.tile_folder import CHECKPOINT, COSIGNED, HISTORY, TileFolder
from zi_chassis.bucket import BucketAwayError
from zi_chassis.secret_file import sync_folder
from zi_chassis.storage.database import Tx
from zi_chassis.storage.event_tables import EventTables
from zi_operations.bucket import away
from zi_operations.disk_room import refuse_no_room
from zi_operations.house import OWN_FOLDER, POOL, SCRATCH, WRITER, HouseOfData, Kind
from zi_operations.manifest import (
    DATA,
    KEYS,
    PREFIX,
    UNFINISHED,
    BackupManifest,
    BackupPart,
    LedgerPosition,
    StorePosition,
    write_manifest,
)
from zi_operations.moment import Snapshot, database_faults, one_moment
from zi_operations.outcome import OperationError, OperationStatus
from zi_operations.part_file import PartWriter, writing
from zi_operations.sealing import HouseKey, fresh_key
from zi_tlog.checkpoint import parse_checkpoint
from zi_tlog.note import parse_note

PAGES = 4096  # of SQLite, copied between two looks at the progress
TRIES_OF_POOL = 100
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class TakenBackup:
    folder: Path
    manifest: BackupManifest


@dataclass
class _Read:
    """Files that must be of the moment itself: the pool, whose answers go into the store, and the secrets."""

    pool: bytes | None = None
    secrets: dict[Path, bytes] = field(default_factory=dict)


class BackupRun:
    """One backup of a house into a folder of `target`; `houses` is how often the house must fit on the disk there."""

    def __init__(
        self,
        house: HouseOfData,
        target: Path,
        key: HouseKey,
        now: datetime,
        progress: Progress,
        houses: int = 1,
    ) -> None:
        self._house = house
        self._target = target
        self._key = key
        self._now = now
        self._progress = progress
        self._houses = houses
        self._done = 0
        self._total = 1

    def run(self) -> TakenBackup:
        """Raises OperationError, and leaves nothing behind that looks like a backup."""
        self._house.refuse_incomplete()
        name = f"{PREFIX}{self._now:%Y%m%dT%H%M%SZ}"
        with _alone(self._house.data / OWN_FOLDER), _room(self._target):
            _clear(self._target)
            if (self._target / name).exists():
                raise _there_already(self._target / name)
            unfinished = self._target / f"{name}{UNFINISHED}"
            unfinished.mkdir(mode=0o700, parents=True)
            try:
                manifest = self._fill(unfinished, name)
                sync_folder(unfinished)
                unfinished.rename(self._target / name)
                sync_folder(self._target)
            except BaseException:
                shutil.rmtree(unfinished, ignore_errors=True)
                raise
        return TakenBackup(self._target / name, manifest)

    def _fill(self, folder: Path, name: str) -> BackupManifest:
        read, scratch = _Read(), self._house.data / OWN_FOLDER
        _, secrets = self._house.files()
        with (
            one_moment(self._house.databases, lambda: self._read(read, secrets)) as snapshots,
            TemporaryDirectory(dir=scratch, prefix=SCRATCH) as spool,
        ):
            sizes = [_size(each) for each in snapshots.values()]
            self._total = sum(sizes)
            self._refuse_no_room(max(sizes))
            ledger = _ledger_position(snapshots[self._house.ledger.name])
            stores = {name: _position(snapshots[each.name]) for name, each in self._house.stores.items()}
            keys = self._part(folder, KEYS, Path(spool), lambda part: self._keys(part, snapshots, read))
            data = self._part(
                folder, DATA, Path(spool), lambda part: self._data(part, snapshots, read, ledger.size)
            )
        manifest = BackupManifest(
            name=name,
            office=self._house.office,
            taken_at=self._now,
            stores=stores,
            ledger=ledger,
            databases={each.name: each.engine for each in self._house.databases},
            parts={DATA: data, KEYS: keys},
        )
        write_manifest(folder, manifest, self._key)
        return manifest

    def _refuse_no_room(self, largest: int) -> None:
        """Before anything is written: each database passes through the disk of the house unpacked, and a full one stops the house."""
        passing = largest + self._house.least_free
        refuse_no_room([(self._target, self._total * self._houses), (self._house.data / OWN_FOLDER, passing)])

    def _read(self, read: _Read, secrets: Sequence[Path]) -> None:
        pool = self._house.data / POOL
        read.pool = _whole(pool) if pool.exists() else None
        there = [path for path in secrets if (self._house.data / path).exists()]
        read.secrets = {path: (self._house.data / path).read_bytes() for path in there}

    def _part(self, folder: Path, name: str, spool: Path, fill: Callable[[PartWriter], None]) -> BackupPart:
        key, file = fresh_key(), f"{name}.zona"
        with writing(folder / file, key, spool) as (part, sealed):
            fill(part)
        return BackupPart(
            file=file,
            size=sealed.size,
            sha256=sealed.digest,
            key=b64encode(self._key.seal(key, name)).decode(),
        )

    def _keys(self, part: PartWriter, snapshots: Mapping[str, Snapshot], read: _Read) -> None:
        for path, content in read.secrets.items():
            part.add_bytes(f"files/{path}", content, like=self._house.data / path)
        for snapshot in snapshots.values():
            if snapshot.database.kind is Kind.VAULT_KEYS:
                self._database(part, snapshot, in_memory=True)

    def _data(self, part: PartWriter, snapshots: Mapping[str, Snapshot], read: _Read, size: int) -> None:
        if read.pool is not None:
            part.add_bytes(f"files/{POOL}", read.pool, like=self._house.data / POOL)
        for path in self._house.files()[0]:
            part.add_file(f"files/{path}", self._house.data / path)
        self._tiles(part, size)
        for snapshot in snapshots.values():
            if snapshot.database.kind is not Kind.VAULT_KEYS:
                self._database(part, snapshot, in_memory=False)

    def _tiles(self, part: PartWriter, size: int) -> None:
        """The named files, and of the checkpoints those that the ledger's database reaches at this moment."""
        self._refuse_no_log(size)
        newest, wanted = 0, list[str]()
        for path in self._house.tile_files():
            if path.parts[0] == HISTORY and path.name.isdecimal():
                if int(path.name) > size:
                    continue
                newest = max(newest, int(path.name))
            if path != Path(COSIGNED):
                wanted.append(str(path))
        self._tile_files(part, wanted)
        cosigned = self._house.tiles.read(COSIGNED)
        if cosigned is not None and parse_checkpoint(parse_note(cosigned).text).size > size:
            cosigned = self._house.tiles.read(f"{HISTORY}/{newest}") if newest else None
        if cosigned is not None:
            self._tile_bytes(part, COSIGNED, cosigned)

    def _tile_files(self, part: PartWriter, paths: Iterable[str]) -> None:
        tiles = self._house.tiles
        if isinstance(tiles, TileFolder):
            for path in paths:
                part.add_file(f"tiles/{path}", tiles.folder / path)
            return
        for path, content in tiles.read_each(paths):
            if content is not None:
                self._tile_bytes(part, path, content)

    def _tile_bytes(self, part: PartWriter, path: str, content: bytes) -> None:
        """For the writer to own, and for everybody to read."""
        part.add_bytes(f"tiles/{path}", content, like=self._house.data / WRITER, mode=0o644)

    def _refuse_no_log(self, size: int) -> None:
        """A setting that leads to another place would give a backup without the log."""
        if size and not self._house.tiles.has(CHECKPOINT):
            place = self._house.tiles.place
            raise OperationError(
                OperationStatus.REFUSED,
                f"The ledger has {size:,} entries, and no checkpoint of it is in {place}: set ZI_TILES to where it is published.",
                f"Buku besar berisi {size:,} entri, dan tidak ada checkpoint-nya di {place}: setel ZI_TILES ke tempat terbitnya.",
            )

    def _database(self, part: PartWriter, snapshot: Snapshot, *, in_memory: bool) -> None:
        name = f"databases/{snapshot.database.name}"
        if snapshot.database.is_postgres:
            from zi_operations import postgres_copy

            postgres_copy.copy_out(
                snapshot.connection,
                lambda file, pieces: part.add_pieces(f"{name}/{file}", self._counted(pieces)),
            )
        elif (
            in_memory
        ):  # what is erased later must not linger on the disk in a copy that was only passing through
            with closing(sqlite3.connect(":memory:")) as target:
                snapshot.connection.backup(target)
                part.add_bytes(name, target.serialize(), like=Path(snapshot.database.place))
        else:
            self._through_a_file(part, name, snapshot)
        snapshot.close()

    def _through_a_file(self, part: PartWriter, name: str, snapshot: Snapshot) -> None:
        before = self._done
        place = Path(snapshot.database.place)
        page = snapshot.tx.execute("PRAGMA page_size")[0]["page_size"]

        def moved(_: int, remaining: int, total: int) -> None:
            self._show(before + (total - remaining) * page)

        with TemporaryDirectory(dir=part.scratch) as folder:
            copy = Path(folder) / "copy"
            with closing(sqlite3.connect(copy)) as target:
                snapshot.connection.backup(target, pages=PAGES, progress=moved)
            there = place.stat()
            if os.getuid() == 0:
                os.chown(copy, there.st_uid, there.st_gid)
            copy.chmod(0o600)
            part.add_file(name, copy)

    def _counted(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self._show(self._done + len(piece))
            yield piece

    def _show(self, done: int) -> None:
        self._done = min(done, self._total)
        self._progress(self._done, self._total)


def _position(snapshot: Snapshot) -> StorePosition:
    position, hash = EventTables.head(snapshot.tx)
    return StorePosition(position=position, hash=hash, received=EventTables.received(snapshot.tx))


def _ledger_position(snapshot: Snapshot) -> LedgerPosition:
    row = snapshot.tx.execute("SELECT size, root, checkpoint FROM log_state")[0]
    return LedgerPosition(
        size=row["size"], root=bytes(row["root"]).hex(), checkpoint=bytes(row["checkpoint"]).decode()
    )


def _size(snapshot: Snapshot) -> int:
    tx: Tx = snapshot.tx
    if snapshot.database.is_postgres:
        return int(tx.execute("SELECT pg_database_size(current_database()) AS size")[0]["size"])
    return int(tx.execute("PRAGMA page_count")[0]["page_count"]) * int(
        tx.execute("PRAGMA page_size")[0]["page_size"]
    )


def _whole(path: Path) -> bytes:
    """A file that is replaced now and then, and whose former content is overwritten with zeros after that."""
    for _ in range(TRIES_OF_POOL):
        with path.open("rb") as file:
            content = file.read()
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return content
    raise OSError(f"{path} was replaced again and again")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One backup at a time; what a killed one left in its scratch folders is removed."""
    folder.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for left in folder.glob(f"{SCRATCH}*"):
            shutil.rmtree(left)
        yield
    except BlockingIOError:
        raise OperationError(
            OperationStatus.REFUSED,
            "Another backup of this house is running.",
            "Cadangan lain dari rumah ini sedang berjalan.",
        ) from None
    finally:
        os.close(descriptor)


@contextmanager
def _room(target: Path) -> Iterator[None]:
    faults: tuple[type[Exception], ...] = (OSError, *database_faults())
    try:
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        yield
    except BucketAwayError as error:
        raise away(error) from error
    except faults as error:
        raise OperationError(
            OperationStatus.NO_ROOM,
            f"The backup could not be made: {error}. Nothing of it was kept, and earlier backups are as they were.",
            f"Cadangan tidak dapat dibuat: {error}. Tidak ada darinya yang disimpan, dan cadangan lama tetap utuh.",
        ) from error


def _clear(target: Path) -> None:
    for left in target.glob(f"{PREFIX}*{UNFINISHED}"):
        shutil.rmtree(left)


def _there_already(folder: Path) -> OperationError:
    return OperationError(
        OperationStatus.REFUSED,
        f"{folder} is there already: wait a second.",
        f"{folder} sudah ada: tunggu sedetik.",
    )


@dataclass(frozen=True)
class PlannedBackup:
    """`bytes` of databases before packing; `free` bytes on the disk of the target."""

    bytes: int
    free: int
    data_files: int
    key_files: int


def dry_run(house: HouseOfData, target: Path) -> PlannedBackup:
    """Look at everything that a backup would read, and write nothing."""
    house.refuse_incomplete()
    data, keys = house.files()
    with one_moment(house.databases) as snapshots:
        size = sum(map(_size, snapshots.values()))
    there = next(each for each in (target.absolute(), *target.absolute().parents) if each.exists())
    return PlannedBackup(size, shutil.disk_usage(there).free, len(data) + len(house.tile_files()), len(keys))
