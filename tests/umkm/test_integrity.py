"""Hundreds of businesses with whom people try everything: what passed is judged from what happened, not from the case's own word."""

from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sample import sample
from tests.umkm.house import House

from zi_umkm.domain import corrective_action as actions
from zi_umkm.domain.case import messages, numbers, permit
from zi_umkm.domain.case.evolve import evolve
from zi_umkm.domain.case.messages import MentoringEvents
from zi_umkm.domain.case.state import MentoringCase, MentoringStatus, initial

MOVES = 120
PASSING = (
    permit.PermitApplied,
    permit.PermitFoundFit,
    permit.PermitIssued,
    messages.RegistrationSent,
    numbers.NumberObtained,
    messages.BusinessGraduated,
)
seeds = st.integers(0, 2**32)


def house_of(seed: int) -> House:
    house = House(Random(seed))
    house.run(MOVES)
    return house


@given(seeds)
@settings(max_examples=sample(100), deadline=None)
def test_nothing_passes_blocked_unverified_out_of_order_or_by_whoever_mentors_it(seed: int) -> None:
    house = house_of(seed)
    judge_the_findings(house.events)
    judge_the_steps(house)
    judge_the_people(house.events)
    judge_the_permits(house.events)


def judge_the_permits(events: list[MentoringEvents]) -> None:
    """Account, evaluation and signature are of three people; each revocation is decided by somebody else than who proposed it, and each
    objection by a third; nothing is sent to be registered without a permit that holds."""
    account = fit = proposer = announcer = ""
    holds = False
    for event in events:
        match event:
            case permit.PermitApplied():
                fit = ""
            case permit.PermitAccountVerified():
                account = event.by.actor
            case permit.PermitFoundFit():
                assert account not in ("", event.by.actor)
                fit = event.by.actor
            case permit.PermitIssued():
                assert fit not in ("", event.by.actor)
                assert account != event.by.actor
                holds, proposer, announcer = True, "", ""
            case permit.RevocationProposed():
                assert holds
                proposer = event.by.actor
            case permit.RevocationAnnounced():
                assert proposer not in ("", event.by.actor)
                announcer = event.by.actor
            case permit.RevocationDropped():
                assert event.by.actor != proposer
                proposer = announcer = ""
            case permit.PermitRevoked():
                assert announcer
                assert event.by.actor != proposer
                holds = False
            case permit.PermitExpired():
                holds = False
            case messages.RegistrationSent():
                assert holds
            case _:
                pass


@dataclass
class Line:
    """The record of one item of the checklist, kept apart from the case."""

    critical: bool
    self_found: bool
    open: bool = True
    evidenced: bool = False
    authors: set[str] = field(default_factory=set)


def judge_the_findings(events: list[MentoringEvents]) -> None:
    """Only somebody who has no part in it closes a finding; or an official, what the business alone had found and nobody had begun."""
    book: dict[str, Line] = {}
    for event in events:
        if isinstance(event, PASSING):
            assert not [item for item, line in book.items() if line.critical and line.open]
        if isinstance(event, messages.BusinessAssessed):
            write_down(event, book)
        if isinstance(event, actions.ActionAgreed | actions.ActionEvidenced):
            assert book[event.item].open
            book[event.item].authors.add(event.by.actor)
            book[event.item].evidenced = isinstance(event, actions.ActionEvidenced)
        if isinstance(event, actions.ActionVerified):
            assert event.by.role.startswith("staff:")
            assert event.by.actor not in book[event.item].authors
            assert book[event.item].evidenced
            book[event.item].open = False
        if isinstance(event, actions.ActionReopened):
            book[event.item].open, book[event.item].evidenced = True, False


def write_down(assessed: messages.BusinessAssessed, book: dict[str, Line]) -> None:
    self_found = assessed.assessor == "business"
    named = {each.item: each.critical for each in assessed.result.findings}
    for item, line in list(book.items()):
        if line.self_found and line.open and not line.authors and not self_found and item not in named:
            del book[item]
    for item, critical in named.items():
        line = book.get(item)
        if line is None or not line.open:
            book[item] = Line(critical, self_found)
        else:
            line.critical, line.self_found = line.critical or critical, line.self_found and self_found


def judge_the_steps(house: House) -> None:
    """Each step after the one before it, complete, and by the track that the product has."""
    kinds: list[type[MentoringEvents]] = []
    sent: set[int] = set()
    referred: set[int] = set()
    for place, (command, event) in enumerate(house.happened):
        if isinstance(event, PASSING) and isinstance(command, permit.Gate | messages.SendRegistration):
            assert command.missing == ()
        if isinstance(event, messages.BusinessAssessed):
            assert messages.ProductsTriaged in kinds
        if isinstance(event, permit.PermitApplied):
            assert messages.BusinessAssessed in kinds
        if isinstance(event, permit.PermitIssued | permit.PermitReturned):
            assert permit.PermitApplied in kinds
        if isinstance(event, messages.RegistrationSent):
            assert permit.PermitIssued in kinds
            sent.add(event.product)
        if isinstance(event, numbers.ReferredNumberObtained):
            referred.add(event.product)
        if isinstance(event, messages.RegistrationReturned):
            sent.remove(event.product)
        if isinstance(event, numbers.NumberObtained):
            sent.remove(event.product)
            referred.discard(event.product)
        if isinstance(event, numbers.RegistrationNumberChecked):
            assert event.by.actor not in mentors_of(house.events[:place])
            if event.outcome == "refuted" and event.product not in referred:
                sent.add(event.product)
        if isinstance(event, messages.BusinessGraduated):
            assert not sent
            assert looked_at_last(house.events)
            judge_the_numbers(house.events[:place])
        kinds.append(type(event))


def judge_the_numbers(events: list[MentoringEvents]) -> None:
    """Somebody has confirmed each number that was recorded and not refuted, and one of a product that the business makes."""
    confirmed: dict[int, bool] = {}
    made: dict[int, object] = {}
    for event in events:
        match event:
            case messages.MentoringRegistered() | messages.BusinessRestated():
                before, made = made, {each.number: each.outline for each in event.business.products}
                for product in [each for each in confirmed if made.get(each) != before.get(each)]:
                    del confirmed[product]
            case numbers.NumberObtained() | numbers.ReferredNumberObtained():
                confirmed[event.product] = False
            case numbers.RegistrationNumberCorrected():
                confirmed[event.product] = False
            case numbers.RegistrationNumberChecked(outcome="confirmed"):
                confirmed[event.product] = True
            case numbers.RegistrationNumberChecked():
                del confirmed[event.product]
            case _:
                pass
    assert all(confirmed.values())
    assert made.keys() & confirmed.keys()


def mentors_of(events: list[MentoringEvents]) -> set[str]:
    return {event.mentor for event in events if isinstance(event, messages.MentoringRecorded)}


def looked_at_last(events: list[MentoringEvents]) -> bool:
    obtained = [n for n, event in enumerate(events) if isinstance(event, numbers.NumberObtained)]
    if not obtained:
        return any(isinstance(event, numbers.ReferredNumberObtained) for event in events)
    last = max(obtained)
    after = [event for event in events[last:] if isinstance(event, messages.BusinessAssessed)]
    return any(event.assessor == "official" for event in after)


def judge_the_people(events: list[MentoringEvents]) -> None:
    """Nobody mentors and evaluates the same business, and every mentorship is told under its present reference."""
    mentors: set[str] = set()
    evaluators: set[str] = set()
    references: dict[str, set[str]] = {}
    reference = ""
    for event in events:
        if isinstance(event, messages.MentoringRegistered | messages.BusinessIdentified):
            reference = event.business_ref
        if isinstance(event, messages.MentoringRecorded):
            mentors.add(event.mentor)
            references.setdefault(event.mentor, set()).add(event.business_ref)
        if isinstance(event, permit.PermitEvents) and not isinstance(event, permit.PermitApplied):
            evaluators |= {event.by.actor} if event.by.role.startswith("staff:") else set()
        if isinstance(event, messages.ProductsTriaged | messages.ProductsReferred):
            assert event.by.actor in mentors
        assert not mentors & evaluators
    assert all(reference in published for published in references.values())


@given(seeds)
@settings(max_examples=50, deadline=None)
def test_replayed_to_any_date_a_case_is_what_it_was_then(seed: int) -> None:
    house = house_of(seed)
    parsed = [type(event).model_validate_json(event.model_dump_json()) for event in house.events]
    for date, state in house.snapshots:
        assert replayed([event for event in parsed if event.by.at <= date]) == state


def replayed(events: list[MentoringEvents]) -> MentoringCase:
    state = initial
    for event in events:
        state = evolve(state, event)
    return state


@pytest.fixture(scope="module")
def houses() -> list[House]:
    return [house_of(seed) for seed in range(300)]


def test_the_houses_come_everywhere(houses: list[House]) -> None:
    """Otherwise the thousand would prove nothing."""
    kinds = Counter(type(event) for house in houses for event in house.events)
    every = set(get_args(messages.MentoringEvents))
    assert {kind.__name__ for kind in every if kinds[kind] < 5} == set()
    ends = Counter(house.state.status for house in houses)
    assert ends[MentoringStatus.GRADUATED] > 10
    assert kinds[numbers.NumberObtained] > 30
