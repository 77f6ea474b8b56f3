"""Processes that read stretches of a log side by side. They share nothing: each has its own copy of the job, hears ranges of tiles and answers
with stretches over its two pipes, and ends when the first of them is closed."""

import gc
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import cycle
from typing import Any, BinaryIO

from zi_verify.error import VerifyError
from zi_verify.stretch import Stretch, StretchJob

_WAITING = 2  # stretches of each process that are asked for and not taken yet
# -P: what lies in the current folder, which may be a stranger's, is not imported.
_COMMAND = (sys.executable, "-P", "-m", "zi_verify.crew")


class Crew:
    """`count` processes for one job. A process that ends gives None for all that it was to read."""

    def __init__(self, job: StretchJob, count: int) -> None:
        self._readers = [_Reader(job) for _ in range(count)]

    def stretches(self, ranges: Iterable[range]) -> Iterator[Stretch | None]:
        """The stretches in the order of the ranges; never more than a few of them are in memory."""
        waiting: deque[_Reader] = deque()
        readers = cycle(self._readers)
        for numbers in ranges:
            if len(waiting) == _WAITING * len(self._readers):
                yield waiting.popleft().answer()
            reader = next(readers)
            reader.ask(numbers)
            waiting.append(reader)
        while waiting:
            yield waiting.popleft().answer()

    def close(self) -> None:
        for reader in self._readers:
            reader.end()


class _Reader:
    # In a session of its own, so that Ctrl-C is the first process's affair alone.

    def __init__(self, job: StretchJob) -> None:
        self._process = subprocess.Popen(
            _COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._send(job)

    def ask(self, numbers: range) -> None:
        self._send(numbers)

    def answer(self) -> Stretch | None:
        assert self._process.stdout is not None
        try:
            stretch: Stretch | None = pickle.load(self._process.stdout)  # noqa: S301 - from a process of this program
        except (OSError, EOFError, pickle.UnpicklingError):
            return None
        return stretch

    def end(self) -> None:
        self._process.kill()
        with self._process:
            pass

    def _send(self, message: Any) -> None:
        assert self._process.stdin is not None
        try:
            pickle.dump(message, self._process.stdin)
            self._process.stdin.flush()
        except OSError:
            return


def main(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until the input ends."""
    gc.disable()  # nothing here makes cycles, and looking for them takes a twentieth of the time
    asks = pickle.Unpickler(requests)  # noqa: S301 - from the process that started this one
    with suppress(EOFError, OSError):
        job: StretchJob = asks.load()
        while True:
            pickle.dump(_read(job, asks.load()), answers)
            answers.flush()


def _read(job: StretchJob, numbers: range) -> Stretch | None:
    try:
        return job.read(numbers)
    except VerifyError:  # the first process reads it again and says why
        return None


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
