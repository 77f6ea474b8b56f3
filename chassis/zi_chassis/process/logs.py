"""Program logging: one JSON object a line on standard error, without any value that came from a person."""

import logging
import sqlite3
import sys
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime

import orjson

from zi_chassis.process.request_context import causes

MOST_AT_ONCE, A_SECOND = 200, 2.0
MESSAGES = 1000


class Sparing(logging.Filter):
    """Lets each message through 200 times at once and then twice a second, so that nobody who is refused again and again pushes other lines
    out of rotated files; the next line that comes through says how many were left out (`left_out`)."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._seconds = seconds
        self._kinds: dict[tuple[str, int, str], tuple[float, float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        kind = record.name, record.levelno, str(record.msg)
        now = self._seconds()
        if len(self._kinds) > MESSAGES:
            self._kinds.clear()
        room, since, left_out = self._kinds.get(kind, (float(MOST_AT_ONCE), now, 0))
        room = min(MOST_AT_ONCE, room + (now - since) * A_SECOND)
        if room < 1:
            self._kinds[kind] = room, now, left_out + 1
            return False
        self._kinds[kind] = room - 1, now, 0
        if left_out:
            record.left_out = left_out
        return True


class JsonLines(logging.Formatter):
    """`extra={"fields": {...}}` adds fields to those of the causes; of an exception only its type and places are told."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {"at": at, "level": record.levelname.lower(), "logger": record.name}
        line |= {"message": record.getMessage(), **causes(), **getattr(record, "fields", {})}
        if left_out := getattr(record, "left_out", 0):
            line["left_out"] = left_out
        if record.exc_info and record.exc_info[1]:
            line |= error_fields(record.exc_info[1])
        return orjson.dumps(line, default=str).decode()


def error_fields(error: BaseException) -> dict[str, object]:
    """Other messages than the system's can quote what somebody wrote, so they stay out."""
    places = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)[-8:]]
    why = str(error) if isinstance(error, OSError | sqlite3.Error) else ""
    return {"error": type(error).__qualname__, "why": why, "places": places}


def start(level: int = logging.INFO) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    handler.addFilter(Sparing())
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.getLogger("httpx").setLevel(logging.WARNING)
