"""Hundreds of houses in which people try everything: what was issued is judged from what happened, not from the aggregates' word."""

from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.certificates.house import File, House
from tests.sample import sample

from zi_certificates.domain.application.command_bases import Completion, Decision
from zi_certificates.domain.application.events import (
    ApplicationChanged,
    ApplicationDrafted,
    ApplicationEvents,
    ApplicationPaid,
    ApplicationRejected,
    ApplicationSentBack,
    ApplicationSubmitted,
    ApplicationTaken,
    ConflictFlagged,
    DecisionEvent,
    EvaluationPassed,
    FurtherBillPaid,
    LetterSignatureLapsed,
    LetterSignedPersonally,
    LettersSigned,
    LetterSuperseded,
    OverrideApproved,
    PaymentRefunded,
    RefundConfirmed,
    RefundDeclined,
    RefundReported,
)
from zi_certificates.domain.application.evolve import (
    evolve as evolve_application,
)
from zi_certificates.domain.application.state import (
    ApplicationStatus,
)
from zi_certificates.domain.application.state import (
    initial as no_application,
)
from zi_certificates.domain.impartiality import Known

MOVES = 100
seeds = st.integers(0, 2**32)


def house_of(seed: int) -> House:
    house = House(Random(seed))
    house.run(MOVES)
    return house


@given(seeds)
@settings(max_examples=sample(100), deadline=None)
def test_nothing_is_issued_unpaid_incomplete_by_too_few_people_or_by_somebody_hindered(seed: int) -> None:
    judge(house_of(seed))


def judge(house: House) -> None:
    for file in house.files:
        judge_the_signature(file)
        judge_the_decisions(file)
        judge_the_flags(file, house)
        judge_the_refunds(file)
    judge_the_numbers(house)


def judge_the_signature(file: File) -> None:
    signatures = [n for n, event in enumerate(file.events) if isinstance(event, LettersSigned)]
    assert len(signatures) <= 1
    for at in signatures:
        was_paid(file.events[:at])
        was_complete(file, at)
        was_evaluated_by_others(file.events[: at + 1])


def was_paid(before: list[ApplicationEvents]) -> None:
    """Unless nothing was due, as much came as it costs, and none of that was taken back."""
    [submitted] = [each for each in before if isinstance(each, ApplicationSubmitted)]
    paid = [each for each in before if isinstance(each, ApplicationPaid | FurtherBillPaid)]
    back = {each.payment for each in before if isinstance(each, PaymentRefunded)}
    assert sum(each.amount for each in paid if each.payment not in back) >= submitted.amount
    assert all(each.paid_at <= submitted.pay_by for each in paid if each.bill == submitted.bill)


def was_complete(file: File, at: int) -> None:
    """After the last change the rules had found nothing, and exactly that was signed."""
    changes = [n for n, event in enumerate(file.events[:at]) if restates(event)]
    checked = [
        command
        for command, _ in file.happened[changes[-1] : at]
        if isinstance(command, Completion) and not command.findings
    ]
    signed = file.events[at]
    assert checked
    assert isinstance(signed, LettersSigned)
    assert {command.revision for command in checked} == {len(changes)} == {signed.revision}


def restates(event: ApplicationEvents) -> bool:
    return isinstance(event, ApplicationDrafted | ApplicationChanged)


def was_evaluated_by_others(upto: list[ApplicationEvents]) -> None:
    signed = upto[-1]
    assert isinstance(signed, LettersSigned)
    [submitted] = [each for each in upto if isinstance(each, ApplicationSubmitted)]
    passed = evaluations(upto)
    assert signed.evaluators == tuple(passed)
    assert len(set(passed)) == len(passed) == (2 if submitted.second_evaluation else 1)
    takers = {each.by.actor for each in upto if isinstance(each, ApplicationTaken)}
    assert signed.by.actor not in takers | set(passed)
    assert signed.by.role in ("staff:signer", "staff:head")


def evaluations(events: list[ApplicationEvents]) -> list[str]:
    """Who stands by the present revision."""
    standing: list[str] = []
    for event in events:
        if restates(event) or isinstance(event, ApplicationRejected):
            standing = []
        if isinstance(event, ApplicationSentBack):
            standing.pop()
        if isinstance(event, EvaluationPassed):
            standing.append(event.by.actor)
    return standing


def judge_the_decisions(file: File) -> None:
    """Nobody decides who is known to be hindered, unless two others had said so before."""
    excused: set[str] = set()
    for command, event in file.happened:
        if isinstance(event, OverrideApproved):
            assert len({event.official, event.asked_by, event.by.actor}) == 3
            excused.add(event.official)
        if isinstance(command, Decision) and isinstance(event, DecisionEvent):
            assert event.seen == command.known.seen
            assert event.by.actor not in hindered(command.known) - excused


def hindered(known: Known) -> set[str]:
    return {fact.official for fact in known.facts}


def judge_the_flags(file: File, house: House) -> None:
    """Exactly the facts that somebody had decided against without knowing them."""
    flagged = {event.fact.event for event in file.events if isinstance(event, ConflictFlagged)}
    assert flagged == set(contradictions(file, house))


def contradictions(file: File, house: House) -> Iterator[object]:
    for fact in house.facts:
        for command, event in file.happened:
            if not isinstance(command, Decision) or event.by.actor != fact.official:
                continue
            if fact not in command.known.facts:
                yield fact.event


def judge_the_refunds(file: File) -> None:
    """Each payment is paid back once: by the gateway's word, or by that of two people about the same transfer."""
    waiting: dict[str, RefundReported] = {}
    back: list[str] = []
    for event in file.events:
        match event:
            case RefundReported():
                assert event.payment not in {*waiting, *back}
                waiting[event.payment] = event
            case RefundConfirmed():
                reported = waiting.pop(event.payment)
                assert event.by.actor != reported.by.actor == event.reported_by
                assert (event.amount, event.refund) == (reported.amount, reported.refund)
                back.append(event.payment)
            case RefundDeclined():
                del waiting[event.payment]
            case PaymentRefunded():
                waiting.pop(event.payment, None)
                back.append(event.payment)
            case ApplicationPaid():
                waiting = {each: waiting[each] for each in waiting if each not in event.counting}
            case _:
                pass
    assert len(back) == len(set(back))
    assert {each.payment for each in file.state.owed.reported} == set(waiting)


def judge_the_numbers(house: House) -> None:
    """One letter, one number; one series, one row of numbers; and nothing that nobody signed for."""
    by_series = {
        series: [int(n[-6:]) for each, n in house.issued if each.series == series]
        for series in house.registers
    }
    for numbers in by_series.values():
        assert numbers == list(range(1, len(numbers) + 1))
    signed = {
        (file.id, letter.letter, letter.kind, letter.content)
        for file in house.files
        for event in file.events
        if isinstance(event, LettersSigned)
        for letter in event.letters
    }
    issued = [(each.application, each.letter, each.kind, each.content) for each, _ in house.issued]
    assert Counter(issued) == Counter(signed)
    letter_numbers = {
        number for file in house.files for each in file.state.letters if (number := each.number)
    }
    assert letter_numbers <= {number for _, number in house.issued}


@given(seeds)
@settings(deadline=None)
def test_what_happened_replays_to_the_same_applications(seed: int) -> None:
    for file in house_of(seed).files:
        replayed = no_application
        for event in file.events:
            replayed = evolve_application(replayed, type(event).model_validate_json(event.model_dump_json()))
        assert replayed == file.state


@pytest.fixture(scope="module")
def files() -> list[File]:
    return [file for seed in range(150) for file in house_of(seed).files]


def test_the_houses_come_everywhere(files: list[File]) -> None:
    """Otherwise the thousand would prove nothing."""
    counts = Counter(type(event) for file in files for event in file.events)
    rare = {each for each in ApplicationEvents.__args__ if counts[each] < 5}
    assert rare <= {
        LetterSuperseded,
        FurtherBillPaid,
        LetterSignedPersonally,
        LetterSignatureLapsed,
    }  # no house has a signature provider
    assert (
        sum(
            file.state.status in (ApplicationStatus.ISSUED, ApplicationStatus.ISSUED_UNSEALED)
            for file in files
        )
        > 30
    )
