"""The districts of North Kalimantan."""

from pathlib import Path

import pytest

from zi_rules.configuration import UnusableConfigurationError
from zi_rules.district import load_districts


def test_the_office_serves_five_districts() -> None:
    codes = [district.code for district in load_districts()[0].districts]
    assert codes == ["tarakan", "bulungan", "malinau", "nunukan", "tana_tidung"]


def test_a_district_has_a_name_in_both_languages() -> None:
    last = load_districts()[0].districts[-1]
    assert (last.name.id, last.name.en) == ("Kabupaten Tana Tidung", "Tana Tidung Regency")


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ('[[district]]\ncode = "X"\nname = { id = "X", en = "X" }\n', "district.0.code"),
        (
            '[[district]]\ncode = "x"\nname = { id = "X", en = "X" }\n' * 2,
            "each of these must occur only once: x",
        ),
        (
            '[[district]]\ncode = "other"\nname = { id = "X", en = "X" }\n',
            "other is the code of small districts",
        ),
        ("district = []\n", "name at least one"),
    ],
)
def test_a_list_that_nobody_could_choose_from_is_refused(tmp_path: Path, written: str, sentence: str) -> None:
    (tmp_path / "districts.toml").write_text(written)
    with pytest.raises(UnusableConfigurationError, match=sentence) as refused:
        load_districts(tmp_path)
    assert str(tmp_path / "districts.toml") in str(refused.value)


def test_another_office_serves_other_districts(tmp_path: Path) -> None:
    (tmp_path / "districts.toml").write_text('[[district]]\ncode = "x"\nname = { id = "X", en = "X" }\n')
    assert [district.code for district in load_districts(tmp_path)[0].districts] == ["x"]
