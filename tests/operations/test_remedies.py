"""Everything that can stand still has a way out, and each command in it is there."""

import re
from pathlib import Path

import pytest

from zi_audit.cli import main as zi_audit
from zi_audit.files.halt import Reason
from zi_operations import remedies
from zi_operations.cli import main as zona
from zi_verify.verdict import Sentence

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text()
SENTENCES = [each for each in vars(remedies).values() if isinstance(each, Sentence)]
COMMANDS = sorted(
    {
        found
        for each in SENTENCES
        for text in (each.en, each.id)
        for found in re.findall(r"(zona|zi-audit) ([a-z-]+)", text)
    }
)


def test_every_check_of_readiness_has_a_way_out() -> None:
    sources = [*(ROOT / "chassis").rglob("*.py"), *(ROOT / "services").rglob("*.py")]
    named = {
        name
        for path in sources
        for name in re.findall(r'(?:ready_check|notice)\(\s*"(\w+)"', path.read_text())
    }
    assert len(named) > 10
    assert named - remedies.CHECKS.keys() == {"log"}  # which has a way out for each reason


def test_every_reason_of_a_stopped_ledger_has_a_way_out() -> None:
    assert set(remedies.REASONS) == set(Reason)


@pytest.mark.parametrize(("program", "verb"), COMMANDS)
def test_every_command_of_a_way_out_is_there_and_in_the_docs(program: str, verb: str) -> None:
    with pytest.raises(SystemExit) as ended:
        {"zona": zona, "zi-audit": zi_audit}[program]([verb, "--help"])
    assert ended.value.code == 0
    assert f"{program} {verb}" in PAGE
