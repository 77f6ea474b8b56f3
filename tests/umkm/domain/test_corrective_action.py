"""Corrective actions: found, agreed, evidenced, verified by somebody else, reopened."""

import pytest
from tests.umkm.steps import (
    AGREE,
    COLLEAGUE,
    DAY,
    EVIDENCE,
    FLOOR,
    MONDAY,
    REMIND,
    REOPEN,
    VERIFY,
    WATER,
    changed,
    found,
    mentor,
    owner,
    staff,
)

from zi_chassis.domain import WrongRoleError
from zi_umkm.domain import errors
from zi_umkm.domain.business import AssessedFinding
from zi_umkm.domain.corrective_action import (
    ActionCommands,
    Progress,
    TrackedFinding,
    TrackedFindings,
    after_assessment,
    decide,
    evolve,
)

FINDER = "mentor-dodi"
FOUND = TrackedFinding(
    item="air_diuji", grade="critical", critical=True, self_found=False, raised_by=frozenset({FINDER})
)
DONE = (AGREE, EVIDENCE, VERIFY)


def after(*commands: ActionCommands, finding: TrackedFinding = FOUND) -> TrackedFinding:
    for command in commands:
        for event in decide(command, finding):
            finding = evolve(finding, event)
    return finding


def test_a_finding_is_open_until_its_action_is_verified() -> None:
    ways = [after(*DONE[:count]) for count in range(4)]
    assert [each.progress for each in ways] == [
        Progress.FOUND,
        Progress.AGREED,
        Progress.EVIDENCED,
        Progress.VERIFIED,
    ]
    assert [each.is_blocking for each in ways] == [True, True, True, False]
    assert [each.is_under_way for each in ways] == [False, True, True, False]


def test_an_action_is_due_after_it_was_agreed() -> None:
    for due in (MONDAY, AGREE.by.at):
        with pytest.raises(errors.DuePassedError):
            decide(changed(AGREE, due=due), FOUND)


def test_an_action_keeps_when_it_is_due() -> None:
    assert after(AGREE).due == MONDAY + 30 * DAY
    assert after(AGREE, changed(AGREE, due=MONDAY + 60 * DAY)).due == MONDAY + 60 * DAY


AS_MENTOR = staff(COLLEAGUE.actor, "mentor")


@pytest.mark.parametrize(
    "before",
    [
        (changed(AGREE, by=AS_MENTOR), EVIDENCE),
        (AGREE, changed(EVIDENCE, by=AS_MENTOR)),
        (changed(AGREE, by=AS_MENTOR), AGREE, EVIDENCE, EVIDENCE),
    ],
)
def test_who_is_an_author_of_the_action_does_not_verify_it(before: tuple[ActionCommands, ...]) -> None:
    with pytest.raises(errors.OwnActionError):
        decide(VERIFY, after(*before))
    assert not after(*before, changed(VERIFY, by=staff("officer-fitri", "officer"))).is_open


def test_a_mentor_who_had_no_part_in_the_action_is_somebody_else() -> None:
    assert not after(AGREE, EVIDENCE, changed(VERIFY, by=mentor())).is_open
    for before in ((changed(AGREE, by=mentor()), EVIDENCE), (AGREE, changed(EVIDENCE, by=mentor()))):
        with pytest.raises(errors.OwnActionError):
            decide(changed(VERIFY, by=mentor()), after(*before))


def test_only_officials_verify_and_reopen() -> None:
    for command in (VERIFY, REOPEN):
        with pytest.raises(WrongRoleError):
            decide(changed(command, by=owner()), after(AGREE, EVIDENCE))


def test_what_has_no_evidence_is_not_verified() -> None:
    for before in ((), (AGREE,), (AGREE, EVIDENCE, REOPEN)):
        with pytest.raises(errors.NoEvidenceError):
            decide(VERIFY, after(*before))


def test_evidence_is_for_what_was_agreed() -> None:
    with pytest.raises(errors.NotAgreedError):
        decide(EVIDENCE, FOUND)


@pytest.mark.parametrize("command", [AGREE, EVIDENCE])
def test_what_was_verified_is_reopened_before_it_changes(command: ActionCommands) -> None:
    with pytest.raises(errors.VerifiedAlreadyError):
        decide(command, after(*DONE))
    assert after(*DONE, REOPEN, command).is_under_way


def test_what_was_reopened_is_open_again() -> None:
    assert after(*DONE, REOPEN).progress is after(AGREE, EVIDENCE, REOPEN).progress is Progress.AGREED
    assert decide(REOPEN, after(AGREE)) == []
    with pytest.raises(errors.NotAgreedError):
        decide(REOPEN, FOUND)


def test_verifying_again_is_no_event() -> None:
    assert decide(VERIFY, after(*DONE)) == []


def test_a_reminder_comes_once_and_only_while_something_is_owed() -> None:
    assert after(AGREE, REMIND).overdue
    assert decide(REMIND, after(AGREE, REMIND)) == []
    assert decide(REMIND, after(AGREE, EVIDENCE)) == []
    assert decide(changed(REMIND, due=MONDAY), after(AGREE)) == []
    assert not after(AGREE, REMIND, AGREE).overdue


# -- what another assessment makes of it

LIGHT = found("air_diuji")


def assessed(known: TrackedFindings, *items: AssessedFinding, self_found: bool = False) -> TrackedFindings:
    return after_assessment(known, items, None if self_found else frozenset({FINDER}))


def test_an_assessment_finds_and_never_closes() -> None:
    [first, second] = assessed(assessed((), WATER), FLOOR)
    assert (first, second.item) == (FOUND, FLOOR.item)
    assert assessed((FOUND,)) == (FOUND,)


def test_what_was_verified_and_is_found_again_is_open_with_new_authors() -> None:
    [again] = assessed((after(*DONE),), WATER)
    assert again == FOUND


def test_what_is_critical_and_open_does_not_become_lighter() -> None:
    assert assessed((FOUND,), LIGHT) == (FOUND,)
    light = assessed((), LIGHT)
    [heavier] = assessed(light, WATER)
    assert heavier.is_blocking
    [lighter] = assessed((after(*DONE),), LIGHT)
    assert (lighter.grade, lighter.critical) == ("minor", False)


def test_an_official_may_find_otherwise_than_the_business_alone() -> None:
    self_found = assessed((), WATER, FLOOR, self_found=True)
    assert all(each.self_found for each in self_found)
    assert assessed(self_found, FLOOR) == assessed((), FLOOR)
    assert assessed(self_found, self_found=True) == self_found


def test_what_the_business_found_and_began_to_correct_is_verified_like_all_else() -> None:
    [self_found] = assessed((), WATER, self_found=True)
    begun = after(changed(AGREE, by=mentor()), finding=self_found)
    assert assessed((begun,)) == (begun,)


def test_what_both_found_is_not_the_business_s_own() -> None:
    for first, second in ((True, False), (False, True)):
        [both] = assessed(assessed((), WATER, self_found=first), WATER, self_found=second)
        assert not both.self_found
