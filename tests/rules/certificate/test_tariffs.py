"""Tariffs with the days from which they hold, and those of a demonstration."""

from datetime import date
from pathlib import Path

import pytest

from zi_rules.certificate.tariffs import NoTariffsError, load_tariffs, tariffs_in_force
from zi_rules.configuration import UnusableConfigurationError
from zi_rules.version import Pinned

NEW_YEAR = date(2027, 1, 1)
AMOUNT = '[[tariffs]]\nrupiah = {}\nper = "item"\nsource = "contoh"\nsource_status = "unverified"\n'


def stated(folder: Path, file: str, rupiah: int, *header: str) -> None:
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join((*header, AMOUNT.format(rupiah))))


def amount(folder: Path, day: date, *, demo: bool = False) -> int:
    [tariff] = tariffs_in_force(load_tariffs(folder, demo=demo), day).tariffs
    return tariff.rupiah


def test_the_next_tariffs_hold_from_their_day_on_and_not_from_the_restart(tmp_path: Path) -> None:
    stated(tmp_path, "certificate_tariffs.toml", 50_000, "version = 1")
    stated(tmp_path, "certificate_tariffs/y2027.toml", 75_000, "version = 1", "effective_from = 2027-01-01")
    assert amount(tmp_path, date(2026, 12, 31)) == 50_000
    assert amount(tmp_path, NEW_YEAR) == 75_000
    assert amount(tmp_path, date(2030, 1, 1)) == 75_000


def test_before_the_first_day_of_all_tariffs_there_are_none(tmp_path: Path) -> None:
    stated(tmp_path, "certificate_tariffs.toml", 75_000, "version = 2", "effective_from = 2027-01-01")
    with pytest.raises(NoTariffsError, match="in force on 2026-12-31"):
        amount(tmp_path, date(2026, 12, 31))


@pytest.mark.parametrize("day", ["", "effective_from = 2027-01-01"])
def test_two_tables_of_tariffs_never_begin_on_one_day(tmp_path: Path, day: str) -> None:
    stated(tmp_path, "certificate_tariffs.toml", 1, "version = 1", day)
    stated(tmp_path, "certificate_tariffs/other.toml", 2, "version = 1", day)
    with pytest.raises(UnusableConfigurationError, match=r"certificate_tariffs 1.*other 1"):
        load_tariffs(tmp_path)


def test_two_tables_of_tariffs_never_have_one_name(tmp_path: Path) -> None:
    stated(tmp_path, "certificate_tariffs.toml", 1, 'id = "same"', "version = 1")
    stated(
        tmp_path,
        "certificate_tariffs/other.toml",
        2,
        'id = "same"',
        "version = 1",
        "effective_from = 2027-01-01",
    )
    with pytest.raises(UnusableConfigurationError, match="same 1"):
        load_tariffs(tmp_path)


def test_a_calendar_of_the_office_leaves_a_demonstration_its_tariffs(tmp_path: Path) -> None:
    (tmp_path / "calendar.toml").write_text("")
    demo = load_tariffs(tmp_path, demo=True)
    assert [each.id for each in demo] == ["demo_tariffs"]
    assert {each.rupiah for each in demo[0].tariffs} == {50_000, 25_000}
    assert load_tariffs(tmp_path)[0].tariffs == ()


@pytest.mark.parametrize("file", ["certificate_tariffs.toml", "certificate_tariffs/y2020.toml"])
def test_tariffs_of_the_office_come_before_the_invented_ones(tmp_path: Path, file: str) -> None:
    stated(tmp_path, file, 9, "effective_from = 2020-01-01")
    assert amount(tmp_path, NEW_YEAR, demo=True) == amount(tmp_path, NEW_YEAR) == 9


def test_a_table_stays_at_hand_for_what_was_billed_by_it(tmp_path: Path) -> None:
    stated(tmp_path, "certificate_tariffs.toml", 50_000, "version = 1")
    first = load_tariffs(tmp_path)
    [stored] = first.configurations
    pin: Pinned = first[0]
    stated(tmp_path, "certificate_tariffs.toml", 75_000, "version = 2")
    later = load_tariffs(tmp_path, lambda *key: stored.content if key[2] == 1 else None)
    assert later.pinned(pin).tariffs[0].rupiah == 50_000
    assert tariffs_in_force(later, NEW_YEAR).tariffs[0].rupiah == 75_000
