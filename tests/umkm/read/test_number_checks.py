"""The numbers that wait for a check, and those who have checked: of every case of the business."""

import pytest
from tests.umkm.inside import Inside

from zi_umkm.domain import errors
from zi_umkm.read.number_checks import count_numbers_to_check, numbers_to_check

BUDI, DODI = "officer-budi", "mentor-dodi"


async def waiting(inside: Inside, reader: str) -> list[tuple[str, int | None]]:
    def read(tx):  # type: ignore[no-untyped-def]
        rows = numbers_to_check(tx, reader, 20)
        assert count_numbers_to_check(tx, reader) == len(rows)
        return [(each.ticket, each.product) for each in rows]

    found: list[tuple[str, int | None]] = await inside.office.store.query(read)
    return found


async def test_whoever_checked_a_number_mentors_no_case_of_the_business(either: Inside) -> None:
    first = await either.numbered()
    await either.office.numbers.check(
        first, either.staff(BUDI, "officer"), None, 1, "MD 123456789012", "confirmed"
    )
    second = await either.stated("two", business="one")
    for request in (first, second):
        await either.given_number(request, "right")
        with pytest.raises(errors.HasCheckedError):
            await either.office.mentoring.assign(request, either.mentor(BUDI), None, BUDI)
    await either.office.mentoring.assign(second, either.mentor(DODI), None, DODI)


async def test_whoever_checked_the_business_number_mentors_it_under_no_other(either: Inside) -> None:
    request = await either.stated(business="none")
    wrong = await either.given_number(request, "wrong")
    by = either.staff(BUDI, "officer")
    await either.office.numbers.check_business(request, by, None, wrong, "refuted")
    await either.given_number(await either.office.access.request(request.ticket), "right")
    with pytest.raises(errors.HasCheckedError):
        await either.office.mentoring.assign(request, either.mentor(BUDI), None, BUDI)


async def test_a_sleeping_case_waits_for_no_check_until_it_goes_on(either: Inside) -> None:
    request = await either.mentored()
    await either.visited(request)
    assert await waiting(either, BUDI) == [(request.ticket, None)]
    await either.slept()
    assert await waiting(either, BUDI) == []
    await either.office.mentoring.resume(request, either.mentor(), None)
    assert await waiting(either, BUDI) == [(request.ticket, None)]


async def test_a_business_that_the_reader_mentored_in_another_case_waits_for_others(either: Inside) -> None:
    """Also under the number that the business had before, and the one it got since."""
    first = await either.mentored("one", business="wrong")
    second = await either.mentored("two", business="wrong", mentor=DODI)
    await either.given_number(second, "right")
    tickets = sorted([(first.ticket, None), (second.ticket, None)])
    assert await waiting(either, "mentor-ani") == await waiting(either, DODI) == []
    assert sorted(await waiting(either, BUDI)) == tickets
