"""A conflict of interest takes an application from its evaluator, it keeps its place, and the queue passes them by."""

from pathlib import Path
from typing import Any

import pytest
from tests.certificates.inside import Inside, opened, ticket_of
from tests.certificates.officials import NOTHING_KNOWN, evaluator, known_of, staff
from tests.certificates.steps import (
    APPROVE_OVERRIDE,
    ASK,
    ASK_OVERRIDE,
    CHANGE,
    DUE,
    HAND_OVER,
    MISSING,
    NEED_DATA,
    PAID,
    PASSED,
    REJECT,
    RELEASE,
    SEND,
    SEND_BACK,
    TAKE,
    TAKEN,
    after,
)

from zi_certificates.domain.application.commands import Release
from zi_certificates.domain.application.decide import decide
from zi_certificates.domain.application.state import ApplicationStatus
from zi_certificates.domain.impartiality import HinderedError
from zi_certificates.domain.queue import NothingForYouError
from zi_certificates.messaging.upstream import IntakeRequest, keep_earlier_clearings
from zi_certificates.use_cases.access import ConflictedReaderError

EVALUATOR, COLLEAGUE = "evaluator-ani", "evaluator-eko"


def names(command: Any, *before: Any) -> list[str]:
    return [type(event).__name__ for event in decide(command, after(*before))]


def test_an_application_in_hand_goes_back_to_its_old_place() -> None:
    state = after(*TAKEN, HAND_OVER)
    assert (state.status, state.officer) == (ApplicationStatus.QUEUED, None)
    assert state.complete_at == after(*TAKEN).complete_at


def test_an_application_that_waits_for_data_goes_on_waiting_and_then_to_the_queue() -> None:
    waits = after(*NEED_DATA, HAND_OVER)
    assert (waits.status, waits.officer) == (ApplicationStatus.NEED_DATA, None)
    sent = after(*NEED_DATA, HAND_OVER, CHANGE, SEND)
    assert (sent.status, sent.officer) == (ApplicationStatus.QUEUED, None)
    assert sent.complete_at == after(*TAKEN).complete_at
    assert sent.due is not None
    assert sent.due >= DUE


@pytest.mark.parametrize(
    ("history", "command"),
    [
        (PAID, HAND_OVER),
        ((*TAKEN, HAND_OVER), HAND_OVER),
        (TAKEN, HAND_OVER.model_copy(update={"officer": COLLEAGUE})),
        ((*PAID, ASK_OVERRIDE, APPROVE_OVERRIDE, TAKE), HAND_OVER),
    ],
)
def test_what_is_in_other_hands_or_excused_stays(history: Any, command: Release) -> None:
    assert names(command, *history) == []


def test_a_hindered_evaluator_gets_nothing_back_from_the_signer() -> None:
    known = known_of(EVALUATOR)
    assert names(SEND_BACK.model_copy(update={"known": known}), *PASSED) == [
        "ApplicationSentBack",
        "ApplicationReleased",
    ]
    excused = (*PAID, ASK_OVERRIDE, APPROVE_OVERRIDE, TAKE, *PASSED[-1:])
    assert names(SEND_BACK.model_copy(update={"known": known}), *excused) == ["ApplicationSentBack"]


async def test_a_declaration_returns_what_its_official_has_in_hand(inside: Inside) -> None:
    first, second = await inside.paid("one"), await inside.paid("two")
    await inside.office.deciding.take_next(inside.evaluator(EVALUATOR), None)
    declared = await inside.declared(EVALUATOR)
    released = inside.office.store.messages(inside.office.store.last()[0] - 1, 1)[0]
    assert released.nats_subject.startswith("zi.certificates.application_released.")
    assert f'"causation":"{declared.id}"'.encode() in released.message
    assert b'"reason":"conflict"' in released.message
    assert (await inside.state(first)).officer is None
    with pytest.raises(NothingForYouError, match="2 applications"):
        await inside.office.deciding.take_next(inside.evaluator(EVALUATOR), None)
    taken = await inside.office.deciding.take_next(inside.evaluator(COLLEAGUE), None)
    assert taken.state.draft is not None
    assert taken.state.draft.ticket == first.ticket != second.ticket


async def test_a_declaration_about_another_business_returns_nothing(inside: Inside) -> None:
    request = await inside.paid("one")
    await inside.office.deciding.take_next(inside.evaluator(EVALUATOR), None)
    await inside.declared(EVALUATOR, "c" * 64)
    await inside.declared(COLLEAGUE)
    assert (await inside.state(request)).officer == EVALUATOR


async def test_nothing_of_the_company_is_open_to_whoever_has_a_conflict(inside: Inside) -> None:
    request, access = await inside.paid("one"), inside.office.access
    await inside.declared(EVALUATOR)
    with pytest.raises(ConflictedReaderError):
        await access.refuse_conflicted(EVALUATOR, {request.business_ref})
    await access.refuse_conflicted(COLLEAGUE, {request.business_ref})
    await inside.mentored(COLLEAGUE)
    await access.refuse_conflicted(COLLEAGUE, {request.business_ref})


# -- an official who gives an application back for a conflict of interest

RECUSED = Release(by=evaluator(), known=NOTHING_KNOWN, reason="conflict")


def test_whoever_gave_it_back_for_a_conflict_decides_nothing_about_it_any_more() -> None:
    for command in (TAKE, ASK, PASSED[-1], REJECT):
        with pytest.raises(HinderedError):
            decide(command, after(*TAKEN, RECUSED))
    other = TAKE.model_copy(update={"by": evaluator(COLLEAGUE)})
    assert names(other, *TAKEN, RECUSED) == ["ApplicationTaken"]


def test_a_superior_takes_it_from_an_evaluator_with_a_conflict_for_good() -> None:
    by_superior = RECUSED.model_copy(update={"by": staff("supervisor-eka", "supervisor")})
    with pytest.raises(HinderedError):
        decide(TAKE, after(*TAKEN, by_superior))


def test_what_the_program_releases_holds_as_long_as_the_declaration_does() -> None:
    assert names(TAKE, *TAKEN, HAND_OVER) == ["ApplicationTaken"]


def test_absence_is_no_conflict() -> None:
    assert names(TAKE, *TAKEN, RELEASE) == ["ApplicationTaken"]


def test_an_override_excuses_until_a_conflict_is_declared_again() -> None:
    overridden = (*TAKEN, RECUSED, ASK_OVERRIDE, APPROVE_OVERRIDE)
    assert names(TAKE, *overridden) == ["ApplicationTaken"]
    with pytest.raises(HinderedError):
        decide(TAKE, after(*overridden, TAKE, RECUSED))


async def recused(inside: Inside) -> tuple[IntakeRequest, IntakeRequest, IntakeRequest]:
    """The first of three was given back for a conflict; the second is of the same company."""
    first = await inside.paid("one")
    same = await inside.paid("two", account=first.ticket)
    other = await inside.paid("three", business="c" * 64)
    await inside.office.deciding.take_next(inside.evaluator(EVALUATOR), None)
    await inside.office.deciding.release(first.ticket, inside.evaluator(EVALUATOR), None, "conflict")
    return first, same, other


async def test_the_queue_passes_by_what_was_given_back_for_a_conflict_and_says_so(either: Inside) -> None:
    first, same, other = await recused(either)
    taken = await either.office.deciding.take_next(either.evaluator(EVALUATOR), None)
    assert taken.state.draft is not None
    assert taken.state.draft.ticket == other.ticket
    overtaken = taken.recorded[0].event.model_dump()["overtaken"]
    assert {each["ticket"]: each["reason"] for each in overtaken} == {
        first.ticket: "conflict",
        same.ticket: "conflict",
    }
    again = await either.office.deciding.take_next(either.evaluator(COLLEAGUE), None)
    assert again.state.draft is not None
    assert again.state.draft.ticket == first.ticket


async def test_company_data_is_closed_to_whoever_gave_it_back_for_a_conflict(inside: Inside) -> None:
    first, *_ = await recused(inside)
    with pytest.raises(ConflictedReaderError):
        await inside.office.access.refuse_conflicted(EVALUATOR, {first.business_ref})
    await inside.office.access.refuse_conflicted(COLLEAGUE, {first.business_ref})


async def test_a_cleared_declaration_opens_the_party_again_and_not_the_case(either: Inside) -> None:
    first, same, _ = await recused(either)
    await either.declared(EVALUATOR)
    await either.cleared(EVALUATOR)
    taken = await either.office.deciding.take_next(either.evaluator(EVALUATOR), None)
    assert taken.state.draft is not None
    assert taken.state.draft.ticket == same.ticket
    overtaken = taken.recorded[0].event.model_dump()["overtaken"]
    assert [(each["ticket"], each["reason"]) for each in overtaken] == [(first.ticket, "conflict")]


async def test_what_was_cleared_before_clearings_were_kept_opens_the_party_too(either: Inside) -> None:
    _, same, _ = await recused(either)
    await either.declared(EVALUATOR)
    await either.cleared(EVALUATOR)
    await either.declared(COLLEAGUE)
    store = either.office.store
    with store.database.transaction() as tx:
        tx.execute("DELETE FROM clearings")
    with pytest.raises(ConflictedReaderError):
        await either.office.access.refuse_conflicted(EVALUATOR, {same.business_ref})
    for _again in range(2):
        keep_earlier_clearings(store.database)
        assert await store.query(lambda tx: len(tx.execute("SELECT * FROM clearings"))) == 1
    await either.office.access.refuse_conflicted(EVALUATOR, {same.business_ref})
    with pytest.raises(ConflictedReaderError):
        await either.office.access.refuse_conflicted(COLLEAGUE, {same.business_ref})


async def test_an_office_that_starts_again_has_the_clearings_of_before(tmp_path: Path) -> None:
    async with opened(tmp_path) as before:
        await before.declared(EVALUATOR)
        await before.cleared(EVALUATOR)
        with before.office.store.database.transaction() as tx:
            tx.execute("DELETE FROM clearings")
    async with opened(tmp_path) as after_start:
        rows = await after_start.office.store.query(lambda tx: tx.execute("SELECT official FROM clearings"))
        assert [row["official"] for row in rows] == [EVALUATOR]


async def test_what_was_cleared_before_does_not_open_what_is_declared_later(inside: Inside) -> None:
    await inside.declared(EVALUATOR)
    await inside.cleared(EVALUATOR)
    inside.clock.pass_hours(1)
    *_, other = await recused(inside)
    taken = await inside.office.deciding.take_next(inside.evaluator(EVALUATOR), None)
    assert taken.state.draft is not None
    assert taken.state.draft.ticket == other.ticket


async def test_a_company_that_gives_its_number_later_stays_closed(inside: Inside) -> None:
    temporary = "e" * 64
    await inside.paid("one", business=temporary)
    await inside.office.deciding.take_next(inside.evaluator(EVALUATOR), None)
    await inside.office.deciding.release(ticket_of("one"), inside.evaluator(EVALUATOR), None, "conflict")
    await inside.numbered(temporary)
    await inside.paid("two")
    with pytest.raises(NothingForYouError, match="2 applications"):
        await inside.office.deciding.take_next(inside.evaluator(EVALUATOR), None)


async def test_what_else_of_the_company_waits_for_data_leaves_the_same_hands(inside: Inside) -> None:
    first = await inside.paid("one")
    second = await inside.paid("two", account=first.ticket)
    other = await inside.paid("three", business="c" * 64)
    for request in (first, other):
        await inside.office.deciding.take_next(inside.evaluator(EVALUATOR), None)
        if request is first:
            await inside.office.deciding.ask_data(first.ticket, inside.evaluator(EVALUATOR), None, (MISSING,))
            await inside.office.deciding.take_next(inside.evaluator(EVALUATOR), None)
            await inside.office.deciding.release(second.ticket, inside.evaluator(EVALUATOR), None, "conflict")
    assert (await inside.state(first)).officer is None
    assert (await inside.state(first)).status is ApplicationStatus.NEED_DATA
    assert (await inside.state(other)).officer == EVALUATOR
