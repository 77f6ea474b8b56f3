from typing import Any

import pytest
from tests.umkm import steps as usual
from tests.umkm.steps import after

from zi_umkm.domain.case.state import MentoringCase, MentoringStatus
from zi_umkm.domain.next_step import WayStop, next_step, way

REVOKED = (*usual.PROPOSED, usual.AT_ONCE)


def next_of(case: MentoringCase, *, permit_lacks: bool = False, registration_lacks: bool = False) -> str:
    return next_step(case, permit_lacks=permit_lacks, registration_lacks=registration_lacks)


def stops(case: MentoringCase) -> dict[str, str]:
    return {each.state.value: each.standing for each in way(case)}


@pytest.mark.parametrize(
    ("commands", "expected"),
    [
        ((usual.REGISTER,), "triage"),
        (usual.TRIAGED, "assess_yourself"),
        ((*usual.TRIAGED, usual.SELF), "await_visit"),
        ((*usual.ASSIGNED, usual.NOT_OURS), "await_referral"),
        (usual.REFERRED, "health_office"),
        (usual.ASSESSED, "agree"),
        ((*usual.ASSESSED, usual.AGREE), "put_right"),
        ((*usual.ASSESSED, usual.AGREE, usual.EVIDENCE), "await_verification"),
        ((*usual.ASSESSED, usual.AGREE, usual.EVIDENCE, usual.REOPEN), "put_right"),
        (usual.CORRECTED, "apply"),
        (usual.APPLIED, "await_permit"),
        ((*usual.APPLIED, usual.RETURN_PERMIT), "apply"),
        (usual.PERMITTED, "send"),
        (usual.REVOCATION_ANNOUNCED, "send"),
        ((*usual.PROPOSED, usual.AT_ONCE), "permit_ended"),
        ((*usual.PERMITTED_FOR_YEARS, usual.EXPIRE), "permit_ended"),
        (usual.CONTESTED, "send"),
        ((*usual.CONTESTED, usual.CONFIRM_REVOCATION), "permit_ended"),
        ((*REVOKED, usual.APPLY), "await_permit"),
        ((*REVOKED, usual.APPLY, usual.RETURN_PERMIT), "permit_ended"),
        ((*usual.GRADUATED, usual.PROPOSE, usual.AT_ONCE), "permit_ended"),
        ((*usual.GRADUATED, usual.PROPOSE, usual.AT_ONCE, usual.APPLY), "await_permit"),
        (usual.SENT, "await_number"),
        (usual.NUMBERED, "await_last_visit"),
        (usual.GRADUATED, "done"),
        ((*usual.ASSIGNED, usual.CLOSE), "ask_again"),
    ],
)
def test_each_state_has_one_next_step(commands: Any, expected: str) -> None:
    assert next_of(after(*commands)) == expected


def test_whoever_makes_nothing_yet_says_first_what_it_will_be() -> None:
    empty = usual.BUSINESS.model_copy(update={"products": ()})
    case = after(usual.changed(usual.REGISTER, business=empty))
    assert next_of(case) == "products"
    assert stops(case)["registered"] == "now"
    assert stops(after(usual.REGISTER))["registered"] == "done"


def test_a_product_that_needs_no_registration_leaves_nothing_to_do() -> None:
    ruled = usual.changed(usual.TRIAGE, outcomes=(usual.triaged(track="none", ruling="no_registration"),))
    case = after(*usual.ASSIGNED, ruled)
    assert next_of(case) == "none_needed"
    assert stops(case) == {"registered": "done", "triaged": "done"}


def test_what_the_rules_miss_is_asked_for_only_where_it_comes_next() -> None:
    assert next_of(after(*usual.ASSESSED), permit_lacks=True) == "agree"
    assert next_of(after(*usual.CORRECTED), permit_lacks=True) == "permit_missing"
    assert next_of(after(*usual.PERMITTED), registration_lacks=True) == "registration_missing"


def test_a_light_finding_that_nobody_agreed_on_stops_nobody() -> None:
    only_light = usual.changed(usual.ASSESS, result=usual.result(usual.FLOOR))
    assert next_of(after(*usual.TRIAGED, only_light)) == "apply"


def test_a_sleeping_business_wakes_up_where_it_stood() -> None:
    pause = usual.changed(usual.PAUSE, silent_since=usual.MONDAY)
    case = after(*usual.ASSESSED, pause)
    assert case.status is MentoringStatus.DORMANT
    assert next_of(case) == "resume"
    assert stops(case)["assessed"] == "done"


def test_the_way_shows_what_is_done_what_is_next_and_what_comes() -> None:
    assert stops(after(*usual.CORRECTED)) == {
        "registered": "done",
        "triaged": "done",
        "assessed": "done",
        "corrected": "done",
        "permit_applied": "now",
        "permit_issued": "ahead",
        "registration": "ahead",
        "number_obtained": "ahead",
        "graduated": "ahead",
    }


def test_whoever_lost_the_permit_is_on_its_way_to_the_next_one() -> None:
    assert stops(after(*usual.PERMITTED))["registration"] == "now"
    assert stops(after(*REVOKED))["permit_applied"] == "now"
    assert stops(after(*REVOKED, usual.APPLY))["permit_issued"] == "now"


def test_while_something_is_put_right_that_is_what_the_way_is_at() -> None:
    assert stops(after(*usual.ASSESSED, usual.AGREE))["corrected"] == "now"


def test_a_business_of_the_health_office_has_a_way_of_its_own() -> None:
    stages = ["registered", "triaged", "referred", "number_obtained", "graduated"]
    assert list(stops(after(*usual.ASSIGNED, usual.NOT_OURS))) == stages
    assert way(after(*usual.REFERRED))[2:4] == [
        WayStop(MentoringStatus.REFERRED, "done"),
        WayStop(MentoringStatus.NUMBER_OBTAINED, "now"),
    ]


def test_a_closed_case_shows_how_far_it_had_come() -> None:
    case = after(*usual.ASSESSED, usual.CLOSE)
    assert stops(case)["assessed"] == "done"
    assert stops(case)["permit_applied"] == "ahead"


def test_of_a_case_that_nobody_asked_for_nothing_is_done() -> None:
    assert set(stops(MentoringCase()).values()) <= {"now", "ahead"}
