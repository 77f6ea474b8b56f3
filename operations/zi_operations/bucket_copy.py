"""Copies of backups in a bucket: sent, found, kept for as long as in a folder, and fetched for a restore."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from zi_chassis.bucket import BucketAddress
from zi_operations.bucket import Bucket, BucketFile, not_as_sent
from zi_operations.manifest import (
    DATA,
    KEYS,
    LARGEST,
    MANIFEST,
    BackupManifest,
    BackupPart,
    changed,
    read_manifest,
)
from zi_operations.outcome import OperationError, OperationStatus
from zi_operations.retention import DAYS_OF_KEYS, is_name_of_backup, taken_at
from zi_operations.sealing import HouseKey, OperatorKey, digest_of

ABANDONED = timedelta(days=2)  # an upload that has no manifest after so long was broken off
Progress = Callable[[int, int], None]


class BucketOfBackups:
    """The backups of one house in a bucket."""

    def __init__(self, bucket: Bucket, key: HouseKey | OperatorKey) -> None:
        self._bucket = bucket
        self._key = key

    def names(self) -> list[str]:
        """List what has the name and the manifest of a backup, oldest first; whether it is whole is another question."""
        return sorted(name for name, files in self._by_backup().items() if MANIFEST in files)

    def newest_whole(self, now: datetime) -> str | None:
        """Return the newest that this house signed and whose files have their size; one of the future does not count."""
        return next(self._whole(self._by_backup(), now), None)

    def whole_after(self, name: str, now: datetime) -> str | None:
        """Return the newest whole one, where that is newer than `name`. What this house did not sign, or what is of the future, is none."""
        newer = {each: files for each, files in self._by_backup().items() if each > name}
        return next(self._whole(newer, now), None)

    def send(self, folder: Path, progress: Progress) -> None:
        """Copy a whole backup. Raises OperationError, and then there is nothing that looks like a backup."""
        manifest = read_manifest(folder, self._key)
        total, done = sum(part.size for part in manifest.parts.values()), 0
        for part in _data_last(manifest):
            self._bucket.put(folder / part.file, f"{folder.name}/{part.file}")
            done += part.size
            progress(done, total)
        sent = self._by_backup().get(folder.name, {})
        if any(_size(sent, part.file) != part.size for part in manifest.parts.values()):
            self._take_back(folder.name)
            raise self._lost(folder.name)
        self._bucket.put(folder / MANIFEST, f"{folder.name}/{MANIFEST}")
        if self._bucket.read(f"{folder.name}/{MANIFEST}", LARGEST) != (folder / MANIFEST).read_bytes():
            self._take_back(folder.name)
            raise self._lost(folder.name)

    def retain(self, keep: int, now: datetime) -> list[str]:
        """Remove all whole backups but the newest `keep`, keys that are older than thirty days, and what was broken off; return what went.

        The data of a backup is sent after its keys, so what has data was sent to its end: without a manifest it stays, for that may have been
        hidden by somebody who may not remove a backup.
        """
        found = self._by_backup()
        whole = list(self._whole(found, now))
        gone = []
        for name in reversed(whole[keep:] if keep else []):
            gone += self._remove(name, found.pop(name))
        for name, files in sorted(found.items()):
            keys = f"{KEYS}.zona"
            if (
                not {MANIFEST, f"{DATA}.zona"} & files.keys()
                and max(each.at for each in files.values()) < now - ABANDONED
            ):
                gone += self._remove(name, files)
            elif keys in files and taken_at(Path(name)) < now - timedelta(days=DAYS_OF_KEYS):
                gone += self._remove(name, {keys: files[keys]})
        return gone

    def fetch(self, name: str, folder: Path, progress: Progress) -> BackupManifest:
        """Bring a backup into a folder; files of it that are there already and as they should be stay. Raises OperationError."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / MANIFEST).write_bytes(self._bucket.read(f"{name}/{MANIFEST}", LARGEST))
        manifest = read_manifest(folder, self._key)
        if manifest.name != name:  # another backup of this house, under the name of a newer one
            raise changed(f"{self._bucket.address}/{name}")
        there = self._by_backup().get(name, {})
        total, done = sum(part.size for part in manifest.parts.values()), 0

        def counted(size: int) -> None:
            nonlocal done
            done += size
            progress(min(done, total), total)

        for part in manifest.parts.values():
            path = folder / part.file
            if path.exists() and digest_of(path, lambda _: None) == part.sha256:
                counted(part.size)
            elif part.file in there:
                _refuse_larger(there[part.file], part.size, self._bucket.address)
                self._bucket.fetch(f"{name}/{part.file}", path, part.size, counted)
        return manifest

    def _by_backup(self) -> dict[str, dict[str, BucketFile]]:
        found: dict[str, dict[str, BucketFile]] = {}
        for file in self._bucket.files():
            name, _, rest = file.name.partition("/")
            if is_name_of_backup(name) and rest:
                found.setdefault(name, {})[rest] = file
        return found

    def _whole(self, found: dict[str, dict[str, BucketFile]], now: datetime) -> Iterator[str]:
        """Newest first."""
        dated = (name for name in sorted(found, reverse=True) if taken_at(Path(name)) <= now)
        return (name for name in dated if self._is_whole(name, found[name]))

    def _is_whole(self, name: str, files: dict[str, BucketFile]) -> bool:
        if MANIFEST not in files or files[MANIFEST].size > LARGEST:
            return False
        with TemporaryDirectory() as folder:
            (Path(folder) / MANIFEST).write_bytes(self._bucket.read(f"{name}/{MANIFEST}", LARGEST))
            try:
                manifest = read_manifest(Path(folder), self._key)
            except OperationError:
                return False
        parts = [part for kind, part in manifest.parts.items() if kind != KEYS or part.file in files]
        return manifest.name == name and all(_size(files, part.file) == part.size for part in parts)

    def _remove(self, name: str, files: dict[str, BucketFile]) -> list[str]:
        """The manifest first: what remains of a removal that was broken off is no backup."""
        ordered = sorted(files, key=lambda file: file != MANIFEST)
        for file in ordered:
            self._bucket.remove(f"{name}/{file}")
        return [f"{self._bucket.address}/{name}/{file}" for file in ordered]

    def _take_back(self, name: str) -> None:
        """Let nothing that came otherwise than it was sent look like a backup, where the bucket still lets that be done."""
        with suppress(OperationError):
            self._bucket.remove(f"{name}/{MANIFEST}")

    def _lost(self, name: str) -> OperationError:
        return OperationError(
            OperationStatus.CHANGED,
            f"{self._bucket.address} does not have {name} as it was sent. Send it again, or take another bucket; the backup in its folder is as it was.",
            f"{self._bucket.address} tidak menyimpan {name} seperti yang dikirim. Kirim lagi, atau pakai bucket lain; cadangan di foldernya tetap utuh.",
        )


def fetched(
    address: BucketAddress,
    key: OperatorKey,
    target: Path,
    progress: Progress,
    now: datetime,
    *,
    although_older: bool,
) -> Path:
    """Bring the backup at an address into a folder of its name in `target`, and return that. Raises OperationError."""
    above, name = address.parent
    copies = BucketOfBackups(Bucket(above), key)
    names = copies.names()
    if name not in names:
        listed = ", ".join(BucketOfBackups(Bucket(address), key).names()[-5:]) or ", ".join(names[-5:]) or "-"
        raise OperationError(
            OperationStatus.NO_BACKUP,
            f"{address} is no backup. Name one of these: {listed}",
            f"{address} bukan cadangan. Sebut salah satu dari ini: {listed}",
        )
    newer = None if although_older else copies.whole_after(name, now)
    if newer is not None:
        raise OperationError(
            OperationStatus.OLD,
            f"{name} is old: {newer} is beside it. Restore that one, or add --although-older.",
            f"{name} sudah lama: di sebelahnya ada {newer}. Pulihkan yang itu, atau tambahkan --although-older.",
        )
    folder = target / name
    copies.fetch(name, folder, progress)
    return folder


def _data_last(manifest: BackupManifest) -> list[BackupPart]:
    return [part for _, part in sorted(manifest.parts.items(), key=lambda item: item[0] == DATA)]


def _size(files: dict[str, BucketFile], name: str) -> int | None:
    return files[name].size if name in files else None


def _refuse_larger(file: BucketFile, size: int, address: BucketAddress) -> None:
    """Refuse a file of another size than in the manifest before it is fetched: it would fill the disk."""
    if file.size != size:
        raise not_as_sent(f"{address}/{file.name}", f"{file.size:,}", f"{file.size:,}", size)
