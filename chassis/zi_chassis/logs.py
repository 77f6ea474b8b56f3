"""Program logging: one JSON object a line on standard error, without any value that came from a person."""

import logging
import sqlite3
import sys
import traceback
from datetime import UTC, datetime

import orjson


class JsonLines(logging.Formatter):
    """`extra={"fields": {...}}` adds fields; of an exception only its type and places are told."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {"at": at, "level": record.levelname.lower(), "logger": record.name}
        line |= {"message": record.getMessage(), **getattr(record, "fields", {})}
        if record.exc_info and record.exc_info[1]:
            line |= told(record.exc_info[1])
        return orjson.dumps(line, default=str).decode()


def told(error: BaseException) -> dict[str, object]:
    """Other messages than the system's can quote what somebody wrote, so they stay out."""
    places = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)[-8:]]
    why = str(error) if isinstance(error, OSError | sqlite3.Error) else ""
    return {"error": type(error).__qualname__, "why": why, "places": places}


def start(level: int = logging.INFO) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.getLogger("httpx").setLevel(logging.WARNING)
