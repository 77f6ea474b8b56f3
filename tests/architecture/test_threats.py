"""Each way of the picture in docs/threats.md has its threats, and each threat a test that is there."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")
PICTURE, REST = PAGE.split("## Threats that are held\n")
CLOSED, OPEN = REST.split("## Open\n")
STRIDE = set("STRIDE")


def rows(text: str) -> Iterator[list[str]]:
    """The cells of each row that begins with a way."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| W"):
            yield cells


def ways() -> list[str]:
    return [row[0] for row in rows(PICTURE)]


def is_a_test(named: str) -> bool:
    """Tell if tests/folder/test_file.py::test_name is an existing function."""
    path, _, name = named.strip("`").partition("::")
    file = ROOT / path
    if not name.startswith("test_") or not file.is_file():
        return False
    functions = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    return any(
        isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and each.name == name for each in functions
    )


def test_the_picture_draws_each_way_once() -> None:
    drawing = PICTURE.split("```")[1]
    assert ways() == [f"W{number}" for number in range(1, len(ways()) + 1)]
    assert [way for way in ways() if way not in drawing.replace("\n", " ").split()] == []


def test_every_way_has_threats_and_every_threat_a_way() -> None:
    assert {row[0] for row in rows(CLOSED)} == set(ways())


def test_every_threat_is_of_one_kind_and_told_once() -> None:
    entries = [tuple(row[:3]) for row in rows(CLOSED)]
    assert {kind for _, kind, _ in entries} == STRIDE
    assert len(entries) == len(set(entries))


def test_every_threat_is_held_by_a_test_that_is_there() -> None:
    assert [row for row in rows(CLOSED) if len(row) != 4 or not is_a_test(row[3])] == []


def test_what_is_open_names_its_way_and_no_test() -> None:
    points = OPEN.split("\n- ")[1:]
    assert points
    assert all(point.split(",")[0] in ways() and "::" not in point for point in points)
