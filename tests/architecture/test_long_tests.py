"""Whatever is left out of `make test` was run by `make soak`, and passed."""

import json

from bench.long_tests import ROOT, long_tests

FOUND = json.loads((ROOT / "bench/soak.json").read_text("utf-8"))["long-tests"]


def test_each_long_test_was_run_and_passed() -> None:
    marked = {f"{'.'.join(path.with_suffix('').parts)}.{name}" for path, name in long_tests()}
    assert len(marked) > 10
    assert marked == {name.partition("[")[0] for name in FOUND["passed"]}
    assert FOUND["failed"] == []
