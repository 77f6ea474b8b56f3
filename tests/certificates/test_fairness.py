from datetime import timedelta

from tests.certificates.inside import Inside
from tests.certificates.officials import MONDAY

from zi_certificates.fairness import Passing, months, passings
from zi_certificates.projections import Overtaking, overtakings


async def test_waiting_is_counted_from_complete_until_taken(inside: Inside) -> None:
    for name, hours in (("one", 1.0), ("two", 2.5), ("three", 30.0)):
        await inside.paid(name, business=f"{hours:.0f}"[0] * 64)
        inside.clock.pass_hours(hours)
        await inside.office.deciding.take_next(inside.evaluator(f"evaluator-{name}"), None)
    [month] = await inside.office.store.query(months)
    assert (month.month, month.taken, month.median, month.longest) == ("2026-12", 3, 3, 31)


async def test_a_second_evaluator_waits_for_nobody_anew(inside: Inside) -> None:
    await inside.passed()
    [month] = await inside.office.store.query(months)
    assert month.taken == 1


def test_overtaking_is_counted_by_month_and_reason_the_newest_first() -> None:
    def passed(days: int, reason: str) -> Overtaking:
        at = MONDAY + timedelta(days=days)
        return Overtaking(at, "A", "B", "ani", reason)  # type: ignore[arg-type]

    told = passings(
        [passed(0, "conflict"), passed(1, "mentorship"), passed(2, "mentorship"), passed(30, "conflict")]
    )
    assert told == [
        Passing("2027-01", "conflict", 1),
        Passing("2026-12", "mentorship", 2),
        Passing("2026-12", "conflict", 1),
    ]


async def test_who_was_passed_over_for_an_interest_is_counted(inside: Inside) -> None:
    await inside.declared("evaluator-ani", "1" * 64)
    await inside.paid("one", business="1" * 64)
    await inside.paid("two", business="2" * 64)
    await inside.office.deciding.take_next(inside.evaluator(), None)
    told = passings(await inside.office.store.query(overtakings))
    assert told == [Passing("2026-12", "conflict", 1)]
