"""The table of docs/contributing.md is true: each answer's file is there, defines what is to be looked for, and is found from the README."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "contributing.md"
ROW = re.compile(r"^\| (Where [^|]+\?) \| \[[\w./-]+\]\(([\w./-]+)\)[^|]*\| `(\w+)` \|$", re.MULTILINE)
ROWS = ROW.findall(PAGE.read_text())


def test_ten_questions_are_answered() -> None:
    assert len(ROWS) >= 10
    assert len(ROWS) == len(re.findall(r"^\| Where", PAGE.read_text(), re.MULTILINE))


def test_the_readme_leads_to_the_answers() -> None:
    assert "(docs/contributing.md)" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize(("question", "link", "name"), ROWS)
def test_an_answer_is_where_the_page_says(question: str, link: str, name: str) -> None:
    text = (PAGE.parent / link).read_text()
    assert re.search(rf"^\s*(async def |def |class )?{name}\b *(\(|:|=|\.|\[)", text, re.MULTILINE), question
