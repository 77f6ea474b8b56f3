"""The published files of the log in a bucket of S3-compatible storage: a second writer can't be kept out of it, so each request says what it
expects to find there, and the store refuses it otherwise.

A tile is created where nothing is; a named file is replaced where it is still the one that was there when this writer took over, and created
where there was none. So a writer that was paused and wakes late replaces nothing that is newer.
"""

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta
from itertools import chain, islice
from typing import TYPE_CHECKING

from zi_audit.files.halt import HaltError, Reason
from zi_audit.files.lane_notes import LANES
from zi_audit.files.recent_files import RecentFiles
from zi_audit.files.tile_folder import CHECKPOINT, HISTORY, ORIGINS, TILES
from zi_chassis.bucket import BucketAddress, BucketAwayError, answering, open_store
from zi_tlog.error import LogError
from zi_tlog.note import parse_note
from zi_tlog.tile import FULL, Bundle, Tile, new_bundles, new_tiles

if TYPE_CHECKING:
    from obstore import ObjectMeta, PutMode
    from obstore.store import S3Store

PATIENCE = timedelta(seconds=5)  # for one request
AT_ONCE = 16
MOST_WAITING = 64  # files that are on their way, each of 256 entries at most
LISTED_FOR = 60.0  # seconds; a checkpoint is kept once a minute at most
LOOK_BACK = 65_536  # entries, in whose place the writer before may have left partial tiles
CLEARED_AT_ONCE = (
    1024  # entries, with a request for each of their tiles and bundles: the log stands still meanwhile
)
PROBE = "conditions"


class TileBucket:
    """Tiles below an address; all of it raises BucketAwayError where the bucket is away or refuses."""

    def __init__(
        self, address: BucketAddress, store: "S3Store", recent: RecentFiles, folder: str = ""
    ) -> None:
        """`store` is of the address, and all paths here are below `folder` of it."""
        self.address = address
        self._store = store
        self._recent = recent
        self._folder = folder
        self._beside = ThreadPoolExecutor(AT_ONCE, "tiles")
        self._waiting: dict[str, tuple[bytes, Future[None]]] = {}
        self._known: dict[
            str, str | None
        ] = {}  # by named file its ETag; None, or nothing, where it was not there
        self._history: tuple[float, list[int]] | None = None
        self._cleared: int | None = None
        # Another log may come to these paths, never to those of one that was set aside.
        self._log: str | None = folder or None

    @property
    def place(self) -> str:
        return str(self.address)

    @classmethod
    def at(cls, address: BucketAddress) -> "TileBucket":
        with answering(address):
            return cls(address, open_store(address, patience=PATIENCE), RecentFiles())

    def take_over(self) -> None:
        wait(done for _, done in self._waiting.values())
        self._waiting.clear()
        self._recent.clear()
        self._history = None
        self._known = self._look("")[0] | self._list(LANES)
        self._refuse_unconditional()

    def read(self, path: str) -> bytes | None:
        waiting, memory = self._waiting.get(path), self._memory_key(path)
        content = waiting[0] if waiting is not None else self._recent.get(memory)
        if content is not None:
            return content
        content, _ = self._get(path)
        if _is_for_ever(path):
            if content is not None:
                self._recent.add(memory, content)
            return content
        self._note_log(path, content)
        return content

    def read_each(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        rest = iter(paths)
        while portion := list(islice(rest, AT_ONCE)):
            yield from zip(portion, self._beside.map(self.read, portion), strict=True)

    def has(self, path: str) -> bool:
        return path in self._waiting or self._head(path) is not None

    def written_at(self, path: str) -> float:
        written = self._head(path)
        if written is None:
            raise FileNotFoundError(path)
        return written

    def stage(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Nothing: in a bucket a file shows as soon as it is there."""

    def put(self, path: str, content: bytes) -> None:
        """Sends it beside whatever else is done until `settle`, which tells what failed."""
        if path in self._waiting or len(self._waiting) >= MOST_WAITING:
            self.settle()
        self._waiting[path] = content, self._beside.submit(self._create, path, content)
        if _is_kept(path):
            self._history = None

    def replace(self, path: str, content: bytes) -> None:
        self.settle()
        version = self._known.get(path)
        self._known[path] = self._swap(path, content, "create" if version is None else {"e_tag": version})
        self._note_log(path, content)

    def announce(self, path: str, content: bytes) -> None:
        import obstore

        with answering(self.address):
            obstore.put(self._store, self._key(path), content, use_multipart=False)

    def remove(self, path: str) -> None:
        import obstore

        if self.has(path):
            with answering(self.address):
                obstore.delete(self._store, self._key(path))
        self._known[path] = None

    def settle(self) -> None:
        wait(done for _, done in self._waiting.values())
        failures = [failure for _, done in self._waiting.values() if (failure := done.exception())]
        self._waiting.clear()
        for failure in sorted(failures, key=lambda each: not isinstance(each, HaltError)):
            raise failure

    def history(self) -> list[int]:
        """Listed again after a minute, in a request for each thousand."""
        if self._history is None or time.monotonic() > self._history[0] + LISTED_FOR:
            names = (path.rpartition("/")[2] for path in self._list(HISTORY))
            self._history = time.monotonic(), sorted(int(name) for name in names if name.isdecimal())
        return self._history[1]

    def clear_partials(self, size: int) -> int:
        """As in a folder; of what the writer before left it looks at the last tiles alone."""
        import obstore

        if not size:
            return 0
        first = max(0, size - LOOK_BACK) if self._cleared is None else self._cleared
        end = max(first, min(size, first + CLEARED_AT_ONCE))
        removed = 0
        places: Iterator[Tile | Bundle] = chain(new_tiles(first, end), new_bundles(first, end))
        for place in places:
            partials = self._list(f"{place.path}.p") if place.width == FULL else []
            if partials and self.has(place.path):
                with answering(self.address):
                    obstore.delete(self._store, list(map(self._key, partials)))
                removed += 1
        self._cleared = end
        return removed

    def widths(self, whole: str) -> set[int]:
        names = (path.rpartition("/")[2] for path in self._list(f"{whole}.p"))
        return {int(name) for name in names if name.isdecimal()}

    def files(self, folder: str) -> list[str]:
        return sorted(self._list(folder))

    def other_files(self) -> list[str]:
        names, folders = self._look("")
        listed = (self._list(folder) for folder in folders if folder != TILES)
        return sorted({*names, *chain.from_iterable(listed)} - {PROBE})

    def origins(self) -> list[int]:
        names = (folder.rpartition("/")[2] for folder in self._look(ORIGINS)[1])
        return sorted(int(name) for name in names if name.isdecimal())

    def former(self, number: int) -> "TileBucket":
        return TileBucket(self.address, self._store, self._recent, self._key(f"{ORIGINS}/{number}/"))

    def set_aside(self, names: Iterable[str], number: int) -> None:
        """All is copied before anything goes, and what names the others goes first: no reader meets a checkpoint without its tiles."""
        import obstore

        there, _ = self._look("")
        paths = [path for name in names for path in ([name] if name in there else self._list(name))]

        def copy(path: str) -> None:
            with answering(self.address):
                obstore.copy(self._store, self._key(path), self._key(f"{ORIGINS}/{number}/{path}"))

        list(self._beside.map(copy, paths))
        for path in reversed(paths):
            with answering(self.address):
                obstore.delete(self._store, self._key(path))
            self._known.pop(path, None)
        self._log = None

    def _create(self, path: str, content: bytes) -> None:
        memory = self._memory_key(path)
        if self._put(path, content, "create") is None:
            there, _ = self._get(path)
            if there is None:  # another one has cleared it meanwhile
                raise BucketAwayError(self.address, f"{path} came and went")
            if there != content and not (_is_kept(path) and _is_of_one_tree(there, content)):
                raise HaltError(
                    Reason.DAMAGED,
                    f"{path} exists with other bytes than the database gives; run zi-audit fsck before anything else.",
                )
            content = there
        self._recent.add(memory, content)

    def _swap(self, path: str, content: bytes, mode: "PutMode") -> str | None:
        version = self._put(path, content, mode)
        if version is None:
            # The answer to a request that was done may be lost, and the same request was then refused.
            there, version = self._get(path)
            if there != content:
                raise HaltError(
                    Reason.SECOND_WRITER,
                    f"{path} in {self.address} was replaced beside this process: end the other writer.",
                )
        return version

    def _put(self, path: str, content: bytes, mode: "PutMode") -> str | None:
        """Return the new ETag, or None where the store refuses, since it does not find there what `mode` expects."""
        import obstore
        from obstore.exceptions import AlreadyExistsError, NotFoundError, PreconditionError

        with answering(self.address):
            try:
                return obstore.put(self._store, self._key(path), content, mode=mode)["e_tag"] or ""
            except (AlreadyExistsError, PreconditionError):
                return None
            except (NotFoundError, FileNotFoundError):
                if mode == "create":  # there is no such bucket
                    raise
                return None

    def _get(self, path: str) -> tuple[bytes | None, str | None]:
        """Return a file and its ETag."""
        import obstore
        from obstore.exceptions import NotFoundError

        with answering(self.address):
            try:
                found = obstore.get(self._store, self._key(path))
                return bytes(found.bytes()), found.meta["e_tag"]
            except (NotFoundError, FileNotFoundError):
                return None, None

    def _head(self, path: str) -> float | None:
        """Return when a file was written, if it is there."""
        import obstore
        from obstore.exceptions import NotFoundError

        with answering(self.address):
            try:
                return obstore.head(self._store, self._key(path))["last_modified"].timestamp()
            except (NotFoundError, FileNotFoundError):
                return None

    def _list(self, folder: str) -> dict[str, str | None]:
        """Return the paths of all files in a folder, and their ETags."""
        import obstore

        with answering(self.address):
            batches = obstore.list(self._store, self._key(folder), chunk_size=1000)
            return self._versions(chain.from_iterable(batches))

    def _look(self, folder: str) -> tuple[dict[str, str | None], list[str]]:
        """Return the files in a folder as `_list` does, and the paths of the folders in it; nothing below those."""
        import obstore

        with answering(self.address):
            found = obstore.list_with_delimiter(self._store, self._key(folder) or None)
        folders = [each.rstrip("/").removeprefix(self._folder) for each in found["common_prefixes"]]
        return self._versions(found["objects"]), folders

    def _versions(self, files: "Iterable[ObjectMeta]") -> dict[str, str | None]:
        return {each["path"].removeprefix(self._folder): each["e_tag"] for each in files}

    def _refuse_unconditional(self) -> None:
        """Raise HaltError where the store overwrites what it was told to create."""
        self._put(PROBE, b"", "create")
        if (
            self._put(PROBE, b"", "create") is not None
            or self._put(PROBE, b"", {"e_tag": '"none"'}) is not None
        ):
            raise HaltError(
                Reason.FAILURE,
                f"The store of {self.address} ignores conditions (If-None-Match, If-Match), so a second writer could replace what is"
                " newer: the published log needs a store that knows them, or a folder.",
            )

    def _key(self, path: str) -> str:
        return f"{self._folder}{path}"

    def _note_log(self, path: str, content: bytes | None) -> None:
        """With another log, or without a checkpoint, what was read before is no longer sure: files were moved away to be made again."""
        if path != CHECKPOINT or self._folder:
            return
        log = None if content is None else content.partition(b"\n")[0].decode("utf-8", "replace")
        if log != self._log:
            self._recent.clear()
        self._log = log

    def _memory_key(self, path: str) -> str:
        """Return under which name a file that never changes is in memory; the empty one, under which nothing is, while it isn't known of which log it is."""
        return "" if self._log is None else f"{self._log} {path}"


def _is_for_ever(path: str) -> bool:
    return path.startswith(f"{TILES}/") or _is_kept(path)


def _is_kept(path: str) -> bool:
    return path.startswith(f"{HISTORY}/")


def _is_of_one_tree(there: bytes, content: bytes) -> bool:
    """Return whether both are the same checkpoint with a signature in common. Who else cosigned it may differ: two writers heard different
    witnesses."""
    try:
        first, second = parse_note(there), parse_note(content)
    except LogError:
        return False
    return first.text == second.text and bool(set(first.signatures) & set(second.signatures))
