"""Who takes what; pure first, then over a real store with two evaluators at once."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.certificates.inside import Inside, ticket_of
from tests.certificates.officials import BUSINESS, named
from tests.certificates.steps import MISSING

from zi_certificates.domain.application.state import (
    Application,
    ApplicationStatus,
)
from zi_certificates.domain.impartiality import HinderedError, Interest
from zi_certificates.domain.queue import InHandError, NothingForYouError, NothingWaitsError, next_for, why_not
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.read.applications import application_of, queue_place, waiting
from zi_certificates.read.decisions import decisions_about, overtakings_of
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled
from zi_contracts.certificates import Overtaken

OTHERS = "a" * 64


@dataclass(frozen=True)
class Case:
    ticket: str
    businesses: frozenset[str] = frozenset({BUSINESS})
    evaluators: tuple[str, ...] = ()
    excused: frozenset[str] = frozenset()
    recused: frozenset[str] = frozenset()

    @property
    def application(self) -> UUID:
        return named(self.ticket)


CONFLICT = Interest(kind="conflict", business_ref=BUSINESS)
MENTORSHIP = Interest(kind="mentorship", business_ref=BUSINESS)


def test_the_one_that_has_waited_longest_is_next() -> None:
    chosen = next_for("ani", [Case("first"), Case("second")], ())
    assert (chosen.application, chosen.overtaken) == (named("first"), ())


@pytest.mark.parametrize(
    ("case", "interests", "reason"),
    [
        (Case("first"), (CONFLICT,), "conflict"),
        (Case("first"), (MENTORSHIP,), "mentorship"),
        (Case("first"), (MENTORSHIP, CONFLICT), "conflict"),
        (Case("first", recused=frozenset({"ani"})), (), "conflict"),
        (Case("first", evaluators=("ani",)), (), "already_evaluated"),
        (Case("first", evaluators=("ani",), excused=frozenset({"ani"})), (CONFLICT,), "already_evaluated"),
    ],
)
def test_what_this_evaluator_may_not_take_is_passed_over_with_the_reason(
    case: Case, interests: tuple[Interest, ...], reason: str
) -> None:
    chosen = next_for("ani", [case, Case("second", businesses=frozenset({OTHERS}))], interests)
    assert chosen.application == named("second")
    assert [(each.ticket, each.reason) for each in chosen.overtaken] == [("first", reason)]


def test_whoever_is_excused_takes_it() -> None:
    assert why_not("ani", Case("first", excused=frozenset({"ani"})), (CONFLICT,)) is None


def test_an_interest_in_another_business_hinders_nothing() -> None:
    assert why_not("ani", Case("first", businesses=frozenset({OTHERS})), (CONFLICT, MENTORSHIP)) is None


def test_an_empty_queue_and_one_with_nothing_for_you_are_told_apart() -> None:
    with pytest.raises(NothingWaitsError):
        next_for("ani", [], ())
    with pytest.raises(NothingForYouError, match="2 applications wait"):
        next_for("ani", [Case("first"), Case("second")], (CONFLICT,))


cases = st.builds(
    Case,
    ticket=st.uuids().map(str),
    businesses=st.sampled_from([frozenset({BUSINESS}), frozenset({OTHERS}), frozenset({BUSINESS, OTHERS})]),
    evaluators=st.sampled_from([(), ("ani",), ("eko",)]),
    excused=st.sampled_from([frozenset[str](), frozenset({"ani"})]),
    recused=st.sampled_from([frozenset[str](), frozenset({"ani"})]),
)
interests = st.lists(
    st.builds(
        Interest,
        kind=st.sampled_from(["conflict", "mentorship"]),
        business_ref=st.sampled_from([BUSINESS, OTHERS]),
    )
)


@given(st.lists(cases, unique_by=lambda case: case.ticket), interests)
def test_exactly_those_before_the_one_taken_are_overtaken_and_each_for_a_reason(
    queue: list[Case], known: list[Interest]
) -> None:
    takeable = [case for case in queue if why_not("ani", case, known) is None]
    if not takeable:
        return
    chosen = next_for("ani", queue, known)
    before = queue[: queue.index(takeable[0])]
    assert chosen.application == takeable[0].application
    assert chosen.overtaken == tuple(
        Overtaken(ticket=case.ticket, reason=reason)
        for case in before
        if (reason := why_not("ani", case, known))
    )
    assert len(chosen.overtaken) == len(before)


# -- over a store


def ticket(taken: Handled[Application]) -> str:
    assert taken.state.draft is not None
    return taken.state.draft.ticket


async def test_two_evaluators_at_once_get_different_applications_in_order(either: Inside) -> None:
    for name in ("one", "two", "three"):
        await either.paid(name)
    officials = ("evaluator-ani", "evaluator-eko", "evaluator-ida")
    taken = await asyncio.gather(
        *(either.office.deciding.take_next(either.evaluator(each), None) for each in officials)
    )
    assert [ticket(each) for each in taken] == [ticket_of(name) for name in ("one", "two", "three")]
    with pytest.raises(NothingWaitsError):
        await either.office.deciding.take_next(either.evaluator("evaluator-eni"), None)


async def test_the_same_request_takes_one_application_however_often_it_is_sent(inside: Inside) -> None:
    for name in ("one", "two"):
        await inside.paid(name)
    key = named("key")
    first = await inside.office.deciding.take_next(inside.evaluator(), key)
    again = await inside.office.deciding.take_next(inside.evaluator(), key)
    assert (ticket(first), len(first.recorded)) == (ticket_of("one"), 1)
    assert (ticket(again), again.recorded) == (ticket_of("one"), ())
    other = await inside.office.deciding.take_next(inside.evaluator("evaluator-eko"), key)
    assert ticket(other) == ticket_of("two")


async def test_a_released_application_returns_to_its_old_place(either: Inside) -> None:
    first, two = await either.paid("one"), await either.paid("two")
    await either.office.deciding.take_next(either.evaluator(), None)
    await either.paid("three")
    await either.office.deciding.release(first.ticket, either.evaluator(), None, "absence")
    queue = await either.office.store.query(lambda tx: [each.ticket for each in waiting(tx)])
    assert queue == [first.ticket, two.ticket, ticket_of("three")]
    taken = await either.office.deciding.take_next(either.evaluator("evaluator-eko"), None)
    assert (ticket(taken), taken.recorded[0].event.model_dump()["overtaken"]) == (first.ticket, ())


async def test_everybody_who_was_passed_over_is_named_with_the_reason(either: Inside) -> None:
    """The second evaluation of the first, a conflict and a mentorship stand before the one that is taken."""
    first = await either.paid("first", business="1" * 64)
    await either.office.deciding.take_next(either.evaluator(), None)
    await either.office.deciding.pass_evaluation(
        first.ticket, either.evaluator(), None, (await either.state(first)).revision
    )
    second, third = await either.paid("second", "2" * 64), await either.paid("third", "3" * 64)
    fourth, fifth = await either.paid("fourth", "4" * 64), await either.paid("fifth", "5" * 64)
    await either.declared("evaluator-ani", "2" * 64)
    await either.mentored("evaluator-ani", "3" * 64)
    taken = await either.office.deciding.take_next(either.evaluator(), None)
    assert ticket(taken) == fourth.ticket
    reasons = {first.ticket: "already_evaluated", second.ticket: "conflict", third.ticket: "mentorship"}
    answer = taken.recorded[0].event.model_dump()["overtaken"]
    assert {each["ticket"]: each["reason"] for each in answer} == reasons
    for passed, reason in reasons.items():
        [answer] = await either.office.store.query(lambda tx, ticket=passed: overtakings_of(tx, ticket))  # type: ignore[misc]
        assert (answer.official, answer.ticket, answer.reason) == ("evaluator-ani", fourth.ticket, reason)
    assert await either.office.store.query(lambda tx: overtakings_of(tx, fifth.ticket)) == []


async def test_applicants_see_their_place(inside: Inside) -> None:
    requests = [await inside.paid(name) for name in ("one", "two", "three")]

    def place(tx: Tx, request: IntakeRequest) -> int | None:
        row = application_of(tx, request.ticket)
        assert row is not None
        return queue_place(tx, row)

    def places(tx: Tx) -> list[int | None]:
        return [place(tx, request) for request in requests]

    assert await inside.office.store.query(places) == [1, 2, 3]
    await inside.office.deciding.take_next(inside.evaluator(), None)
    assert await inside.office.store.query(places) == [None, 1, 2]


async def test_a_fact_that_arrives_between_looking_and_deciding_does_not_slip_through(either: Inside) -> None:
    """The official was free when the question was looked at; while its words went into the vault the declaration came."""
    request = await either.paid()
    await either.office.deciding.take_next(either.evaluator(), None)

    async def meanwhile() -> None:
        await either.declared("evaluator-ani")

    either.vault.meanwhile = meanwhile
    with pytest.raises(HinderedError):
        await either.office.deciding.ask_data(
            request.ticket, either.evaluator(), None, (MISSING,), "Mohon CoA."
        )
    now = await either.state(request)
    assert now.status is ApplicationStatus.QUEUED  # it goes back to the queue by itself
    assert len(now.flagged) == 1  # for the taking, before which nothing was known


async def test_what_was_known_at_a_decision_is_written_down_with_it(either: Inside) -> None:
    request = await either.paid()
    await either.mentored("evaluator-eko")
    await either.declared("evaluator-ida")
    await either.declared("evaluator-ida", "9" * 64)
    await either.office.deciding.take_next(either.evaluator(), None)
    [decided] = await either.office.store.query(lambda tx: decisions_about(tx, request.application))
    assert (decided.official, decided.what) == ("evaluator-ani", "application_taken")
    assert (decided.seen_umkm, decided.seen_integrity) == (1, 2)


def test_a_second_application_in_hand_is_refused_by_the_name_of_the_first() -> None:
    assert str(InHandError("3C7K9M2Q5")).startswith("You have 3C7K9M2Q5 in hand")
