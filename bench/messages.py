"""A sender's chain of messages of about 900 bytes, as like the real ones as the ledger can tell: cases of five acts each, done by
forty officials, a thousand messages of two hundred cases in turn."""

from hashlib import sha256
from uuid import UUID

from zi_chassis.storage.recorded import NO_PREVIOUS, event_id

TURN, CASES = 1000, 200
ACTS = ("filed", "acknowledged", "assigned", "answered", "closed")
PAD = "x" * 300


class Chain:
    """Says the next messages of one service."""

    def __init__(self, office: str, service: str) -> None:
        self._source = f"/zi/{office}/{service}"
        self.service = service
        self._previous = NO_PREVIOUS
        self.position = 0

    def say(self, count: int) -> list[bytes]:
        return [self._next() for _ in range(count)]

    def _next(self) -> bytes:
        turn, place = divmod(self.position, TURN)
        version, case = place // CASES, turn * CASES + place % CASES
        self.position += 1
        message = self._message(case, version).encode()
        self._previous = sha256(message).hexdigest()
        return message

    def _message(self, case: int, version: int) -> str:
        aggregate = UUID(bytes=sha256(f"{self.service} {case}".encode()).digest()[:16])
        actor, role = (official(case), "staff:officer") if version else (f"bench-{case}", "public")
        return (
            f'{{"specversion":"1.0","id":"{event_id(aggregate, version + 1)}","source":"{self._source}",'
            f'"type":"zi.{self.service}.bench_{ACTS[version]}","subject":"{ticket(case)}",'
            f'"time":"2026-01-02T00:00:00.{self.position % 1_000_000:06}Z","datacontenttype":"application/json",'
            f'"aggregate":"{aggregate}","version":{version + 1},"position":{self.position},'
            f'"previous":"{self._previous}","actor":"{actor}","actorrole":"{role}",'
            f'"commitment":"{NO_PREVIOUS}","data":{{"pad":"{PAD}"}}}}'
        )


def ticket(case: int) -> str:
    return f"{case:09}"


def official(case: int) -> str:
    return f"bench-official-{case % 40}"
