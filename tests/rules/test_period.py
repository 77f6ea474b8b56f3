"""Units of time never mix."""

import pytest
from pydantic import TypeAdapter, ValidationError

from zi_rules.period import CalendarDays, CalendarHours, Period, WorkingDays, WorkingHours


def test_equal_amounts_of_different_units_are_different() -> None:
    periods = {WorkingDays(3), WorkingHours(3), CalendarDays(3), CalendarHours(3)}
    assert len(periods) == 4


def test_amounts_of_different_units_do_not_add() -> None:
    with pytest.raises(TypeError):
        WorkingDays(3) + CalendarDays(3)  # type: ignore[operator]


@pytest.mark.parametrize("amount", [0, -1])
def test_a_period_takes_some_time(amount: int) -> None:
    with pytest.raises(ValidationError):
        WorkingDays(amount)


@pytest.mark.parametrize("period", [WorkingDays(3), WorkingHours(6), CalendarDays(30), CalendarHours(72)])
def test_a_written_period_is_read_back_in_its_own_unit(period: Period) -> None:
    adapter: TypeAdapter[Period] = TypeAdapter(Period)
    assert adapter.validate_json(adapter.dump_json(period)) == period


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Period).validate_python({"amount": 3, "unit": "fortnights"})
