"""A printed attendance list as a file of lines: a name and a group each; broken lines are named by number and the others are good. Pure."""

import csv
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from zi_chassis.domain import DomainError
from zi_contracts.text import first_unseen, one_spelling
from zi_integrity.domain.attendance import GROUPS, Group

MOST_LINES = 2_000
LONGEST_NAME = 120
LineFault = Literal[
    "not_text", "no_name", "name_too_long", "unseen_sign", "no_group", "unknown_group", "twice"
]
HEADERS = frozenset({"name", "nama"})
GROUP_NAMES: Mapping[str, Group] = {
    **{group: group for group in GROUPS},
    "civil society": "civil_society",
    "pengguna": "users",
    "pengguna layanan": "users",
    "pemangku kepentingan": "stakeholders",
    "ahli": "experts",
    "akademisi": "experts",
    "masyarakat sipil": "civil_society",
    "penyelenggara": "provider",
}


class ListTooLongError(DomainError):
    def __init__(self) -> None:
        super().__init__(
            "The list has more than {most} lines. Divide it and send the parts one after the other.",
            most=MOST_LINES,
        )


class NoListError(DomainError):
    def __init__(self) -> None:
        super().__init__("This is no list: send a CSV file with a name and a group in each line.")


@dataclass(frozen=True)
class ListLine:
    """A good line by its number in the file, counted from 1."""

    number: int
    name: str
    group: Group


@dataclass(frozen=True)
class BrokenLine:
    number: int
    fault: LineFault


@dataclass(frozen=True)
class ParsedList:
    lines: tuple[ListLine, ...]
    broken: tuple[BrokenLine, ...]


def parse_list(content: bytes, present: Collection[str] = ()) -> ParsedList:
    """Read the list; a name that is `present` already, or stands in an earlier line, is not entered again.

    Raises ListTooLongError, NoListError."""
    rows = [
        (number, row)
        for number, row in enumerate(content.removeprefix(b"\xef\xbb\xbf").splitlines(), 1)
        if row.strip()
    ]
    if not rows or b"\0" in content:
        raise NoListError
    if len(rows) > MOST_LINES + 1:
        raise ListTooLongError
    known = {name_key(name) for name in present}
    good: list[ListLine] = []
    broken: list[BrokenLine] = []
    for line in _lines(rows):
        if isinstance(line, ListLine) and name_key(line.name) in known:
            broken.append(BrokenLine(line.number, "twice"))
        elif isinstance(line, ListLine):
            known.add(name_key(line.name))
            good.append(line)
        else:
            broken.append(line)
    if len(good) + len(broken) > MOST_LINES:
        raise ListTooLongError
    return ParsedList(tuple(good), tuple(broken))


def name_key(name: str) -> str:
    """Return what makes a name the same however it is written."""
    return " ".join(name.casefold().replace(".", " ").split())


def _lines(rows: list[tuple[int, bytes]]) -> Iterator[ListLine | BrokenLine]:
    delimiter = next(sign for sign in ";\t," if sign.encode() in rows[0][1] or sign == ",")
    for number, row in rows:
        try:
            cells = next(csv.reader([row.decode()], delimiter=delimiter, strict=True))
        except (UnicodeDecodeError, csv.Error, StopIteration):
            yield BrokenLine(number, "not_text")
            continue
        if number == rows[0][0] and cells[0].strip().casefold() in HEADERS:
            continue
        yield _line(number, cells)


def _line(number: int, cells: list[str]) -> ListLine | BrokenLine:
    name = " ".join(one_spelling(cells[0]).split())
    group = one_spelling(cells[1]).strip().casefold() if len(cells) > 1 else ""
    fault = _fault(name, group)
    return ListLine(number, name, GROUP_NAMES[group]) if fault is None else BrokenLine(number, fault)


def _fault(name: str, group: str) -> LineFault | None:
    if not name:
        return "no_name"
    if len(name) > LONGEST_NAME:
        return "name_too_long"
    if first_unseen(name) is not None:
        return "unseen_sign"
    if not group:
        return "no_group"
    return None if group in GROUP_NAMES else "unknown_group"
