"""The maklumat: written by some, proclaimed by the head, for ever what was read."""

from typing import Any

import pytest
from tests.integrity.officials import head, named, system, team

from zi_chassis.domain import WrongRoleError
from zi_integrity.domain.maklumat import (
    Maklumat,
    NoPledgeTextError,
    PledgeChangedMeanwhileError,
    PledgeTexts,
    PledgeWriterProclaimsError,
    ProclaimMaklumat,
    WriteMaklumat,
    decide,
    evolve,
    initial,
    maklumat_id,
)
from zi_integrity.messaging.maklumat_data import publish

TEXTS = PledgeTexts(
    promise="Kami melayani menurut standar.",
    promise_en="We serve by our standards.",
    compensation="Kami meminta maaf secara tertulis.",
    compensation_en="We apologise in writing.",
)
OTHER = TEXTS.model_copy(update={"promise": "Kami berusaha."})
WRITE = WriteMaklumat(by=team(), texts=TEXTS)
PROCLAIM = ProclaimMaklumat(by=head(), digest=TEXTS.digest, number="MP-2026-000001", letter=named("pledge"))


def after(*commands: Any) -> Maklumat:
    state = initial
    for command in commands:
        for event in decide(command, state):
            state = evolve(state, event)
    return state


def test_the_head_proclaims_what_another_wrote() -> None:
    state = after(WRITE, PROCLAIM)
    assert state.proclaimed is not None
    assert state.proclaimed.number == "MP-2026-000001"
    assert decide(PROCLAIM, state) == []
    assert decide(WRITE, state) == []


def test_nothing_is_proclaimed_that_was_not_written_or_not_read() -> None:
    with pytest.raises(NoPledgeTextError):
        decide(PROCLAIM, initial)
    with pytest.raises(PledgeChangedMeanwhileError):
        decide(PROCLAIM, after(WRITE, WriteMaklumat(by=team(), texts=OTHER)))


def test_whoever_wrote_it_does_not_proclaim_it() -> None:
    with pytest.raises(PledgeWriterProclaimsError):
        decide(PROCLAIM, after(WriteMaklumat(by=head(), texts=TEXTS)))


def test_a_head_who_wrote_an_earlier_text_is_named_as_one_of_its_writers() -> None:
    wrote, corrected = WriteMaklumat(by=head(), texts=OTHER), WRITE
    state = after(wrote, corrected)
    assert state.writers == {head().actor, team().actor}
    [proclaimed] = decide(PROCLAIM, state)
    assert dict(publish(proclaimed, evolve(state, proclaimed)).data)["own_draft"] is True
    again = PROCLAIM.model_copy(update={"digest": OTHER.digest, "letter": named("next")})
    next_state = after(wrote, corrected, PROCLAIM, WriteMaklumat(by=team(), texts=OTHER))
    [next_one] = decide(again, next_state)
    assert dict(publish(next_one, evolve(next_state, next_one)).data)["own_draft"] is False


def test_a_draft_is_disclosed_by_its_digest_alone() -> None:
    state = after(WRITE)
    [drafted] = decide(WRITE, initial)
    assert set(dict(publish(drafted, state).data)) == {"digest"}
    [proclaimed] = decide(PROCLAIM, state)
    assert dict(publish(proclaimed, evolve(state, proclaimed)).data)["promise"] == TEXTS.promise


def test_other_roles_do_neither() -> None:
    with pytest.raises(WrongRoleError):
        decide(WriteMaklumat(by=system(), texts=TEXTS), initial)
    with pytest.raises(WrongRoleError):
        decide(PROCLAIM.model_copy(update={"by": team()}), after(WRITE))


def test_each_office_has_one() -> None:
    assert maklumat_id("a") != maklumat_id("b")
