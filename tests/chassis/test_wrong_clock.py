"""Nothing is recorded by a clock that is far from the database server's, and the process says so until it is right."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from tests.chassis.counter import add, counter

from zi_chassis.domain import UnavailableError
from zi_chassis.storage import wrong_clock
from zi_chassis.storage.database import Database
from zi_chassis.storage.store import Store
from zi_chassis.storage.wrong_clock import MOST_APART, WrongClockError, refuse_difference

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("apart", [timedelta(), MOST_APART, -MOST_APART])
def test_clocks_that_drift_a_little_are_no_reason(apart: timedelta) -> None:
    refuse_difference(NOON + apart, NOON)


@pytest.mark.parametrize(
    ("hours", "sentence"), [(1, "3600 s ahead of the clock"), (-1, "3600 s behind the clock")]
)
def test_a_clock_that_is_an_hour_wrong_is_refused_with_the_way_out(hours: int, sentence: str) -> None:
    with pytest.raises(WrongClockError, match=f"{sentence} of the database server: set the wrong one right"):
        refuse_difference(NOON + timedelta(hours=hours), NOON)


@pytest.mark.postgres
async def test_a_store_with_a_wrong_clock_says_so_from_its_start_and_records_nothing(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(service="test", office="office", database=Database(postgres), deciders=[counter])
    monkeypatch.setattr(wrong_clock, "MOST_APART", timedelta(seconds=-1))  # no two clocks are so close
    store.open()
    try:
        assert store.reason == "nothing can be stored (WrongClockError)"
        with pytest.raises(UnavailableError):
            await store.handle(counter, uuid4(), add(1))
        with pytest.raises(WrongClockError):
            store.probe()
        assert store.last()[0] == 0
        monkeypatch.undo()
        store.probe()
        assert store.reason is None
        await store.handle(counter, uuid4(), add(1))
        assert store.last()[0] == 1
    finally:
        store.close()
