"""The remains of a folder after a power cut, after POSIX's word and no file system's habit: a file's content is kept once the file was
fsynced, a name (new, moved, gone) once its folder was; whatever was not may be there or not, each for itself."""

import os
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Tree = dict[Path, int | None]  # name beneath the folder -> number of the file, or None for a folder
State = Mapping[Path, bytes | None]
SAMPLES = 2


@dataclass(frozen=True)
class Naming:
    """`name` comes to stand for a file or a folder, `gone` disappears, both at once."""

    name: Path | None
    number: int | None = None
    gone: Path | None = None

    @property
    def folder(self) -> Path:
        """Return the file whose fsync makes it durable."""
        return (self.name or self.gone or Path()).parent


@dataclass
class Disk:
    """Everything that Python code does to the files beneath `folder` while `recording`; SQLite's own files are not seen. `step` is
    called after each thing that was done."""

    folder: Path
    step: Callable[[], None] = lambda: None
    durable: Tree = field(default_factory=dict)
    pending: list[Naming] = field(default_factory=list)
    live: Tree = field(default_factory=dict)
    contents: dict[int, bytes] = field(default_factory=dict)

    @contextmanager
    def recording(self) -> Iterator[None]:
        real = os.fsync
        _active.append(self)
        os.fsync = self._fsync  # type: ignore[assignment]
        try:
            yield
        finally:
            os.fsync = real
            _active.remove(self)

    def states(self, seed: int) -> Iterator[State]:
        """Trees that a cut now may leave: nothing of what is pending, all, one missing, one alone, and some drawn; contents by name."""
        drawn = random.Random(seed)
        number = len(self.pending)
        everything = set(range(number))
        choices = [set(), everything]
        choices += [everything - {n} for n in everything] + [{n} for n in everything]
        choices += [{n for n in everything if drawn.random() < 0.5} for _ in range(SAMPLES)]
        for choice in choices:
            yield self._state([naming for n, naming in enumerate(self.pending) if n in choice])

    def read(self, name: str) -> bytes | None:
        """Return what everybody reads while the power is on."""
        number = self.live.get(Path(name))
        return None if number is None else self.contents[number]

    def _state(self, namings: list[Naming]) -> dict[Path, bytes | None]:
        tree = dict(self.durable)
        for naming in namings:
            applied(tree, naming)
        whole = {name: number for name, number in tree.items() if reachable(tree, name)}
        return {name: None if n is None else self.contents[n] for name, n in whole.items()}

    # -- what is heard from the interpreter

    def named(self, naming: Naming) -> None:
        applied(self.live, naming)
        self.pending.append(naming)
        self.step()

    def opened(self, path: Path, flags: int) -> None:
        if flags & os.O_CREAT and path not in self.live:
            fresh = len(self.contents)
            self.contents[fresh] = b""
            self.named(Naming(path, fresh))
        elif flags & os.O_TRUNC and (number := self.live[path]) is not None:
            self.contents[number] = b""

    def made(self, folder: Path) -> None:
        if not (self.folder / folder).exists():
            self.named(Naming(folder))

    def _fsync(self, descriptor: Any) -> None:
        path = Path(os.readlink(f"/proc/self/fd/{descriptor}"))
        name = self.within(path)
        if name is None:
            return
        if path.is_dir():
            self._settle(name)
        elif (number := self.live[name]) is not None:
            self.contents[number] = path.read_bytes()
        self.step()

    def _settle(self, folder: Path) -> None:
        """Its names are kept from now on, in the order in which they came."""
        for naming in self.pending:
            if naming.folder == folder:
                applied(self.durable, naming)
        self.pending = [naming for naming in self.pending if naming.folder != folder]

    def within(self, path: Path) -> Path | None:
        return path.relative_to(self.folder) if path.is_relative_to(self.folder) else None


def written(state: State, folder: Path) -> None:
    """The files of a state, beneath a fresh folder."""
    for name, content in sorted(state.items()):
        if content is None:
            (folder / name).mkdir(exist_ok=True)
        else:
            (folder / name).write_bytes(content)


def applied(tree: Tree, naming: Naming) -> None:
    if naming.gone is not None:
        tree.pop(naming.gone, None)
    if naming.name is not None:
        tree[naming.name] = naming.number


def reachable(tree: Tree, name: Path) -> bool:
    return all(folder in tree for folder in name.parents if folder != Path())


_active: list[Disk] = []


def _audit_event(event: str, arguments: tuple[object, ...]) -> None:
    if not _active or event not in _EVENTS:
        return
    disk = _active[-1]
    paths = [each for each in arguments[: _EVENTS[event]] if isinstance(each, str | bytes | os.PathLike)]
    names = [disk.within(Path(os.fsdecode(each))) for each in paths]
    if len(names) != _EVENTS[event] or None in names:
        return
    match event, names:
        case "open", [Path() as path]:
            disk.opened(path, int(str(arguments[2])))
        case "os.mkdir", [Path() as path]:
            disk.made(path)
        case "os.rename", [Path() as source, Path() as target]:
            disk.named(Naming(target, disk.live[source], gone=source))
        case "os.link", [Path() as source, Path() as target]:
            disk.named(Naming(target, disk.live[source]))
        case "os.remove" | "os.rmdir", [Path() as path]:
            disk.named(Naming(None, gone=path))


_EVENTS = {"open": 1, "os.mkdir": 1, "os.rename": 2, "os.link": 2, "os.remove": 1, "os.rmdir": 1}
# A hook stays for as long as the interpreter does; without a recording it hears nothing.
sys.addaudithook(_audit_event)
