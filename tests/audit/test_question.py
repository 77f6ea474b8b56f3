"""Questions to the index refuse what contradicts itself, and read a ticket however it was typed."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from zi_audit.domain.question import Activity, Deed, EntryFilter, ticket
from zi_rules.ticket import ticket_from_bytes

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


def test_a_ticket_is_read_as_the_ledger_writes_it() -> None:
    number = ticket_from_bytes(bytes(32))
    assert ticket(number.lower()) == number
    assert ticket("ledger") == "ledger"


def test_a_period_ends_after_its_beginning() -> None:
    assert EntryFilter(since=NOON, until=NOON + timedelta(days=1)).since == NOON
    with pytest.raises(ValidationError, match="after the beginning"):
        EntryFilter(since=NOON, until=NOON)


def test_the_longest_time_is_at_least_the_shortest() -> None:
    assert EntryFilter(least_hours=1, most_hours=1).most_hours == 1
    with pytest.raises(ValidationError, match="at least the shortest"):
        EntryFilter(least_hours=2, most_hours=1)


def test_an_activity_counts_all_deeds() -> None:
    deed = Deed.model_construct(count=2)
    assert Activity.model_construct(actor="ani", deeds=[deed, deed]).total == 4


@pytest.mark.parametrize(
    ("first", "end", "hours"),
    [
        (None, None, []),
        (8, 10, [8, 9]),
        (22, 2, [22, 23, 0, 1]),
        (22, None, [22, 23]),
    ],
)
def test_hours_may_go_over_midnight(first: int | None, end: int | None, hours: list[int]) -> None:
    assert list(EntryFilter(from_hour=first, until_hour=end).hours) == hours
