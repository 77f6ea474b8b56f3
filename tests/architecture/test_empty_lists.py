"""A list of several pages says with one part that it has no row, or that it has none on a page after the last one."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGING = re.compile(
    r"rel=\"next\"|parts\.paging\(|pages\.neighbours\(|\{\{ pager\(|href=\"[^\"]*\{\{ (onward|following|page\.next) "
)
WITH_PAGING = [
    path
    for path in sorted(ROOT.glob("services/*/zi_*/templates/**/*.html"))
    if PAGING.search(
        re.sub(r"\{% macro (pager|neighbours)\(.*?\{% endmacro %\}", "", path.read_text(), flags=re.DOTALL)
    )
]


@pytest.mark.parametrize("path", WITH_PAGING, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_a_list_of_several_pages_says_that_it_has_no_row_or_ends(path: Path) -> None:
    assert "parts.no_rows(" in path.read_text()


def test_the_lists_are_found() -> None:
    assert len(WITH_PAGING) > 40
