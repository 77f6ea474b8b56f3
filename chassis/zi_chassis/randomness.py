"""Random bytes of the system, drawn many at a time: each draw lets go of the interpreter, and getting it back from a busy
thread costs more than the bytes. Every byte is given out once; a forked process draws its own."""

import os
import threading

DRAW = 64 * 1024


class _Drawn:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        self._bytes, self._at = b"", 0

    def take(self, count: int) -> bytes:
        with self._lock:
            if self._at + count > len(self._bytes):
                self._bytes, self._at = os.urandom(max(DRAW, count)), 0
            self._at += count
            return self._bytes[self._at - count : self._at]


_drawn = _Drawn()
os.register_at_fork(after_in_child=_drawn.forget)
random_bytes = _drawn.take
