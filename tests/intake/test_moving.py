"""A complaint that turns out to be about an official goes to the appointed people, and from then on is what one filed about that is."""

from datetime import timedelta
from itertools import product
from typing import Any, get_args

import pytest
from tests.intake import acts
from tests.intake.acts import DUE, MONDAY, MOVE, after, events, officer, supervisor

from zi_chassis.domain import DomainError, WrongRoleError
from zi_intake.domain.case import messages, refusals
from zi_intake.domain.case.deadlines import running_clocks
from zi_intake.domain.case.decide import decide
from zi_intake.domain.case.filings import appointed_topic
from zi_intake.domain.case.messages import DeadlineMissed
from zi_intake.domain.case.moving_decisions import may_move
from zi_intake.domain.case.moving_messages import MovedToAppointed
from zi_intake.domain.case.state import Case, Status
from zi_intake.messaging.published import publish

WATI = officer("officer-wati")
TAKE = acts.ASSIGN_APPOINTED.model_copy(update={"by": WATI, "officer": WATI.actor})


def moved_from(*before: messages.CaseCommands) -> Case:
    return after(*before, MOVE)


@pytest.mark.parametrize(
    ("before", "status"),
    [
        (acts.FILED, Status.FILED),
        (acts.ACKNOWLEDGED, Status.ACKNOWLEDGED),
        (acts.ASSIGNED, Status.ACKNOWLEDGED),
        (acts.CLARIFICATION_ASKED, Status.CLARIFICATION_ASKED),
        (acts.ANSWERED, Status.ANSWERED),
        (acts.DRAFTED, Status.ACKNOWLEDGED),
        (acts.CONFIDENTIAL, Status.ACKNOWLEDGED),
        (acts.ENTERED, Status.ACKNOWLEDGED),
    ],
)
def test_an_open_complaint_moves_and_is_nobodys(before: Any, status: Status) -> None:
    """Else the accused would answer, or ask something, so that it can't be moved."""
    case = moved_from(*before)
    assert (case.status, case.officer, appointed_topic(case.filing)) == (status, None, "conduct")


def test_it_is_then_what_a_complaint_filed_about_an_official_is() -> None:
    filed = after(*acts.FOR_APPOINTED)
    case = moved_from(acts.complaint(), acts.ACKNOWLEDGE)
    assert case.filing is not None
    assert filed.filing is not None
    assert case.filing.is_confidential
    taken = after(TAKE, state=case)
    assert (taken.officer, taken.status) == ("officer-wati", Status.ASSIGNED)
    for command in (acts.OPEN, acts.TRIAGE, acts.ASK, acts.ANSWER, acts.REFER, acts.LINK):
        by_wati = command.model_copy(update={"by": WATI})
        assert [type(each) for each in decide(by_wati, taken)] == [
            type(each) for each in decide(by_wati, after(TAKE, state=filed))
        ]


@pytest.mark.parametrize(
    "command",
    [acts.OPEN, acts.ANSWER, acts.ASK, acts.TRIAGE, acts.VISIT, acts.REFER, acts.LINK, acts.EXTEND],
)
@pytest.mark.parametrize("by", [officer(), supervisor()])
@pytest.mark.parametrize("later", [(), (TAKE,)])
def test_whoever_had_it_and_their_superior_do_nothing_in_it(command: Any, by: Any, later: Any) -> None:
    with pytest.raises(DomainError):
        decide(command.model_copy(update={"by": by}), after(*acts.MOVED, *later))


def test_an_hour_of_access_that_has_begun_ends_with_it() -> None:
    opened = after(*acts.ASSIGNED, acts.OPEN)
    assert decide(acts.OPEN, opened) == []
    with pytest.raises(refusals.ConfidentialCaseError):
        decide(acts.OPEN, after(MOVE, state=opened))


def test_a_consent_and_a_request_to_read_end_with_it() -> None:
    for earlier in ((acts.ASK_DISCLOSURE, acts.CONSENT), (acts.ASK_DISCLOSURE,)):
        case = moved_from(*acts.CONFIDENTIAL, *earlier)
        with pytest.raises(refusals.ConfidentialCaseError):
            decide(acts.OPEN.model_copy(update={"by": officer("officer-cici")}), case)
        with pytest.raises(refusals.NoDisclosureAskedError):
            decide(acts.CONSENT, case)
        assert decide(acts.EXPIRE_DISCLOSURE, case) == []


def test_a_waiting_answer_of_the_accused_is_approved_by_nobody() -> None:
    for later in ((), (TAKE,)):
        with pytest.raises(refusals.NoDraftError):
            decide(acts.APPROVE, after(*acts.DRAFTED, MOVE, *later))


def test_its_clocks_run_on_and_name_who_had_it() -> None:
    before, case = after(*acts.ASSIGNED), after(*acts.MOVED)
    assert case.due == before.due == DUE
    assert [*running_clocks(case)] == [*running_clocks(before)]
    unconfirmed = moved_from(*acts.FILED)
    assert [*running_clocks(unconfirmed)] == [*running_clocks(after(*acts.FILED))]
    [missed] = decide(acts.LATE, case)
    assert isinstance(missed, DeadlineMissed)
    assert publish(missed, case).data.officials == ("officer-ani",)  # type: ignore[attr-defined]


def test_a_claimed_illness_is_still_to_be_judged() -> None:
    claimed = acts.complaint().model_copy(update={"judge_by": MONDAY + timedelta(hours=4)})
    assert moved_from(claimed).judge_by == MONDAY + timedelta(hours=4)


def test_a_reply_a_reopening_and_a_withdrawal_reach_it_while_nobody_has_it() -> None:
    for command, before in ((acts.REPLY, acts.CLARIFICATION_ASKED), (acts.REOPEN, acts.ANSWERED)):
        case = after(command, state=moved_from(*before))
        assert (case.status, case.officer) == (Status.ACKNOWLEDGED, None)
        assert after(TAKE, state=case).status is Status.ASSIGNED
    assert after(*acts.MOVED, acts.WITHDRAW).status is Status.WITHDRAWN


@pytest.mark.parametrize(
    ("by", "before", "refused"),
    [
        (officer("officer-cici"), acts.ASSIGNED, refusals.NotYourCaseError),
        (officer("officer-cici"), acts.CONFIDENTIAL, refusals.NotYourCaseError),
        (supervisor(), acts.CONFIDENTIAL, refusals.ConfidentialCaseError),
        (officer(), (acts.confidential(),), refusals.ConfidentialCaseError),
        (officer("head-hana").model_copy(update={"role": "staff:head"}), acts.ASSIGNED, WrongRoleError),
        (acts.citizen(), acts.ASSIGNED, WrongRoleError),
        (officer(), acts.CLOSED, refusals.EndedError),
        (officer(), (*acts.ASSIGNED, acts.WITHDRAW), refusals.WithdrawnError),
        (officer(), (acts.consultation(), acts.ACKNOWLEDGE), refusals.NoComplaintToMoveError),
        (officer(), acts.REQUESTED, refusals.NoComplaintToMoveError),
        (officer(), acts.SUGGESTED, refusals.NoComplaintToMoveError),
        (officer(), acts.MENTORED, refusals.PassedOnError),
    ],
)
def test_it_is_not_moved_by(by: Any, before: Any, refused: type[DomainError]) -> None:
    with pytest.raises(refused):
        decide(MOVE.model_copy(update={"by": by}), after(*before))


def test_the_page_offers_what_is_then_decided() -> None:
    states = (
        acts.FILED,
        acts.ASSIGNED,
        acts.CONFIDENTIAL,
        acts.CLOSED,
        acts.MOVED,
        acts.REQUESTED,
        acts.ERASED,
    )
    for before, by in product(states, (officer(), officer("officer-cici"), supervisor())):
        case = after(*before)
        try:
            is_moved = bool(decide(MOVE.model_copy(update={"by": by}), case))
        except DomainError:
            is_moved = False
        offered = may_move(case, by.actor, by.at, is_supervisor=by.role == "staff:supervisor")
        assert offered == is_moved, (case.status, by)


def test_a_supervisor_moves_what_the_accused_has_in_hand() -> None:
    assert decide(MOVE.model_copy(update={"by": supervisor()}), after(*acts.ASSIGNED))
    request = acts.ASK_DISCLOSURE.model_copy(update={"by": supervisor(), "reason": "service_complaint"})
    dedi = supervisor().model_copy(update={"actor": "supervisor-dedi"})
    read = after(*acts.CONFIDENTIAL, request, acts.CONSENT.model_copy(update={"by": dedi}))
    assert decide(MOVE.model_copy(update={"by": supervisor()}), read)


def test_who_has_had_it_does_not_move_it_to_themselves_alone_nor_anybody_to_who_entered_it() -> None:
    alone = frozenset({WATI.actor})
    for before, mover in ((acts.ACKNOWLEDGED, WATI.actor), (acts.ENTERED, "officer-ani")):
        case = after(*before[:2], acts.ASSIGN_BY_SUPERVISOR.model_copy(update={"officer": mover}))
        with pytest.raises(refusals.NobodyElseAppointedError):
            decide(MOVE.model_copy(update={"by": officer(mover), "appointed": alone}), case)
    only_supervisor = MOVE.model_copy(
        update={"by": supervisor(), "appointed": frozenset({supervisor().actor})}
    )
    assert decide(only_supervisor, after(*acts.ASSIGNED)), "who never had it and is appointed alone"
    in_hand = after(*acts.ACKNOWLEDGED, acts.ASSIGN_BY_SUPERVISOR.model_copy(update={"officer": WATI.actor}))
    assert decide(MOVE.model_copy(update={"by": WATI}), in_hand)
    nobody = MOVE.model_copy(update={"appointed": frozenset()})  # then the head alone sees it
    assert decide(nobody, after(*acts.ASSIGNED))


def test_it_is_moved_once_and_never_back_or_on() -> None:
    case = after(*acts.MOVED)
    assert decide(MOVE, case) == []
    assert decide(MOVE, after(*acts.FOR_APPOINTED)) == []
    with pytest.raises(refusals.WithAppointedAlreadyError):
        decide(MOVE.model_copy(update={"topic": "money"}), case)
    into_ordinary = [each for each in get_args(messages.CommandsOfFiled) if "Move" in each.__name__]
    assert into_ordinary == [type(MOVE)]


def test_who_saw_it_a_moment_ago_takes_it_no_more_and_gives_it_to_no_colleague() -> None:
    """The move was decided between the look and the click."""
    case = after(*acts.MOVED)
    for command in (acts.ASSIGN, acts.ASSIGN_BY_SUPERVISOR):
        with pytest.raises(refusals.NotAppointedForTopicError):
            decide(command, case)


def test_the_message_tells_neither_topic_nor_official() -> None:
    [*_, event] = events(*acts.MOVED)
    assert isinstance(event, MovedToAppointed)
    data = publish(event, after(*acts.MOVED)).data.model_dump(mode="json")
    assert set(data) == {"state", "holder", "language", "reachable_by", "items", "reply_by", "closes_on"}
    assert [each["field"] for each in data["items"]] == ["case.note"]


def test_a_request_sent_twice_is_done_once() -> None:
    request = MOVE.model_copy(update={"request": acts.REQUEST})
    assert decide(request, after(*acts.ASSIGNED, request)) == []
