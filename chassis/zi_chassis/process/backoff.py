"""The wait before the next try: doubling from the first wait to the last one, anew after a success."""


class Backoff:
    def __init__(self, first: float, last: float) -> None:
        self._first, self._last = first, last
        self._next = first

    def next(self) -> float:
        wait = self._next
        self._next = min(self._next * 2, self._last)
        return wait

    def reset(self) -> None:
        self._next = self._first
