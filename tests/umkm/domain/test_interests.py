"""A conflict of interest takes a case from its mentor, for as long as it stands."""

import pytest
from tests.umkm.steps import (
    ASSIGN,
    ASSIGNED,
    FOUND_FIT,
    IDENTIFY,
    ISSUE,
    REGISTER,
    RELEASE,
    SUPERVISOR,
    TRIAGE,
    after,
    changed,
    mentor,
    staff,
)

from zi_chassis.domain import WrongRoleError
from zi_umkm.domain import errors
from zi_umkm.domain.case.decide import decide
from zi_umkm.domain.case.messages import CloseMentoring, MentoringRecorded, MentorReleased


def test_a_released_mentor_does_nothing_more_in_the_case() -> None:
    released = after(*ASSIGNED, RELEASE)
    assert released.mentors == ()
    with pytest.raises(errors.NotTheMentorError):
        decide(TRIAGE, released)


def test_a_release_names_its_reason() -> None:
    [event] = decide(RELEASE, after(*ASSIGNED))
    assert isinstance(event, MentorReleased)
    assert (event.mentor, event.reason) == ("mentor-ani", "conflict")


def test_who_does_not_mentor_the_case_is_not_released() -> None:
    assert decide(RELEASE, after(REGISTER)) == []
    assert decide(RELEASE, after(*ASSIGNED, RELEASE)) == []
    closed = CloseMentoring(by=mentor(), reason="business_stopped")
    assert decide(RELEASE, after(*ASSIGNED, closed)) == []


def test_an_earlier_mentor_has_the_case_again() -> None:
    second = changed(ASSIGN, by=SUPERVISOR, mentor="mentor-dodi")
    assert after(*ASSIGNED, second, RELEASE).mentors == ("mentor-dodi",)
    assert after(*ASSIGNED, second, changed(RELEASE, mentor="mentor-dodi")).mentors == ("mentor-ani",)


def test_only_the_program_releases_a_mentor() -> None:
    with pytest.raises(WrongRoleError):
        decide(changed(RELEASE, by=SUPERVISOR), after(*ASSIGNED))


def test_whoever_has_a_conflict_of_interest_gets_no_case() -> None:
    with pytest.raises(errors.InterestedError):
        decide(changed(ASSIGN, interested=frozenset({"mentor-ani"})), after(REGISTER))


def test_a_mentor_comes_back_once_it_is_cleared() -> None:
    assert after(*ASSIGNED, RELEASE, ASSIGN).mentors == ("mentor-ani",)


def test_a_released_mentor_never_decides_about_the_permit() -> None:
    with pytest.raises(errors.MentorDecidesError):
        decide(changed(ISSUE, by=staff("mentor-ani", "head")), after(*FOUND_FIT, RELEASE))


def test_who_was_released_is_recorded_under_the_business_s_permanent_reference_too() -> None:
    """Otherwise they could decide about its letters as a stranger."""
    identified = after(*ASSIGNED, RELEASE, IDENTIFY)
    assert (identified.mentors, identified.former_mentors) == ((), frozenset({"mentor-ani"}))
    recorded = [
        event for event in decide(IDENTIFY, after(*ASSIGNED, RELEASE)) if isinstance(event, MentoringRecorded)
    ]
    assert [(each.mentor, each.business_ref) for each in recorded] == [("mentor-ani", IDENTIFY.business_ref)]
