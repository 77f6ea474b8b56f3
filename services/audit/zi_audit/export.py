"""Entries as files for other tools, made while they are sent: each row tells its index in the ledger, so that whatever is found with
another tool can be proved; memory does not grow with their number."""

import csv
import io
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from enum import StrEnum

import orjson

from zi_audit.published_log import PublishedLog
from zi_audit.question import Indexed
from zi_chassis.recorded import rfc3339

Chunks = Iterable[Sequence[Indexed]]


class Format(StrEnum):
    """JSON lines, the same with the entries themselves, comma-separated values, or an object-centric event log (OCEL 2.0) for process
    mining."""

    JSONL = "jsonl"
    ENTRIES = "entries"
    CSV = "csv"
    OCEL = "ocel"


def jsonl(chunks: Chunks) -> Iterator[bytes]:
    for chunk in chunks:
        yield "".join(f"{entry.model_dump_json()}\n" for entry in chunk).encode()


class Whole(Indexed):
    """With the text of the entry, whose hash is `leaf_hash`; None when it is no text."""

    entry: str | None


def whole(chunks: Chunks, log: PublishedLog) -> Chunks:
    for chunk in chunks:
        entries = log.entries_at((each.index, bytes.fromhex(each.leaf_hash)) for each in chunk)
        yield [Whole(**dict(each), entry=_text(entry)) for each, entry in zip(chunk, entries, strict=True)]


def _text(entry: bytes) -> str | None:
    try:
        return entry.decode()
    except UnicodeDecodeError:
        return None


COLUMNS = tuple(Indexed.model_fields)
# Where a spreadsheet may begin a cell, whatever separates its columns, and what makes a formula of one.
_FORMULA = re.compile(r'(^|[,;|\t\r\n"])(?=\s*[=+\-@＝＋－＠])|^(?=[\t\r\n])')
_PLAIN = re.compile(r"\w[\w.:/ -]*")


def csv_table(chunks: Chunks) -> Iterator[bytes]:
    """A text that a spreadsheet would take for a formula has a ' before it."""
    yield _csv_lines([COLUMNS])
    for chunk in chunks:
        yield _csv_lines([_cell(value) for value in vars(entry).values()] for entry in chunk)


def _csv_lines(rows: Iterable[Sequence[object]]) -> bytes:
    lines = io.StringIO()
    csv.writer(lines).writerows(rows)
    return lines.getvalue().encode()


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return rfc3339(value)
    if not isinstance(value, str) or _PLAIN.fullmatch(value):
        return value
    return _FORMULA.sub(lambda found: f"{found.group()}'", value)


_ATTRIBUTES = {
    "ledger_index": "integer",
    "leaf_hash": "string",
    "event_id": "string",
    "service": "string",
    "position": "integer",
    "role": "string",
    "anomaly": "string",
}
_OBJECTS = ("case", "actor")


def ocel(chunks: Chunks) -> Iterator[bytes]:
    """Entries that tell no type or no time have no place in this format; the other formats have them."""
    types = [{"name": name, "attributes": []} for name in _OBJECTS]
    with closing(_Seen()) as seen:
        yield b'{"objectTypes":' + orjson.dumps(types) + b',"events":['
        yield from _joined(_ocel_event(entry) for entry in seen.noting(chunks))
        yield b'],"eventTypes":['
        yield from _joined(_ocel_type(name) for name in seen.names("type"))
        yield b'],"objects":['
        yield from _joined(_ocel_object(kind, name) for kind in _OBJECTS for name in seen.names(kind))
        yield b"]}\n"


class _Seen:
    """The distinct types, cases and actors of a file, kept in a temporary one until their turn comes."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", check_same_thread=False)
        self._database.execute(
            "CREATE TABLE seen (kind TEXT, name TEXT, PRIMARY KEY (kind, name)) WITHOUT ROWID"
        )

    def noting(self, chunks: Chunks) -> Iterator[Indexed]:
        """The entries that can be told, each noted before it is."""
        for chunk in chunks:
            told = [entry for entry in chunk if entry.type is not None and entry.time is not None]
            for kind in ("type", *_OBJECTS):
                names = {vars(entry)[kind] for entry in told} - {None}
                self._database.executemany(
                    f"INSERT OR IGNORE INTO seen VALUES ('{kind}', ?)", [(name,) for name in names]
                )
            yield from told

    def names(self, kind: str) -> Iterator[str]:
        for (name,) in self._database.execute("SELECT name FROM seen WHERE kind = ? ORDER BY name", (kind,)):
            yield name

    def close(self) -> None:
        self._database.close()


def _ocel_event(entry: Indexed) -> Mapping[str, object]:
    assert entry.time is not None
    said = {**vars(entry), "ledger_index": entry.index}
    return {
        "id": f"entry:{entry.index}",
        "type": entry.type,
        "time": rfc3339(entry.time),
        "attributes": [{"name": n, "value": said[n]} for n in _ATTRIBUTES if said[n] is not None],
        "relationships": [
            {"objectId": f"{kind}:{said[kind]}", "qualifier": kind}
            for kind in _OBJECTS
            if said[kind] is not None
        ],
    }


def _ocel_type(name: str) -> Mapping[str, object]:
    return {"name": name, "attributes": [{"name": n, "type": type} for n, type in _ATTRIBUTES.items()]}


def _ocel_object(kind: str, name: str) -> Mapping[str, object]:
    return {"id": f"{kind}:{name}", "type": kind, "attributes": [], "relationships": []}


def _joined(items: Iterable[Mapping[str, object]]) -> Iterator[bytes]:
    """The items of a JSON array, some hundreds at a time."""
    waiting, comma = list[bytes](), b""
    for item in items:
        waiting.append(orjson.dumps(item))
        if len(waiting) == 500:
            yield comma + b",".join(waiting)
            waiting, comma = [], b","
    if waiting:
        yield comma + b",".join(waiting)


FORMATS: Mapping[Format, tuple[Callable[[Chunks], Iterator[bytes]], str, str]] = {
    Format.JSONL: (jsonl, "application/x-ndjson", "entries.jsonl"),
    Format.ENTRIES: (jsonl, "application/x-ndjson", "entries-whole.jsonl"),
    Format.CSV: (csv_table, "text/csv; charset=utf-8", "entries.csv"),
    Format.OCEL: (ocel, "application/json", "entries.jsonocel"),
}
