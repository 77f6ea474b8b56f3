"""The conditions before anything starts: one run per data folder, and free ports."""

import fcntl
import os
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunningError(Exception):
    """Somebody works on this data folder."""


class TakenPortError(Exception):
    """Another program listens where we should."""


class UnfinishedRestoreError(Exception):
    """A restore was interrupted, so that part of the house is not in its place."""


def refuse_unfinished_restore(data: Path) -> None:
    if (data / "backup" / "restore").exists():
        raise UnfinishedRestoreError(
            f"zona restore was interrupted in {data}. Run it again, with the same backup; it completes what it began."
        )


@contextmanager
def locked(data: Path) -> Iterator[None]:
    """Lock the data folder; the kernel unlocks it when this process ends, however it ends."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(descriptor, data)
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, data: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(descriptor, 20).decode() or "unknown"
        raise AlreadyRunningError(
            f"Zona already runs on {data} (process {holder}). Stop that one first, or set ZI_DATA to another folder "
            f"and ZI_PORT to another range."
        ) from None


def check_free(ports: Iterable[int]) -> None:
    taken = [port for port in ports if _taken(port)]
    if taken:
        raise TakenPortError(
            f"Another program listens on {', '.join(map(str, taken))}. Stop it, or set ZI_PORT to the first of twenty "
            f"free ports."
        )


def _taken(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
