"""The lines of an export of LAPOR!, read as complaints: a header with these columns, one report a line. Pure."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any

from zi_chassis.domain import DomainError

COLUMNS = ("id", "text", "district", "kind", "commodity", "product", "place", "name", "email", "phone")
NEEDED = ("id", "text", "district")
MOST_LINES = 500
LONGEST_ID = 64


class LaporFileError(DomainError):
    """The file can't be read as an export."""


@dataclass(frozen=True)
class LaporLine:
    """`number` is that of the line in the file, the header being the first; `id` is that of the report at LAPOR!."""

    number: int
    id: str
    values: Mapping[str, str]

    @property
    def complaint(self) -> dict[str, Any]:
        """Return the fields of a complaint. A report without a name is anonymous."""
        values = self.values
        kind = values.get("kind") or "product"
        fields: dict[str, Any] = {"kind": kind, "district": values["district"], "text": values["text"]}
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
    """Raises LaporFileError."""
    reader = csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline=""), restkey="")
    header = [name.strip().lower() for name in reader.fieldnames or ()]
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
    reader.fieldnames = header
    try:
        lines = list(_lines(reader))
    except csv.Error as error:
        raise LaporFileError("The file can't be read as CSV: {error}.", error=str(error)) from error
    if len(lines) > MOST_LINES:
        raise LaporFileError("A file may have {limit} lines: send it in parts.", limit=MOST_LINES)
    return lines


def _lines(reader: "csv.DictReader[str]") -> Iterator[LaporLine]:
    for row in reader:
        extra = row.pop("", None)
        values = {name: (value or "").strip() for name, value in row.items()}
        if extra or any(values.values()):
            yield LaporLine(reader.line_num, values["id"][: LONGEST_ID + 1] if not extra else "", values)


def _present(values: Mapping[str, str], **columns: str) -> dict[str, str]:
    return {field: values[column] for field, column in columns.items() if values.get(column)}
