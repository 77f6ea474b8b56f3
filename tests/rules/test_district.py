"""The districts of North Kalimantan."""

from pathlib import Path

from zi_rules.district import load_districts


def test_the_office_serves_five_districts() -> None:
    codes = [district.code for district in load_districts()[0].districts]
    assert codes == ["tarakan", "bulungan", "malinau", "nunukan", "tana_tidung"]


def test_a_district_has_a_name_in_both_languages() -> None:
    last = load_districts()[0].districts[-1]
    assert (last.name.id, last.name.en) == ("Kabupaten Tana Tidung", "Tana Tidung Regency")


def test_another_office_serves_other_districts(tmp_path: Path) -> None:
    (tmp_path / "districts.toml").write_text('[[district]]\ncode = "x"\nname = { id = "X", en = "X" }\n')
    assert [district.code for district in load_districts(tmp_path)[0].districts] == ["x"]
