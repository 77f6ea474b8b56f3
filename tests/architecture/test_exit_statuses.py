"""The one table of exit statuses in docs/verify.md is the one that the program has."""

import re
from pathlib import Path

import pytest

from zi_verify.main import main
from zi_verify.status import ExitStatus

TEXT = (Path(__file__).parents[2] / "docs" / "verify.md").read_text()


def test_the_table_is_that_of_the_program() -> None:
    rows = re.findall(r"^\| (\d+) \| (.+?) \| (.+?) \|$", TEXT, re.MULTILINE)
    by_code = sorted(ExitStatus, key=lambda status: status.code)
    assert rows == [(str(status.code), status.word.en, status.meaning.en) for status in by_code]


def test_the_order_of_severity_is_that_of_the_program() -> None:
    (listed,) = re.findall(r"the first of these counts: ([\d, ]+)\.", TEXT)
    assert [int(code) for code in listed.split(", ")] == [
        status.code for status in ExitStatus if status is not ExitStatus.PASSED
    ]


def test_every_command_has_a_row_with_statuses_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    rows = re.findall(r"^\| `(\w+)` \| .+? \| ([\d ]+) \|$", TEXT, re.MULTILINE)
    with pytest.raises(SystemExit):
        main(["--help"])
    (commands,) = set(re.findall(r"[a-z]+(?:\|[a-z]+)+", capsys.readouterr().out))
    assert sorted(name for name, _ in rows) == sorted(commands.split("|"))
    known = {str(status.code) for status in ExitStatus}
    assert all(set(codes.split()) <= known for _, codes in rows)
