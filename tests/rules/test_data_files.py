"""Files of rule data."""

from pathlib import Path

import pytest

from zi_rules.configuration import UnusableConfigurationError
from zi_rules.data_files import read_file, read_folder


def test_a_file_that_nobody_has_is_missed_by_name(tmp_path: Path) -> None:
    with pytest.raises(UnusableConfigurationError, match=r"tides\.toml"):
        read_file("tides", "tides.toml", tmp_path)


def test_a_file_that_holds_the_only_one_of_its_kind_names_it_and_is_its_first_version(tmp_path: Path) -> None:
    (tmp_path / "tides.toml").write_text('port = "Tarakan"\n')
    read = read_file("tides", "tides.toml", tmp_path)
    assert (read.kind, read.id, read.version) == ("tides", "tides", 1)
    assert read.origin == str(tmp_path / "tides.toml")


@pytest.mark.parametrize("content", [b"port =", b"\xff\xfe"])
def test_a_file_that_can_not_be_read_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "tides.toml").write_bytes(content)
    with pytest.raises(UnusableConfigurationError, match=r"tides\.toml can't be read\."):
        read_file("tides", "tides.toml", tmp_path)


def test_the_files_of_an_office_stand_beside_the_shipped_ones_or_in_their_place(tmp_path: Path) -> None:
    (tmp_path / "standards").mkdir()
    (tmp_path / "standards/complaint.toml").write_text('decree_id = "one"\nversion = 3\n')
    (tmp_path / "standards/later.toml").write_text('decree_id = "two"\nversion = 4\n')
    named = [(each.id, each.version) for each in read_folder("standard", "standards", tmp_path)]
    assert named == [
        ("one", 3),
        ("rancangan-konsultasi", 1),
        ("two", 4),
        ("rancangan-informasi-publik", 1),
    ]
