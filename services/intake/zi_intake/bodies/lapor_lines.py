"""The lines of an export of LAPOR!, read as complaints: a header with these columns, one report a line. Pure."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

from zi_chassis.domain import DomainError

COLUMNS = (
    *("id", "text", "district", "kind", "commodity", "product", "place", "name", "email", "phone"),
    *("confidential", "topic"),
)
NEEDED = ("id", "text", "district")
MOST_LINES = 500
LONGEST_FILE = 200_000  # characters
LONGEST_ID = 64
# The columns of what a complaint has under another name.
COLUMN_OF = {
    **{f"reporter.{name}": name for name in ("name", "email", "phone")},
    **{"product.name": "product", "product.commodity": "commodity", "place.name": "place"},
    "appointed_topic": "topic",
}
CONFIDENTIAL = {"ya": True, "yes": True, "tidak": False, "no": False}


class LaporFileError(DomainError):
    """The file can't be read as an export."""


class NoReportNumberError(DomainError):
    """A line without the number of its report can't be known again."""

    def __init__(self) -> None:
        super().__init__("The line has no usable number of its report, or more cells than the first line.")


@dataclass(frozen=True)
class LaporLine:
    """`number` is that of the line in the file, the header being the first; `id` is that of the report at LAPOR!."""

    number: int
    id: str
    values: Mapping[str, str]

    @property
    def complaint(self) -> dict[str, Any]:
        """Return the fields of a complaint. A report without a name is anonymous; one with a topic for appointed officials is about the service."""
        values = self.values
        kind = values.get("kind") or ("service" if values.get("topic") else "product")
        fields: dict[str, Any] = {"kind": kind, "district": values["district"], "text": values["text"]}
        fields |= _present(values, appointed_topic="topic")
        if secret := values.get("confidential"):
            fields["confidential"] = CONFIDENTIAL.get(secret.lower(), secret)
        if values.get("name"):
            fields["reporter"] = _present(values, name="name", email="email", phone="phone")
        else:
            fields["anonymous"] = True
        if kind == "product":
            product = _present(values, name="product")
            fields["product"] = {"commodity": values.get("commodity") or "unknown", **product}
        if values.get("place"):
            fields["place"] = {"name": values["place"]}
        return fields


def read_lapor(text: str) -> list[LaporLine]:
    """Read all lines. Raises LaporFileError, also where only a part of the file could be read."""
    if len(text) > LONGEST_FILE:
        raise LaporFileError("A file may have {limit} characters: send it in parts.", limit=LONGEST_FILE)
    text = text.removeprefix("\ufeff")
    # A spreadsheet chooses by its country, and copies cells with tabs.
    separator = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.DictReader(StringIO(text, newline=""), restkey="", strict=True, delimiter=separator)
    lines: list[LaporLine] = []
    read = 0  # lines of the file
    try:
        reader.fieldnames, read = _header(reader.fieldnames or ()), reader.line_num
        for row in reader:
            read = reader.line_num
            lines += _line(read, row)
    except csv.Error as error:
        raise LaporFileError(
            "The file can't be read from line {line} on: a quotation mark is open, or stands inside a quoted text and is not doubled.",
            line=read + 1,
        ) from error
    if len(lines) > MOST_LINES:
        raise LaporFileError("A file may have {limit} lines: send it in parts.", limit=MOST_LINES)
    return lines


def _header(names: Sequence[str]) -> list[str]:
    """Return the columns as they are written here. Raises LaporFileError for missing and for unknown ones."""
    header = [name.strip().lower() for name in names]
    missing = [name for name in NEEDED if name not in header]
    if missing:
        raise LaporFileError(
            "The first line of the file has to name the columns; missing: {columns}.",
            columns=", ".join(missing),
        )
    if len(set(header)) < len(header) or set(header) - set(COLUMNS):
        raise LaporFileError(
            "The file may have these columns, each once: {columns}.", columns=", ".join(COLUMNS)
        )
    return header


def _line(number: int, row: dict[str, Any]) -> list[LaporLine]:
    """Return the line, none for an empty one."""
    extra = row.pop("", None)
    values = {name: (value or "").strip() for name, value in row.items()}
    if not extra and not any(values.values()):
        return []
    return [LaporLine(number, values["id"][: LONGEST_ID + 1] if not extra else "", values)]


def _present(values: Mapping[str, str], **columns: str) -> dict[str, str]:
    return {field: values[column] for field, column in columns.items() if values.get(column)}
