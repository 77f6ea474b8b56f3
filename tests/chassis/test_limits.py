from datetime import date

import pytest
from starlette.requests import Request

from zi_chassis.web import limits
from zi_chassis.web.limits import Attempts, Buckets, DayBudget, client_address
from zi_chassis.web.problem import TooManyRequestsError

DAY, NEXT_DAY = date(2026, 12, 1), date(2026, 12, 2)


class Seconds:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_takes_its_size_at_once_and_then_one_for_each_drop() -> None:
    seconds = Seconds()
    buckets = Buckets(size=3, drain=60, seconds=seconds)
    for _ in range(3):
        assert buckets.wait("k") == 0
        buckets.add("k")
    assert buckets.wait("k") == 60
    seconds.now += 60
    assert buckets.wait("k") == 0
    buckets.add("k")
    assert buckets.wait("k") == 60
    assert buckets.wait("other") == 0


def test_memory_stays_bounded_whatever_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "KEYS", 10)
    buckets = Buckets(size=1, drain=60)
    for number in range(1000):
        buckets.add(str(number))
    assert len(buckets._empty_at) == 10
    assert buckets.wait("999") > 0


def test_ten_wrong_codes_close_a_ticket_for_everybody_and_say_how_long() -> None:
    attempts = Attempts(Seconds())
    for number in range(10):
        attempts.check("T", f"10.0.0.{number}")
        attempts.wrong("T", f"10.0.0.{number}")
    with pytest.raises(TooManyRequestsError) as refused:
        attempts.check("T", "10.0.1.1")
    assert refused.value.headers == {"Retry-After": "60"}
    attempts.check("U", "10.0.1.1")


def test_twenty_wrong_tickets_close_the_door_for_one_address() -> None:
    attempts = Attempts(Seconds())
    for number in range(20):
        attempts.wrong(f"T{number}", "10.0.0.1")
    with pytest.raises(TooManyRequestsError):
        attempts.check("fresh", "10.0.0.1")
    attempts.check("fresh", "10.0.0.2")


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("", "192.0.2.9"),
        ("203.0.113.5", "203.0.113.5"),
        ("1.2.3.4, 203.0.113.5", "203.0.113.5"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("::FFFF:cb00:7105", "203.0.113.5"),
    ],
)
def test_the_address_is_the_gateway_s_word_never_the_client_s(forwarded: str, address: str) -> None:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    assert (
        client_address(Request({"type": "http", "headers": headers, "client": ("192.0.2.9", 1)})) == address
    )


def test_a_budget_is_used_up_and_is_there_again_on_the_next_day() -> None:
    budget = DayBudget(3)
    budget.use("a", DAY, 2)
    budget.use("a", DAY)
    assert (budget.left("a", DAY), budget.left("b", DAY)) == (0, 3)
    budget.use("a", DAY, -1)
    assert budget.left("a", DAY) == 1
    assert budget.left("a", NEXT_DAY) == 3
    budget.use("a", NEXT_DAY)
    assert budget.left("a", NEXT_DAY) == 2


def test_nobody_is_given_more_than_the_budget() -> None:
    budget = DayBudget(3)
    budget.use("a", DAY, -5)
    assert budget.left("a", DAY) == 3


def test_budgets_of_very_many_clients_stay_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "KEYS", 10)
    budget = DayBudget(3)
    for number in range(50):
        budget.use(str(number), DAY)
    assert len(budget._used) == 10
    assert budget.left("49", DAY) == 2
