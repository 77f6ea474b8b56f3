"""The one table of exit statuses in docs/verify.md is the one that the program has."""

import re
from pathlib import Path

from zi_verify.status import Status

TEXT = (Path(__file__).parents[2] / "docs" / "verify.md").read_text()


def test_the_table_is_that_of_the_program() -> None:
    rows = re.findall(r"^\| (\d) \| (.+?) \| (.+?) \|$", TEXT, re.MULTILINE)
    by_code = sorted(Status, key=lambda status: status.code)
    assert rows == [(str(one.code), one.word.en, one.meaning.en) for one in by_code]


def test_the_order_of_severity_is_that_of_the_program() -> None:
    (listed,) = re.findall(r"the first of these counts: ([\d, ]+)\.", TEXT)
    assert [int(code) for code in listed.split(", ")] == [
        one.code for one in Status if one is not Status.HELD
    ]
