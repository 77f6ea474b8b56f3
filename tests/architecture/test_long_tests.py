"""Whatever is left out of `make test` was run by `make soak`, and passed."""

import json
from pathlib import Path

from bench.long_tests import ROOT, files

FOUND = json.loads((ROOT / "bench/soak.json").read_text("utf-8"))["long-tests"]


def test_each_file_with_a_long_test_was_run() -> None:
    modules = {".".join(path.with_suffix("").parts) for path in files()}
    assert modules == {name.rpartition(".")[0] for name in FOUND["passed"]}
    assert Path("tests/deploy/test_installing.py") in files()


def test_all_of_them_passed() -> None:
    assert FOUND["failed"] == []
