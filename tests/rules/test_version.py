"""Rule data in versions: which is in force, which was pinned, which can't be told apart."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from zi_rules.configuration import Configuration, UnusableConfigurationError, name
from zi_rules.version import (
    Editions,
    NoVersionError,
    Versioned,
    in_force,
    load_versions,
    refuse_gap,
    refuse_repeats,
)

FIRST: dict[str, Any] = {
    "id": "contoh",
    "version": 1,
    "title": {"id": "Contoh", "en": "Example"},
    "effective_from": date(2026, 1, 1),
    "source": "invented",
    "source_status": "unverified",
}
SECOND = FIRST | {"version": 2, "effective_from": date(2026, 7, 1)}
BOTH = (Versioned(**SECOND), Versioned(**FIRST))
FILE = """id = "contoh"
version = {version}
title = {{ id = "Contoh", en = "Example" }}
effective_from = {day}
source = "invented"
source_status = "unverified"
"""


def test_the_newest_in_force_holds_from_its_first_day() -> None:
    assert in_force(BOTH, date(2026, 6, 30)).version == 1
    assert in_force(BOTH, date(2026, 7, 1)).version == 2


def test_a_version_holds_through_its_last_day() -> None:
    ended = Versioned(**FIRST, effective_to=date(2026, 1, 31))
    assert in_force((ended,), date(2026, 1, 31)) == ended
    with pytest.raises(NoVersionError, match="in force on 2026-02-01"):
        in_force((ended,), date(2026, 2, 1))


def test_a_version_can_not_end_before_it_begins() -> None:
    with pytest.raises(ValidationError, match="contoh can't end before it begins"):
        Versioned(**FIRST, effective_to=date(2025, 12, 31))


@dataclass(frozen=True)
class Pin:
    id: str
    version: int
    digest: str | None = None


def configuration(table: dict[str, Any]) -> Configuration:
    return name("invented", table, f"contoh-{table['version']}.toml")


EDITIONS = Editions(Versioned, "invented", [configuration(FIRST), configuration(SECOND)])


def test_what_was_begun_under_a_version_finds_it_again() -> None:
    first, second = EDITIONS
    assert EDITIONS.pinned(Pin("contoh", 1)) == first
    assert EDITIONS.pinned(Pin("contoh", 2, second.digest)) == second
    assert len(EDITIONS) == 2
    assert EDITIONS[:1] == (first,)


def test_a_version_that_nobody_has_is_missed_by_name() -> None:
    with pytest.raises(NoVersionError, match="Keep contoh version 3"):
        EDITIONS.pinned(Pin("contoh", 3))


def test_a_version_whose_file_is_gone_is_found_in_what_was_kept() -> None:
    requests = []

    def content_of(kind: str, id: str, version: int) -> bytes | None:
        requests.append((kind, id, version))
        return configuration(FIRST).content if version == 1 else None

    editions = Editions(Versioned, "invented", [configuration(SECOND)], content_of)
    again = editions.pinned(Pin("contoh", 1, configuration(FIRST).digest))
    assert again == EDITIONS[0]
    assert editions.pinned(Pin("contoh", 1)) is again
    assert list(editions) == [EDITIONS[1]]
    assert requests == [("invented", "contoh", 1)]


def test_a_file_of_an_earlier_version_decides_nothing_new_and_is_found_where_the_store_has_none(
    tmp_path: Path,
) -> None:
    (tmp_path / "invented/earlier").mkdir(parents=True)
    (tmp_path / "invented/second.toml").write_text(FILE.format(version=2, day="2026-07-01"))
    (tmp_path / "invented/earlier/first.toml").write_text(FILE.format(version=1, day="2026-01-01"))
    editions = load_versions(Versioned, "invented", "invented", tmp_path)
    assert [each.version for each in editions] == [2]
    assert editions.pinned(Pin("contoh", 1)).version == 1
    with pytest.raises(NoVersionError, match="Keep contoh version 3"):
        editions.pinned(Pin("contoh", 3))

    def stored(kind: str, id: str, version: int) -> bytes | None:
        return configuration(FIRST | {"title": {"id": "Lain", "en": "Other"}}).content

    versions = load_versions(Versioned, "invented", "invented", tmp_path, stored)
    assert versions.pinned(Pin("contoh", 1)).title.en == "Other"


def test_a_gap_is_refused_with_what_to_do() -> None:
    refuse_gap(lambda: in_force(BOTH, date(2026, 7, 1)))
    with pytest.raises(UnusableConfigurationError, match=r"in force on 2025-12-31\. Keep the file"):
        refuse_gap(lambda: in_force(BOTH, date(2025, 12, 31)))


def test_what_has_another_content_than_was_pinned_is_not_passed_for_it() -> None:
    with pytest.raises(NoVersionError, match="contoh version 1 is not what something was begun under"):
        EDITIONS.pinned(Pin("contoh", 1, "0" * 64))


@pytest.mark.parametrize(
    ("version", "day", "repeated"), [(1, "2026-07-01", "contoh, 1"), (2, "2026-01-01", "contoh, 2026-01-01")]
)
def test_versions_that_can_not_be_told_apart_are_refused(
    tmp_path: Path, version: int, day: str, repeated: str
) -> None:
    (tmp_path / "invented").mkdir()
    (tmp_path / "invented/first.toml").write_text(FILE.format(version=1, day="2026-01-01"))
    (tmp_path / "invented/second.toml").write_text(FILE.format(version=version, day=day))
    with pytest.raises(ValueError, match=f"each of these must occur only once: {repeated}"):
        load_versions(Versioned, "invented", "invented", tmp_path)


def test_all_that_is_repeated_is_named() -> None:
    with pytest.raises(ValueError, match=r"^each of these must occur only once: a; b$"):
        refuse_repeats(["b", "a", "c", "b", "a"])
