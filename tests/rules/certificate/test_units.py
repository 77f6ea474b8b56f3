"""The units of quantities: a code, a sign and names in two languages mean one unit."""

from pathlib import Path
from typing import Any

import pytest

from zi_rules.certificate.units import load_units
from zi_rules.configuration import UnusableConfigurationError

(UNITS,) = load_units()


@pytest.mark.parametrize(
    ("written", "code"),
    [
        *(("kg", "KGM"), ("KGM", "KGM"), (" Kilogram ", "KGM"), ("g.", "GRM"), ("L", "LTR"), ("ml", "MLT")),
        *(("buah", "H87"), ("piece", "H87"), ("karton", "XCT"), ("Carton", "XCT"), ("botol", "XBO")),
    ],
)
def test_a_unit_is_known_by_its_code_its_sign_and_its_names(written: str, code: str) -> None:
    unit = UNITS.unit(written)
    assert unit is not None
    assert unit.code == code


def test_another_word_is_no_unit() -> None:
    assert [UNITS.unit(each) for each in ("", "fortnight", "kgm kg")] == [None, None, None]


def stated(folder: Path, *units: dict[str, Any]) -> None:
    lines = ", ".join(
        f'{{ code = "{each["code"]}", sign = "{each["sign"]}", name = {{ id = "{each["id"]}", en = "{each["id"]}" }} }}'
        for each in units
    )
    head = 'version = 2\nsource = "office"\nsource_status = "unverified"\n'
    (folder / "units.toml").write_text(f"{head}units = [{lines}]\n", "utf-8")


@pytest.mark.parametrize(
    ("second", "sentence"),
    [
        ({"code": "LTR", "sign": "kg", "id": "liter"}, "kg can't mean KGM and LTR"),
        ({"code": "KGM", "sign": "kilo", "id": "kilo"}, "name each code once"),
    ],
)
def test_an_office_is_told_which_units_can_not_be_told_apart(
    tmp_path: Path, second: dict[str, Any], sentence: str
) -> None:
    stated(tmp_path, {"code": "KGM", "sign": "kg", "id": "kilogram"}, second)
    with pytest.raises(UnusableConfigurationError, match=sentence):
        load_units(tmp_path)
