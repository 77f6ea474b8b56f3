"""Items out of an uploaded CSV list: all of them, or a report of every line that can't be read; nothing is guessed."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import takewhile
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, ValidationError
from pydantic_core import ErrorDetails

from zi_contracts.text import UNSEEN, visible
from zi_rules.certificate.item import ProductItem
from zi_rules.certificate.reason import LineFault

MOST_BYTES = 250_000
MOST_PROBLEMS = 200

# Heading in Indonesian for each column; either may be used, in any order.
COLUMNS = {
    "product": "produk",
    "registration_number": "nomor_izin_edar",
    "hs_code": "hs_code",
    "batch": "bets",
    "manufactured": "tanggal_produksi",
    "expires": "tanggal_kedaluwarsa",
    "quantity": "jumlah",
    "unit": "satuan",
    "pack": "kemasan",
    "country": "negara",
    "port": "pelabuhan",
    "invoice": "faktur",
    "transport_document": "dokumen_angkut",
    "analysis.dated": "tanggal_coa",
    "analysis.batch": "bets_coa",
    "analysis.manufactured": "tanggal_produksi_coa",
    "analysis.expires": "tanggal_kedaluwarsa_coa",
    "analysis.results": "hasil_uji_coa",
}
OPTIONAL = {"registration_number", "transport_document", *(name for name in COLUMNS if "." in name)}

_DATES = {"manufactured", "expires", "dated"}
_FAULTS = {
    UNSEEN: LineFault.NOT_PLAIN_TEXT,
    "missing": LineFault.CELL_EMPTY,
    "string_too_long": LineFault.CELL_TOO_LONG,
    "too_long": LineFault.CELL_TOO_LONG,
}
_FAULTS_BY_COLUMN = {
    "quantity": LineFault.NOT_A_QUANTITY,
    "country": LineFault.NOT_A_COUNTRY,
    "analysis.results": LineFault.NOT_TEST_RESULTS,
}


class LineProblem(BaseModel):
    """`line` counts as a spreadsheet does where no cell holds a line break; `what` is the beginning of the cell."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    line: NonNegativeInt
    fault: LineFault
    column: str = ""
    what: str = ""


class ItemList(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: Literal["read"] = "read"
    items: tuple[ProductItem, ...]


class ItemReport(BaseModel):
    """After very many problems no more lines are looked at."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: Literal["unreadable"] = "unreadable"
    problems: Annotated[tuple[LineProblem, ...], Field(min_length=1, max_length=MOST_PROBLEMS)]


Parsed = Annotated[ItemList | ItemReport, Field(discriminator="outcome")]


class _UnreadableError(Exception):
    def __init__(self, *problems: LineProblem) -> None:
        self.problems = problems


class _Row(NamedTuple):
    line: int
    cells: tuple[str, ...]


def parse_items(uploaded: bytes) -> ItemList | ItemReport:
    """UTF-8, with or without byte order mark; columns parted by comma, semicolon or tab, named in the first line."""
    try:
        rows = _rows(_text(uploaded))
        columns = _columns(rows[0])
    except _UnreadableError as unreadable:
        return ItemReport(problems=unreadable.problems[:MOST_PROBLEMS])
    items, problems = _read(rows[1:], columns)
    return ItemReport(problems=tuple(problems[:MOST_PROBLEMS])) if problems else ItemList(items=tuple(items))


def _read(
    rows: Sequence[_Row], columns: Sequence[str]
) -> tuple[Sequence[ProductItem], Sequence[LineProblem]]:
    items: list[ProductItem] = []
    problems: list[LineProblem] = []
    for row in takewhile(lambda _: len(problems) < MOST_PROBLEMS, rows):
        match _item(row, columns, len(items) + 1):
            case ProductItem() as item:
                items.append(item)
            case found:
                problems.extend(found)
    return items, problems


def _text(uploaded: bytes) -> str:
    if len(uploaded) > MOST_BYTES:
        raise _UnreadableError(LineProblem(line=0, fault=LineFault.TOO_LARGE, what=str(len(uploaded))))
    try:
        return uploaded.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = uploaded.count(b"\n", 0, error.start) + 1
        raise _UnreadableError(LineProblem(line=line, fault=LineFault.NOT_UTF8)) from error


def _rows(text: str) -> Sequence[_Row]:
    """The heading and at least one line; empty lines are passed over."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(_Row(line=reader.line_num, cells=_trimmed(cells)))
    except csv.Error as error:
        raise _UnreadableError(LineProblem(line=reader.line_num, fault=LineFault.UNREADABLE)) from error
    if len(rows) < 2:
        raise _UnreadableError(LineProblem(line=len(rows), fault=LineFault.NO_LINES))
    return rows


def _trimmed(cells: Sequence[str]) -> tuple[str, ...]:
    """A spreadsheet may add empty cells at the end of any line."""
    last = max(place for place, cell in enumerate(cells) if cell.strip())
    return tuple(cell.strip() for cell in cells[: last + 1])


def _delimiter(text: str) -> str:
    heading = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=heading.count)


def _columns(heading: _Row) -> Sequence[str]:
    known = {heading: name for name, indonesian in COLUMNS.items() for heading in (name, indonesian)}
    columns = [known.get(cell.casefold().replace(" ", "_"), "") for cell in heading.cells]
    problems = list(_column_problems(heading, columns))
    if problems:
        raise _UnreadableError(*problems)
    return columns


def _column_problems(heading: _Row, columns: Sequence[str]) -> Iterator[LineProblem]:
    times = Counter(columns)
    for cell, column in zip(heading.cells, columns, strict=True):
        if not column:
            yield LineProblem(line=heading.line, fault=LineFault.COLUMN_UNKNOWN, what=visible(cell[:80]))
        elif times[column] > 1:
            yield LineProblem(line=heading.line, fault=LineFault.COLUMN_REPEATED, column=column)
    for column in COLUMNS:
        if column not in times and column not in OPTIONAL:
            yield LineProblem(line=heading.line, fault=LineFault.COLUMN_MISSING, column=column)


def _item(row: _Row, columns: Sequence[str], number: int) -> ProductItem | Sequence[LineProblem]:
    if len(row.cells) > len(columns):
        return [
            LineProblem(
                line=row.line, fault=LineFault.TOO_MANY_CELLS, what=visible(row.cells[len(columns)][:80])
            )
        ]
    cells = {column: cell for column, cell in zip(columns, row.cells, strict=False) if cell}
    try:
        return ProductItem.model_validate({"number": number, **_stated(cells)})
    except ValidationError as error:
        return [_problem(row.line, each, cells) for each in error.errors()]


def _stated(cells: dict[str, str]) -> dict[str, Any]:
    stated: dict[str, Any] = {column: _value(column, cell) for column, cell in cells.items()}
    analysis = {column: stated.pop(column) for column in cells if column.startswith("analysis.")}
    if analysis:
        stated["analysis"] = {column.removeprefix("analysis."): value for column, value in analysis.items()}
    return stated


def _value(column: str, cell: str) -> object:
    if column == "analysis.results":
        return [_result(part) for part in cell.split("|")]
    if column == "country":
        return cell.upper()
    if column == "quantity":
        return _quantity(cell)
    return _date(cell) if column.rpartition(".")[2] in _DATES else cell


def _result(written: str) -> dict[str, str]:
    """parameter = result @ method"""
    named, _, method = written.rpartition("@") if "@" in written else (written, "", "")
    parameter, _, result = named.partition("=")
    parts = {"parameter": parameter, "result": result.strip(), "method": method.strip()}
    return {name: part for name, part in parts.items() if part or name == "parameter"}


def _quantity(cell: str) -> str | None:
    """One decimal sign with one or two digits after it: 1.000 is a thousand to some and one to others."""
    return cell.replace(",", ".") if re.fullmatch(r"\d{1,12}(?:[.,]\d{1,2})?", cell, re.ASCII) else None


def _date(cell: str) -> str:
    """Day before month, where it isn't written YYYY-MM-DD."""
    parted = re.fullmatch(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})", cell, re.ASCII)
    return cell if parted is None else f"{parted[3]}-{parted[2]:0>2}-{parted[1]:0>2}"


def _problem(line: int, error: ErrorDetails, cells: dict[str, str]) -> LineProblem:
    column = (
        ".".join(str(part) for part in error["loc"][:2])
        if error["loc"][0] == "analysis"
        else str(error["loc"][0])
    )
    fault = _FAULTS.get(error["type"]) or _FAULTS_BY_COLUMN.get(column) or _other_fault(column)
    return LineProblem(line=line, fault=fault, column=column, what=visible(cells.get(column, "")[:80]))


def _other_fault(column: str) -> LineFault:
    return LineFault.NOT_A_DATE if column.rpartition(".")[2] in _DATES else LineFault.NOT_PLAIN_TEXT
