"""The gate of coverage and the import rule name the same pure modules."""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
RULE = "Aggregates, rules and tlog are pure: no clock, no chance, no input, no output"


def _folder(module: str) -> str:
    """Return where the gate looks for a module of the import rule."""
    package, _, name = module.partition(".")
    if package == "*":
        return f"services/*/zi_*/{name}"
    return f"{package.removeprefix('zi_')}/{package}/{name}" if name else package.removeprefix("zi_")


def test_every_branch_of_what_must_be_pure_is_taken_by_a_test() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    [pure] = [contract for contract in contracts if contract["name"] == RULE]
    makefile = (ROOT / "Makefile").read_text()
    gate = re.search(r"^PURE := (.*)$", makefile, re.MULTILINE)
    assert gate is not None
    covered = {re.sub(r"(/\*|\.py)$", "", pattern) for pattern in gate[1].split(",")}
    assert covered == {_folder(module) for module in pure["source_modules"]}
    counted = re.search(r"^COUNTED := (.*?)\$\(foreach place,\$\(wildcard (.*?)\)", makefile, re.MULTILINE)
    assert counted is not None
    places = {pattern.removesuffix(".py") for pattern in counted[2].split()}
    assert places | {_folder(module) for module in counted[1].split()} == covered


def test_no_step_is_followed_of_a_test_that_touches_something(tmp_path: Path) -> None:
    """Whoever counts branches follows each step, and that takes nearly as long again (tests/conftest.py)."""
    assert sys.gettrace() is None
