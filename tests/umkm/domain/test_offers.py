"""The acts that pages offer, held against the decider over commands, states and roles as the house draws them; a command without a row
fails."""

from collections.abc import Iterator
from random import Random
from typing import Any, get_args

import pytest
from tests.sample import sample
from tests.umkm import steps as usual
from tests.umkm.house import ANYTHING, STAFF, House
from tests.umkm.steps import COLLEAGUE, after, changed, owner

from zi_chassis.domain import Act, DomainError
from zi_umkm.domain.case import messages, permit, referral, state_questions, trip_visits
from zi_umkm.domain.case.decide import decide
from zi_umkm.domain.case.messages import MentoringCommands
from zi_umkm.domain.case.offers import (
    BUSINESS_ACTS,
    OfferFacts,
    PageReader,
    Trial,
    desk_acts,
    offers,
)
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.domain.corrective_action import RemindOfAction
from zi_umkm.roles import OFFICIALS

# Commands that no page of a case has a form for, and where they come from.
NO_PAGE: dict[type, str] = {
    messages.RegisterMentoring: "intake",
    messages.Identify: "intake",
    messages.ReleaseMentor: "a declared conflict of interest",
    messages.PauseMentoring: "a timer",
    messages.CloseSilentMentoring: "a timer",
    messages.ReportLateVisit: "a deadline",
    RemindOfAction: "a timer",
    permit.ReportLatePermit: "a deadline",
    permit.TakeRevocationEffect: "a timer",
    permit.RemindOfRenewal: "a timer",
    permit.ExpirePermit: "a timer",
    state_questions.WatchStateQuestion: "a timer",
    trip_visits.AnnounceVisit: "a trip",
    trip_visits.CallOffVisit: "a trip",
    referral.ReceiveReferral: "the health office's page",
    referral.QuestionReferral: "the health office's page",
    referral.RefuseReferral: "the health office's page",
    referral.GiveReferredNumber: "the health office's page",
}
NOTHING = OfferFacts()
SITUATIONS = (
    *(usual.ASSIGNED, usual.TRIAGED, usual.REFERRED, usual.REFERRED_BY_LETTER, usual.ASSESSED),
    *(usual.CORRECTED, usual.APPLIED, usual.EVALUATED, usual.FOUND_FIT, usual.PERMITTED, usual.PROPOSED),
    *(usual.REVOCATION_ANNOUNCED, usual.CONTESTED, usual.SENT, usual.NUMBERED, usual.GRADUATED),
    (*usual.SENT, usual.ASKED_QUESTION),
    (*usual.TRIAGED, usual.LOOK_AT_LABEL),
    (*usual.TRIAGED, usual.CHECK_LABEL, usual.GIVE_CONSENT),
    (*usual.ASSIGNED, usual.IDENTIFY),
    (*usual.ASSESSED, usual.AGREE, usual.EVIDENCE),
    (*usual.REFERRED, usual.PAUSE),
)
BUSINESS = owner()
EVERYBODY = tuple(
    PageReader(name, usual.MONDAY, frozenset({role}))
    for name in (STAFF[0], "mentor-ani")
    for role in OFFICIALS
)


def drawn() -> Iterator[MentoringCase]:
    """States as people who try everything leave them, and those of the usual way."""
    for seed in range(sample(3)):
        house = House(Random(seed))
        house.run(60)
        yield from (state for _, state in house.snapshots[::12])
    yield from (after(*situation) for situation in SITUATIONS)


STATES = list(drawn())


def business_of(case: MentoringCase) -> PageReader:
    return PageReader(BUSINESS.actor, usual.MONDAY, role=BUSINESS.role)


def tried(
    case: MentoringCase, reader: PageReader
) -> Iterator[tuple[str, tuple[Any, ...], MentoringCommands]]:
    """Every act of the pages as it is tried, also what is refused."""
    acts = {name: ((), each) for name, each in BUSINESS_ACTS.items()} if reader.role else desk_acts(case)
    for name, (roles, each) in acts.items():
        by = reader.act(roles)
        if by is not None:
            yield from ((name, about, command) for about, command in each(Trial(by, case, NOTHING)))


def takes(command: MentoringCommands, case: MentoringCase) -> bool:
    try:
        return bool(decide(command, case))
    except DomainError:
        return False


def test_every_command_has_its_form_or_comes_from_elsewhere() -> None:
    everything = PageReader("mentor-ani", usual.MONDAY, frozenset(OFFICIALS))
    offered = {
        type(command)
        for case in STATES
        for reader in (everything, business_of(case))
        for _, _, command in tried(case, reader)
    }
    assert not offered & NO_PAGE.keys()
    assert offered | NO_PAGE.keys() == set(get_args(MentoringCommands))


def test_what_is_offered_is_taken_and_what_is_refused_is_not_offered() -> None:
    for case in STATES:
        for reader in (*EVERYBODY, business_of(case)):
            found = offers(reader, case, NOTHING)
            for name, about, command in tried(case, reader):
                assert ((name, *about) in found) == takes(command, case), (name, about, reader, case.status)


def test_what_the_house_may_do_in_a_role_is_offered_in_it() -> None:
    """The commands are those of the house, not those that the offers are made of."""
    for case in STATES:
        for reader in (*EVERYBODY, business_of(case)):
            found = {each[0] for each in offers(reader, case, NOTHING)}
            names: dict[type, set[str]] = {}
            for name, _, command in tried(case, reader):
                names.setdefault(type(command), set()).add(name)
            for command in ANYTHING:
                if type(command) in names and (by := acting(reader, command)) is not None:
                    done = takes(changed(command, by=by), case)
                    assert not done or names[type(command)] & found, (command, reader, case.status)


def acting(reader: PageReader, command: MentoringCommands) -> Act | None:
    role = reader.role or f"staff:{next(iter(reader.roles))}"
    return changed(command.by, actor=reader.actor, role=role, at=usual.MONDAY)


def test_whoever_checked_a_number_of_the_business_is_not_offered_to_mentor_it() -> None:
    case, reader = after(usual.REGISTER), PageReader("mentor-ani", usual.MONDAY, frozenset({"mentor"}))
    assert ("take",) in offers(reader, case, NOTHING)
    for facts in (
        OfferFacts(checkers=frozenset({reader.actor})),
        OfferFacts(evaluators=frozenset({reader.actor})),
    ):
        assert ("take",) not in offers(reader, case, facts)


def test_a_sleeping_case_offers_no_check_of_a_number() -> None:
    officer = PageReader(COLLEAGUE.actor, usual.MONDAY, frozenset({"officer"}))
    awake = after(*usual.ASSESSED, usual.IDENTIFY)
    asleep = after(changed(usual.PAUSE, silent_since=awake.heard_at), state=awake)
    assert ("check-business-number", "refuted") in offers(officer, awake, NOTHING)
    assert ("check-business-number", "refuted") not in offers(officer, asleep, NOTHING)


def test_whoever_mentored_another_case_of_the_business_is_offered_no_decision_about_it() -> None:
    officer = PageReader(COLLEAGUE.actor, usual.MONDAY, frozenset({"officer"}))
    mentored = OfferFacts(mentors=frozenset({officer.actor}))
    for case, act in ((after(*usual.APPLIED), "verify-account"), (after(*usual.NUMBERED), "check-number")):
        assert act in {each[0] for each in offers(officer, case, NOTHING)}
        assert act not in {each[0] for each in offers(officer, case, mentored)}


@pytest.mark.parametrize("reader", [business_of(after(usual.REGISTER)), EVERYBODY[0]])
def test_nothing_is_offered_in_a_case_that_nobody_registered(reader: PageReader) -> None:
    assert offers(reader, MentoringCase(), NOTHING) == frozenset()


def test_what_the_rules_miss_is_not_offered() -> None:
    applies, sends = after(*usual.CORRECTED), after(*usual.PERMITTED)
    business = business_of(applies)
    assert ("apply-for-permit",) in offers(business, applies, NOTHING)
    assert ("apply-for-permit",) not in offers(business, applies, OfferFacts(missing_for_permit=("layout",)))
    evaluated, evaluator = (
        after(*usual.APPLIED, usual.VERIFY_ACCOUNT),
        PageReader(usual.EVALUATOR.actor, usual.MONDAY, frozenset({"evaluator"})),
    )
    assert ("find-fit",) in offers(evaluator, evaluated, NOTHING)
    assert ("find-fit",) not in offers(evaluator, evaluated, OfferFacts(missing_for_permit=("layout",)))
    assert ("send-registration", 1) in offers(business, sends, NOTHING)
    assert ("send-registration", 1) not in offers(business, sends, OfferFacts(missing={1: ("label_design",)}))
