"""Reactions of umkm to conflicts of interest that integrity reports: cases change hands, lists leave them out, commands are refused."""

import pytest
from tests.umkm.inside import Inside

from zi_umkm.domain import errors
from zi_umkm.messaging.upstream import MentoringRequest, interested_in
from zi_umkm.read.board import CaseFilter, case_rows
from zi_umkm.read.mentorships import mentors_of
from zi_umkm.use_cases.access import InterestedReaderError

ANI, DODI = "mentor-ani", "mentor-dodi"


async def tickets(inside: Inside, **wanted: str) -> list[str]:
    rows = await inside.office.store.query(lambda tx: case_rows(tx, CaseFilter(**wanted)))  # type: ignore[arg-type]
    return [each.ticket for each in rows]


async def business_of(inside: Inside, request: MentoringRequest) -> str:
    return (await inside.state(request)).business_ref


async def test_a_declaration_takes_the_open_case_from_its_mentor(either: Inside) -> None:
    request, other = await either.mentored("one"), await either.mentored("two")
    business = await business_of(either, request)
    await either.declared(ANI, business)
    assert (await either.state(request)).mentors == ()
    assert (await either.state(other)).mentors == (ANI,)
    assert await tickets(either, mentor="") == [request.ticket]
    released = either.office.store.messages(either.office.store.last()[0] - 1, 1)[0]
    assert released.nats_subject.startswith("zi.umkm.mentor_released.")
    assert b'"reason":"conflict"' in released.message


async def test_a_list_leaves_out_the_businesses_of_its_reader(either: Inside) -> None:
    request = await either.requested()
    await either.declared(ANI, request.business_ref)
    assert await tickets(either, mentor="", reader=ANI) == []
    assert await tickets(either, mentor="", reader=DODI) == [request.ticket]


async def test_a_case_is_not_assigned_to_whoever_has_an_interest_until_it_is_cleared(either: Inside) -> None:
    request = await either.stated()
    await either.declared(ANI, request.business_ref)
    with pytest.raises(errors.InterestedError):
        await either.office.mentoring.assign(request, either.mentor(ANI), None, ANI)
    await either.cleared(ANI, request.business_ref)
    await either.office.mentoring.assign(request, either.mentor(ANI), None, ANI)
    assert (await either.state(request)).mentors == (ANI,)


async def test_whoever_asked_for_their_own_business_signed_in_decides_in_no_case_of_it(
    either: Inside,
) -> None:
    """Its second case was opened with a code alone, so that nothing in it tells who owns the business."""
    await either.requested("one", actor=ANI, role="applicant")
    second = await either.stated("two", business="one")
    with pytest.raises(errors.InterestedError):
        await either.office.mentoring.assign(second, either.mentor(ANI), None, ANI)
    officer = either.staff(ANI, "officer")
    with pytest.raises(errors.InterestedError):
        await either.office.numbers.check_business(second, officer, None, second.business_ref, "confirmed")
    with pytest.raises(InterestedReaderError):
        await either.office.access.refuse_interested(ANI, second)
    assert await tickets(either, mentor="", reader=ANI) == []
    assert second.ticket in await tickets(either, mentor="", reader=DODI)


async def test_a_mentor_who_asks_for_a_business_as_their_own_leaves_its_open_case(either: Inside) -> None:
    request = await either.mentored("one")
    assert (await either.state(request)).mentors == (ANI,)
    await either.requested("two", business="one", actor=ANI, role="applicant")
    assert (await either.state(request)).mentors == ()
    assert await tickets(either, mentor="", reader=DODI) != []


async def test_a_supervisor_with_an_interest_assigns_nobody(either: Inside) -> None:
    request = await either.stated()
    await either.declared("supervisor-eka", request.business_ref)
    supervisor = either.mentor("supervisor-eka").model_copy(update={"role": "staff:supervisor"})
    with pytest.raises(errors.InterestedError):
        await either.office.mentoring.assign(request, supervisor, None, DODI)


async def test_nothing_of_the_case_is_open_to_whoever_has_an_interest(either: Inside) -> None:
    request = await either.requested()
    await either.declared(ANI, request.business_ref)
    with pytest.raises(InterestedReaderError):
        await either.office.access.refuse_interested(ANI, request)
    await either.office.access.refuse_interested(DODI, request)


async def test_a_business_that_gets_its_number_leaves_a_mentor_with_an_interest_in_it(either: Inside) -> None:
    """The interest was declared under the number; the case was opened without one."""
    request = await either.mentored()
    business = "ab" * 32
    await either.declared(ANI, business)
    assert (await either.state(request)).mentors == (ANI,)
    await numbered(either, request, business)
    state = await either.state(request)
    assert (state.business_ref, state.mentors) == (business, ())


async def numbered(inside: Inside, request: MentoringRequest, business: str) -> None:
    """Intake says that the business gave its number."""
    data = {
        **{"state": "passed_on", "holder": "office", "language": "id", "reachable_by": ["email"]},
        **{"business_ref": business, "former_ref": request.business_ref, "items": []},
    }
    actor = str(request.data_subject)
    await inside.hear("business_number_given", data, request.case, request.ticket, actor, "public")


async def test_an_interest_stays_when_the_business_gets_its_number(either: Inside) -> None:
    """It was declared before anybody knew the number, and ends by the same declaration."""
    request, business = await either.requested(), "ab" * 32
    await either.declared(ANI, request.business_ref)
    await numbered(either, request, business)
    now = await either.office.access.request(request.ticket)
    with pytest.raises(InterestedReaderError):
        await either.office.access.refuse_interested(ANI, now)
    assert await tickets(either, mentor="", reader=ANI) == []
    assert await tickets(either, mentor="", reader=DODI) == [request.ticket]
    await either.cleared(ANI, request.business_ref)
    await either.office.access.refuse_interested(ANI, now)


async def test_an_interest_that_is_heard_of_after_the_number_takes_the_case_too(either: Inside) -> None:
    request, business = await either.mentored(), "ab" * 32
    await numbered(either, request, business)
    await either.declared(ANI, request.business_ref)
    assert (await either.state(request)).mentors == ()


async def test_a_number_takes_another_case_of_the_business_from_whoever_has_an_interest(
    either: Inside,
) -> None:
    request, other = await either.requested("one"), await either.mentored("two")
    business = "ab" * 32
    await numbered(either, other, business)
    await either.declared(ANI, request.business_ref)
    assert (await either.state(other)).mentors == (ANI,)
    await numbered(either, request, business)
    assert (await either.state(other)).mentors == ()


async def test_two_declarations_are_two_reasons(either: Inside) -> None:
    business = "cd" * 32
    await either.declared(ANI, business)
    await either.declared(DODI, business)
    await either.cleared(ANI, business)
    assert await either.office.store.query(lambda tx: interested_in(tx, business)) == {DODI}


async def test_a_corrected_business_number_hides_no_mentorship(either: Inside) -> None:
    """Whoever mentored the business under its wrong number never decides about it under the right one."""
    first = await either.mentored("one", business="wrong")
    second = await either.mentored("two", business="wrong", mentor=DODI)
    await either.given_number(second, "right")
    now = await business_of(either, second)
    assert await business_of(either, first) != now
    found = await either.office.store.query(lambda tx: mentors_of(tx, now))
    assert found == {ANI, DODI}


async def test_a_corrected_business_number_hides_no_evaluation(either: Inside) -> None:
    first = await either.evaluated("one", business="wrong")
    evaluator = either.staff("evaluator-citra", "evaluator")
    await either.office.permits.return_(first, evaluator, None, "Lengkapi denah")
    second = await either.stated("two", business="wrong")
    await either.given_number(second, "right")
    with pytest.raises(errors.HasEvaluatedError):
        await either.office.mentoring.assign(
            second, either.mentor("evaluator-citra"), None, "evaluator-citra"
        )


@pytest.mark.parametrize("first", ["wrong", "none"])
async def test_an_interest_under_a_corrected_number_holds_for_cases_under_the_wrong_one(
    either: Inside, first: str
) -> None:
    """Of two cases of a business, the second gets the right number by way of the wrong one; the interest is declared under the right one."""
    old = await either.mentored("one", business=first)
    new = await either.mentored("two", business=first, mentor=DODI)
    await either.given_number(new, "wrong")
    await either.given_number(new, "right")
    before, now = await business_of(either, old), await business_of(either, new)
    assert before != now
    await either.declared(ANI, now)
    assert (await either.state(old)).mentors == ()
    assert await either.office.store.query(lambda tx: interested_in(tx, before)) == {ANI}
    with pytest.raises(errors.InterestedError):
        await either.office.mentoring.assign(old, either.mentor(ANI), None, ANI)
    assert await tickets(either, reader=ANI) == []
    assert sorted(await tickets(either, reader=DODI)) == sorted([old.ticket, new.ticket])


async def test_an_ended_case_of_before_the_number_hides_no_mentorship(either: Inside) -> None:
    first = await either.mentored("one", business="none")
    await either.office.mentoring.close(first, either.business(first), None, "business_stopped")
    second = await either.mentored("two", business="none", mentor=DODI)
    now = await either.given_number(second, "right")
    assert await either.office.store.query(lambda tx: mentors_of(tx, now)) == {ANI, DODI}
