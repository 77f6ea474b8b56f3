"""The processes of a data folder. Each is recorded under run/ before it begins, with its start time and the
folder, so that a later run ends exactly those that are left, and never another process that got the same number, nor one of the house that
the folder was copied from."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SUPERVISOR = "supervisor"
PATIENCE = 30.0
LAST_CHANCE = 5.0


@dataclass(frozen=True)
class Member:
    name: str
    pid: int
    born: str

    @property
    def alive(self) -> bool:
        return birth(self.pid) == self.born

    def signal(self, number: signal.Signals) -> None:
        """To the process and its own children; every member leads a process group."""
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return


def birth(pid: int) -> str | None:
    """The start of the process as a text that, with the number, is unique on this machine; None once it ended."""
    if not Path("/proc/self/stat").exists():
        return _birth_by_ps(pid)
    try:
        state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return None if state in "ZX" else f"{boot} {fields[18]}"


def _birth_by_ps(pid: int) -> str | None:
    output = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return output.stdout.strip() or None


def enrol(folder: Path, name: str, pid: int) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = folder / f".{name}"
    fresh.write_text(f"{pid}\n{birth(pid)}\n{_identity(folder)}\n")
    fresh.rename(folder / f"{name}.pid")


def enrolled(folder: Path) -> list[Member]:
    return [member for path in sorted(folder.glob("*.pid")) if (member := _read(path)) and member.alive]


def _read(path: Path) -> Member | None:
    """Return nothing for a record that is torn, or that came here with a copy of its folder."""
    pid, born, folder = [*path.read_text().splitlines(), "", "", ""][:3]
    is_of_here = pid.isdecimal() and born and folder == _identity(path.parent)
    return Member(path.stem, int(pid), born) if is_of_here else None


def _identity(folder: Path) -> str:
    """Return a text that no other folder of this machine has at the same time; moved on its disk, a folder keeps it."""
    status = folder.stat()
    return f"{status.st_dev} {status.st_ino}"


def end(folder: Path) -> list[Member]:
    """Ends all that is left, the supervisor first because it would start the others again; tells what it found."""
    found = enrolled(folder)
    _end([member for member in found if member.name == SUPERVISOR], PATIENCE)
    _end(enrolled(folder), LAST_CHANCE)
    for path in folder.glob("*.pid"):
        path.unlink()
    return found


def _end(members: Sequence[Member], patience: float) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        for member in members:
            if member.alive:
                member.signal(number)
        _gone(members, patience)


def _gone(members: Sequence[Member], patience: float) -> None:
    until = time.monotonic() + patience
    while any(member.alive for member in members) and time.monotonic() < until:
        time.sleep(0.05)
