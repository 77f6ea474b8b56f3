"""Where the rules' data come from."""

from pathlib import Path

import pytest

from zi_rules.data_files import read_table


def test_a_table_that_nobody_has_is_missed_by_name(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"tides\.toml"):
        read_table("tides.toml", tmp_path)
