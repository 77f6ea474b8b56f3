"""A conflict of interest takes an application from its evaluator, it keeps its place, and the queue passes them by."""

from typing import Any

import pytest
from tests.certificates.inside import Inside
from tests.certificates.officials import known_of
from tests.certificates.steps import (
    APPROVE_OVERRIDE,
    ASK_OVERRIDE,
    ASKED,
    CHANGE,
    DUE,
    HAND_OVER,
    PAID,
    PASSED,
    SEND,
    SEND_BACK,
    TAKE,
    TAKEN,
    after,
)

from zi_certificates.domain.application.commands import Release
from zi_certificates.domain.application.decide import decide
from zi_certificates.domain.application.state import ApplicationStatus
from zi_certificates.domain.queue import NothingForYouError
from zi_certificates.use_cases.access import ConflictedReaderError

EVALUATOR, COLLEAGUE = "evaluator-ani", "evaluator-eko"


def names(command: Any, *before: Any) -> list[str]:
    return [type(event).__name__ for event in decide(command, after(*before))]


def test_an_application_in_hand_goes_back_to_its_old_place() -> None:
    state = after(*TAKEN, HAND_OVER)
    assert (state.status, state.officer) == (ApplicationStatus.QUEUED, None)
    assert state.complete_at == after(*TAKEN).complete_at


def test_an_application_that_waits_for_data_goes_on_waiting_and_then_to_the_queue() -> None:
    waits = after(*ASKED, HAND_OVER)
    assert (waits.status, waits.officer) == (ApplicationStatus.NEED_DATA, None)
    sent = after(*ASKED, HAND_OVER, CHANGE, SEND)
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
