"""Entries as files for other tools, made while they are sent: each row tells its index in the ledger, so that whatever is found with
another tool can be proved; memory does not grow with their number."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from zi_audit.domain.facets import NAMES, in_force, own_values
from zi_audit.domain.question import Indexed
from zi_audit.files.published_log import PublishedLog
from zi_audit.read.ocel import ocel
from zi_chassis.storage.recorded import rfc3339
from zi_chassis.web.page import Translator
from zi_contracts.event_words import title

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


ENVELOPE = (
    "index",
    "event_id",
    "service",
    "position",
    "type",
    "case",
    "actor",
    "role",
    "time",
    "waited",
    "holder",
)
COLUMNS = (
    *ENVELOPE,
    "what_happened",
    *(name for name in NAMES if name != "holder"),
    "due",
    "further",
    "leaf_hash",
    "anomaly",
)
# Where a spreadsheet may begin a cell, whatever separates its columns, and what makes a formula of one.
_FORMULA = re.compile(r'(^|[,;|\t\r\n"])(?=\s*[=+\-@＝＋－＠])|^(?=[\t\r\n])')
_PLAIN = re.compile(r"\w[\w.:/ -]*")


def csv_table(chunks: Chunks, say: Translator) -> Iterator[bytes]:
    """A text that a spreadsheet would take for a formula has a ' before it. Several values in one cell have a space between them."""
    yield _csv_lines([COLUMNS])
    for chunk in chunks:
        yield _csv_lines([_cell(value) for value in _row(entry, say)] for entry in chunk)


def _row(entry: Indexed, say: Translator) -> Iterator[object]:
    facets = in_force(entry.fields, entry.of_case)
    further = {
        name: value
        for name, value in entry.fields.items()
        if name != "due" and not any(own_values({name: value}))
    }
    yield from (getattr(entry, name) for name in ENVELOPE)
    yield say(title(entry.type))
    yield from (" ".join(facets.get(name, ())) for name in NAMES if name != "holder")
    yield entry.fields.get("due")
    yield "; ".join(f"{name}={_plain(value)}" for name, value in further.items())
    yield from (entry.leaf_hash, entry.anomaly)


def _plain(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


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


def written(format: Format, chunks: Chunks, log: PublishedLog, say: Translator) -> Iterator[bytes]:
    match format:
        case Format.JSONL:
            return jsonl(chunks)
        case Format.ENTRIES:
            return jsonl(whole(chunks, log))
        case Format.CSV:
            return csv_table(chunks, say)
        case Format.OCEL:
            return ocel(chunks)
        case _:
            assert_never(format)


# Media type and name of the file.
FILES: Mapping[Format, tuple[str, str]] = {
    Format.JSONL: ("application/x-ndjson", "entries.jsonl"),
    Format.ENTRIES: ("application/x-ndjson", "entries-whole.jsonl"),
    Format.CSV: ("text/csv; charset=utf-8", "entries.csv"),
    Format.OCEL: ("application/json", "entries.jsonocel"),
}
