"""A bucket of S3-compatible storage: a second place of backups, elsewhere.

A backup lies there as in a folder: its parts, and the signed manifest, which is sent last. What has no manifest is no backup, so an upload
that was broken off never counts as one. The bucket is not trusted: the parts are sealed, and whatever comes back is compared with the manifest
that the house signed.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from zi_chassis.bucket import BucketAddress, BucketAddressError, BucketAwayError, answering, open_store
from zi_operations.outcome import OperationError, OperationStatus

PIECE = 8 * 1024 * 1024  # of an upload in several requests, and of what is read at once
AT_ONCE = 4
PIECE_PATIENCE = timedelta(minutes=5)  # one megabit a second is enough for the pieces that are sent together
WHOLE, SILENCE = timedelta(days=1), timedelta(seconds=30)  # a file is fetched for as long as some of it comes
Progress = Callable[[int, int], None]


def bucket_address(text: str) -> BucketAddress:
    """Raises OperationError."""
    try:
        return BucketAddress.parse(text)
    except BucketAddressError as error:
        raise OperationError(
            OperationStatus.REFUSED,
            str(error),
            f"{text} bukan alamat bucket. Tulis s3://BUCKET atau s3://BUCKET/AWALAN.",
        ) from error


@dataclass(frozen=True)
class BucketFile:
    """`name` is its path below the prefix."""

    name: str
    size: int
    at: datetime


class Bucket:
    """The files below one prefix. Everything raises OperationError where the bucket is away or refuses."""

    def __init__(self, address: BucketAddress) -> None:
        self.address = address
        with self._answering():
            self._store = open_store(address, patience=WHOLE, silence=SILENCE)
            self._sending = open_store(address, patience=PIECE_PATIENCE)

    def files(self) -> list[BucketFile]:
        import obstore

        with self._answering():
            return [
                BucketFile(each["path"], each["size"], each["last_modified"])
                for batch in obstore.list(self._store)
                for each in batch
            ]

    def put(self, path: Path, name: str) -> None:
        """Send a file; a large one in several requests. It is there whole or not at all."""
        import obstore

        with self._answering():
            obstore.put(self._sending, name, path, chunk_size=PIECE, max_concurrency=AT_ONCE)

    def read(self, name: str, most: int) -> bytes:
        """Return the first bytes of a file."""
        import obstore

        with self._answering():
            size = obstore.head(self._store, name)["size"]
            return bytes(obstore.get_range(self._store, name, start=0, end=min(size, most))) if size else b""

    def fetch(self, name: str, path: Path, size: int, progress: Callable[[int], None]) -> None:
        """Write a file of at most `size` bytes to disk. Whether it is what was sent is for the manifest to say."""
        import obstore

        left = size

        with self._answering(), open(path, "wb", opener=_private) as file:
            for piece in obstore.get(self._store, name).stream(min_chunk_size=PIECE):
                left -= len(piece)
                if left < 0:  # whatever the bucket listed: more would fill the disk
                    raise not_as_sent(
                        f"{self.address}/{name}", f"more than {size:,}", f"lebih dari {size:,}", size
                    )
                file.write(piece)
                progress(len(piece))
            file.flush()
            os.fsync(file.fileno())

    def remove(self, name: str) -> None:
        import obstore

        with self._answering():
            obstore.delete(self._store, name)

    @contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            with answering(self.address):
                yield
        except BucketAwayError as error:
            raise away(error) from error


def away(error: BucketAwayError) -> OperationError:
    return OperationError(
        OperationStatus.AWAY,
        str(error),
        f"{error.address} tidak dapat dihubungi atau menolak: {error.why}. Periksa AWS_ENDPOINT_URL, AWS_REGION, dan akunnya.",
    )


def not_as_sent(file: str, found: str, found_id: str, size: int) -> OperationError:
    return OperationError(
        OperationStatus.CHANGED,
        f"{file} has {found} bytes, and {size:,} were sent. Nothing was restored: take another copy, or an older backup.",
        f"{file} berukuran {found_id} bita, padahal {size:,} dikirim. Tidak ada yang dipulihkan: pakai salinan lain, atau cadangan yang lebih lama.",
    )


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
