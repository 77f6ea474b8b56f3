"""The remains of files after a power cut, whose writing was recorded call by call, after POSIX's word and no file system's habit: what was
written since a file was synced may be there or not, sector by sector and in any order; a name is kept once its folder was synced."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import assert_never

from tests.audit.power_cut import Naming, State, Tree, applied, reachable
from tests.audit.recording import Cut, Deed, Made, Mapped, Opened, Removed, Renamed, Synced, SystemCall, Wrote

SECTOR = 512
SHARED = "ledger.db-shm"  # written through memory, so nothing in it may ever count
SHARED_BYTES = 32_768


@dataclass
class File:
    """`kept` is what a cut leaves for certain, `pending` what was done since."""

    durable: bytes = b""
    pending: list[Wrote | Cut] = field(default_factory=list)

    @property
    def live(self) -> bytes:
        return after(self.durable, self.pending)

    def sync(self) -> None:
        self.durable, self.pending = self.live, []


def after(content: bytes, changes: Sequence[Wrote | Cut]) -> bytes:
    """A hole reads as zeros."""
    made = bytearray(content)
    for change in changes:
        size = change.size if isinstance(change, Cut) else change.offset + len(change.content)
        made.extend(bytes(max(size - len(made), 0)))
        if isinstance(change, Cut):
            del made[size:]
        else:
            made[change.offset : size] = change.content
    return bytes(made)


def sectors(change: Wrote | Cut) -> list[Wrote | Cut]:
    """The parts of a write that a disk writes each for itself."""
    if isinstance(change, Cut):
        return [change]
    end = change.offset + len(change.content)
    edges = [change.offset, *range((change.offset // SECTOR + 1) * SECTOR, end, SECTOR), end]
    return [
        Wrote(change.path, first, change.content[first - change.offset : last - change.offset])
        for first, last in pairwise(edges)
    ]


Choose = Callable[[Random, Sequence[Wrote | Cut]], Sequence[Wrote | Cut]]


def nothing(drawn: Random, changes: Sequence[Wrote | Cut]) -> Sequence[Wrote | Cut]:
    return ()


def everything(drawn: Random, changes: Sequence[Wrote | Cut]) -> Sequence[Wrote | Cut]:
    return changes


def torn(drawn: Random, changes: Sequence[Wrote | Cut]) -> Sequence[Wrote | Cut]:
    """The first of them, and of the next one some sectors."""
    count = drawn.randrange(len(changes) + 1)
    return [
        *changes[:count],
        *(part for each in changes[count : count + 1] for part in any_of(drawn, [each])),
    ]


def any_of(drawn: Random, changes: Sequence[Wrote | Cut]) -> Sequence[Wrote | Cut]:
    return [part for each in changes for part in sectors(each) if drawn.random() < 0.5]


# What is kept of the names, and what of each file's contents.
MANNERS: Sequence[tuple[bool | None, Choose]] = (
    (False, nothing),
    (True, everything),
    (True, nothing),
    (False, everything),
    (True, torn),
    (None, torn),
    (None, any_of),
)


@dataclass
class RecordedDisk:
    """Takes what was done, one deed after the other; a file that is removed stays until its folder was synced."""

    durable: Tree = field(default_factory=dict)
    live: Tree = field(default_factory=dict)
    pending: list[Naming] = field(default_factory=list)
    files: dict[int, File] = field(default_factory=dict)

    def take(self, deed: Deed) -> None:
        match deed:
            case Opened(path, creates, truncates):
                self._opened(path, creates, truncates)
            case Wrote(path) | Cut(path):
                self._file(path).pending.append(deed)
            case Synced(path):
                self._synced(path)
            case Made(path):
                self._named(Naming(path))
            case Renamed(path, to):
                self._named(Naming(to, self.live[path], gone=path))
            case Removed(path):
                self._named(Naming(None, gone=path))
            case Mapped(path):
                assert path.name == SHARED, f"{path} is written without a call"
            case SystemCall():
                pass
            case _:
                assert_never(deed)

    def read(self, name: str) -> bytes | None:
        """Return what everybody reads while the power is on."""
        number = self.live.get(Path(name))
        return None if number is None else self.files[number].live

    def unsynced(self, *names: str) -> bool:
        """Return whether one of these files has something that a cut could take."""
        numbers = [self.live.get(Path(name)) for name in names]
        return any(number is not None and self.files[number].pending for number in numbers)

    def state(self, drawn: Random, manner: tuple[bool | None, Choose]) -> State:
        """One of those that a cut now may leave."""
        names, choose = manner
        tree = dict(self.durable)
        for naming in self.pending:
            if drawn.random() < 0.5 if names is None else names:
                applied(tree, naming)
        return dict(self._contents(tree, drawn, choose))

    def _contents(self, tree: Tree, drawn: Random, choose: Choose) -> Iterator[tuple[Path, bytes | None]]:
        for name, number in tree.items():
            if not reachable(tree, name):
                continue
            if number is None:
                yield name, None
            elif name.name == SHARED:
                yield name, drawn.randbytes(SHARED_BYTES)
            else:
                file = self.files[number]
                yield name, after(file.durable, choose(drawn, file.pending))

    def _opened(self, path: Path, creates: bool, truncates: bool) -> None:
        if creates and path not in self.live:
            number = len(self.files)
            self.files[number] = File()
            self._named(Naming(path, number))
        elif truncates:
            self._file(path).pending.append(Cut(path, 0))

    def _synced(self, path: Path) -> None:
        number = self.live.get(path)
        if number is not None:
            self.files[number].sync()
            return
        for naming in self.pending:
            if naming.folder == path:
                applied(self.durable, naming)
        self.pending = [naming for naming in self.pending if naming.folder != path]

    def _named(self, naming: Naming) -> None:
        applied(self.live, naming)
        self.pending.append(naming)

    def _file(self, path: Path) -> File:
        number = self.live[path]
        assert number is not None
        return self.files[number]
