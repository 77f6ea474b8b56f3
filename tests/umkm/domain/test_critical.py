"""A critical finding is cleared by somebody else than whoever raised it, and not from a photo."""

import pytest
from tests.umkm.steps import (
    AGREE,
    ASSESS,
    ASSESSED,
    ASSIGN,
    COLLEAGUE,
    EVIDENCE,
    FLOOR,
    SELF,
    SUPERVISOR,
    TRIAGED,
    VERIFY,
    WATER,
    after,
    changed,
    last,
    mentor,
    named,
    result,
)

from zi_umkm.domain import errors
from zi_umkm.domain.case.decide import decide
from zi_umkm.domain.corrective_action import ActionVerified, Progress

READY = (*ASSESSED, AGREE, EVIDENCE)
DODI = mentor("mentor-dodi")
TWO_MENTORS = (*TRIAGED, changed(ASSIGN, by=SUPERVISOR, mentor="mentor-dodi"))
AGREE_FLOOR, EVIDENCE_FLOOR = changed(AGREE, item=FLOOR.item), changed(EVIDENCE, item=FLOOR.item)


def test_whoever_raised_a_critical_finding_never_clears_it() -> None:
    with pytest.raises(errors.OwnFindingError):
        decide(changed(VERIFY, by=mentor()), after(*READY))
    as_officer = mentor().model_copy(update={"role": "staff:officer"})
    with pytest.raises(errors.OwnFindingError):
        decide(changed(VERIFY, by=as_officer), after(*READY))
    assert decide(VERIFY, after(*READY))


def test_everybody_who_has_raised_it_is_left_out() -> None:
    again = changed(ASSESS, by=DODI, visit=named("second"), result=result(WATER))
    case = after(*TWO_MENTORS, ASSESS, again, AGREE, EVIDENCE)
    assert case.finding(WATER.item).raised_by == {"mentor-ani", "mentor-dodi"}
    for who in (mentor(), DODI):
        with pytest.raises(errors.OwnFindingError):
            decide(changed(VERIFY, by=who), case)
        assert who.actor in case.finding(WATER.item).never_verified_by
    assert COLLEAGUE.actor not in case.finding(WATER.item).never_verified_by


def test_whoever_answered_in_a_visit_that_another_finished_has_raised_what_was_found() -> None:
    finished = changed(ASSESS, by=DODI, assessors=("mentor-ani",))
    case = after(*TWO_MENTORS, finished, AGREE, EVIDENCE)
    for who in (mentor(), DODI):
        with pytest.raises(errors.OwnFindingError):
            decide(changed(VERIFY, by=who), case)
    assert decide(VERIFY, case)


def test_who_answered_after_it_was_finished_has_raised_it_once_it_is_finished_again() -> None:
    finished = changed(ASSESS, by=DODI, assessors=("mentor-dodi",))
    again = changed(finished, assessors=("mentor-ani", "mentor-dodi"))
    case = after(*TWO_MENTORS, finished, AGREE, EVIDENCE, again)
    assert case.finding(WATER.item).progress is Progress.EVIDENCED
    assert case.assessments[again.visit].officials == {"mentor-ani", "mentor-dodi"}
    with pytest.raises(errors.OwnFindingError):
        decide(changed(VERIFY, by=mentor()), case)
    assert decide(again, case) == []
    assert not after(*TWO_MENTORS, finished, AGREE, EVIDENCE, VERIFY, again).finding(WATER.item).is_open


def test_another_mentor_is_somebody_else() -> None:
    assert decide(changed(VERIFY, by=DODI), after(*TWO_MENTORS, ASSESS, AGREE, EVIDENCE))


@pytest.mark.parametrize("means", [None, "file"])
def test_a_critical_finding_is_not_cleared_from_a_photo(means: str | None) -> None:
    with pytest.raises(errors.NotSeenError):
        decide(changed(VERIFY, means=means), after(*READY))


def test_the_rules_say_by_which_means_it_is_cleared() -> None:
    only_there = changed(VERIFY, accept=frozenset({"on_site"}))
    assert decide(only_there, after(*READY))
    with pytest.raises(errors.NotSeenError):
        decide(changed(only_there, means="live"), after(*READY))
    verified = last(*READY, changed(VERIFY, means="live"))
    assert isinstance(verified, ActionVerified)
    assert verified.means == "live"


def test_what_was_seen_on_the_spot_names_the_trip_or_that_none_is_known() -> None:
    travelled = last(*READY, changed(VERIFY, trip="ST-2026-000007"))
    assert isinstance(travelled, ActionVerified)
    assert (travelled.number, travelled.trip_recorded) == ("ST-2026-000007", True)
    untravelled, live = (
        last(*READY, VERIFY),
        last(*READY, changed(VERIFY, means="live", trip="ST-2026-000007")),
    )
    assert isinstance(untravelled, ActionVerified)
    assert isinstance(live, ActionVerified)
    assert (untravelled.number, untravelled.trip_recorded) == (None, False)
    assert (live.number, live.trip_recorded) == (None, None)


def test_a_light_finding_is_cleared_from_a_photo_also_by_whoever_raised_it() -> None:
    light = changed(VERIFY, item=FLOOR.item, means=None, by=mentor())
    assert decide(light, after(*ASSESSED, AGREE_FLOOR, EVIDENCE_FLOOR))


def test_a_critical_finding_of_the_business_itself_is_seen_by_any_official() -> None:
    itself = changed(SELF, result=result(WATER))
    case = after(*TRIAGED, itself, AGREE, EVIDENCE)
    assert case.finding(WATER.item).raised_by == frozenset()
    assert decide(changed(VERIFY, by=mentor()), case)
    with pytest.raises(errors.NotSeenError):
        decide(changed(VERIFY, means="file"), case)


def test_a_finding_that_comes_back_is_raised_by_whoever_found_it_again() -> None:
    again = changed(ASSESS, by=DODI, visit=named("second"), result=result(WATER))
    case = after(*TWO_MENTORS, ASSESS, AGREE, EVIDENCE, VERIFY, again)
    assert case.finding(WATER.item).raised_by == {"mentor-dodi"}
