from hashlib import sha256

from tests.certificates.inside import Inside

from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.read.fairness import MONTHS, Passing, months, passings


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


Pair = tuple[str, IntakeRequest, IntakeRequest]


async def waiting(inside: Inside, name: str, reason: str) -> Pair:
    """Two that wait, the first of which this hinders the evaluator of this name to take."""
    evaluator, business = f"evaluator-{name}", sha256(name.encode()).hexdigest()
    await (inside.declared if reason == "conflict" else inside.mentored)(evaluator, business)
    return evaluator, await inside.paid(f"{name} waits", business), await inside.paid(f"{name} taken")


async def passed_over(inside: Inside, pair: Pair) -> None:
    """Afterwards both give up."""
    evaluator, *requests = pair
    await inside.office.deciding.take_next(inside.evaluator(evaluator), None)
    for request in requests:
        await inside.office.applying.withdraw(request, inside.citizen(request), None)


async def test_overtaking_is_counted_by_month_and_reason_the_newest_first(either: Inside) -> None:
    for name, reason in (("ani", "conflict"), ("eko", "mentorship"), ("cici", "mentorship")):
        await passed_over(either, await waiting(either, name, reason))
    either.clock.pass_hours(30 * 24)
    await passed_over(either, await waiting(either, "budi", "conflict"))
    assert await either.office.store.query(passings) == [
        Passing("2027-01", "conflict", 1),
        Passing("2026-12", "mentorship", 2),
        Passing("2026-12", "conflict", 1),
    ]


async def test_overtaking_is_told_two_years_at_a_time(inside: Inside) -> None:
    for pair in [await waiting(inside, str(number), "conflict") for number in range(MONTHS + 1)]:
        await passed_over(inside, pair)
        inside.clock.pass_hours(31 * 24)
    first = await inside.office.store.query(passings)
    assert len(first) == MONTHS
    rest = await inside.office.store.query(lambda tx: passings(tx, first[-1].month))
    assert [each.month for each in rest] == ["2026-12"]
    assert await inside.office.store.query(lambda tx: passings(tx, "2026-12")) == []


async def test_who_was_passed_over_for_an_interest_is_counted(inside: Inside) -> None:
    await inside.declared("evaluator-ani", "1" * 64)
    await inside.paid("one", business="1" * 64)
    await inside.paid("two", business="2" * 64)
    await inside.office.deciding.take_next(inside.evaluator(), None)
    answer = await inside.office.store.query(passings)
    assert answer == [Passing("2026-12", "conflict", 1)]
