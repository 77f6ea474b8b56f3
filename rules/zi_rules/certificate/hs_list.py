"""The office's list of HS codes: read from its own file, and searched by the beginning of a code or by words. The official list is not
shipped; a file with one wrong line is refused as a whole, with a sentence for every such line."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import Field, StringConstraints

from zi_contracts.text import first_unseen
from zi_rules.certificate.finding import Finding, found
from zi_rules.certificate.reason import FindingReason
from zi_rules.configuration import Configuration, Configured, UnusableConfigurationError, name
from zi_rules.data_files import is_stated, place_of, read_table
from zi_rules.provenance import Sourced, SourceStatus
from zi_rules.registration_number import normalise_number
from zi_rules.version import ContentLookup, Editions, no_content

HS_CODES = "hs_codes"
FILE = f"{HS_CODES}.toml"
PAGE = 20
MOST_PROBLEMS = 50
LONGEST_DESCRIPTION = 500

_COLUMNS = {"code": "kode", "id": "uraian", "en": "description"}
_NAMED = {heading: column for column, other in _COLUMNS.items() for heading in (column, other)}
_CODE = re.compile(r"\d{8}", re.ASCII)


class HsEntry(NamedTuple):
    """A code, and its description in Indonesian and English."""

    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$")]
    id: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_DESCRIPTION)]
    en: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_DESCRIPTION)]


class HsPage(NamedTuple):
    entries: Sequence[HsEntry]
    total: int


class HsList(Configured, Sourced):
    """An office without a list has no `codes`: then the shape of a code is checked alone."""

    effective_from: date | None = None
    codes: Annotated[tuple[HsEntry, ...], Field(max_length=50_000)] = ()

    @cached_property
    def _by_code(self) -> Mapping[str, HsEntry]:
        return {each.code: each for each in self.codes}

    @cached_property
    def _texts(self) -> Sequence[tuple[str, HsEntry]]:
        return [(f"{each.id} {each.en}".casefold(), each) for each in self.codes]

    def lacks(self, code: str) -> bool:
        """Return whether the office has a list, and the code is not in it."""
        return bool(self.codes) and normalise_number(code) not in self._by_code

    def entry(self, code: str) -> HsEntry | None:
        return self._by_code.get(normalise_number(code))

    def search(self, text: str, page: int = 1) -> HsPage:
        """List the entries whose code begins with these digits, or that have all of these words, in the order of the file."""
        found = self._beginning(normalise_number(text)) if _is_code(text) else self._with_words(text)
        return HsPage(found[(page - 1) * PAGE : page * PAGE], len(found))

    def _beginning(self, digits: str) -> Sequence[HsEntry]:
        return [each for each in self.codes if each.code.startswith(digits)]

    def _with_words(self, text: str) -> Sequence[HsEntry]:
        words = text.casefold().split()
        return [entry for described, entry in self._texts if all(word in described for word in words)]


NO_LIST = HsList(source="-", source_status=SourceStatus.UNVERIFIED)


def unlisted(products: Iterable[tuple[int, str]], hs_list: HsList) -> Iterator[Finding]:
    """Find the products, by number, whose code the office's list lacks; a code of another shape is found by another rule."""
    for number, written in products:
        code = normalise_number(written)
        if _CODE.fullmatch(code) and hs_list.lacks(code):
            yield found(FindingReason.HS_CODE_NOT_LISTED, hs_list, "hs_code", number, code)


def unlisted_of_account(codes: Iterable[str], hs_list: HsList) -> Iterator[Finding]:
    for code in filter(_CODE.fullmatch, codes):
        if hs_list.lacks(code):
            yield found(FindingReason.HS_CODE_NOT_LISTED, hs_list, "hs_codes", what=code)


def load_hs_list(
    office_folder: Path | None = None, content_of: ContentLookup = no_content, *, demo: bool = False
) -> Editions[HsList]:
    """Load the office's list; a demonstration has an invented sample where the office has no file. Raises UnusableConfigurationError."""
    invented = demo and not is_stated(FILE, office_folder)
    stated = _stated(f"demo/{FILE}" if invented else FILE, office_folder)
    return Editions(HsList, HS_CODES, [stated], content_of)


def _stated(file: str, office_folder: Path | None) -> Configuration:
    """Read the head of the list, and its lines from the file beside it that the head names."""
    path = place_of(file, office_folder)
    table: dict[str, Any] = read_table(path)
    beside = table.pop("list", "")
    codes = [] if not beside else read_codes(path.with_name(str(beside)))
    return name(HS_CODES, {**table, "codes": codes}, str(path), HS_CODES)


def read_codes(path: Path) -> Sequence[HsEntry]:
    """Read a CSV in UTF-8 with the columns code, id and en. Raises UnusableConfigurationError with all wrong lines."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        rows = [row for row in _rows(text) if any(cell.strip() for cell in row[1])]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnusableConfigurationError(f"{path} can't be read as a table in UTF-8. {error}") from error
    entries, problems = _read(rows)
    if problems:
        more = len(problems) - MOST_PROBLEMS
        named = [*problems[:MOST_PROBLEMS], *([f"and {more} more lines"] if more > 0 else [])]
        raise UnusableConfigurationError(f"{path} can't be used. {'; '.join(named)}.")
    return entries


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    heading = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(StringIO(text, newline=""), delimiter=max(",;\t", key=heading.count), strict=True)
    for cells in reader:
        yield reader.line_num, [cell.strip() for cell in cells]


def _read(rows: Sequence[tuple[int, list[str]]]) -> tuple[list[HsEntry], list[str]]:
    if len(rows) < 2:
        return [], ["Write a heading and at least one code"]
    columns = [_NAMED.get(cell.casefold(), "") for cell in rows[0][1]]
    if sorted(columns) != sorted(_COLUMNS):
        return [], [f"Line {rows[0][0]}: name the columns code, id and en, each once"]
    entries: dict[str, HsEntry] = {}
    problems = []
    for line, cells in rows[1:]:
        entry = _entry(dict(zip(columns, cells, strict=False)))
        if problem := _problem(entry, len(cells), entries):
            problems.append(f"Line {line}: {problem}")
        entries.setdefault(entry.code, entry)
    return list(entries.values()), problems


def _entry(cells: Mapping[str, str]) -> HsEntry:
    return HsEntry(normalise_number(cells.get("code", "")), cells.get("id", ""), cells.get("en", ""))


def _problem(entry: HsEntry, cells: int, known: Mapping[str, HsEntry]) -> str:
    """Say what to mend in a line; nothing if it is right."""
    if cells != len(_COLUMNS):
        return f"write {len(_COLUMNS)} cells; a description with a comma stands in quotation marks"
    if not _CODE.fullmatch(entry.code):
        return "write the code as 8 digits"
    if entry.code in known:
        return f"the code {entry.code} is listed above: remove one of the two"
    if not (entry.id and entry.en):
        return "describe the code in Indonesian and in English"
    if any(len(text) > LONGEST_DESCRIPTION or first_unseen(text) for text in entry[1:]):
        return f"describe the code in one line of at most {LONGEST_DESCRIPTION} signs, none of them hidden"
    return ""


def _is_code(text: str) -> bool:
    written = normalise_number(text)
    return written.isascii() and written.isdecimal()
