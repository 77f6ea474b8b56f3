"""Every part of the long run has its files and its tests: a part whose files moved away would change nothing and find nothing."""

import pytest
from bench.soak import PARTS, ROOT, Part


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_every_file_that_a_part_changes_exists(part: Part) -> None:
    missing = [pattern for pattern in part.changed if not list((ROOT / part.package).glob(pattern))]
    assert missing == []


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_every_test_that_a_part_runs_exists(part: Part) -> None:
    assert [test for test in part.tests if not (ROOT / test).exists()] == []
