"""A fuzzer that keeps what reaches a new line: atheris needs a compiler or one processor and one Python, and our locks install anywhere."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from random import Random
from types import CodeType, FrameType
from typing import Any

from tests.fuzz.targets import Target

LONGEST = 200_000
TOKENS = (
    b"",
    b"\x00",
    b"\xff",
    b"\n\n",
    b"\r\n",
    b" ",
    b"-",
    b"0",
    b"-1",
    b"18446744073709551616",
    b"\xe2\x80\xae",
    b"\xed\xa0\x80",
    b"=",
    b'"',
    b"{",
    b"[" * 500,
)
Line = tuple[CodeType, int]


def changed(data: bytes, others: Sequence[bytes], random: Random) -> bytes:
    """One to four small changes: a bit, a word, a piece less, a piece twice, a piece of another, a number."""
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        at, end = sorted((random.randint(0, len(data)), random.randint(0, len(data))))
        end = min(end, at + random.choice((1, 4, 64, 1_000)))
        match random.randrange(6):
            case 0 if data:
                place = min(at, len(data) - 1)
                data = data[:place] + bytes([data[place] ^ (1 << random.randrange(8))]) + data[place + 1 :]
            case 1:
                data = data[:at] + random.choice(TOKENS) + data[at:]
            case 2:
                data = data[:at] + data[end:]
            case 3:
                data = data[:end] + data[at:end] * random.choice((1, 1, 20)) + data[end:]
            case 4:
                other = random.choice(others)
                begin = random.randint(0, len(other))
                data = data[:at] + other[begin : begin + end - at] + data[end:]
            case _:
                data = data[:at] + random.randbytes(min(end - at, 8)) + data[end:]
    return data[:LONGEST]


class Fuzzer:
    """`corpus` grows by whatever made the reader take a line of ours that nothing took before; `took` is the seconds of the last try."""

    def __init__(self, target: Target, seed: int) -> None:
        self.target = target
        self.corpus = [*target.seeds(), *target.corpus()]
        self.lines: set[Line] = set()
        self.took = 0.0
        self._random = Random(seed)
        for data in self.corpus:
            self.lines |= self._traced(data)[1]

    def findings(self) -> Iterator[tuple[bytes, str] | None]:
        """One try after the other, without end."""
        while True:
            data = changed(self._random.choice(self.corpus), self.corpus, self._random)
            finding, lines = self._traced(data)
            if lines - self.lines:
                self.lines |= lines
                self.corpus.append(data)
            yield None if finding is None else (data, finding)

    def _traced(self, data: bytes) -> tuple[str | None, set[Line]]:
        lines: set[Line] = set()
        before, began = sys.gettrace(), time.monotonic()
        sys.settrace(_tracer(lines))
        try:
            return self.target.finding(data), lines
        finally:
            sys.settrace(before)
            self.took = time.monotonic() - began


def _tracer(lines: set[Line]) -> Callable[[FrameType, str, Any], Any]:
    def in_a_function(frame: FrameType, event: str, argument: Any) -> Any:
        lines.add((frame.f_code, frame.f_lineno))
        return in_a_function

    def called(frame: FrameType, event: str, argument: Any) -> Any:
        return in_a_function if "/zi_" in frame.f_code.co_filename else None

    return called
