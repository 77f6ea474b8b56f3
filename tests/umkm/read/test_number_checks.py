"""The numbers that wait for a check, and those who have checked: of every case of the business."""

import pytest
from tests.umkm.inside import SAMBAL, Inside
from tests.umkm.steps import APPLY, CLEAN, FIT, ISSUE, SEND, TRIAGE, VERIFY_ACCOUNT, changed

from zi_umkm.domain import errors
from zi_umkm.messaging.published import cases
from zi_umkm.read.cases import case_of
from zi_umkm.read.number_checks import numbers_to_check
from zi_umkm.use_cases.statements import BusinessStated

BUDI, DODI = "officer-hadi", "mentor-dodi"


async def waiting(inside: Inside, reader: str) -> list[tuple[str, int | None]]:
    def read(tx):  # type: ignore[no-untyped-def]
        found = numbers_to_check(tx, reader, 20)
        assert numbers_to_check(tx, reader, 20, offset=20).total == found.total == len(found.rows)
        return [(each.ticket, each.product) for each in found.rows]

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


async def test_a_number_waits_no_more_when_its_product_is_made_in_another_way(either: Inside) -> None:
    request = await either.numbered()
    assert await waiting(either, BUDI) == [(request.ticket, None), (request.ticket, 1)]
    stated = BusinessStated.model_validate({"district": "nunukan", "kbli": ("10213",), "products": (SAMBAL,)})
    await either.office.mentoring.restate(request, either.business(request), None, stated)
    row = await either.office.store.query(lambda tx: case_of(tx, request.ticket))
    assert row is not None
    assert (row.numbers, row.check_due, row.status.value) == (0, None, "permit_issued")
    assert await waiting(either, BUDI) == [(request.ticket, None)]


async def test_a_number_of_the_health_office_is_corrected_to_none_of_bpom(either: Inside) -> None:
    request = await either.mentored("one", SAMBAL)
    by, numbers = either.business(request), either.office.numbers
    await either.refer(request)
    await numbers.record(request, by, None, 1, "P-IRT 2093471010001-29")
    with pytest.raises(errors.NumberShapeError):
        await numbers.correct(request, by, None, 1, "MD 123456789012")


async def test_a_product_in_registration_takes_the_number_of_bpom(either: Inside) -> None:
    request = await either.mentored("one", SAMBAL)
    by, numbers = either.business(request), either.office.numbers
    await either.refer(request)
    await numbers.record(request, by, None, 1, "P-IRT 2093471010001-29")
    way = (TRIAGE, CLEAN, changed(APPLY, by=by), VERIFY_ACCOUNT, FIT, ISSUE, changed(SEND, by=by))
    for command in way:
        await either.office.store.handle(cases, request.mentoring, command)
    await numbers.record(request, by, None, 1, "MD 123456789012")
    state = await either.state(request)
    assert (state.all_numbers, state.unchecked_numbers) == ({1: "MD123456789012"}, {1})
    row = await either.office.store.query(lambda tx: case_of(tx, request.ticket))
    assert row is not None
    assert row.numbers == 1
