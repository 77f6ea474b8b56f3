"""The tests that `make test` leaves to the long run (`mark.long`): every walk through the pages once more, in English, and an installation from
an index that has a newer release of everything."""

import ast
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

ROOT = Path(__file__).parents[1]


def long_tests() -> Iterator[tuple[Path, str]]:
    """Yield each such test's file and name: it is marked itself, or is asked in the languages of `tests/journeys/browser.py`."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        text = path.read_text("utf-8")
        marks = ["mark.long", *(["LANGUAGES"] if "tests.journeys.browser" in text else [])]
        if not any(mark in text for mark in marks):
            continue
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                decorators = " ".join(map(ast.unparse, node.decorator_list))
                if any(mark in decorators for mark in marks):
                    yield path.relative_to(ROOT), node.name


def measured() -> dict[str, Any]:
    """Return the names of the tests that passed, and of those that did not."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-n",
                "2",
                "-m",
                "long",
                f"--junitxml={report}",
                *sorted({str(path) for path, _ in long_tests()}),
            ],
            cwd=ROOT,
            check=False,
        )
        cases = list(ElementTree.parse(report).iter("testcase"))
    passed = {_name(case): not len(case) for case in cases}
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - started),
        "passed": sorted(name for name, is_passed in passed.items() if is_passed),
        "failed": sorted(name for name, is_passed in passed.items() if not is_passed),
    }


def row(result: dict[str, Any], /) -> str:
    return f"{'long-tests':22} {len(result['passed']):5} passed {len(result['failed']):5} failed {result['failed']} {result['seconds']:5} s"


def _name(case: ElementTree.Element) -> str:
    return f"{case.get('classname')}.{case.get('name')}"
