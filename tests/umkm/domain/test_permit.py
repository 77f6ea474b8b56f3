"""The permit of a case: each clock stops and is reported once, two people sign, two decide about its end, and it follows itself in time."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from tests.umkm import steps as usual
from tests.umkm.steps import (
    ANNOUNCE_REVOCATION,
    APPLIED,
    APPLY,
    CERTIFICATE,
    CONFIRM_REVOCATION,
    CONTEST,
    CONTESTED,
    CORRECTED,
    DAY,
    DROP,
    EVALUATED,
    EVALUATOR,
    EXPIRE,
    FIT,
    FOR_YEARS,
    FOUND_FIT,
    HEAD,
    ISSUE,
    MONDAY,
    PERMITTED,
    PERMITTED_FOR_YEARS,
    PROPOSE,
    PROPOSED,
    REMIND_OF_RENEWAL,
    REPORT_LATE_PERMIT,
    RETURN_PERMIT,
    REVOCATION_ANNOUNCED,
    TAKE_EFFECT,
    VERIFY_ACCOUNT,
    after,
    changed,
    last,
    named,
    owner,
    promise,
    staff,
    system,
)

from zi_chassis.domain import WrongRoleError
from zi_umkm.domain import errors
from zi_umkm.domain.case import messages, permit, permit_errors
from zi_umkm.domain.case.decide import decide
from zi_umkm.domain.case.evolve import evolve
from zi_umkm.domain.case.messages import DeadlineMissed
from zi_umkm.domain.case.permit_state import PermitStage, PermitStanding
from zi_umkm.domain.case.state import MentoringStatus

OFFICER = usual.COLLEAGUE
LATER = MONDAY + 30 * DAY


def at(command: Any, time: Any) -> Any:
    return changed(command, by=changed(command.by, at=time))


# -- the steps of an application


def test_the_steps_come_one_after_the_other() -> None:
    stages = [after(*each).permit.stage for each in (CORRECTED, APPLIED, EVALUATED, FOUND_FIT, PERMITTED)]
    assert stages == ["none", "account", "evaluation", "issue", "done"]
    assert after(*PERMITTED).permit.standing is PermitStanding.VALID


@pytest.mark.parametrize(
    ("before", "command", "error"),
    [
        (CORRECTED, VERIFY_ACCOUNT, errors.NotAppliedError),
        (APPLIED, FIT, permit_errors.AccountUnverifiedError),
        (CORRECTED, FIT, errors.NotAppliedError),
        ((*APPLIED, RETURN_PERMIT), FIT, errors.NotAppliedError),
        (EVALUATED, ISSUE, permit_errors.NotFoundFitError),
        ((*EVALUATED, RETURN_PERMIT), ISSUE, errors.NotAppliedError),
        (PERMITTED, RETURN_PERMIT, errors.NotAppliedError),
        (PERMITTED, APPLY, permit_errors.PermitStillValidError),
        ((*APPLIED, usual.CLOSE), VERIFY_ACCOUNT, errors.MentoringOverError),
    ],
)
def test_no_step_is_left_out(before: Any, command: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        decide(command, after(*before))


def test_a_sleeping_case_is_resumed_first() -> None:
    sleeping = after(*PERMITTED, changed(usual.PAUSE, silent_since=MONDAY))
    with pytest.raises(errors.AsleepError):
        decide(APPLY, sleeping)


def test_it_is_given_back_by_whoever_acts_at_that_step() -> None:
    for before, role in ((APPLIED, "officer"), (EVALUATED, "evaluator"), (FOUND_FIT, "supervisor")):
        command = changed(RETURN_PERMIT, by=staff("somebody", role))
        assert isinstance(last(*before, command), permit.PermitReturned)
    with pytest.raises(WrongRoleError):
        decide(changed(RETURN_PERMIT, by=OFFICER), after(*EVALUATED))
    with pytest.raises(WrongRoleError):
        decide(RETURN_PERMIT, after(*FOUND_FIT))


def test_who_found_it_fit_never_signs_whatever_their_role() -> None:
    with pytest.raises(permit_errors.SignsOwnFindingError):
        decide(changed(ISSUE, by=staff("evaluator-citra", "head")), after(*FOUND_FIT))


def test_who_verified_the_account_neither_evaluates_nor_signs() -> None:
    both = changed(VERIFY_ACCOUNT, by=staff("evaluator-citra", "evaluator"))
    with pytest.raises(permit_errors.VerifiedAccountError):
        decide(FIT, after(*APPLIED, both))
    signing = changed(ISSUE, by=staff(OFFICER.actor, "supervisor"))
    with pytest.raises(permit_errors.VerifiedAccountError):
        decide(signing, after(*FOUND_FIT))


def test_an_account_is_verified_anew_where_whoever_verified_it_gives_it_back() -> None:
    both = changed(VERIFY_ACCOUNT, by=EVALUATOR)
    returned = after(*APPLIED, both, RETURN_PERMIT)
    again = after(APPLY, state=returned)
    assert (again.permit.stage, again.permit.account_verified) == (PermitStage.ACCOUNT, False)
    assert after(VERIFY_ACCOUNT, FIT, state=again).permit.is_found_fit
    stays = after(*EVALUATED, RETURN_PERMIT, APPLY).permit
    assert (stays.stage, stays.account_by) == (PermitStage.EVALUATION, OFFICER.actor)


def test_only_a_signer_who_verified_the_account_gives_a_fit_one_back_to_be_verified_anew() -> None:
    signer = staff("supervisor-dewi", "supervisor")
    fit = after(*APPLIED, changed(VERIFY_ACCOUNT, by=signer), FIT)
    stages = {
        each.actor: after(changed(RETURN_PERMIT, by=each), APPLY, state=fit).permit.stage
        for each in (HEAD, signer)
    }
    assert stages == {HEAD.actor: PermitStage.EVALUATION, signer.actor: PermitStage.ACCOUNT}


@pytest.mark.parametrize(
    ("before", "command"),
    [
        (APPLIED, VERIFY_ACCOUNT),
        (EVALUATED, FIT),
        (FOUND_FIT, ISSUE),
        (PERMITTED, PROPOSE),
        (PROPOSED, ANNOUNCE_REVOCATION),
    ],
)
def test_whoever_mentored_the_business_in_another_case_decides_nothing(before: Any, command: Any) -> None:
    with pytest.raises(errors.MentorDecidesError):
        decide(changed(command, mentors=frozenset({command.by.actor})), after(*before))


def restated(**more: Any) -> Any:
    product = usual.BUSINESS.products[0].model_copy(update={"kind": "milk"} | more)
    return changed(usual.RESTATE, business=changed(usual.BUSINESS, products=(product,)))


def test_a_business_that_makes_something_else_is_evaluated_anew() -> None:
    low = usual.triaged().model_copy(update={"risk": "low"})
    for before, command in ((EVALUATED, FIT), (FOUND_FIT, FIT)):
        state = after(*before, restated())
        assert (state.permit.stage, state.permit.fit_by) == (PermitStage.EVALUATION, "")
        assert state.permit.promise == after(*before).permit.promise
        with pytest.raises(errors.NotTriagedError):
            decide(command, state)
        with pytest.raises(permit_errors.NotFoundFitError):
            decide(ISSUE, state)
        again = after(changed(usual.TRIAGE, outcomes=(low,)), state=state)
        assert isinstance(decide(FIT, again)[0], permit.PermitFoundFit)
        assert isinstance(decide(ISSUE, after(FIT, state=again))[0], permit.PermitIssued)


def test_nothing_is_found_fit_while_what_is_made_now_lacks_something() -> None:
    state = after(*EVALUATED)
    with pytest.raises(errors.MissingRequirementsError):
        decide(changed(FIT, missing=("standard_statement",)), state)
    assert decide(FIT, state)


def test_a_permit_says_for_which_products_of_which_risk_it_was_given() -> None:
    state = after(*FOUND_FIT, ISSUE)
    [product] = state.triaged
    assert state.is_permitted(product)
    assert not state.is_permitted(product.model_copy(update={"risk": "high"}))


def test_a_business_that_makes_less_is_evaluated_anew_and_a_new_name_changes_nothing() -> None:
    fewer = after(*FOUND_FIT, changed(usual.RESTATE, business=changed(usual.BUSINESS, products=())))
    assert fewer.permit.stage is PermitStage.EVALUATION
    with pytest.raises(errors.NotOurTrackError):
        decide(FIT, fewer)
    [product] = usual.BUSINESS.products
    named_anew = restated(kind=product.kind, items=(usual.item("product"),))
    state = after(*FOUND_FIT, named_anew)
    assert (state.permit.stage, state.permit.fit_by) == (PermitStage.ISSUE, usual.EVALUATOR.actor)


def test_a_business_that_was_restated_before_that_rule_is_evaluated_anew_as_well() -> None:
    """Events of that time do not say that they reopen anything."""
    stored = messages.BusinessRestated(by=owner(), business=changed(usual.BUSINESS, products=()))
    state = evolve(after(*FOUND_FIT), stored)
    assert (state.permit.stage, state.permit.fit_by) == (PermitStage.EVALUATION, "")


def test_nobody_signs_for_products_of_which_one_has_no_way_or_none_is_ours() -> None:
    state = after(*FOUND_FIT)
    with pytest.raises(errors.NotTriagedError):
        decide(ISSUE, replace(state, triaged=()))
    theirs = after(changed(usual.TRIAGE, outcomes=(usual.triaged(track="pirt"),)), state=state)
    with pytest.raises(errors.NotOurTrackError):
        decide(ISSUE, theirs)


def test_a_critical_finding_stops_the_evaluator_and_the_signer() -> None:
    again = changed(usual.ASSESS, visit=named("again"))
    for before, command in ((EVALUATED, FIT), (FOUND_FIT, ISSUE)):
        with pytest.raises(errors.CriticalOpenError):
            decide(command, after(*before, again))


def test_events_from_before_there_were_clocks_and_certificates_are_read() -> None:
    state = after(*CORRECTED)
    for event in (
        permit.PermitApplied(by=owner(), rules=usual.RULES),
        permit.PermitIssued(by=usual.EVALUATOR, items=()),
    ):
        state = evolve(state, event)
    assert (state.status, state.permit.stage) == (MentoringStatus.PERMIT_ISSUED, PermitStage.DONE)
    assert (state.permit.running, state.permit.ends_on, state.permit.allows_registration) == (
        None,
        None,
        True,
    )
    assert decide(APPLY, state) == []
    with pytest.raises(permit_errors.NoCertificateError):
        decide(PROPOSE, state)
    graduated = evolve(state, messages.BusinessGraduated(by=usual.mentor()))
    with pytest.raises(errors.MentoringOverError):
        decide(APPLY, graduated)


# -- its clocks


@pytest.mark.parametrize(
    ("before", "command", "clock"),
    [
        (APPLIED, VERIFY_ACCOUNT, "permit_account"),
        (APPLIED, changed(RETURN_PERMIT, by=OFFICER), "permit_account"),
        (EVALUATED, FIT, "permit_evaluation"),
        (EVALUATED, RETURN_PERMIT, "permit_evaluation"),
        (FOUND_FIT, ISSUE, "permit_issue"),
        (EVALUATED, usual.CLOSE, "permit_evaluation"),
    ],
)
def test_whoever_ends_a_clock_too_late_records_that(before: Any, command: Any, clock: str) -> None:
    missed, done = decide(at(command, LATER), after(*before))
    assert isinstance(missed, DeadlineMissed)
    assert (missed.clock, missed.since, missed.reported_late) == (clock, MONDAY, False)
    assert missed.rules == usual.PERMIT_RULES
    assert not isinstance(done, DeadlineMissed)


def test_a_promise_is_kept_until_its_last_moment() -> None:
    [event] = decide(at(VERIFY_ACCOUNT, MONDAY + 3 * DAY), after(*APPLIED))
    assert isinstance(event, permit.PermitAccountVerified)


def test_a_missed_promise_is_reported_once() -> None:
    late = changed(REPORT_LATE_PERMIT, reported_late=True)
    [missed] = decide(late, after(*APPLIED))
    assert isinstance(missed, DeadlineMissed)
    assert missed.reported_late
    reported = after(*APPLIED, late)
    assert decide(late, reported) == []
    [verified] = decide(at(VERIFY_ACCOUNT, LATER), reported)
    assert isinstance(verified, permit.PermitAccountVerified)


@pytest.mark.parametrize(
    ("before", "command"),
    [
        (APPLIED, changed(REPORT_LATE_PERMIT, by=system(MONDAY + 3 * DAY))),
        (APPLIED, changed(REPORT_LATE_PERMIT, due=MONDAY + 2 * DAY)),
        (EVALUATED, REPORT_LATE_PERMIT),
        ((*APPLIED, changed(RETURN_PERMIT, by=OFFICER)), REPORT_LATE_PERMIT),
        ((*APPLIED, usual.CLOSE), REPORT_LATE_PERMIT),
        (CORRECTED, REPORT_LATE_PERMIT),
    ],
)
def test_nothing_is_reported_that_is_not_late(before: Any, command: Any) -> None:
    assert decide(command, after(*before)) == []


def test_an_application_that_was_returned_goes_on_where_it_stood() -> None:
    moved = promise("permit_evaluation", 25)
    again = changed(APPLY, by=owner(MONDAY + 10 * DAY), promise=moved)
    returned = after(*EVALUATED, at(RETURN_PERMIT, MONDAY + 5 * DAY))
    assert (returned.permit.stage, returned.permit.stopped_at) == ("returned", MONDAY + 5 * DAY)
    assert returned.holder == "citizen"
    state = after(again, state=returned)
    assert (state.permit.stage, state.permit.promise, state.permit.stopped_at) == ("evaluation", moved, None)
    assert state.holder == "office"


def test_an_evaluation_that_whoever_verified_the_account_stopped_is_kept_until_it_goes_on() -> None:
    both = changed(VERIFY_ACCOUNT, by=EVALUATOR)
    again = after(*APPLIED, both, at(RETURN_PERMIT, MONDAY + 5 * DAY), APPLY)
    repaired = after(changed(RETURN_PERMIT, by=OFFICER), APPLY, state=again)
    for each in (again.permit, repaired.permit):
        stopped = each.stopped_evaluation
        assert stopped is not None
        assert (stopped.promise, stopped.at) == (both.promise, MONDAY + 5 * DAY)
    ended = (after(*EVALUATED, RETURN_PERMIT, APPLY), after(VERIFY_ACCOUNT, state=repaired))
    assert [each.permit.stopped_evaluation for each in ended] == [None, None]


def test_one_whose_account_was_not_verified_begins_there_again() -> None:
    assert after(*APPLIED, changed(RETURN_PERMIT, by=OFFICER), APPLY).permit.stage == "account"


# -- its revocation


def test_without_a_time_for_objections_it_is_revoked_at_once() -> None:
    announced, revoked = decide(usual.AT_ONCE, after(*PROPOSED))
    assert isinstance(announced, permit.RevocationAnnounced)
    assert isinstance(revoked, permit.PermitRevoked)
    assert after(*PROPOSED, usual.AT_ONCE).permit.standing is PermitStanding.REVOKED


def test_it_holds_until_nobody_objects_any_more() -> None:
    state = after(*REVOCATION_ANNOUNCED)
    assert (state.permit.standing, state.permit.allows_registration) == (PermitStanding.ANNOUNCED, True)
    assert decide(changed(TAKE_EFFECT, by=system(MONDAY + 13 * DAY)), state) == []
    assert decide(changed(TAKE_EFFECT, objection_until=MONDAY), state) == []
    [revoked] = decide(TAKE_EFFECT, state)
    assert isinstance(revoked, permit.PermitRevoked)
    gone = after(*REVOCATION_ANNOUNCED, TAKE_EFFECT)
    assert not gone.permit.allows_registration
    assert decide(TAKE_EFFECT, gone) == []
    with pytest.raises(errors.NoPermitError):
        decide(usual.SEND, gone)


def test_an_objection_in_time_stops_it_until_a_third_person_decides() -> None:
    assert after(*CONTESTED).permit.standing is PermitStanding.CONTESTED
    assert decide(TAKE_EFFECT, after(*CONTESTED)) == []
    assert decide(CONTEST, after(*CONTESTED)) == []
    for who in (OFFICER.actor, HEAD.actor):
        for command in (CONFIRM_REVOCATION, DROP):
            with pytest.raises(permit_errors.OwnProposalError):
                decide(changed(command, by=staff(who, "supervisor")), after(*CONTESTED))
    assert after(*CONTESTED, CONFIRM_REVOCATION).permit.standing is PermitStanding.REVOKED
    stays = changed(DROP, by=usual.SUPERVISOR)
    assert after(*CONTESTED, stays).permit.standing is PermitStanding.VALID


@pytest.mark.parametrize(
    ("before", "command"),
    [
        (PERMITTED, CONTEST),
        (PROPOSED, CONTEST),
        (REVOCATION_ANNOUNCED, changed(CONTEST, by=owner(MONDAY + 14 * DAY))),
        ((*PROPOSED, usual.AT_ONCE), CONTEST),
    ],
)
def test_an_objection_needs_something_to_object_to(before: Any, command: Any) -> None:
    with pytest.raises(permit_errors.ObjectionTooLateError):
        decide(command, after(*before))


@pytest.mark.parametrize(
    ("before", "command", "error"),
    [
        (PERMITTED, ANNOUNCE_REVOCATION, permit_errors.NoRevocationError),
        (PERMITTED, DROP, permit_errors.NoRevocationError),
        (PROPOSED, CONFIRM_REVOCATION, permit_errors.NotContestedError),
        (
            PROPOSED,
            changed(ANNOUNCE_REVOCATION, by=staff(OFFICER.actor, "head")),
            permit_errors.OwnProposalError,
        ),
        (PROPOSED, changed(PROPOSE, by=usual.EVALUATOR), permit_errors.RevocationPendingError),
        (REVOCATION_ANNOUNCED, ANNOUNCE_REVOCATION, permit_errors.RevocationPendingError),
        ((*PROPOSED, usual.AT_ONCE), PROPOSE, permit_errors.CertificateEndedError),
        ((*PERMITTED_FOR_YEARS, EXPIRE), PROPOSE, permit_errors.CertificateEndedError),
    ],
)
def test_a_revocation_has_two_people_and_one_end(before: Any, command: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        decide(command, after(*before))


def test_a_revocation_is_decided_after_the_mentoring_has_ended() -> None:
    assert isinstance(last(*PERMITTED, usual.CLOSE, PROPOSE), permit.RevocationProposed)
    assert after(*PERMITTED, usual.CLOSE).permit.stage == "done"


def test_a_dropped_revocation_may_be_proposed_anew() -> None:
    assert isinstance(last(*PROPOSED, DROP, PROPOSE), permit.RevocationProposed)


# -- its end and the next one


def test_it_ends_after_its_last_day() -> None:
    on_its_last_day = changed(EXPIRE, day=usual.LAST_DAY)
    assert decide(on_its_last_day, after(*PERMITTED_FOR_YEARS)) == []
    assert after(*PERMITTED_FOR_YEARS, EXPIRE).permit.standing is PermitStanding.EXPIRED
    assert decide(EXPIRE, after(*PERMITTED_FOR_YEARS, EXPIRE)) == []
    assert decide(EXPIRE, after(*PERMITTED)) == []


def test_its_holder_is_reminded_once() -> None:
    reminded = after(*PERMITTED_FOR_YEARS, REMIND_OF_RENEWAL)
    assert (reminded.permit.reminded, decide(REMIND_OF_RENEWAL, reminded)) == (True, [])
    assert decide(changed(REMIND_OF_RENEWAL, number="IPC-2026-000009"), after(*PERMITTED_FOR_YEARS)) == []
    assert decide(REMIND_OF_RENEWAL, after(*PERMITTED)) == []


def test_it_is_renewed_in_time_by_one_that_names_it() -> None:
    opens = MONDAY + 1700 * DAY
    early = changed(APPLY, opens_at=opens)
    with pytest.raises(permit_errors.PermitStillValidError):
        decide(early, after(*PERMITTED_FOR_YEARS))
    renewing = changed(early, by=owner(opens))
    state = after(*PERMITTED_FOR_YEARS, renewing)
    assert (state.status, state.permit.stage, state.permit.renews) == (
        MentoringStatus.PERMIT_ISSUED,
        PermitStage.ACCOUNT,
        CERTIFICATE.number,
    )
    assert state.holder == "office"
    new = CERTIFICATE.model_copy(update={"number": "IPC-2031-000001", "renews": CERTIFICATE.number})
    renewed = after(VERIFY_ACCOUNT, FIT, changed(ISSUE, certificate=new), state=state)
    assert (renewed.permit.certificate, renewed.permit.standing, renewed.permit.renews) == (
        new,
        "valid",
        None,
    )
    assert decide(EXPIRE, renewed) == []


@pytest.mark.parametrize("end", [(PROPOSE, usual.AT_ONCE), ()])
def test_after_its_end_it_is_applied_for_anew(end: Any) -> None:
    before = (*PERMITTED, *end) if end else (*PERMITTED_FOR_YEARS, EXPIRE)
    event = last(*before, APPLY)
    assert isinstance(event, permit.PermitApplied)
    assert event.renews == CERTIFICATE.number


def test_it_is_not_renewed_while_its_revocation_is_decided() -> None:
    for before in (PROPOSED, REVOCATION_ANNOUNCED):
        with pytest.raises(permit_errors.RevocationPendingError):
            decide(changed(APPLY, opens_at=MONDAY), after(*before))


def test_nobody_finds_fit_or_signs_what_follows_while_its_revocation_is_decided() -> None:
    renewed = (*PERMITTED_FOR_YEARS, changed(APPLY, opens_at=MONDAY), VERIFY_ACCOUNT)
    for before, command in ((renewed, FIT), ((*renewed, FIT), ISSUE)):
        for revoking in ((PROPOSE,), (PROPOSE, ANNOUNCE_REVOCATION), (PROPOSE, ANNOUNCE_REVOCATION, CONTEST)):
            with pytest.raises(permit_errors.RevocationPendingError):
                decide(command, after(*before, *revoking))
        assert decide(command, after(*before, PROPOSE, DROP))
        assert decide(command, after(*before, PROPOSE, usual.AT_ONCE))


def test_who_has_graduated_renews_too_and_a_returned_renewal_goes_on() -> None:
    numbered = (*PERMITTED_FOR_YEARS, usual.SEND, usual.NUMBER)
    graduated = (*numbered, usual.CHECK, usual.CONFIRM, usual.GRADUATE)
    renewing = changed(APPLY, opens_at=MONDAY)
    state = after(*graduated, renewing, VERIFY_ACCOUNT, RETURN_PERMIT)
    assert (state.status, state.permit.stage) == (MentoringStatus.GRADUATED, PermitStage.RETURNED)
    assert after(renewing, state=state).permit.stage is PermitStage.EVALUATION


def test_the_last_day_is_known() -> None:
    assert after(*FOUND_FIT, FOR_YEARS).permit.ends_on == date(2031, 12, 7)


def test_the_time_of_a_renewal_stays_a_time_at_midnight_too() -> None:
    opens = datetime(2031, 6, 9, 16, tzinfo=UTC).astimezone(timezone(timedelta(hours=8)))
    renewing = permit.ApplyForPermit.model_validate(dict(APPLY) | {"opens_at": opens})
    assert (renewing.opens_at, type(renewing.opens_at)) == (opens, datetime)


def test_it_is_late_after_its_last_moment_as_long_as_the_office_has_to_act() -> None:
    due = MONDAY + 3 * DAY
    applied, returned = after(*APPLIED).permit, after(*APPLIED, changed(RETURN_PERMIT, by=OFFICER)).permit
    assert [applied.is_late(due), applied.is_late(due + DAY)] == [False, True]
    assert [each.is_late(LATER) for each in (returned, after(*CORRECTED).permit)] == [False, False]


def test_who_takes_part_in_a_revocation_is_known_until_it_ends() -> None:
    parties = [
        after(*each).permit.revocation_parties for each in (PERMITTED, REVOCATION_ANNOUNCED, CONTESTED)
    ]
    assert parties == [set(), {OFFICER.actor}, {OFFICER.actor, HEAD.actor}]
    assert after(*CONTESTED, CONFIRM_REVOCATION).permit.revocation_parties == set()
