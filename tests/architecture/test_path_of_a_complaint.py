"""A complaint's way to its 201 stays short enough to be read; the table is printed by path_of_a_complaint.py."""

import asyncio
from pathlib import Path

from tests.architecture.path_of_a_complaint import measured

MOST_FILES = 45
MOST_CALLS = 214


def test_a_complaint_meets_few_files_and_few_functions(tmp_path: Path) -> None:
    calls = asyncio.run(measured(tmp_path))
    assert {
        "services/intake/zi_intake/domain/case/decide.py",
        "chassis/zi_chassis/storage/store.py",
    } <= calls.files.keys()
    assert len(calls.files) <= MOST_FILES, calls.files
    assert calls.of.total() <= MOST_CALLS, calls.files
