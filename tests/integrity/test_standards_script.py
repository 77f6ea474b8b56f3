"""Run docs/standards_in_force.py on an export of the ledger: it prints what the public page of a standard shows."""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from html import unescape
from pathlib import Path

import pytest
from tests.audit.log_home import OFFICE
from tests.integrity.inside import opened
from tests.integrity.test_survey_results_script import exported
from tests.integrity.web.test_standards import adopted

SCRIPT = Path(__file__).parents[2] / "docs" / "standards_in_force.py"


def run(lines: Sequence[str]) -> tuple[int, str]:
    text = "\n".join(lines).encode()
    done = subprocess.run([sys.executable, str(SCRIPT)], input=text, capture_output=True, check=False)
    return done.returncode, done.stdout.decode()


def visible_text(page: str) -> str:
    """The text of a page, as its reader has it."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


async def test_the_page_of_a_standard_follows_from_the_ledger_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZI_OFFICE", OFFICE)
    async with opened(tmp_path / "integrity") as inside:
        await adopted(inside)
        standard = visible_text((await inside.stranger().get("/integrity/standards/complaint")).text)
        lines = await exported(inside, tmp_path / "ledger")
    status, printed = run(lines)
    assert status == 0, printed
    parts = re.findall(r"^  (\w+): (.*) en\.$", printed, re.MULTILINE)
    assert len(parts) == 14
    number = re.search(r"number (\S+)", printed)
    assert number is not None
    assert number[1] in standard
    assert "period normative: 4 working_days" in printed
    assert "4 working days" in standard


async def test_a_changed_entry_and_a_missing_one_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZI_OFFICE", OFFICE)
    async with opened(tmp_path / "integrity") as inside:
        await adopted(inside)
        lines = await exported(inside, tmp_path / "ledger")
    changed = [line.replace("Standar Pengaduan", "Standar Aduan") for line in lines]
    status, printed = run(changed)
    assert status == 1
    assert "this text is not what the ledger has" in printed
    status, printed = run(lines[:-2] + lines[-1:])
    assert status == 1
    assert "is missing" in printed
    assert all(json.loads(line)["service"] for line in lines)
