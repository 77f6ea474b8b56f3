"""Files that never change, in memory: the last used ones, within a number of bytes."""

import threading
from collections import OrderedDict

MOST = 32 * 2**20


class RecentFiles:
    """May be asked by several threads; under the empty name nothing is kept."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._bytes = 0
        self._lock = threading.Lock()
        self._contents = OrderedDict[str, bytes]()

    def get(self, path: str) -> bytes | None:
        with self._lock:
            if path in self._contents:
                self._contents.move_to_end(path)
            return self._contents.get(path)

    def add(self, path: str, content: bytes) -> None:
        with self._lock:
            if not path or path in self._contents:
                return
            self._contents[path] = content
            self._bytes += len(content)
            while self._bytes > self._most:
                _, oldest = self._contents.popitem(last=False)
                self._bytes -= len(oldest)

    def clear(self) -> None:
        with self._lock:
            self._contents.clear()
            self._bytes = 0
