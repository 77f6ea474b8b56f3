"""The clock of a demo can be moved on while it runs, that of an office never."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from zi_chassis.clock import Clock
from zi_chassis.settings import Settings

HOUR = 3600


def ahead(clock: Clock) -> int:
    """By how many whole hours."""
    return round((clock.now() - datetime.now(UTC)) / timedelta(hours=1))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "clock"


def settings(data: Path, *, demo: bool = True, shift: int = HOUR) -> Settings:
    return Settings(service="intake", data=data, demo=demo, clock_shift=shift)


def test_a_demo_with_a_shifted_clock_is_moved_on_while_it_runs(file: Path) -> None:
    first, second = (settings(file.parent).clock() for _ in range(2))
    assert (ahead(first), ahead(second)) == (1, 1)
    file.write_text(str(48 * HOUR))
    assert (ahead(first), ahead(second)) == (49, 49)


@pytest.mark.parametrize("text", ["", "-1", "tomorrow", "9" * 30, "0"])
def test_a_moved_clock_never_goes_back_and_reads_no_nonsense(file: Path, text: str) -> None:
    clock = settings(file.parent).clock()
    file.write_text(str(2 * HOUR))
    assert ahead(clock) == 3
    file.write_text(text)
    assert ahead(clock) == 3
    file.unlink()
    assert ahead(clock) == 3


@pytest.mark.parametrize(("demo", "shift"), [(True, 0), (False, 0), (False, HOUR)])
def test_nobody_moves_the_clock_of_an_office_or_of_a_demo_that_began_in_our_time(
    file: Path, demo: bool, shift: int
) -> None:
    file.write_text(str(48 * HOUR))
    assert ahead(settings(file.parent, demo=demo, shift=shift).clock()) == shift // HOUR
