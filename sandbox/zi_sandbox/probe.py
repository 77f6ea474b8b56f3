"""A child that attempts what no child may do, and answers with what it could do."""

import os
import socket
from collections.abc import Callable

from zi_sandbox.child import serve


def escapes(_: bytes) -> bytes:
    """Name what could be done, or nothing."""
    attempts: dict[str, Callable[[], object]] = {
        "open a file": lambda: os.open(os.devnull, os.O_RDONLY),
        "open a socket": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
        "start a process": _fork,
    }
    return ", ".join(
        f"a child can {name}" for name, attempt in attempts.items() if _succeeds(attempt)
    ).encode()


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _succeeds(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True


if __name__ == "__main__":
    serve(lambda _: escapes)
