"""The parent's side: start a module as a child, give it the file, take its answer within time and size, and end it whatever it does."""

import subprocess
import sys
from threading import Timer

from zi_sandbox.child import UNCONFINED
from zi_sandbox.limits import Limits

_PROBE = Limits(memory=1_000_000_000, cpu=10, wall=30, answer=1000)


class ChildError(Exception):
    """The child gave no complete answer: it died, took too long, or answered too much. The text has nothing of the file."""


class UnconfinedError(Exception):
    """This system can't confine the child, so the file was not opened."""


def run(program: tuple[str, str], data: bytes, limits: Limits, *, must_confine: bool = True) -> bytes:
    """Return the answer to `data` of a Python program, such as ("-m", module), that ends in `serve`. Blocks for at most `limits.wall` seconds.
    Raises ChildError and, unless `must_confine` is false, UnconfinedError."""
    terms = [str(limits.memory), str(limits.cpu), "must" if must_confine else "may"]
    child = subprocess.Popen(
        [sys.executable, "-I", *program, *terms],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/" if sys.platform != "win32" else None,
    )
    timer = Timer(limits.wall, child.kill)
    timer.daemon = True
    timer.start()
    try:
        answer = _conversation(child, data, limits.answer)
    finally:
        timer.cancel()
        child.kill()
        status = child.wait()
    if status == UNCONFINED:
        raise UnconfinedError
    if status != 0:
        raise ChildError(f"the child ended with {status}")
    return answer


def _conversation(child: subprocess.Popen[bytes], data: bytes, most: int) -> bytes:
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        with child.stdin, child.stdout:
            child.stdin.write(data)
            child.stdin.close()
            answer = child.stdout.read(most + 1)
            if len(answer) > most:
                raise ChildError("the child answers too much")
            child.wait()
    except OSError as error:
        raise ChildError("the child did not read the file") from error
    return answer


def weakness(program: tuple[str, str] = ("-m", "zi_sandbox.probe")) -> str | None:
    """Say why children are not confined on this system, or None; it is tried, with a child that attempts to break out."""
    try:
        answer = run(program, b"", _PROBE)
    except UnconfinedError:
        return "this system has no filter of system calls, or refuses it"
    except ChildError as error:
        return str(error)
    return answer.decode("utf-8", "replace") or None
